"""Doubtful pairs side by side, for a person to decide; decisions go into the journal."""

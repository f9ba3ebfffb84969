"""Resolve: which entities of the evidence are one, and who may be on a list."""

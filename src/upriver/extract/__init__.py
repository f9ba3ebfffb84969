"""Extraction: records become statements, observables, transfers, calls, messages and tellings of events."""

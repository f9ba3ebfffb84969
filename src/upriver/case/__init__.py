"""The tables on disk: one folder a case, with its manifest and the analyst's journal."""

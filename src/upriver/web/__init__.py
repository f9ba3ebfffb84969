"""A small local server: reads a case's tables, masked, and writes the analyst's decisions to its journal."""

"""Each stage alone, on plain files: what a command reads and writes without a case."""

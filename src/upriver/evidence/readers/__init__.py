"""One module per format: a source in, tables of records out."""

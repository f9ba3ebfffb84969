"""Who to ask next: one sheet for each bank, exchange, telecom or platform, drawn from a finished case."""

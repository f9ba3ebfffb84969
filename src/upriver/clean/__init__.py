"""Pure functions: text in, a clean value or None out."""

"""Commands by what they work on; heavy packages are imported inside them, so that help answers at once."""

"""A fictional economy of scams: writes a folder of evidence, and the truth apart. Heavy parts load when asked for."""

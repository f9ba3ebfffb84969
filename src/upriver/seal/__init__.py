"""What vouches for a package: the list of its files, the key that signed it, and whether both still hold."""

"""Evidence: the folder walked, hashed and read into records, each with the place in its file."""

"""Records of a plain file brought together: which rows tell of one person or company."""

"""A Python process that knows nothing of this one, in which files are read back and run."""

"""What is in a file, one form of file each."""

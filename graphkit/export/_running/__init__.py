"""Running a file: on batches that are given or made."""

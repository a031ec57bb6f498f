"""Checkpoints on disk: their files, their names, and the change of these."""

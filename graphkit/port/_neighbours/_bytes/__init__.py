"""Modules whose functions and files took text in Python 2, and gave it, where it is bytes today."""

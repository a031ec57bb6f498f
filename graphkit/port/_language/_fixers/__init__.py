"""Fixers that fissix does not have; it finds them by the names of their modules and classes."""

"""A graph in the formats of others, one file each, proven by the program that runs it."""

"""The program's own source: Python 2 translated, and expressions that no patch can reach."""

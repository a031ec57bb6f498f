"""Notebooks: their cells, and what IPython has built in."""

"""A folder for `PYTHONPATH`: children of `graphkit run` find `sitecustomize` here."""

"""Running a model over many examples: reading them, preparing pictures, naming classes."""

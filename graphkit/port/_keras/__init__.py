"""Standalone Keras 1 and 2, on tf_keras."""

"""What tensorflow-estimator imports from TensorFlow by name, and TensorFlow no longer has."""

"""One file for each program that runs models; none imports TensorFlow that can do without."""

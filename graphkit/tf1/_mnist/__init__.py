"""`tensorflow.examples.tutorials.mnist` as it was: MNIST from four local files, or a stand-in."""

"""contrib.data: data sets before they were tf.data."""

"""contrib.training: batches of equal length, chosen samples, and devices for variables."""

"""contrib.nn: losses with logits first, and over sampled classes."""

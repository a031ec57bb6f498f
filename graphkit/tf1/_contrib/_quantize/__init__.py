"""contrib.quantize: graphs that compute, in floats, what small integers would give."""

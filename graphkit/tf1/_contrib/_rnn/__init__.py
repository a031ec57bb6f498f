"""contrib.rnn: cells, cells around cells, and networks over whole sequences."""

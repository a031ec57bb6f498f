"""contrib.legacy_seq2seq: sequences as lists of tensors, one for each step."""

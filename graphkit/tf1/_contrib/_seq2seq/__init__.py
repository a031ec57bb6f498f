"""contrib.seq2seq: decoders, their helpers and attention, with 1.15.5 as the referee."""

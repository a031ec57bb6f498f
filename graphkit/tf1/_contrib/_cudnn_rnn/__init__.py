"""contrib.cudnn_rnn without a GPU: the layers, their weights and what their checkpoints hold."""

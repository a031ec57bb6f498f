"""contrib.eager: networks, metrics, callbacks and checkpoints."""

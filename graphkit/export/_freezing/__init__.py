"""A session or a checkpoint into one file: what is needed of it, its constants, its proof."""

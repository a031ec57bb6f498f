"""contrib.opt: optimizers and wrappers of optimizers, one idea per file."""

"""contrib.learn.utils.inspect_checkpoint: what is in a checkpoint, on standard output."""

from __future__ import annotations

import sys

from graphkit._tf import tf

__all__ = ["print_tensors_in_checkpoint_file"]


def print_tensors_in_checkpoint_file(file_name: str, tensor_name: str | None) -> None:
    """Prints the names and shapes of a checkpoint's tensors, or the value of one.

    What is wrong with the checkpoint is printed as well, not raised, as in 1.15.

    Args:
        file_name: The checkpoint, or its folder.
        tensor_name: The one; all unless given.
    """
    try:
        if tensor_name:
            value = tf.train.load_variable(file_name, tensor_name)
            lines = [f"tensor_name:  {tensor_name}", str(value)]
        else:
            lines = [f"{name}\t{shape}" for name, shape in tf.train.list_variables(file_name)]
    except (ValueError, tf.errors.OpError) as failure:
        lines = [str(failure)]
    sys.stdout.writelines(f"{line}\n" for line in lines)

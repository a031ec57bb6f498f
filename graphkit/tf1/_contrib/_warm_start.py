"""contrib.framework's initializers from a checkpoint whose vocabulary was another."""

from __future__ import annotations

from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "load_and_remap_matrix_initializer",
    "load_embedding_initializer",
    "load_linear_multiclass_bias_initializer",
    "load_variable_slot_initializer",
]

# Public names of 1.15 that TensorFlow kept as private ones.
_KEPT = "tensorflow.python.training.checkpoint_ops"
load_and_remap_matrix_initializer: Any = load(f"{_KEPT}:_load_and_remap_matrix_initializer")
load_embedding_initializer: Any = load(f"{_KEPT}:_load_embedding_initializer")


def load_linear_multiclass_bias_initializer(
    ckpt_path: str,
    bias_tensor_name: str,
    new_class_vocab_size: int,
    old_class_vocab_file: str,
    new_class_vocab_file: str,
    num_class_oov_buckets: int = 0,
    initializer: Any = None,
    max_rows_in_memory: int = -1,
) -> Any:
    """Loads the bias of a linear classifier whose classes were listed in another order.

    Args:
        ckpt_path: The checkpoint.
        bias_tensor_name: The bias `[C]` in it.
        new_class_vocab_size: How many classes there are now.
        old_class_vocab_file: The classes then, one a line.
        new_class_vocab_file: The classes now, one a line.
        num_class_oov_buckets: How many more classes there are.
        initializer: The value of classes that are new; zeros unless given.
        max_rows_in_memory: How many rows are read at a time; all for -1.

    Returns:
        An initializer for a variable `[C, 1]`.
    """
    return load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path,
        old_tensor_name=bias_tensor_name,
        new_row_vocab_size=new_class_vocab_size,
        new_col_vocab_size=1,
        old_row_vocab_file=old_class_vocab_file,
        new_row_vocab_file=new_class_vocab_file,
        old_col_vocab_file=None,
        new_col_vocab_file=None,
        num_row_oov_buckets=num_class_oov_buckets,
        num_col_oov_buckets=0,
        initializer=initializer or tf.zeros_initializer(),
        max_rows_in_memory=max_rows_in_memory,
    )


def load_variable_slot_initializer(
    ckpt_path: str,
    old_tensor_name: str,
    primary_partition_info: Any,
    new_row_vocab_size: int,
    new_col_vocab_size: int,
    **remapping: Any,
) -> Any:
    """Loads an optimizer's slot of a remapped variable.

    Args:
        ckpt_path: The checkpoint.
        old_tensor_name: The slot in it.
        primary_partition_info: Which part of the variable it belongs to.
        new_row_vocab_size: How many rows there are now.
        new_col_vocab_size: How many columns there are now.
        remapping: The vocabulary files and sizes, as for `load_and_remap_matrix_initializer`.

    Returns:
        An initializer for the slot.
    """
    initialize = load_and_remap_matrix_initializer(
        ckpt_path=ckpt_path,
        old_tensor_name=old_tensor_name,
        new_row_vocab_size=new_row_vocab_size,
        new_col_vocab_size=new_col_vocab_size,
        **remapping,
    )

    def initializer(shape: Any, dtype: Any = tf.float32, partition_info: Any = None) -> Any:
        return initialize(shape, dtype, partition_info=primary_partition_info)

    return initializer

"""Sparse sequences as dense ones: each step is kept aside, and a number stands for it."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["SparseStore", "repeated", "step_zero"]

_SPARSE = "tensorflow.python.ops.sparse_ops"
_put = load(f"{_SPARSE}:_add_many_sparse_to_tensors_map")
_take = load(f"{_SPARSE}:_take_many_sparse_from_tensors_map")


class SparseStore:
    """Keeps the steps of a sparse sequence until they come back in a batch.

    Args:
        sequence: A SparseTensor `[N, …]`.
    """

    def __init__(self, sequence: Any) -> None:
        self.handles = _put(sequence)

    def restored(self, handles: Tensor, batch_size: Any, num_unroll: int) -> Any:
        """Gives the steps back that numbers stand for.

        Args:
            handles: The numbers, int64 `[B, T]`.
            batch_size: B, as it was asked for.
            num_unroll: T.

        Returns:
            A SparseTensor `[B, T, …]`.
        """
        flat = _take(self.handles.op, tf.reshape(handles, [-1]))
        steps = flat.indices[:, :1]
        indices = tf.concat([steps // num_unroll, steps % num_unroll, flat.indices[:, 1:]], 1)
        sizes = [tf.cast([batch_size], tf.int64), tf.cast([num_unroll], tf.int64)]
        shape = tf.concat([*sizes, flat.dense_shape[1:]], 0)
        return tf.SparseTensor(indices, flat.values, shape)


def repeated(context: Any, steps: Tensor, num_unroll: int) -> Any:
    """Makes a sequence that has a tensor at the first step of every piece.

    Args:
        context: A SparseTensor `[…]`.
        steps: N, an int32 scalar.
        num_unroll: T, how many steps a piece has.

    Returns:
        A SparseTensor `[N, …]`.
    """
    starts = tf.range(0, steps, num_unroll)
    count, each = tf.size(starts), tf.size(context.values)
    first = tf.cast(tf.repeat(starts, each), tf.int64)[:, tf.newaxis]
    indices = tf.concat([first, tf.tile(context.indices, [count, 1])], 1)
    shape = tf.concat([tf.cast([steps], tf.int64), context.dense_shape], 0)
    return tf.SparseTensor(indices, tf.tile(context.values, [count]), shape)


def step_zero(pieces: Any) -> Any:
    """Takes the axis of steps away, of which all but the first are empty.

    Args:
        pieces: A SparseTensor `[B, T, …]`.

    Returns:
        A SparseTensor `[B, …]`.
    """
    indices = tf.concat([pieces.indices[:, :1], pieces.indices[:, 2:]], 1)
    shape = tf.concat([pieces.dense_shape[:1], pieces.dense_shape[2:]], 0)
    return tf.SparseTensor(indices, pieces.values, shape)

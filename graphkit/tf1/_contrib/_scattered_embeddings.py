"""contrib.layers' scattered embeddings: each number of a vector is found by a hash of its own."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._feature_cross import sparse_feature_cross
from graphkit.tf1._namespace import load

__all__ = ["scattered_embedding_lookup", "scattered_embedding_lookup_sparse"]

_Partitioned: Any = load("tensorflow.python.ops.variables:PartitionedVariable")

_COMBINED = {
    "mean": tf.sparse_segment_mean,
    "sqrtn": tf.sparse_segment_sqrt_n,
    "sum": tf.sparse_segment_sum,
}


def scattered_embedding_lookup(
    params: Any,
    values: Any,
    dimension: int,
    name: str | None = None,
    hash_key: int | None = None,
) -> Tensor:
    """Looks up a vector for each value: its number `i` is the weight that a hash of both points to.

    Args:
        params: Weights `[P]`, or parts of them, of which the first may have one more.
        values: Words or integers of any shape.
        dimension: The length of a vector.
        name: The op's name.
        hash_key: Which hash is used.

    Returns:
        Vectors `[values…, dimension]`.

    Raises:
        ValueError: The dimension is missing or not positive, or a part has another size.
    """
    if dimension is None:
        raise ValueError("You must specify dimension.")
    parts = _parts(params)
    with tf.name_scope(name, "scattered_embedding_lookup", [*parts, dimension, values]):
        if dimension <= 0:
            raise ValueError(f"Dimension must be >0. Given is {dimension}")
        shape = tf.shape(values)
        column = tf.reshape(values, [-1, 1])
        places = tf.tile(tf.expand_dims(tf.range(0, dimension), 0), tf.shape(column))
        crossed = sparse_feature_cross(
            [places, column], hashed_output=True, num_buckets=_size(parts), hash_key=hash_key
        )
        ids = tf.sparse_tensor_to_dense(crossed)
        found = tf.nn.embedding_lookup(parts, ids, partition_strategy="div")
        return tf.reshape(found, tf.concat([shape, [dimension]], 0))


def _parts(params: Any) -> list[Any]:
    return list(params) if isinstance(params, list | _Partitioned) else [params]


def _size(parts: list[Any]) -> int:
    """How many weights there are in all parts."""
    sizes = []
    for part in parts:
        part.shape.assert_has_rank(1)
        part.shape.assert_is_fully_defined()
        sizes.append(int(part.shape[0]))
    total = sum(sizes)
    for number, size in enumerate(sizes):
        wanted = (total - number - 1) // len(parts) + 1
        if size != wanted:
            raise ValueError(f"Tensor {number} in params has size {size}, expected {wanted}.")
    return total


def scattered_embedding_lookup_sparse(
    params: Any,
    sparse_values: Any,
    dimension: int,
    combiner: str | None = None,
    default_value: Any = None,
    name: str | None = None,
    hash_key: int | None = None,
) -> Tensor:
    """Combines the vectors of each row's values.

    Args:
        params: Weights `[P]`, or parts of them.
        sparse_values: Words or integers, a SparseTensor `[B, T]`.
        dimension: The length of a vector.
        combiner: "mean" unless given, "sum" or "sqrtn".
        default_value: What a row without values has; something unlikely unless given.
        name: The op's name.
        hash_key: Which hash is used.

    Returns:
        Vectors `[B, dimension]`.

    Raises:
        TypeError: `sparse_values` is not sparse.
        ValueError: The combiner is another one.
    """
    combiner = combiner or "mean"
    parts = _parts(params)
    if not isinstance(sparse_values, tf.SparseTensor):
        raise TypeError("sparse_values must be SparseTensor")
    with tf.name_scope(name, "scattered_embedding_lookup_sparse", [*parts, sparse_values]) as scope:
        if default_value is None:
            # What 1.15 took: a word and a number that hardly any feature is.
            default_value = "6ZxWzWOHxZ" if sparse_values.dtype == tf.string else 1288896567
        filled, _ = tf.sparse_fill_empty_rows(sparse_values, default_value)
        distinct, places = tf.unique(filled.values)
        vectors = scattered_embedding_lookup(parts, distinct, dimension, hash_key=hash_key)
        if combiner not in _COMBINED:
            raise ValueError("Combiner must be one of 'mean', 'sqrtn' or 'sum'.")
        rows = tf.cast(filled.indices[:, 0], tf.int32)
        return _COMBINED[combiner](vectors, places, rows, name=scope)

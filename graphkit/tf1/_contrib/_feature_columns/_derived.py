"""Columns made of columns of words: weighted, combined, embedded."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._feature_columns._crossed import CrossedColumn
from graphkit.tf1._contrib._feature_columns._simple import joined_by

__all__ = [
    "crossed_column",
    "embedding_column",
    "one_hot_column",
    "shared_embedding_columns",
    "weighted_sparse_column",
]


def weighted_sparse_column(
    sparse_id_column: Any, weight_column_name: str, dtype: Any = tf.float32
) -> Any:
    """Gives each word of a column a weight.

    Args:
        sparse_id_column: The column of words.
        weight_column_name: The feature with the weights.
        dtype: The weights' dtype.

    Returns:
        The column.
    """
    return tf.feature_column.weighted_categorical_column(
        sparse_id_column, weight_column_name, dtype
    )


def crossed_column(
    columns: Iterable[Any],
    hash_bucket_size: int,
    combiner: str = "sum",
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    hash_key: int | None = None,
) -> Any:
    """Makes a column of combinations of words, hashed.

    Args:
        columns: The columns that are combined.
        hash_bucket_size: How many buckets they are hashed to.
        combiner: How a linear model joins several combinations: sum, mean or sqrtn.
        ckpt_to_load_from: Kept for callers that pass it.
        tensor_name_in_ckpt: Kept for callers that pass it.
        hash_key: Which hash is used; without it the one of before December 2016.

    Returns:
        The column.

    Raises:
        TypeError: One is a column of numbers.
        ValueError: There are fewer than two.
    """
    ordered = sorted(columns, key=lambda column: str(getattr(column, "name", column)))
    made = tf.feature_column.crossed_column(
        [_crossed(column) for column in ordered], hash_bucket_size, hash_key
    )
    return joined_by(combiner, made if hash_key else CrossedColumn(*made))


def _crossed(column: Any) -> Any:
    """What is crossed of a column: words as they are, not the ids they get alone."""
    if hasattr(column, "normalizer_fn"):
        raise TypeError(f"columns of words or of intervals can be crossed, not {column.name!r}")
    words = getattr(column, "dtype", None) == tf.string and hasattr(column, "key")
    return column.key if words else column


def embedding_column(
    sparse_id_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Any:
    """Makes a column of trained vectors.

    Args:
        sparse_id_column: The column of words.
        dimension: The length of a vector.
        combiner: How the vectors of one row are combined: "mean", "sum" or "sqrtn".
        initializer: Their initial values; normal, of deviation 1/sqrt(number of ids), unless given.
        ckpt_to_load_from: A checkpoint they are read from.
        tensor_name_in_ckpt: What they are called there.
        max_norm: The norm they are cut to.
        trainable: Whether they are trained.

    Returns:
        The column.
    """
    return tf.feature_column.embedding_column(
        sparse_id_column,
        dimension,
        combiner,
        initializer or _initial(sparse_id_column),
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        max_norm,
        trainable,
    )


def _initial(ids: Any) -> Any:
    """The initial values of vectors: `tf.feature_column` takes their length, not their number."""
    return tf.truncated_normal_initializer(stddev=1 / math.sqrt(ids.num_buckets))


def shared_embedding_columns(
    sparse_id_columns: Sequence[Any],
    dimension: int,
    combiner: str = "mean",
    shared_embedding_name: str | None = None,
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Sequence[Any]:
    """Makes columns that share their trained vectors; a single one without a name has its own.

    Args:
        sparse_id_columns: The columns of words.
        dimension: The length of a vector.
        combiner: How the vectors of one row are combined.
        shared_embedding_name: What the shared matrix is called.
        initializer: Its initial values; normal, of deviation 1/sqrt(number of ids), unless given.
        ckpt_to_load_from: A checkpoint it is read from.
        tensor_name_in_ckpt: What it is called there.
        max_norm: The norm vectors are cut to.
        trainable: Whether it is trained.

    Returns:
        The columns, as a tuple; a single one in a list.

    Raises:
        TypeError: They are no sequence, or one is no column of words.
        ValueError: There are none, or they are of different kinds or sizes.
    """
    _require_columns_of_words(sparse_id_columns)
    settings = (ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable)
    if len(sparse_id_columns) == 1 and shared_embedding_name is None:
        only = sparse_id_columns[0]
        return [embedding_column(only, dimension, combiner, initializer, *settings)]
    initializer = initializer or _initial(sparse_id_columns[0])
    shared = tf.feature_column.shared_embedding_columns(
        list(sparse_id_columns),
        dimension,
        combiner,
        initializer,
        shared_embedding_name,
        *settings,
    )
    return list(shared) if len(shared) == 1 else tuple(shared)


def _require_columns_of_words(columns: Any) -> None:
    if isinstance(columns, str) or not isinstance(columns, Sequence):
        kind = type(columns).__name__
        raise TypeError(f"sparse_id_columns must be a list or tuple of columns, not {kind}")
    if not columns:
        raise ValueError("sparse_id_columns must have at least one column")
    for column in columns:
        if not hasattr(column, "num_buckets"):
            raise TypeError(f"sparse_id_columns must be columns of words, not {column!r}")


def one_hot_column(sparse_id_column: Any) -> Any:
    """Makes a column of zeros and ones, one place for each word.

    Args:
        sparse_id_column: The column of words.

    Returns:
        The column.
    """
    return tf.feature_column.indicator_column(sparse_id_column)

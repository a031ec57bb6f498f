"""Columns of one feature: numbers, intervals of numbers, words and ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = [
    "bucketized_column",
    "combiner_of",
    "joined_by",
    "real_valued_column",
    "sparse_column_with_hash_bucket",
    "sparse_column_with_integerized_feature",
    "sparse_column_with_keys",
    "sparse_column_with_vocabulary_file",
]

_Identity: Any = load(
    "tensorflow.python.feature_column.feature_column_v2:IdentityCategoricalColumn"
)


def real_valued_column(
    column_name: str,
    dimension: int | None = 1,
    default_value: Any = None,
    dtype: Any = tf.float32,
    normalizer: Any = None,
) -> Any:
    """Makes a column of numbers.

    Args:
        column_name: The feature.
        dimension: How many numbers there are.
        default_value: What a missing number is.
        dtype: Their dtype.
        normalizer: A function of the tensor.

    Returns:
        The column.
    """
    shape = (1 if dimension is None else dimension,)
    return tf.feature_column.numeric_column(column_name, shape, default_value, dtype, normalizer)


def bucketized_column(source_column: Any, boundaries: Sequence[float]) -> Any:
    """Makes a column of the interval a number falls into.

    Args:
        source_column: A column of one number.
        boundaries: Where an interval ends and the next begins, sorted.

    Returns:
        The column.

    Raises:
        TypeError: The source is no column of numbers.
        ValueError: There are no boundaries, or they are not sorted.
    """
    if not hasattr(source_column, "normalizer_fn"):
        raise TypeError(f"source_column must be a real_valued_column; got {source_column!r}")
    return tf.feature_column.bucketized_column(source_column, list(boundaries))


def sparse_column_with_hash_bucket(
    column_name: str,
    hash_bucket_size: int,
    combiner: str = "sum",
    dtype: Any = tf.string,
    hash_keys: Any = None,
) -> Any:
    """Makes a column of words or ids that are hashed.

    Args:
        column_name: The feature.
        hash_bucket_size: How many buckets they are hashed to.
        combiner: How a linear model joins several words: sum, mean or sqrtn.
        dtype: string or an integer.
        hash_keys: Kept for callers that pass it.

    Returns:
        The column.
    """
    column = tf.feature_column.categorical_column_with_hash_bucket(
        column_name, hash_bucket_size, dtype
    )
    return joined_by(combiner, column)


def sparse_column_with_integerized_feature(
    column_name: str, bucket_size: int, combiner: str = "sum", dtype: Any = tf.int64
) -> Any:
    """Makes a column of ids below a number.

    Args:
        column_name: The feature.
        bucket_size: How many ids there are; others are taken modulo that number.
        combiner: How a linear model joins several words: sum, mean or sqrtn.
        dtype: An integer.

    Returns:
        The column.
    """
    column = tf.feature_column.categorical_column_with_identity(column_name, bucket_size)
    return joined_by(combiner, IdentityCategoricalColumn(*column))


class IdentityCategoricalColumn(_Identity):  # type: ignore[misc]
    """A column of ids of which none is too large."""

    def _transform_input_tensor(self, input_tensor: Any) -> tf.SparseTensor:
        ids = super()._transform_input_tensor(input_tensor)
        wrapped = tf.floormod(ids.values, self.num_buckets)
        return tf.SparseTensor(ids.indices, wrapped, ids.dense_shape)


def sparse_column_with_keys(
    column_name: str,
    keys: Sequence[Any],
    default_value: int = -1,
    combiner: str = "sum",
    dtype: Any = tf.string,
) -> Any:
    """Makes a column of words from a list.

    Args:
        column_name: The feature.
        keys: The words.
        default_value: The id of a word that is not listed.
        combiner: How a linear model joins several words: sum, mean or sqrtn.
        dtype: string or an integer.

    Returns:
        The column.
    """
    column = tf.feature_column.categorical_column_with_vocabulary_list(
        column_name, tuple(keys), dtype, default_value
    )
    return joined_by(combiner, column)


def sparse_column_with_vocabulary_file(
    column_name: str,
    vocabulary_file: str,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    combiner: str = "sum",
    dtype: Any = tf.string,
) -> Any:
    """Makes a column of words from a file.

    Args:
        column_name: The feature.
        vocabulary_file: The words, one a line.
        num_oov_buckets: How many ids other words are hashed to.
        vocab_size: How many lines are read; all unless given.
        default_value: The id of a word that is not in it, when there are no buckets.
        combiner: How a linear model joins several words: sum, mean or sqrtn.
        dtype: string or an integer.

    Returns:
        The column.
    """
    column = tf.feature_column.categorical_column_with_vocabulary_file(
        column_name,
        vocabulary_file,
        vocabulary_size=vocab_size,
        num_oov_buckets=num_oov_buckets,
        default_value=None if num_oov_buckets else default_value,
        dtype=dtype,
    )
    return joined_by(combiner, column)


def joined_by(combiner: str, column: Any) -> Any:
    """Notes how a linear model joins the words of a column.

    Args:
        combiner: sum, mean or sqrtn.
        column: The column.

    Returns:
        The same column.
    """
    column.combiner_of_words = combiner
    return column


def combiner_of(column: Any) -> str | None:
    """Tells how a linear model joins the words of a column.

    Args:
        column: The column.

    Returns:
        sum, mean or sqrtn; None for a column of something else.
    """
    inner = getattr(column, "categorical_column", column)
    combiner: str | None = getattr(inner, "combiner_of_words", None)
    return combiner

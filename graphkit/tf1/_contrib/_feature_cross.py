"""contrib.layers' crosses of features: combinations of words and ids, as strings or hashes."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY", "sparse_feature_cross"]

SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY = 0xDECAFCAFFE

_SEPARATOR = "_X_"
_LARGEST = 2**63 - 1
# What a hash starts from; the later one has it as its usual key.
_SEED = SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY


def sparse_feature_cross(
    inputs: list[Any],
    hashed_output: bool = False,
    num_buckets: int = 0,
    name: str | None = None,
    hash_key: int | None = None,
) -> tf.SparseTensor:
    """Combines each row's features: every one of the first input with every one of the others.

    Sparse inputs come first, whatever their place in the list.

    Args:
        inputs: Words or integers `[B, …]`, dense or sparse tensors.
        hashed_output: Whether a combination is a number; its words joined by `_X_` otherwise.
        num_buckets: How many numbers there are; as many as there can be unless given.
        name: The op's name.
        hash_key: Which hash is used; without it the one of before December 2016.

    Returns:
        A SparseTensor `[B, most combinations of a row]` of strings or int64.

    Raises:
        TypeError: `inputs` is no list, or one of it no tensor.
    """
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(part, tf.SparseTensor | tf.Tensor) for part in inputs):
        raise TypeError("All inputs must be SparseTensors")
    sparse = [_crossable(part) for part in inputs if isinstance(part, tf.SparseTensor)]
    dense = [_crossable(part) for part in inputs if not isinstance(part, tf.SparseTensor)]
    if not hashed_output:
        return _crossed(sparse, dense, name=name, out_type=tf.string)
    if hash_key:
        return _crossed(
            sparse, dense, name=name, out_type=tf.int64, num_buckets=num_buckets, hash_key=hash_key
        )
    with tf.name_scope(name, "SparseFeatureCross", inputs):
        return _hashed_as_first(sparse, dense, num_buckets)


def _crossable(part: Any) -> Any:
    return part if part.dtype == tf.string else tf.cast(part, tf.int64)


def _crossed(
    sparse: list[Any],
    dense: list[Any],
    out_type: Any,
    num_buckets: int = 0,
    hash_key: int = SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY,
    name: str | None = None,
) -> tf.SparseTensor:
    all_words = all(part.dtype == tf.string for part in sparse + dense)
    made = tf.raw_ops.SparseCross(
        indices=[part.indices for part in sparse],
        values=[part.values for part in sparse],
        shapes=[part.dense_shape for part in sparse],
        dense_inputs=dense,
        hashed_output=out_type == tf.int64,
        num_buckets=num_buckets,
        hash_key=hash_key,
        out_type=out_type,
        internal_type=tf.string if all_words else tf.int64,
        name=name,
    )
    return tf.SparseTensor(made.output_indices, made.output_values, made.output_shape)


def _hashed_as_first(sparse: list[Any], dense: list[Any], num_buckets: int) -> tf.SparseTensor:
    """The hash whose kernel is gone: the places of what is combined are crossed instead of it."""
    places = [
        tf.SparseTensor(part.indices, _places(part.values), part.dense_shape) for part in sparse
    ]
    combined = _crossed(places, [_places(part) for part in dense], out_type=tf.string)
    words = tf.strings.split(combined.values, _SEPARATOR).values
    chosen = tf.reshape(tf.strings.to_number(words, tf.int64), [-1, len(sparse + dense)])
    found = tf.fill(tf.shape(combined.values), tf.constant(_SEED, tf.int64))
    for number, values in enumerate([part.values for part in sparse] + dense):
        numbers = _fingerprint(tf.reshape(values, [-1]))
        found = _joined(found, tf.gather(numbers, chosen[:, number]))
    return tf.SparseTensor(
        combined.indices, _bucket(found, num_buckets or _LARGEST), combined.dense_shape
    )


def _places(values: Any) -> Tensor:
    return tf.reshape(tf.range(tf.size(values, out_type=tf.int64)), tf.shape(values))


def _fingerprint(values: Any) -> Tensor:
    """A number for each word; numbers are their own."""
    if values.dtype != tf.string:
        return values
    return tf.bitcast(tf.raw_ops.Fingerprint(data=values, method="farmhash64"), tf.int64)


def _joined(first: Tensor, second: Tensor) -> Tensor:
    """Mixes two numbers; sums run over, and the shift to the right keeps the sign."""
    golden = tf.constant(0x9E3779B97F4A7800 - 2**64, tf.int64)
    left = tf.bitwise.left_shift(first, tf.constant(10, tf.int64))
    right = tf.bitwise.right_shift(first, tf.constant(4, tf.int64))
    return tf.bitwise.bitwise_xor(first, second + golden + left + right)


def _bucket(numbers: Tensor, num_buckets: int) -> Tensor:
    """The rest of a division by the number of buckets; a negative number stands for 2^64 more."""
    rest = tf.floormod(numbers, tf.constant(num_buckets, tf.int64))
    more = tf.constant(2**64 % num_buckets - num_buckets, tf.int64)
    return tf.where(numbers < 0, tf.floormod(rest + more, num_buckets), rest)

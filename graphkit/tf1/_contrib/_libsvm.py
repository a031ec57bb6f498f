"""contrib.libsvm: lines of "label index:value …" as sparse features, written in ordinary ops."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import tf

__all__ = ["decode_libsvm"]


def decode_libsvm(
    content: Any, num_features: Any, dtype: Any = None, label_dtype: Any = None
) -> tuple[Any, Any]:
    """Decodes lines in libsvm's format, `1 3:0.5 7:2`: a label, and features by number.

    An index is kept as it is written, also one beyond `num_features`, and also twice.

    Args:
        content: Lines, strings of any shape [...].
        num_features: How many features there are, an int; 1 or more.
        dtype: Of the values: float32 (unless given), float64, int32 or int64.
        label_dtype: Of the labels: the same, int64 unless given.

    Returns:
        The features, a SparseTensor [..., num_features], and the labels [...].

    Raises:
        TypeError: `content` is no string, `num_features` no number, or a dtype is another.
        ValueError: `num_features` is below 1.
        tf.errors.InvalidArgumentError: A line has no label, or something in it is no number or
            no pair, or an index is negative; raised when it is run.
    """
    if not isinstance(num_features, int | float | np.integer):
        raise TypeError(f"Expected int for argument 'num_features' not {num_features!r}.")
    if int(num_features) < 1:
        raise ValueError(f"num_features is {int(num_features)}, less than minimum 1.")
    with tf.name_scope("DecodeLibsvm"):
        # The op refuses whatever is no string.
        lines = tf.strings.strip(content)
        words = tf.strings.split(tf.reshape(lines, [-1]), result_type="RaggedTensor")
        labels = tf.strings.to_number(_first_words(words), out_type=label_dtype or tf.int64)
        pairs = words[:, 1:]
        indices, values = _numbers(pairs.values, dtype or tf.float32)
        shape = tf.shape(lines, out_type=tf.int64)
        # Where each line is among the lines; tf.where takes no scalar, so with an axis more.
        where = tf.where(tf.ones(tf.concat([shape, [1]], axis=0), tf.bool))[:, :-1]
        places = tf.gather(where, pairs.value_rowids())
        features = tf.SparseTensor(
            tf.concat([places, indices[:, tf.newaxis]], axis=1),
            values,
            tf.concat([shape, [int(num_features)]], axis=0),
        )
        return features, tf.reshape(labels, tf.shape(lines), name="labels")


def _first_words(words: Any) -> Any:
    full = tf.debugging.assert_positive(words.row_lengths(), message="No label found for a line")
    with tf.control_dependencies([full]):
        return tf.gather(words.values, words.row_starts())


def _numbers(pairs: Any, dtype: Any) -> tuple[Any, Any]:
    """The two sides of each colon."""
    whole = tf.strings.regex_full_match(pairs, "[^:]+:[^:]+")
    checked = tf.Assert(tf.reduce_all(whole), ["Invalid feature in", pairs])
    with tf.control_dependencies([checked]):
        indices = tf.strings.to_number(
            tf.strings.regex_replace(pairs, ":.*", ""), out_type=tf.int64
        )
    values = tf.strings.to_number(tf.strings.regex_replace(pairs, ".*:", ""), out_type=dtype)
    natural = tf.debugging.assert_non_negative(indices, message="Feature index should be >= 0")
    with tf.control_dependencies([natural]):
        return tf.identity(indices), values

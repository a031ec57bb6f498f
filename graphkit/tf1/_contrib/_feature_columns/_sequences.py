"""contrib.layers' columns over sequences: parsing, and the input of a recurrent network."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._feature_columns._inputs import (
    check_feature_columns,
    create_feature_spec_for_parsing,
)
from graphkit.tf1._contrib._feature_columns._order import in_order, kind_of
from graphkit.tf1._contrib._feature_columns._vectors import vectors_of
from graphkit.tf1._namespace import load

__all__ = [
    "parse_feature_columns_from_sequence_examples",
    "sequence_input_from_feature_columns",
]

_cache: Any = load("tensorflow.python.feature_column.feature_column_v2:FeatureTransformationCache")
_flat: Any = load("tf_slim.layers.layers:_inner_flatten")

_USABLE = ("_OneHotColumn", "_EmbeddingColumn", "_RealValuedColumn")
_NEVER_INSIDE = ("_ScatteredEmbeddingColumn", "_BucketizedColumn", "_CrossedColumn")


def parse_feature_columns_from_sequence_examples(
    serialized: Any,
    context_feature_columns: Iterable[Any] | None,
    sequence_feature_columns: Iterable[Any] | None,
    name: str | None = None,
    example_name: Any = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parses what columns need from one SequenceExample.

    Args:
        serialized: One SequenceExample, a string.
        context_feature_columns: Columns of its context.
        sequence_feature_columns: Columns of its sequences.
        name: The op's name.
        example_name: A name for messages.

    Returns:
        Feature name to tensor of the context, and of the sequences, `[T, …]`.

    Raises:
        ValueError: There is more than one example, or two columns are the same.
    """
    try:
        serialized = tf.reshape(serialized, [])
    except ValueError as error:
        raise ValueError(
            "serialized must contain a single sequence example; batch them after parsing. "
            f"Error: {error}"
        ) from error
    specs = []
    for columns in (context_feature_columns, sequence_feature_columns):
        wanted = list(columns or ())
        check_feature_columns(wanted)
        specs.append(create_feature_spec_for_parsing(wanted))
    context, sequences = specs
    parsed: tuple[dict[str, Any], dict[str, Any]] = tf.parse_single_sequence_example(
        serialized,
        context,
        {key: _of_sequence(feature) for key, feature in sequences.items()},
        example_name,
        name,
    )
    return parsed


def _of_sequence(feature: Any) -> Any:
    """How a feature is parsed at every step; one with a default value may be missing."""
    if isinstance(feature, tf.VarLenFeature):
        return feature
    may_be_missing = feature.default_value is not None
    return tf.FixedLenSequenceFeature(feature.shape, feature.dtype, allow_missing=may_be_missing)


def sequence_input_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Iterable[Any],
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> Tensor:
    """Makes the input of a recurrent network from columns.

    Args:
        columns_to_tensors: Feature name to tensor: numbers `[B, T]` or `[B, T, D]`, words and ids
            as SparseTensors `[B, T]` or `[B, T, N]`.
        feature_columns: Columns of numbers, embeddings or one-hot columns.
        weight_collections: Where their variables are kept as well.
        trainable: Whether these are trained.
        scope: The variable scope; "sequence_input_from_feature_columns" unless given.

    Returns:
        Numbers `[B, T, D]`, the columns side by side.

    Raises:
        ValueError: A column is of another kind, two are the same, or a tensor has no steps.
    """
    columns = list(feature_columns)
    _check_kinds(columns)
    check_feature_columns(columns)
    tensors = list(columns_to_tensors.values())
    cache = _cache(dict(columns_to_tensors))
    outputs = []
    with tf.variable_scope(scope, "sequence_input_from_feature_columns", tensors):
        for column in in_order(columns):
            with tf.variable_scope(None, column.name, tensors):
                if hasattr(column, "normalizer_fn"):
                    outputs.append(_numbers(column, columns_to_tensors[column.key]))
                    continue
                shaped = functools.partial(_three_axes, column)
                if hasattr(column, "dimension"):
                    outputs.append(vectors_of(column, cache, weight_collections, trainable, shaped))
                else:
                    outputs.append(_one_hot(column, cache, shaped))
        return tf.concat(outputs, 2)


def _check_kinds(columns: list[Any]) -> None:
    for column in columns:
        if kind_of(column) not in _USABLE:
            raise ValueError(
                f"FeatureColumn type {kind_of(column)} is not currently supported for sequence "
                f"data; got column {column.name!r}."
            )
        inner = getattr(column, "categorical_column", None)
        while inner is not None:
            if kind_of(inner) in _NEVER_INSIDE:
                raise ValueError(
                    f"Column {inner.name!r} is of type {kind_of(inner)}, which is not currently "
                    "supported for sequences."
                )
            inner = getattr(inner, "categorical_column", None)


def _three_axes(column: Any, tensor: Any) -> Any:
    """A tensor `[B, T, N]`: one more axis, or the inner ones as one."""
    rank = tensor.shape.ndims
    if rank is None or rank < 2:
        raise ValueError(
            f"Error while processing column {column.name!r}. Sequence data should have the shape "
            f"[batch, step] or [batch, step, value]; got rank {rank}."
        )
    if rank > 2:
        return _flat(tensor, 3) if rank > 3 else tensor
    if isinstance(tensor, tf.SparseTensor):
        return tf.sparse_reshape(tensor, tf.concat([tensor.dense_shape, [1]], 0))
    return tf.expand_dims(tensor, -1)


def _numbers(column: Any, tensor: Any) -> Tensor:
    if column.normalizer_fn:
        tensor = column.normalizer_fn(tensor)
    return tf.cast(_three_axes(column, tensor), tf.float32)


def _one_hot(column: Any, cache: Any, shaped: Callable[[Any], Any]) -> Tensor:
    words = column.categorical_column
    ids, weights = words.get_sparse_tensors(cache, None)
    places = tf.sparse_tensor_to_dense(shaped(ids), default_value=-1)
    ones = tf.one_hot(places, words.num_buckets)
    if weights is not None:
        factors = tf.sparse_tensor_to_dense(shaped(weights), validate_indices=False)
        ones *= tf.expand_dims(tf.cast(factors, tf.float32), -1)
    return tf.reduce_sum(ones, 2)

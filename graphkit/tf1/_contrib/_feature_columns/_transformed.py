"""What columns make of features before they are weighed: ids, intervals, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Variable, tf
from graphkit.tf1._contrib._embeddings import safe_embedding_lookup_sparse
from graphkit.tf1._contrib._feature_columns._inputs import check_feature_columns
from graphkit.tf1._contrib._feature_columns._order import in_order
from graphkit.tf1._contrib._feature_columns._simple import combiner_of
from graphkit.tf1._contrib._feature_columns._weighted_sum import WeightedSum, pieces_of
from graphkit.tf1._namespace import load

__all__ = [
    "joint_weighted_sum_from_feature_columns",
    "transform_features",
]

_variable: Any = load("graphkit.tf1.contrib.framework:model_variable")
_cache: Any = load("tensorflow.python.feature_column.feature_column_v2:FeatureTransformationCache")


def transform_features(
    features: Mapping[str, Any], feature_columns: Iterable[Any]
) -> dict[Any, Any]:
    """Makes of features what columns need.

    Args:
        features: Feature name to tensor.
        feature_columns: The columns.

    Returns:
        Column to tensor: numbers as they are after normalising, the place of an interval, ids as a
        SparseTensor, ids and weights of weighted words. A column made of another has what that has.

    Raises:
        ValueError: Two columns are the same.
    """
    columns = list(feature_columns)
    check_feature_columns(columns)
    cache = _cache(dict(features))
    return {column: _transformed(column, cache) for column in in_order(columns)}


def _transformed(column: Any, cache: Any) -> Any:
    inner = getattr(column, "categorical_column", None)
    if hasattr(column, "normalizer_fn") or hasattr(column, "source_column"):
        return cache.get(column, None)
    if inner is not None and not hasattr(column, "weight_feature_key"):
        return _transformed(inner, cache)
    ids, weights = column.get_sparse_tensors(cache, None)
    return ids if weights is None else (ids, weights)


def joint_weighted_sum_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Iterable[Any],
    num_outputs: int,
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> WeightedSum:
    """Makes a linear model of columns of words, whose weights are one variable.

    Args: as for `weighted_sum_from_feature_columns`.

    Returns:
        The predictions `[B, num_outputs]`, a list with the weights, and the bias.

    Raises:
        AssertionError: There are no columns, or a column has weights or another combiner than sum.
        NotImplementedError: A column is one of numbers.
        ValueError: A column is one of vectors.
    """
    columns = list(feature_columns)
    check_feature_columns(columns)
    options = {
        "initializer": tf.zeros_initializer(),
        "trainable": trainable,
        "collections": weight_collections,
    }
    with tf.variable_scope(
        scope, "joint_weighted_sum_from_feature_columns", list(columns_to_tensors.values())
    ):
        ids, size = _side_by_side(in_order(columns), _cache(dict(columns_to_tensors)))
        with tf.variable_scope(None, "linear_weights"):
            weights: Any = _variable("weights", [size, num_outputs], **options)
            summed = safe_embedding_lookup_sparse(weights, ids, combiner="sum", name="_weights")
        bias: Variable = _variable("bias_weight", [num_outputs], **options)
        pieces: Any = pieces_of(weights)  # of all columns together, not of each
        return WeightedSum(tf.nn.bias_add(summed, bias), pieces, bias)


def _side_by_side(columns: list[Any], cache: Any) -> tuple[tf.SparseTensor, int]:
    """The ids of all columns, each column's after the last of the one before."""
    parts, size = [], 0
    for column in columns:
        if hasattr(column, "dimension"):
            raise ValueError(f"vectors are no part of a linear model; got column {column.name!r}")
        if not hasattr(column, "num_buckets"):
            raise NotImplementedError(
                f"Real-valued columns are not supported; got {column.name!r}. Use "
                "weighted_sum_from_feature_columns instead, or bucketize these columns."
            )
        ids, weights = column.get_sparse_tensors(cache, None)
        if weights is not None or combiner_of(column) not in (None, "sum"):
            raise AssertionError(
                f"the joint sum has neither weighted words nor other combiners than sum; got "
                f"{column.name!r}. Please use weighted_sum_from_feature_columns instead."
            )
        parts.append(tf.SparseTensor(ids.indices, ids.values + size, ids.dense_shape))
        size += column.num_buckets
    if not parts:
        raise AssertionError("At least one column must be in the model.")
    return tf.sparse_concat(1, parts), size

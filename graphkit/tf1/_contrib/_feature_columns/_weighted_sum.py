"""A linear model of columns, with contrib.layers' names of variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, Variable, tf
from graphkit.tf1._contrib._feature_columns._inputs import check_feature_columns, require_features
from graphkit.tf1._contrib._feature_columns._order import in_order
from graphkit.tf1._contrib._feature_columns._simple import combiner_of
from graphkit.tf1._namespace import load

__all__ = ["WeightedSum", "pieces_of", "weighted_sum_from_feature_columns"]

_variable: Any = load("graphkit.tf1.contrib.framework:model_variable")
_cache: Any = load("tensorflow.python.feature_column.feature_column_v2:FeatureTransformationCache")


class WeightedSum(NamedTuple):
    """What a linear model made of feature columns: predictions, each column's weights, the bias."""

    predictions: Tensor  # [B, num_outputs]
    column_to_variable: Mapping[Any, list[Variable]]
    bias: Variable


def weighted_sum_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Iterable[Any],
    num_outputs: int,
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
) -> WeightedSum:
    """Makes a linear model of columns.

    Args:
        columns_to_tensors: Feature name to tensor.
        feature_columns: The columns.
        num_outputs: How many numbers the model gives.
        weight_collections: Where its variables are kept as well.
        trainable: Whether they are trained.
        scope: The variable scope; called like the function unless given.

    Returns:
        The predictions `[B, num_outputs]`, each column's weights, and the bias.

    Raises:
        KeyError: A column's feature is missing.
        ValueError: Two columns are one.
    """
    check_feature_columns(feature_columns)
    columns = in_order(feature_columns)
    require_features(columns_to_tensors, columns)
    features = _cache(dict(columns_to_tensors))
    options = {"trainable": trainable, "collections": weight_collections}
    parts, variables = [], {}
    with tf.variable_scope(scope, "weighted_sum_from_feature_columns"):
        for column in columns:
            with tf.variable_scope(None, column.name):
                part = _looked_up if hasattr(column, "num_buckets") else _multiplied
                variables[column], product = part(column, features, num_outputs, options)
            parts.append(tf.reshape(product, [-1, num_outputs]))
        bias = _zeros("bias_weight", [num_outputs], options)
        return WeightedSum(tf.nn.bias_add(tf.add_n(parts), bias), variables, bias)


def _looked_up(column: Any, features: Any, size: int, options: Any) -> tuple[list[Any], Tensor]:
    """The sum, or what the column's combiner says, of the weights of an example's words."""
    weights = _zeros("weights", [column.num_buckets, size], options)
    ids, importance = column.get_sparse_tensors(features, None)
    product = tf.nn.safe_embedding_lookup_sparse(
        weights, ids, importance, combiner=combiner_of(column) or "sum"
    )
    return pieces_of(weights), product


def pieces_of(weights: Any) -> list[Any]:
    """Lists the variables that a partitioner made of one.

    Args:
        weights: A variable, or a partitioned one.

    Returns:
        The variables.
    """
    return list(weights) if hasattr(weights, "as_tensor") else [weights]


def _multiplied(column: Any, features: Any, size: int, options: Any) -> tuple[list[Any], Tensor]:
    numbers = column.get_dense_tensor(features, None)
    width = column.variable_shape.num_elements()
    weight = _zeros("weight", [width, size], options)
    return [weight], tf.matmul(tf.reshape(numbers, [-1, width]), weight)


def _zeros(name: str, shape: list[int], options: Mapping[str, Any]) -> Any:
    return _variable(name, shape, initializer=tf.zeros_initializer(), **options)

"""What is done with columns: parsing, the input of a network, a linear model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, Variable, tf
from graphkit.tf1._contrib._feature_columns._simple import real_valued_column

__all__ = [
    "WeightedSum",
    "check_feature_columns",
    "create_feature_spec_for_parsing",
    "infer_real_valued_columns",
    "input_from_feature_columns",
    "parse_feature_columns_from_examples",
    "weighted_sum_from_feature_columns",
]


class WeightedSum(NamedTuple):
    """What a linear model made of feature columns.

    Args:
        predictions: `[B, num_outputs]`.
        column_to_variable: Column to its weights.
        bias: `[num_outputs]`.
    """

    predictions: Tensor
    column_to_variable: Mapping[Any, list[Variable]]
    bias: Variable


def infer_real_valued_columns(features: Any) -> list[Any]:
    """Makes columns of numbers for features as they are.

    Args:
        features: A tensor `[B, D]`, or feature name to such a tensor.

    Returns:
        One column for each.
    """
    named = features if isinstance(features, Mapping) else {"": features}
    return [
        real_valued_column(name, dimension=tensor.shape[-1], dtype=tensor.dtype)
        for name, tensor in named.items()
    ]


def check_feature_columns(feature_columns: Iterable[Any]) -> None:
    """Requires that no two columns have one name.

    Args:
        feature_columns: The columns.

    Raises:
        ValueError: Two have the same.
    """
    seen: set[str] = set()
    for column in feature_columns:
        if column.name in seen:
            raise ValueError(f"Duplicate feature column key found: {column.name}.")
        seen.add(column.name)


def create_feature_spec_for_parsing(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """Says what has to be parsed from Examples for some columns.

    Args:
        feature_columns: The columns.

    Returns:
        Feature name to FixedLenFeature or VarLenFeature.
    """
    spec: dict[str, Any] = tf.feature_column.make_parse_example_spec(list(feature_columns))
    return spec


def parse_feature_columns_from_examples(
    serialized: Tensor,
    feature_columns: Iterable[Any],
    name: str | None = None,
    example_names: Any = None,
) -> Mapping[str, Any]:
    """Parses what some columns need from Examples.

    Args:
        serialized: Examples, strings `[B]`.
        feature_columns: The columns.
        name: The op's name.
        example_names: Names for messages, strings `[B]`.

    Returns:
        Feature name to tensor.
    """
    spec = create_feature_spec_for_parsing(feature_columns)
    parsed: Mapping[str, Any] = tf.parse_example(
        serialized, spec, name=name, example_names=example_names
    )
    return parsed


def input_from_feature_columns(
    columns_to_tensors: Mapping[str, Any],
    feature_columns: Iterable[Any],
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    scope: Any = None,
    cols_to_outs: dict[Any, Any] | None = None,
) -> Tensor:
    """Makes the input of a network from columns.

    Args:
        columns_to_tensors: Feature name to tensor.
        feature_columns: The columns.
        weight_collections: Where their variables are kept as well.
        trainable: Whether these are trained.
        scope: The variable scope; "input_from_feature_columns" unless given.
        cols_to_outs: Filled with each column's part.

    Returns:
        Numbers `[B, D]`, the columns side by side.
    """
    with tf.variable_scope(scope, "input_from_feature_columns"):
        return tf.feature_column.input_layer(
            columns_to_tensors,
            list(feature_columns),
            weight_collections=weight_collections,
            trainable=trainable,
            cols_to_output_tensors=cols_to_outs,
        )


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
        scope: The variable scope; "weighted_sum_from_feature_columns" unless given.

    Returns:
        The predictions `[B, num_outputs]`, each column's weights, and the bias.
    """
    variables: dict[Any, Any] = {}
    with tf.variable_scope(scope, "weighted_sum_from_feature_columns"):
        predictions = tf.feature_column.linear_model(
            columns_to_tensors,
            list(feature_columns),
            units=num_outputs,
            weight_collections=weight_collections,
            trainable=trainable,
            cols_to_vars=variables,
        )
    return WeightedSum(predictions, variables, variables.pop("bias")[0])

"""What is done with columns: parsing, the input of a network, a linear model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, Variable, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._feature_columns._simple import combiner_of, real_valued_column

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

    Raises:
        KeyError: A column's feature is missing.
    """
    columns = list(feature_columns)
    _require(columns_to_tensors, columns)
    parts: dict[Any, Tensor] = {}
    with tf.variable_scope(scope, "input_from_feature_columns"):
        tf.feature_column.input_layer(
            columns_to_tensors,
            columns,
            weight_collections=weight_collections,
            trainable=trainable,
            cols_to_output_tensors=parts,
        )
        if cols_to_outs is not None:
            cols_to_outs.update(parts)
        return tf.concat([parts[column] for column in sorted(parts, key=_place)], 1)


_KINDS = {
    "BucketizedColumn": "_BucketizedColumn",
    "CrossedColumn": "_CrossedColumn",
    "EmbeddingColumn": "_EmbeddingColumn",
    "HashedCategoricalColumn": "_SparseColumnHashed",
    "IdentityCategoricalColumn": "_SparseColumnIntegerized",
    "IndicatorColumn": "_OneHotColumn",
    "NumericColumn": "_RealValuedColumn",
    "SharedEmbeddingColumn": "_EmbeddingColumn",
    "VocabularyFileCategoricalColumn": "_SparseColumnVocabulary",
    "VocabularyListCategoricalColumn": "_SparseColumnKeys",
    "WeightedCategoricalColumn": "_WeightedSparseColumn",
}


def _place(column: Any) -> tuple[str, ...]:
    """Where a column stands in a layer: its kind counts first, by the name it had in 1.15."""
    kind = type(column).__name__.lstrip("_")
    inner = [
        part
        for name in ("source_column", "categorical_column")
        if (part := getattr(column, name, None)) is not None
    ]
    below = _place(inner[0]) if inner else (str(column.name),)
    return (_KINDS.get(kind, kind), *below)


def _require(columns_to_tensors: Mapping[str, Any], columns: Iterable[Any]) -> None:
    for name in create_feature_spec_for_parsing(columns):
        if name not in columns_to_tensors:
            raise KeyError(
                f"no feature named {name!r}, which a column needs; there are "
                f"{sorted(map(str, columns_to_tensors))}"
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

    Raises:
        KeyError: A column's feature is missing.
        ValueError: Columns have different combiners.
    """
    columns = list(feature_columns)
    _require(columns_to_tensors, columns)
    combiners = {found for column in columns if (found := combiner_of(column)) is not None}
    if len(combiners) > 1:
        raise ArgumentError(
            "weighted_sum_from_feature_columns",
            "combiner",
            sorted(combiners),
            "one for all columns",
        )
    variables: dict[Any, Any] = {}
    with tf.variable_scope(scope, "weighted_sum_from_feature_columns"):
        predictions = tf.feature_column.linear_model(
            columns_to_tensors,
            columns,
            units=num_outputs,
            weight_collections=weight_collections,
            trainable=trainable,
            cols_to_vars=variables,
            sparse_combiner=combiners.pop() if combiners else "sum",
        )
    return WeightedSum(predictions, variables, variables.pop("bias")[0])

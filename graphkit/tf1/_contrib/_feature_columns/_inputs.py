"""What is done with columns: parsing, the input of a network, a linear model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._feature_columns._order import in_order, key_of
from graphkit.tf1._contrib._feature_columns._simple import real_valued_column
from graphkit.tf1._contrib._feature_columns._vectors import vectors_of
from graphkit.tf1._namespace import load

__all__ = [
    "check_feature_columns",
    "create_feature_spec_for_parsing",
    "infer_real_valued_columns",
    "input_from_feature_columns",
    "make_place_holder_tensors_for_base_features",
    "parse_feature_columns_from_examples",
    "require_features",
]

_cache: Any = load("tensorflow.python.feature_column.feature_column_v2:FeatureTransformationCache")


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
    """Requires that no two columns are one.

    Args:
        feature_columns: The columns.

    Raises:
        ValueError: Two are the same but for functions of them, or they are a dictionary.
    """
    if isinstance(feature_columns, Mapping):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    seen: set[str] = set()
    for column in feature_columns:
        if key_of(column) in seen:
            raise ValueError(
                f"Duplicate feature column key found for column: {column.name}. This usually means "
                "that the column is almost identical to another column, and one must be discarded."
            )
        seen.add(key_of(column))


def create_feature_spec_for_parsing(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """Says what has to be parsed from Examples for some columns.

    Args:
        feature_columns: The columns.

    Returns:
        Feature name to FixedLenFeature or VarLenFeature.
    """
    spec: dict[str, Any] = tf.feature_column.make_parse_example_spec(list(feature_columns))
    return spec


def make_place_holder_tensors_for_base_features(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """Makes a placeholder for each feature that columns need.

    Args:
        feature_columns: The columns.

    Returns:
        Feature name to placeholder, sparse for words and ids.
    """
    made: dict[str, Any] = {}
    for name, feature in create_feature_spec_for_parsing(feature_columns).items():
        op_name = f"Placeholder_{name}"
        if isinstance(feature, tf.VarLenFeature):
            made[name] = tf.sparse_placeholder(feature.dtype, name=op_name)
        else:
            made[name] = tf.placeholder(feature.dtype, (None, feature.shape[0]), op_name)
    return made


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

    Raises:
        ValueError: Two columns are one.
    """
    check_feature_columns(feature_columns)
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
        ValueError: A column has words, and no vectors of them; or two columns are one.
    """
    check_feature_columns(feature_columns)
    columns = in_order(feature_columns)
    require_features(columns_to_tensors, columns)
    features = _cache(dict(columns_to_tensors))
    parts = {}
    with tf.variable_scope(scope, "input_from_feature_columns"):
        for column in columns:
            with tf.variable_scope(None, column.name):
                if isinstance(getattr(column, "dimension", None), int):
                    parts[column] = vectors_of(column, features, weight_collections, trainable)
                else:
                    parts[column] = _dense(column, features)
        if cols_to_outs is not None:
            cols_to_outs.update(parts)
        return tf.concat([parts[column] for column in columns], 1)


def _dense(column: Any, features: Any) -> Tensor:
    if not hasattr(column, "get_dense_tensor"):
        raise ValueError(
            f"Error creating input layer for column: {column.name}. "
            "Please use embedding_column or one_hot_column of it."
        )
    numbers = column.get_dense_tensor(features, None)
    return tf.reshape(numbers, [-1, column.variable_shape.num_elements()])


def require_features(columns_to_tensors: Mapping[str, Any], columns: Iterable[Any]) -> None:
    """Requires that there is what columns are made of.

    Args:
        columns_to_tensors: Feature name to tensor.
        columns: The columns.

    Raises:
        KeyError: A feature is missing.
    """
    for name in create_feature_spec_for_parsing(columns):
        if name not in columns_to_tensors:
            raise KeyError(
                f"no feature named {name!r}, which a column needs; there are "
                f"{sorted(map(str, columns_to_tensors))}"
            )

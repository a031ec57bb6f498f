"""What is done with columns: parsing, the input of a network, a linear model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._feature_columns._simple import real_valued_column
from graphkit.tf1._namespace import load

__all__ = [
    "check_feature_columns",
    "create_feature_spec_for_parsing",
    "infer_real_valued_columns",
    "input_from_feature_columns",
    "parse_feature_columns_from_examples",
    "place_of",
    "require_features",
]

_variable: Any = load("graphkit.tf1.contrib.framework:model_variable")
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
        ValueError: A column has words, and no vectors of them.
    """
    columns = sorted(set(feature_columns), key=place_of)
    require_features(columns_to_tensors, columns)
    features = _cache(dict(columns_to_tensors))
    parts = {}
    with tf.variable_scope(scope, "input_from_feature_columns"):
        for column in columns:
            with tf.variable_scope(None, column.name):
                if isinstance(getattr(column, "dimension", None), int):
                    parts[column] = _embedded(column, features, weight_collections, trainable)
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


def _embedded(
    column: Any, features: Any, collections: Sequence[str] | None, trainable: bool
) -> Tensor:
    """The vectors of an example's words, joined; the matrix of shared ones is made once."""
    ids, importance = column.categorical_column.get_sparse_tensors(features, None)
    shared = getattr(column, "shared_embedding_collection_name", None)
    known = tf.get_collection_ref(f"SHARED_EMBEDDING_COLLECTION_{shared.upper()}") if shared else []
    if not known:
        matrix = _variable(
            shared or "weights",
            [column.categorical_column.num_buckets, column.dimension],
            initializer=column.initializer,
            trainable=trainable and column.trainable,
            collections=collections,
        )
        known.append(matrix)
        if column.ckpt_to_load_from is not None:
            names = {column.tensor_name_in_ckpt: matrix}
            tf.train.init_from_checkpoint(column.ckpt_to_load_from, names)
    return tf.nn.safe_embedding_lookup_sparse(
        known[0], ids, importance, combiner=column.combiner, max_norm=column.max_norm
    )


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


def place_of(column: Any) -> tuple[str, ...]:
    """Says where a column stands in a layer: its kind counts first, by the name it had in 1.15.

    Args:
        column: The column.

    Returns:
        What columns are sorted by.
    """
    kind = type(column).__name__.lstrip("_")
    inner = [
        part
        for name in ("source_column", "categorical_column")
        if (part := getattr(column, name, None)) is not None
    ]
    below = place_of(inner[0]) if inner else (str(column.name),)
    return (_KINDS.get(kind, kind), *below)


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

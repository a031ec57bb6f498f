"""contrib.layers' feature columns, as columns of `tf.feature_column`.

A program that makes its columns here can give them to everything that takes feature columns:
`tf.estimator`, `contrib.learn`, `tf.feature_column.input_layer`. Variables are named by
`tf.feature_column`, so checkpoints of a contrib.layers linear model do not restore.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, Variable, tf

__all__ = [
    "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY",
    "WeightedSum",
    "bucketized_column",
    "check_feature_columns",
    "create_feature_spec_for_parsing",
    "crossed_column",
    "embedding_column",
    "infer_real_valued_columns",
    "input_from_feature_columns",
    "one_hot_column",
    "parse_feature_columns_from_examples",
    "real_valued_column",
    "shared_embedding_columns",
    "sparse_column_with_hash_bucket",
    "sparse_column_with_integerized_feature",
    "sparse_column_with_keys",
    "sparse_column_with_vocabulary_file",
    "weighted_sparse_column",
    "weighted_sum_from_feature_columns",
]

SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY = 0xDECAFCAFFE


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
    """
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
        combiner: Kept for callers that pass it; the column that uses this one has its own.
        dtype: string or an integer.
        hash_keys: Kept for callers that pass it.

    Returns:
        The column.
    """
    return tf.feature_column.categorical_column_with_hash_bucket(
        column_name, hash_bucket_size, dtype
    )


def sparse_column_with_integerized_feature(
    column_name: str, bucket_size: int, combiner: str = "sum", dtype: Any = tf.int64
) -> Any:
    """Makes a column of ids below a number.

    Args:
        column_name: The feature.
        bucket_size: How many ids there are.
        combiner: Kept for callers that pass it; the column that uses this one has its own.
        dtype: An integer.

    Returns:
        The column.
    """
    return tf.feature_column.categorical_column_with_identity(column_name, bucket_size)


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
        combiner: Kept for callers that pass it; the column that uses this one has its own.
        dtype: string or an integer.

    Returns:
        The column.
    """
    return tf.feature_column.categorical_column_with_vocabulary_list(
        column_name, tuple(keys), dtype, default_value
    )


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
        combiner: Kept for callers that pass it; the column that uses this one has its own.
        dtype: string or an integer.

    Returns:
        The column.
    """
    return tf.feature_column.categorical_column_with_vocabulary_file(
        column_name,
        vocabulary_file,
        vocabulary_size=vocab_size,
        num_oov_buckets=num_oov_buckets,
        default_value=None if num_oov_buckets else default_value,
        dtype=dtype,
    )


def weighted_sparse_column(
    sparse_id_column: Any, weight_column_name: str, dtype: Any = tf.float32
) -> Any:
    """Gives each word of a column a weight.

    Args:
        sparse_id_column: The column of words.
        weight_column_name: The feature with the weights.
        dtype: The weights' dtype.

    Returns:
        The column.
    """
    return tf.feature_column.weighted_categorical_column(
        sparse_id_column, weight_column_name, dtype
    )


def crossed_column(
    columns: Iterable[Any],
    hash_bucket_size: int,
    combiner: str = "sum",
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    hash_key: int | None = None,
) -> Any:
    """Makes a column of combinations of words, hashed.

    Args:
        columns: The columns that are combined.
        hash_bucket_size: How many buckets they are hashed to.
        combiner: Kept for callers that pass it.
        ckpt_to_load_from: Kept for callers that pass it.
        tensor_name_in_ckpt: Kept for callers that pass it.
        hash_key: Which hash is used.

    Returns:
        The column.
    """
    return tf.feature_column.crossed_column(list(columns), hash_bucket_size, hash_key)


def embedding_column(
    sparse_id_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Any:
    """Makes a column of trained vectors.

    Args:
        sparse_id_column: The column of words.
        dimension: The length of a vector.
        combiner: How the vectors of one row are combined: "mean", "sum" or "sqrtn".
        initializer: Their initial values.
        ckpt_to_load_from: A checkpoint they are read from.
        tensor_name_in_ckpt: What they are called there.
        max_norm: The norm they are cut to.
        trainable: Whether they are trained.

    Returns:
        The column.
    """
    return tf.feature_column.embedding_column(
        sparse_id_column,
        dimension,
        combiner,
        initializer,
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        max_norm,
        trainable,
    )


def shared_embedding_columns(
    sparse_id_columns: Sequence[Any],
    dimension: int,
    combiner: str = "mean",
    shared_embedding_name: str | None = None,
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> list[Any]:
    """Makes columns that share their trained vectors.

    Args:
        sparse_id_columns: The columns of words.
        dimension: The length of a vector.
        combiner: How the vectors of one row are combined.
        shared_embedding_name: What the shared matrix is called.
        initializer: Its initial values.
        ckpt_to_load_from: A checkpoint it is read from.
        tensor_name_in_ckpt: What it is called there.
        max_norm: The norm vectors are cut to.
        trainable: Whether it is trained.

    Returns:
        The columns.
    """
    columns: list[Any] = tf.feature_column.shared_embedding_columns(
        list(sparse_id_columns),
        dimension,
        combiner,
        initializer,
        shared_embedding_name,
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        max_norm,
        trainable,
    )
    return columns


def one_hot_column(sparse_id_column: Any) -> Any:
    """Makes a column of zeros and ones, one place for each word.

    Args:
        sparse_id_column: The column of words.

    Returns:
        The column.
    """
    return tf.feature_column.indicator_column(sparse_id_column)


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
        for name, tensor in sorted(named.items())
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

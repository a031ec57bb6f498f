"""The column of vectors whose numbers are found by a hash each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._scattered_embeddings import scattered_embedding_lookup_sparse
from graphkit.tf1._namespace import load

__all__ = ["ScatteredEmbeddingColumn", "scattered_embedding_column"]

_DenseColumn: Any = load("tensorflow.python.feature_column.feature_column:_DenseColumn")
_variable: Any = load("graphkit.tf1.contrib.framework:model_variable")


class _Settings(NamedTuple):
    column_name: str
    size: int
    dimension: int
    hash_key: int
    combiner: str
    initializer: Callable[..., Any]


class ScatteredEmbeddingColumn(_DenseColumn, _Settings):  # type: ignore[misc]
    """A column that `input_layer` and `input_from_feature_columns` take."""

    @property
    def name(self) -> str:
        """The column's name: that of its feature, and what is made of it."""
        return f"{self.column_name}_scattered_embedding"

    @property
    def _variable_shape(self) -> Any:
        return tf.TensorShape([self.dimension])

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        return {self.column_name: tf.VarLenFeature(tf.string)}

    def _transform_feature(self, inputs: Any) -> Any:
        return inputs.get(self.column_name)

    def _get_dense_tensor(
        self, inputs: Any, weight_collections: Sequence[str] | None = None, trainable: bool = True
    ) -> Tensor:
        return self.vectors_of(inputs.get(self), weight_collections, trainable is not False)

    def vectors_of(self, words: Any, collections: Sequence[str] | None, trainable: bool) -> Tensor:
        """Makes the trained numbers, and looks the vectors of each row of words up.

        Args:
            words: Words, a SparseTensor `[B, T]`.
            collections: Where the numbers are kept as well.
            trainable: Whether they are trained.

        Returns:
            Vectors `[B, dimension]`.
        """
        weights = _variable(
            "weights",
            [self.size],
            initializer=self.initializer,
            trainable=trainable,
            collections=collections,
        )
        return scattered_embedding_lookup_sparse(
            weights,
            words,
            self.dimension,
            combiner=self.combiner,
            hash_key=self.hash_key,
            name="lookup",
        )


def scattered_embedding_column(
    column_name: str,
    size: int,
    dimension: int,
    hash_key: int,
    combiner: str = "mean",
    initializer: Any = None,
) -> Any:
    """Makes a column of trained vectors that share their numbers, each found by a hash.

    Args:
        column_name: The feature: words.
        size: How many trained numbers there are.
        dimension: The length of a vector.
        hash_key: Which hash is used.
        combiner: How the vectors of one row are combined: "mean", "sum" or "sqrtn".
        initializer: The numbers' initial values; normal, of deviation 0.1, unless given.

    Returns:
        The column.

    Raises:
        ValueError: A size is not positive, or the combiner or the initializer is none.
    """
    if dimension < 1 or size < 1:
        raise ValueError(
            f"Dimension and size must be greater than 0. dimension: {dimension}, size: {size}, "
            f"column_name: {column_name}"
        )
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(
            f"Combiner must be one of 'mean', 'sqrtn' or 'sum'; got {combiner!r} for column_name: "
            f"{column_name}"
        )
    if initializer is None:
        initializer = tf.truncated_normal_initializer(stddev=0.1)
    elif not callable(initializer):
        raise ValueError(f"initializer must be callable if specified. column_name: {column_name}")
    return ScatteredEmbeddingColumn(column_name, size, dimension, hash_key, combiner, initializer)

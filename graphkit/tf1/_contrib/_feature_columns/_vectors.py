"""The trained vectors of a column of words, under contrib.layers' names of variables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._embeddings import safe_embedding_lookup_sparse
from graphkit.tf1._contrib._feature_columns._scattered import ScatteredEmbeddingColumn
from graphkit.tf1._namespace import load

__all__ = ["vectors_of"]

_variable: Any = load("graphkit.tf1.contrib.framework:model_variable")


def vectors_of(
    column: Any,
    features: Any,
    collections: Sequence[str] | None,
    trainable: bool,
    shaped: Callable[[Any], Any] = lambda ids: ids,
) -> Tensor:
    """Joins the vectors of an example's words; the matrix of shared ones is made once.

    Args:
        column: A column of vectors.
        features: Today's cache of what columns make of features.
        collections: Where the matrix is kept as well.
        trainable: Whether it is trained.
        shaped: What is done to ids and to their weights first.

    Returns:
        Vectors, one for each row of ids.
    """
    if isinstance(column, ScatteredEmbeddingColumn):
        return column.vectors_of(features.get(column.column_name, None), collections, trainable)
    ids, importance = column.categorical_column.get_sparse_tensors(features, None)
    shared = getattr(column, "shared_embedding_collection_name", None)
    known = tf.get_collection_ref(f"SHARED_EMBEDDING_COLLECTION_{shared.upper()}") if shared else []
    if not known:
        known.append(_matrix(column, shared or "weights", collections, trainable))
    return safe_embedding_lookup_sparse(
        known[0],
        shaped(ids),
        None if importance is None else shaped(importance),
        combiner=column.combiner,
        name=f"{column.name}weights",
        max_norm=column.max_norm,
    )


def _matrix(column: Any, name: str, collections: Sequence[str] | None, trainable: bool) -> Any:
    matrix = _variable(
        name,
        [column.categorical_column.num_buckets, column.dimension],
        initializer=column.initializer,
        trainable=trainable and column.trainable,
        collections=collections,
    )
    if column.ckpt_to_load_from is not None:
        tf.train.init_from_checkpoint(
            column.ckpt_to_load_from, {column.tensor_name_in_ckpt: matrix}
        )
    return matrix

"""contrib.layers' embeddings: words and other ids to vectors that are trained."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, Variable, tf
from graphkit.errors import ArgumentError

__all__ = [
    "bow_encoder",
    "embed_sequence",
    "embedding_lookup_unique",
    "safe_embedding_lookup_sparse",
]


def _embedding_matrix(
    vocab_size: int | None,
    embed_dim: int | None,
    initializer: Any,
    regularizer: Any,
    trainable: bool,
) -> Variable:
    variables = importlib.import_module("tf_slim.ops.variables")
    return variables.model_variable(
        "embeddings",
        shape=[vocab_size, embed_dim],
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
    )


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: bool | None = None,
) -> Tensor:
    """Looks up a trained vector for every id.

    Args:
        ids: int32 or int64 ids `[B, T]`, below `vocab_size`.
        vocab_size: How many ids there are; may be left out when the variable is reused.
        embed_dim: The length of a vector; may be left out when the variable is reused.
        unique: Whether repeated ids are looked up once.
        initializer: The initial values of the matrix.
        regularizer: Adds a loss for the matrix.
        trainable: Whether the matrix is trained.
        scope: The variable scope; "EmbedSequence" unless given.
        reuse: Whether the matrix is the one made before in that scope.

    Returns:
        Vectors `[B, T, embed_dim]`.

    Raises:
        ValueError: A new matrix is wanted and its size is not given.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            "Must specify vocab size and embedding dimension when not reusing. "
            f"Got vocab_size={vocab_size} and embed_dim={embed_dim}"
        )
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        matrix = _embedding_matrix(
            vocab_size, embed_dim, initializer, regularizer, trainable and not reuse
        )
        lookup = embedding_lookup_unique if unique else tf.nn.embedding_lookup
        return lookup(matrix, ids)


def bow_encoder(
    ids: Any,
    vocab_size: int,
    embed_dim: int,
    sparse_lookup: bool = True,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: bool | None = None,
) -> Tensor:
    """Averages the trained vectors of a bag of words.

    Args:
        ids: Ids `[B, T]`, a tensor or a SparseTensor.
        vocab_size: How many ids there are.
        embed_dim: The length of a vector.
        sparse_lookup: Whether the id 0 in a dense tensor stands for no word.
        initializer: The initial values of the matrix.
        regularizer: Adds a loss for the matrix.
        trainable: Whether the matrix is trained.
        scope: The variable scope; "bow_encoder" unless given.
        reuse: Whether the matrix is the one made before in that scope.

    Returns:
        Mean vectors `[B, embed_dim]`.

    Raises:
        TypeError: `ids` is sparse and the dense lookup is wanted.
    """
    with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        matrix = _embedding_matrix(vocab_size, embed_dim, initializer, regularizer, trainable)
        rows = ids.shape[0]
        if sparse_lookup:
            if not isinstance(ids, tf.SparseTensor):
                layers = importlib.import_module("tf_slim.layers.layers")
                ids = layers.dense_to_sparse(ids)
            made = tf.nn.embedding_lookup_sparse([matrix], ids, sp_weights=None, combiner="mean")
            made.set_shape([rows, embed_dim])
            return made
        if isinstance(ids, tf.SparseTensor):
            raise TypeError("ids are expected to be dense Tensor, got: %s", ids)
        return tf.reduce_mean(tf.nn.embedding_lookup(matrix, ids), axis=1)


def embedding_lookup_unique(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None
) -> Tensor:
    """Looks every distinct id up once; the result is that of `tf.nn.embedding_lookup`.

    Args:
        params: The matrix `[V, D…]`, or its parts.
        ids: Ids of any shape.
        partition_strategy: How ids are spread over the parts: "mod" or "div".
        name: The op's name.

    Returns:
        Vectors `[ids…, D…]`.
    """
    with tf.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        distinct, places = tf.unique(tf.reshape(ids, [-1]))
        found = tf.nn.embedding_lookup(params, distinct, partition_strategy)
        flat = tf.gather(found, places)
        shape = tf.concat([tf.shape(ids), tf.shape(flat)[1:]], 0)
        result = tf.reshape(flat, shape)
        result.set_shape(ids.shape.concatenate(found.shape[1:]))
        return result


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str | None = None,
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Tensor:
    """Combines the vectors of each row's ids; rows without a usable id give zeros or a default.

    Args:
        embedding_weights: The matrix `[V, D]`, or its parts.
        sparse_ids: Ids, a SparseTensor `[B…, T]`; negative ones are left out.
        sparse_weights: A weight for each id; those that are not positive leave the id out.
        combiner: "mean" unless given, "sum" or "sqrtn".
        default_id: The id that rows without one get.
        name: The op's name.
        partition_strategy: How ids are spread over the parts: "div" or "mod".
        max_norm: The norm that vectors are cut to.

    Returns:
        Vectors `[B…, D]`.

    Raises:
        ValueError: There is no matrix.
    """
    weights = embedding_weights
    if weights is None or (isinstance(weights, Sequence) and not weights):
        raise ArgumentError(
            "safe_embedding_lookup_sparse", "embedding_weights", weights, "at least one variable"
        )
    return tf.nn.safe_embedding_lookup_sparse(
        weights,
        sparse_ids,
        sparse_weights=sparse_weights,
        combiner=combiner or "mean",
        default_id=default_id,
        name=name,
        partition_strategy=partition_strategy,
        max_norm=max_norm,
    )

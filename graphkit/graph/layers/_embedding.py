"""Words, users and other numbered things as vectors."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.graph._types import checked_dtype
from graphkit.graph.layers._inputs import checked_input
from graphkit.graph.layers._scope import check_options, layer_scope
from graphkit.graph.layers._sizes import checked_size

__all__ = ["embedding"]


def embedding(
    ids: Tensor,
    vocabulary_size: int,
    dimension: int,
    *,
    dtype: Any = "float32",
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
) -> Tensor:
    """Adds a table of vectors and looks `ids` up in it.

    Variable: `<name>/embeddings [vocabulary_size, dimension]`, the name
    `tf.contrib.layers.embed_sequence` gave it; `<name>` is `embedding`, `embedding_1` … unless
    given. A run fails on an id outside the table (on a GPU it gives zeros instead).
    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/embedding_lookup.

    Args:
        ids: int32 or int64, of any shape `[…]`; values from 0 to `vocabulary_size` - 1.
        vocabulary_size: How many vectors, above 0.
        dimension: How long they are, above 0.
        dtype: Of the vectors, a float dtype.
        initializer: For the table; that of the variable scope, else Glorot uniform.
        regularizer: Makes a loss of the table, in `GraphKeys.REGULARIZATION_LOSSES`.
        trainable: Whether optimizers train the table.
        name: The layer's name.
        reuse: True to share the table of an earlier layer of that name.

    Returns:
        The vectors, `[…, dimension]`, of `dtype`.

    Raises:
        ArgumentError: A size below 1, or a name used twice without `reuse`.
        ArgumentTypeError: `ids` is not an integer tensor of a graph.
    """
    where = "embedding"
    given = checked_input(where, ids, min_rank=0, kind="int32 or int64", argument="ids")
    table = [
        checked_size(where, "vocabulary_size", vocabulary_size),
        checked_size(where, "dimension", dimension),
    ]
    dtype = checked_dtype(where, dtype)
    check_options(where, name, given.graph, initializer=initializer, regularizer=regularizer)
    scope = tf.variable_scope(name, default_name=where, values=[ids], reuse=reuse)
    with layer_scope(where, name, given.graph), scope:
        vectors = tf.get_variable(
            "embeddings",
            table,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        return tf.nn.embedding_lookup(vectors, ids)

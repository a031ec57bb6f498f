"""contrib.rnn's cells around cells: vectors of words before one, a projection before or behind."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._linear import linear
from graphkit.tf1._contrib._rnn._sizes import CellAround
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._namespace import load

__all__ = ["EmbeddingWrapper", "InputProjectionWrapper", "OutputProjectionWrapper"]

_assert_cell: Any = load("tensorflow.python.ops.rnn_cell_impl:assert_like_rnncell")


class _Wrapper(CellAround):
    """A cell around a cell.

    Args:
        cell: The inner cell.
        reuse: Whether variables are those made before.

    Raises:
        TypeError: The inner cell is no cell.
    """

    def __init__(self, cell: Any, reuse: bool | None = None) -> None:
        super().__init__(_reuse=reuse)
        _assert_cell("cell", cell)
        self._cell = cell


class EmbeddingWrapper(_Wrapper):
    """Looks words up before a cell.

    Args:
        cell: The cell.
        embedding_classes: How many words there are.
        embedding_size: The length of a word's vector.
        initializer: The initial vectors; uniform with variance one unless given.
        reuse: Whether variables are those made before.

    Raises:
        ValueError: A number is not positive.
    """

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                "Both embedding_classes and embedding_size must be > 0: "
                f"{embedding_classes}, {embedding_size}."
            )
        self._embedding_classes = embedding_classes
        self._embedding_size = embedding_size
        self._initializer = initializer

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Ids `[B]`.
            state: The cell's state.

        Returns:
            The cell's output and next state.
        """
        limit = math.sqrt(3)
        initial = (
            self._initializer
            or tf.get_variable_scope().initializer
            or tf.random_uniform_initializer(-limit, limit)
        )
        first = state[0] if isinstance(state, tuple) else state
        embedding = tf.get_variable(
            "embedding",
            [self._embedding_classes, self._embedding_size],
            initializer=initial,
            dtype=first.dtype,
        )
        vectors = tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1]))
        output, following = self._cell(vectors, state)
        return output, following


class InputProjectionWrapper(_Wrapper):
    """Projects inputs before a cell.

    Args:
        cell: The cell.
        num_proj: The width of the projection.
        activation: A function behind it.
        input_size: Kept for callers that pass it.
        reuse: Whether variables are those made before.
    """

    def __init__(
        self,
        cell: Any,
        num_proj: int,
        activation: Callable[[Tensor], Tensor] | None = None,
        input_size: int | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(cell, reuse)
        self._num_proj = num_proj
        self._activation = activation

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The cell's state.

        Returns:
            The cell's output and next state.
        """
        made = linear(inputs, self._num_proj)
        output, following = self._cell(self._activation(made) if self._activation else made, state)
        return output, following


class OutputProjectionWrapper(_Wrapper):
    """Projects a cell's outputs.

    Args:
        cell: The cell.
        output_size: The width of the projection.
        activation: A function behind it.
        reuse: Whether variables are those made before.

    Raises:
        ValueError: The width is not positive.
    """

    def __init__(
        self,
        cell: Any,
        output_size: int,
        activation: Callable[[Tensor], Tensor] | None = None,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size = output_size
        self._activation = activation

    @property
    def output_size(self) -> int:
        """The width of the projection."""
        return self._output_size

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The cell's state.

        Returns:
            The projected output and the next state.
        """
        output, following = self._cell(inputs, state)
        made = linear(output, self._output_size)
        return self._activation(made) if self._activation else made, following

"""A graph that can be made current, with a default device and every kind of scope."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, TypeVar

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentTypeError
from graphkit.graph._devices import checked_device
from graphkit.graph._names import checked_graph, checked_name, find_operation
from graphkit.graph._seed import set_random_seed

__all__ = ["ScopedGraph"]

Self = TypeVar("Self", bound="ScopedGraph")


class ScopedGraph:
    """Owns a `tf.Graph` with its seed and default device, and opens scopes in it.

    Args:
        seed: The graph-level seed, as of `tf.set_random_seed`; `None` for a new one each run.
        device: Where ops go that ask for nothing else: a device string, function or `None`.
        graph: An existing graph to continue; a new one unless given.

    Raises:
        ArgumentError: The device is malformed.
        ArgumentTypeError: The seed is not a whole number, or `graph` is not a `tf.Graph`.
    """

    def __init__(
        self, *, seed: int | None = None, device: Any = None, graph: Graph | None = None
    ) -> None:
        self._device = checked_device("GraphBuilder", "device", device)
        self._graph = tf.Graph() if graph is None else checked_graph("GraphBuilder", graph)
        self._entered: list[ExitStack] = []
        if seed is not None:
            with self._graph.as_default():
                set_random_seed(_checked_seed(seed))

    @property
    def graph(self) -> Graph:
        """The `tf.Graph` this builder adds to."""
        return self._graph

    def __enter__(self: Self) -> Self:
        with ExitStack() as scopes:
            scopes.enter_context(self._graph.as_default())
            # Once only: a second time it would override a device asked for in between.
            if not self._entered and self._device is not None:
                scopes.enter_context(self._graph.device(self._device))
            self._entered.append(scopes.pop_all())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered.pop().__exit__(exc_type, exc, trace)

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Puts `name/` before the names of ops made inside.

        See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/name_scope.

        Args:
            name: The scope; `"name/"` enters an earlier one again, `None` leaves all.

        Yields:
            The scope's full name.

        Raises:
            ArgumentError: The name has a character that op names cannot have.
            ArgumentTypeError: It is neither a string nor `None`.
        """
        if name:
            checked_name("name_scope", name, self._graph)
        with self, tf.name_scope(name) as scope:
            yield scope

    @contextmanager
    def variable_scope(self, name: Any, reuse: Any = None) -> Iterator[Any]:
        """Puts `name/` before the names of variables and ops made inside.

        See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/variable_scope.

        Args:
            name: The scope, or a `tf.VariableScope` to enter again.
            reuse: True to share variables, `tf.AUTO_REUSE` to share those that exist.

        Yields:
            The `tf.VariableScope`.

        Raises:
            ArgumentError: The name has a character that op names cannot have.
        """
        if isinstance(name, str) and name:
            checked_name("variable_scope", name, self._graph)
        with self, tf.variable_scope(name, reuse=reuse) as scope:
            yield scope

    @contextmanager
    def device(self, device: Any) -> Iterator[None]:
        """Asks for a device for the ops made inside.

        Args:
            device: `"/cpu:0"`, `"/job:worker/task:0/gpu:1"` …, a device function, or `None` to ask
                for nothing. The device need not exist here; a run checks that.

        Yields:
            Nothing.

        Raises:
            ArgumentError: The string is not a device name.
            ArgumentTypeError: Neither string, function nor `None`.
        """
        checked_device("device", "device", device)
        with self, self._graph.device(device):
            yield

    @contextmanager
    def control_dependencies(self, inputs: Sequence[Any] | None) -> Iterator[None]:
        """Makes the ops made inside wait.

        See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/Graph#control_dependencies.

        Args:
            inputs: The ops and tensors to wait for, or their names; `None` to wait for nothing, not
                even for what an outer scope asked for.

        Yields:
            Nothing.

        Raises:
            ArgumentError: One belongs to another graph.
            UnknownNameError: There is no op of that name.
        """
        waited = None if inputs is None else [find_operation(self._graph, i) for i in inputs]
        with self, self._graph.control_dependencies(waited):
            yield


def _checked_seed(seed: Any) -> int:
    try:
        return operator.index(seed)
    except TypeError as exc:
        raise ArgumentTypeError(
            "GraphBuilder", "seed", repr(seed), "a whole number or None"
        ) from exc

"""Coordinators and supervisors whose threads work in the graph they were made for.

A thread starts without a graph. In 1.15 that was no matter; today code in it would run eagerly, and
what reads a variable of the graph, such as `tf.train.global_step` and savers, would fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import wraps
from typing import Any

from graphkit._tf import tf

__all__ = ["Coordinator", "Supervisor"]


class Coordinator(tf.train.Coordinator):  # type: ignore[misc]
    """A `tf.train.Coordinator` that opens its graph in threads where none is open.

    That is the graph it is made in. It is open in what `tf.train.LooperThread` runs and in what
    stands below `stop_on_exception`.

    Args:
        clean_stop_exception_types: Exceptions that stop the threads without being an error.
    """

    def __init__(
        self, clean_stop_exception_types: Iterable[type[BaseException]] | None = None
    ) -> None:
        super().__init__(clean_stop_exception_types)
        self._graph: Any = None if tf.executing_eagerly() else tf.get_default_graph()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """Asks all threads to stop when what stands below it fails."""
        needed = self._graph is not None and tf.executing_eagerly()
        with super().stop_on_exception(), self._graph.as_default() if needed else nullcontext():
            yield


class Supervisor(tf.train.Supervisor):  # type: ignore[misc]
    """A `tf.train.Supervisor` whose services and loops work in its graph."""

    @wraps(tf.train.Supervisor.__init__)  # type: ignore[misc]
    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        with self._graph.as_default():
            self._coord = Coordinator()

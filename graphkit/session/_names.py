"""Fetches and feeds by name: a name becomes the tensor, op or variable it stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError

__all__ = ["NameTable"]


class _UnknownFetchError(UnknownNameError, ValueError):
    """No such thing to fetch; TensorFlow 1 raises `ValueError`."""


class _UnknownFeedError(UnknownNameError, TypeError):
    """No such tensor to feed; TensorFlow 1 raises `TypeError`."""


class NameTable:
    """The names of one graph, looked up once and remembered.

    `"loss"` is the output of the op of that name, `"loss:0"` the same in full; an op without
    outputs is the op itself, and a variable's name is its value. An op with several outputs must
    be named in full.

    Args:
        graph: The graph the names belong to.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._fetched: dict[str, Any] = {}
        self._fed: dict[str, Tensor] = {}
        self._variables: dict[str, Any] = {}
        self._collected = 0

    def fetches(self, fetches: Any) -> Any:
        """The same nesting with every name replaced.

        Args:
            fetches: A name, tensor, op or variable, or any nesting of dicts, lists and tuples.

        Returns:
            The nesting, which `tf.Session.run` takes.

        Raises:
            UnknownNameError: A name that is not in the graph.
            ArgumentError: A name that stands for several tensors.
        """
        if isinstance(fetches, str):
            return self._fetched[fetches] if fetches in self._fetched else self._remember(fetches)
        if isinstance(fetches, list):
            return [self.fetches(fetch) for fetch in fetches]
        if type(fetches) is tuple:
            return tuple([self.fetches(fetch) for fetch in fetches])
        if isinstance(fetches, tuple) and hasattr(fetches, "_make"):
            return fetches._make(map(self.fetches, fetches))
        if isinstance(fetches, Mapping):
            return _like(fetches, {key: self.fetches(fetch) for key, fetch in fetches.items()})
        return fetches

    def feed(self, feed: Any) -> dict[Any, Any] | None:
        """The same feed keyed by tensors only.

        Args:
            feed: Values by tensor, variable or name.

        Returns:
            The feed as `tf.Session.run` takes it.

        Raises:
            UnknownNameError: A name that is not in the graph.
            ArgumentError: The name of an op with several outputs; or one tensor twice.
            ArgumentTypeError: The name of an op that has no output; or no mapping at all.
        """
        if feed is None:
            return None
        if not isinstance(feed, Mapping):
            wanted = "a dict from tensor, variable or name to value"
            raise ArgumentTypeError("run", "feed", type(feed).__name__, wanted)
        named = {
            self.tensor(key) if isinstance(key, str) else key: value for key, value in feed.items()
        }
        if len(named) < len(feed):
            shown = [getattr(key, "name", key) for key in feed]
            raise ArgumentError("run", "feed", shown, "values for different tensors")
        return named

    def tensor(self, name: str) -> Tensor:
        """The one tensor a name stands for.

        Args:
            name: `"x"` or `"x:0"`.

        Returns:
            The tensor.

        Raises:
            UnknownNameError: No such name.
            ArgumentError: The op of that name has several outputs.
            ArgumentTypeError: The op of that name has no output.
        """
        if name not in self._fed:
            try:
                element = self._look_up(name)
            except _UnknownFetchError as error:
                raise self._unknown_feed(error) from None
            if isinstance(element, tf.Operation):
                wanted = "keyed by tensors"
                raise ArgumentTypeError("run", "feed", f"{name!r}, an op without output", wanted)
            self._fed[name] = element
        return self._fed[name]

    def _remember(self, name: str) -> Any:
        element = self._fetched[name] = self._look_up(name)
        return element

    def _look_up(self, name: str) -> Any:
        variable = self._variable(name.removesuffix(":0"))
        if variable is not None:
            return self._graph.as_graph_element(variable)
        try:
            element = self._graph.as_graph_element(name)
        except (KeyError, ValueError):
            raise self._unknown(name) from None
        return _only_output(element) if isinstance(element, tf.Operation) else element

    def _variable(self, name: str) -> Any:
        """The variable of that name, if there is one; collections only ever grow."""
        keys = (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES)
        found = [v for key in keys for v in self._graph.get_collection(key)]
        if len(found) > self._collected:
            self._variables = {variable.op.name: variable for variable in found}
            self._collected = len(found)
        return self._variables.get(name)

    def _unknown(self, name: str) -> _UnknownFetchError:
        ops = self._graph.get_operations()
        if ":" not in name:
            return _UnknownFetchError("tensor or op", name, [op.name for op in ops])
        return _UnknownFetchError("tensor", name, [t.name for op in ops for t in op.outputs])

    def _unknown_feed(self, error: _UnknownFetchError) -> _UnknownFeedError:
        """Where no name is near, the placeholders are what could have been meant."""
        ops = self._graph.get_operations()
        placeholders = [op.name for op in ops if op.type.startswith("Placeholder")]
        candidates = error.candidates if error.suggestions else placeholders
        return _UnknownFeedError(
            "tensor" if error.suggestions else "placeholder", error.name, candidates
        )


def _only_output(op: Operation) -> Any:
    if len(op.outputs) > 1:
        names = ", ".join(repr(output.name) for output in op.outputs)
        raise ArgumentError("run", "name", op.name, f"one of its outputs: {names}")
    return op.outputs[0] if op.outputs else op


def _like(original: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    """`items` in the mapping type of `original`, because the results come back in it."""
    if all(items[key] is fetch for key, fetch in original.items()):
        return original
    if isinstance(original, defaultdict):
        return defaultdict(original.default_factory, items)
    mapping: Any = type(original)
    return mapping(items)

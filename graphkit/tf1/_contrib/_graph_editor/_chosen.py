"""Choosing ops and tensors of a graph by name, or by what a program says of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = [
    "can_be_regex",
    "filter_ops",
    "filter_ops_from_regex",
    "filter_ts",
    "filter_ts_from_regex",
    "get_consuming_ops",
    "get_generating_ops",
    "get_name_scope_ops",
    "get_tensors",
    "make_list_of_op",
    "make_list_of_t",
    "make_regex",
    "select_ops",
    "select_ops_and_ts",
    "select_ts",
]

_Ops: TypeAlias = Graph | Operation | Iterable[Operation]
_Regex: TypeAlias = str | re.Pattern[str]
# How a pattern says that it is for tensors only, or for ops only.
_FOR_TENSORS, _FOR_OPS = "(?#ts)", "(?#ops)"


def _listed(given: Any, graph_allowed: bool, of_graph: Callable[[Graph], list[Any]]) -> list[Any]:
    if isinstance(given, tf.Graph):
        if not graph_allowed:
            raise ArgumentTypeError("graph_editor", "ops", "a Graph", "ops or tensors")
        return of_graph(given)
    if isinstance(given, tf.Operation | tf.Tensor) or not isinstance(given, Iterable):
        return [given]
    return list(given)


def _checked(items: list[Any], kind: Any, others: Any, check_graph: bool) -> list[Any]:
    """The items of one kind; `others` are left out, anything else is refused."""
    for item in items:
        if not isinstance(item, kind if others is None else kind | others):
            wanted = f"of type {kind.__name__}"
            raise ArgumentTypeError("graph_editor", "items", type(item).__name__, wanted)
    if check_graph and any(item.graph is not items[0].graph for item in items):
        names = [item.name for item in items]
        raise ArgumentError("graph_editor", "items", names, "of one graph")
    return [item for item in items if isinstance(item, kind)]


def make_list_of_op(
    ops: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ts: bool = False
) -> list[Operation]:
    """Lists ops.

    Args:
        ops: A graph, an op, or several.
        check_graph: Whether they must be of one graph.
        allow_graph: Whether a graph stands for its ops.
        ignore_ts: Whether tensors may be among them, which are left out.

    Returns:
        The ops.

    Raises:
        TypeError: Something else is among them.
        ValueError: They are of several graphs.
    """
    items = _listed(ops, allow_graph, lambda graph: graph.get_operations())
    return _checked(items, tf.Operation, tf.Tensor if ignore_ts else None, check_graph)


def make_list_of_t(
    ts: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ops: bool = False
) -> list[Tensor]:
    """Lists tensors.

    Args:
        ts: A graph, a tensor, or several.
        check_graph: Whether they must be of one graph.
        allow_graph: Whether a graph stands for its tensors.
        ignore_ops: Whether ops may be among them, which are left out.

    Returns:
        The tensors.

    Raises:
        TypeError: Something else is among them.
        ValueError: They are of several graphs.
    """
    items = _listed(ts, allow_graph, get_tensors)
    return _checked(items, tf.Tensor, tf.Operation if ignore_ops else None, check_graph)


def get_tensors(graph: Graph) -> list[Tensor]:
    """Lists the tensors of a graph.

    Args:
        graph: The graph.

    Returns:
        The outputs of its ops, in the order the ops were made.

    Raises:
        TypeError: It is not a graph.
    """
    if not isinstance(graph, tf.Graph):
        raise TypeError(f"Expected a graph, got: {type(graph)}")
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def get_generating_ops(ts: Any) -> list[Operation]:
    """Lists the ops that make tensors: one for each.

    Args:
        ts: The tensors, or a graph.
    """
    return [tensor.op for tensor in make_list_of_t(ts)]


def get_consuming_ops(ts: Any) -> list[Operation]:
    """Lists the ops that take tensors: each once.

    Args:
        ts: The tensors, or a graph.
    """
    return list(dict.fromkeys(op for t in make_list_of_t(ts) for op in t.consumers()))


def filter_ops(ops: _Ops, positive_filter: Callable[[Operation], Any] | bool) -> list[Operation]:
    """Chooses ops.

    Args:
        ops: A graph, or ops.
        positive_filter: Says which; True for all.
    """
    listed = make_list_of_op(ops)
    return listed if positive_filter is True else [op for op in listed if positive_filter(op)]  # type: ignore[operator]


def filter_ops_from_regex(ops: _Ops, regex: _Regex) -> list[Operation]:
    """Chooses ops by what their names contain.

    Args:
        ops: A graph, or ops.
        regex: A regular expression.
    """
    pattern = make_regex(regex)
    return filter_ops(ops, lambda op: pattern.search(op.name))


def filter_ts(ops: _Ops, positive_filter: Callable[[Tensor], Any] | bool) -> list[Tensor]:
    """Chooses outputs of ops.

    Args:
        ops: A graph, or ops.
        positive_filter: Says which; True for all.
    """
    found = [tensor for op in make_list_of_op(ops) for tensor in op.outputs]
    return found if positive_filter is True else [t for t in found if positive_filter(t)]  # type: ignore[operator]


def filter_ts_from_regex(ops: _Ops, regex: _Regex) -> list[Tensor]:
    """Chooses outputs of ops by what the tensors' names contain.

    Args:
        ops: A graph, or ops.
        regex: A regular expression.
    """
    pattern = make_regex(regex)
    return filter_ts(ops, lambda tensor: pattern.search(tensor.name))


def get_name_scope_ops(ops: _Ops, scope: str) -> list[Operation]:
    """Chooses the ops in a name scope, and the op of that name.

    Args:
        ops: A graph, or ops.
        scope: The scope's name.
    """
    return filter_ops_from_regex(ops, f"^{re.escape(scope.removesuffix('/'))}(/.*)?$")


def can_be_regex(obj: Any) -> bool:
    """Says whether something is text or a compiled pattern.

    Args:
        obj: Anything.
    """
    return isinstance(obj, str | re.Pattern)


def make_regex(obj: _Regex) -> re.Pattern[str]:
    """Compiles a pattern that is not compiled yet.

    Args:
        obj: A regular expression.

    Raises:
        ValueError: It is none.
    """
    if not can_be_regex(obj):
        raise ArgumentError("make_regex", "obj", obj, "a string or a regular expression")
    return re.compile(obj)


def _named(pattern: _Regex, graph: Graph | None, kind: Any) -> list[Any]:
    if graph is None:
        raise ValueError("Use the keyword argument 'graph' to use regex.")
    if not isinstance(graph, tf.Graph):
        raise ArgumentTypeError("select", "graph", type(graph).__name__, "a Graph")
    choose = filter_ops_from_regex if kind is tf.Operation else filter_ts_from_regex
    return choose(graph, pattern)


def _selected(
    args: tuple[Any, ...], graph: Graph | None, positive_filter: Any, kind: Any, marked: bool
) -> list[Any]:
    """Ops or tensors in the order of the arguments, each once.

    Patterns marked for the other kind are passed over, and unmarked ones where `marked` says so.
    """
    own, other = (_FOR_OPS, _FOR_TENSORS) if kind is tf.Operation else (_FOR_TENSORS, _FOR_OPS)
    found: list[Any] = []
    for item in args:
        if can_be_regex(item):
            text = make_regex(item).pattern
            if text.startswith(other) or (marked and not text.startswith(own)):
                continue
            found += _named(item, graph, kind)
        elif kind is tf.Operation:
            found += make_list_of_op(item, ignore_ts=True)
        else:
            found += make_list_of_t(item, ignore_ops=True)
    kept = found if positive_filter is None else filter(positive_filter, found)
    return list({item.name: item for item in kept}.values())


def select_ops(
    *args: Any,
    graph: Graph | None = None,
    positive_filter: Any = None,
    restrict_ops_regex: bool = False,
    restrict_ts_regex: bool = False,
) -> list[Operation]:
    """Chooses ops by name, or takes ops as they are.

    Args:
        args: Regular expressions, or ops; tensors are left out, and patterns that begin with
            `(?#ts)`.
        graph: Where names are looked for.
        positive_filter: Says which of them.
        restrict_ops_regex: Whether only patterns that begin with `(?#ops)` count.
        restrict_ts_regex: Kept for callers that pass it.

    Returns:
        The ops, in the order of the arguments.

    Raises:
        ValueError: A name is given without a graph.
        TypeError: Something else is given.
    """
    return _selected(args, graph, positive_filter, tf.Operation, restrict_ops_regex)


def select_ts(
    *args: Any,
    graph: Graph | None = None,
    positive_filter: Any = None,
    restrict_ts_regex: bool = False,
    restrict_ops_regex: bool = False,
) -> list[Tensor]:
    """Chooses tensors by name, or takes tensors as they are.

    Args:
        args: Regular expressions, or tensors; ops are left out, and patterns that begin with
            `(?#ops)`.
        graph: Where names are looked for.
        positive_filter: Says which of them.
        restrict_ts_regex: Whether only patterns that begin with `(?#ts)` count.
        restrict_ops_regex: Kept for callers that pass it.

    Returns:
        The tensors, in the order of the arguments.

    Raises:
        ValueError: A name is given without a graph.
        TypeError: Something else is given.
    """
    return _selected(args, graph, positive_filter, tf.Tensor, restrict_ts_regex)


def select_ops_and_ts(
    *args: Any, graph: Graph | None = None, positive_filter: Any = None
) -> tuple[list[Operation], list[Tensor]]:
    """Chooses ops and tensors.

    Args:
        args: Ops, tensors, and regular expressions; those for tensors begin with `(?#ts)`.
        graph: Where names are looked for.
        positive_filter: Says which of them.

    Returns:
        The ops, and the tensors.

    Raises:
        ValueError: A name is given without a graph.
        TypeError: Something else is given.
    """
    ops = select_ops(*args, graph=graph, positive_filter=positive_filter)
    return ops, select_ts(
        *args, graph=graph, positive_filter=positive_filter, restrict_ts_regex=True
    )

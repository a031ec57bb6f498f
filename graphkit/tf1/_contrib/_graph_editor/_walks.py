"""contrib.graph_editor: finding ops in a graph, and changing what they are connected to."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from graphkit._tf import Graph, Operation, Tensor

__all__ = [
    "add_control_inputs",
    "filter_ops",
    "filter_ops_from_regex",
    "filter_ts",
    "filter_ts_from_regex",
    "get_backward_walk_ops",
    "get_consuming_ops",
    "get_forward_walk_ops",
    "get_generating_ops",
    "get_tensors",
    "remove_control_inputs",
    "reroute_ts",
    "select_ops",
]

_Ops: TypeAlias = Graph | Iterable[Operation]


def _listed(given: Any) -> list[Any]:
    """Ops of a graph, of one op or tensor, or of several, as a list of ops."""
    if hasattr(given, "get_operations"):
        return list(given.get_operations())
    several = given if isinstance(given, list | tuple | set) else [given]
    return [item if hasattr(item, "outputs") else item.op for item in several]


def get_tensors(graph: Graph) -> list[Tensor]:
    """Lists the tensors of a graph.

    Args:
        graph: The graph.

    Returns:
        The outputs of its ops, in the order the ops were made.

    Raises:
        TypeError: It is not a graph.
    """
    if not hasattr(graph, "get_operations"):
        raise TypeError(f"Expected a graph, got: {type(graph)}")
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def _tensors(given: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [given] if hasattr(given, "consumers") else list(given)


def get_generating_ops(ts: Tensor | Iterable[Tensor]) -> list[Operation]:
    """Lists the ops that make tensors.

    Args:
        ts: The tensors.

    Returns:
        One op for each.
    """
    return [tensor.op for tensor in _tensors(ts)]


def get_consuming_ops(ts: Tensor | Iterable[Tensor]) -> list[Operation]:
    """Lists the ops that take tensors.

    Args:
        ts: The tensors.

    Returns:
        Each op once.
    """
    return list(dict.fromkeys(op for tensor in _tensors(ts) for op in tensor.consumers()))


def filter_ops(ops: _Ops, positive_filter: Callable[[Operation], Any] | bool) -> list[Operation]:
    """Chooses ops.

    Args:
        ops: A graph, or ops.
        positive_filter: Says which; True for all.

    Returns:
        The ops.
    """
    listed = _listed(ops)
    return listed if positive_filter is True else [op for op in listed if positive_filter(op)]  # type: ignore[operator]


def filter_ops_from_regex(ops: _Ops, regex: str | re.Pattern[str]) -> list[Operation]:
    """Chooses ops by name.

    Args:
        ops: A graph, or ops.
        regex: What their names contain.

    Returns:
        The ops.
    """
    pattern = re.compile(regex)
    return filter_ops(ops, lambda op: pattern.search(op.name))


def filter_ts(ops: _Ops, positive_filter: Callable[[Tensor], Any] | bool) -> list[Tensor]:
    """Chooses outputs of ops.

    Args:
        ops: A graph, or ops.
        positive_filter: Says which; True for all.

    Returns:
        The tensors.
    """
    found = [tensor for op in _listed(ops) for tensor in op.outputs]
    return found if positive_filter is True else [t for t in found if positive_filter(t)]  # type: ignore[operator]


def filter_ts_from_regex(ops: _Ops, regex: str | re.Pattern[str]) -> list[Tensor]:
    """Chooses outputs of ops by name.

    Args:
        ops: A graph, or ops.
        regex: What their names contain.

    Returns:
        The tensors.
    """
    pattern = re.compile(regex)
    return filter_ts(ops, lambda tensor: pattern.search(tensor.name))


def select_ops(*args: Any, graph: Graph = None, positive_filter: Any = None) -> list[Operation]:
    """Chooses ops by name, or takes ops as they are.

    Args:
        args: Regular expressions, or ops.
        graph: Where names are looked for.
        positive_filter: Says which of them.

    Returns:
        The ops, in the order of the arguments.

    Raises:
        ValueError: A name is given without a graph.
    """
    chosen: list[Operation] = []
    for given in args:
        if isinstance(given, str | re.Pattern):
            if graph is None:
                raise ValueError("Use the keyword argument 'graph' to use regex.")
            found = filter_ops_from_regex(graph, given)
        else:
            found = _listed(given)
        kept = found if positive_filter is None else [op for op in found if positive_filter(op)]
        chosen += [op for op in kept if op not in chosen]
    return chosen


def _walk(
    seeds: Any, inclusive: bool, within: Any, following: Callable[[Operation], Iterable[Operation]]
) -> list[Operation]:
    start = _listed(seeds)
    allowed = None if within is None else set(_listed(within))
    seen, found, wave = set(start), list(start), list(start)
    while wave:
        coming = [op for past in wave for op in following(past)]
        wave = []
        for op in coming:
            if op not in seen and (allowed is None or op in allowed):
                seen.add(op)
                wave.append(op)
        found += wave
    return found if inclusive else [op for op in found if op not in start]


def get_backward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    stop_at_ts: Iterable[Tensor] = (),
    control_inputs: bool = False,
) -> list[Operation]:
    """Finds everything some ops are computed from.

    Args:
        seed_ops: The ops, or tensors.
        inclusive: Whether they are in the result.
        within_ops: The only ops that are looked at.
        stop_at_ts: Tensors beyond which nothing is looked at.
        control_inputs: Whether ops that merely come first count.

    Returns:
        The ops, nearest first.
    """
    ends = {tensor.name for tensor in stop_at_ts}

    def before(op: Operation) -> list[Operation]:
        earlier = [tensor.op for tensor in op.inputs if tensor.name not in ends]
        return earlier + (list(op.control_inputs) if control_inputs else [])

    return _walk(seed_ops, inclusive, within_ops, before)


def get_forward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    stop_at_ts: Iterable[Tensor] = (),
) -> list[Operation]:
    """Finds everything that is computed from some ops.

    Args:
        seed_ops: The ops, or tensors.
        inclusive: Whether they are in the result.
        within_ops: The only ops that are looked at.
        stop_at_ts: Tensors beyond which nothing is looked at.

    Returns:
        The ops, nearest first.
    """
    ends = {tensor.name for tensor in stop_at_ts}

    def behind(op: Operation) -> list[Operation]:
        return [user for out in op.outputs if out.name not in ends for user in out.consumers()]

    return _walk(seed_ops, inclusive, within_ops, behind)


def add_control_inputs(op: Operation, cops: Any) -> None:
    """Makes ops run before an op.

    Args:
        op: The op.
        cops: What runs before it.

    Raises:
        ValueError: One of them does so already.
    """
    for cop in _listed(cops):
        if cop in op.control_inputs:
            raise ValueError(f"{cop.name} is already a control_input of {op.name}")
        op._add_control_input(cop)  # noqa: SLF001 - no public way


def remove_control_inputs(op: Operation, cops: Any) -> None:
    """Lets ops run before or behind an op.

    Args:
        op: The op.
        cops: What need not run before it any more.

    Raises:
        ValueError: One of them does not run before it.
    """
    removed = _listed(cops)
    for cop in removed:
        if cop not in op.control_inputs:
            raise ValueError(f"{cop.name} is not a control_input of {op.name}")
    kept = [cop for cop in op.control_inputs if cop not in removed]
    op._remove_all_control_inputs()  # noqa: SLF001 - no public way
    op._add_control_inputs(kept)  # noqa: SLF001 - no public way


def reroute_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Gives what is computed from some tensors others instead.

    Args:
        ts0: The tensors that are used from now on.
        ts1: The tensors that were used.
        can_modify: The only ops that are changed.
        cannot_modify: Ops that are not changed.

    Returns:
        How many inputs were changed.
    """
    news = list(ts0) if isinstance(ts0, list | tuple) else [ts0]
    olds = list(ts1) if isinstance(ts1, list | tuple) else [ts1]
    only = None if can_modify is None else set(_listed(can_modify))
    never = set() if cannot_modify is None else set(_listed(cannot_modify))
    changed = 0
    for new, old in zip(news, olds, strict=True):
        for user in set(old.consumers()):
            if user in never or (only is not None and user not in only):
                continue
            for place, tensor in enumerate(user.inputs):
                if tensor is old:
                    user._update_input(place, new)  # noqa: SLF001 - no public way
                    changed += 1
    return changed

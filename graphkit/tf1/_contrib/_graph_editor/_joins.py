"""Joining parts of a graph: what uses some tensors is given others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Operation, Tensor
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._graph_editor._chosen import make_list_of_op
from graphkit.tf1._contrib._graph_editor._views import SubGraphView, make_view

__all__ = [
    "connect",
    "reroute_inputs",
    "reroute_ios",
    "reroute_outputs",
    "reroute_ts",
    "swap_inputs",
    "swap_ios",
    "swap_outputs",
    "swap_ts",
]


def _pairs(ts0: Sequence[Tensor], ts1: Sequence[Tensor]) -> None:
    if len(ts0) != len(ts1):
        raise ArgumentError(
            "graph_editor", "the second view or list", len(ts1), f"of {len(ts0)} tensors"
        )


def swap_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Gives what is computed from some tensors others instead, and the other way round.

    An op that uses both of a pair uses the second twice afterwards, as it was in 1.15.

    Args:
        ts0: Some tensors.
        ts1: As many others.
        can_modify: The only ops that are changed.
        cannot_modify: Ops that are not changed.

    Returns:
        How many inputs were changed.

    Raises:
        ArgumentError: They are not equally many.
    """
    first, second = make_view(ts0).inputs, make_view(ts1).inputs
    _pairs(first, second)

    def may(op: Operation) -> bool:
        return (can_modify is None or op in can_modify) and op not in (cannot_modify or ())

    changed = 0
    for one, other in zip(first, second, strict=True):
        users = list(dict.fromkeys(one.consumers()))
        changed += _exchange(list(dict.fromkeys(other.consumers())), other, one, may)
        changed += _exchange(users, one, other, may)
    return changed


def _exchange(users: list[Operation], old: Tensor, new: Tensor, may: Any) -> int:
    places = [
        (user, place)
        for user in filter(may, users)
        for place, tensor in enumerate(user.inputs)
        if tensor is old
    ]
    for user, place in places:
        user._update_input(place, new)  # noqa: SLF001 - no public way
    return len(places)


def _set_inputs(view: SubGraphView, old: Sequence[Tensor], new: Sequence[Tensor]) -> None:
    # All places are found first: what is new for one may be old for another.
    places = {tensor.name: given for tensor, given in zip(old, new, strict=True)}
    for op in view.ops:
        for place, tensor in enumerate(list(op.inputs)):
            if tensor.name in places:
                op._update_input(place, places[tensor.name])  # noqa: SLF001 - no public way


def _again(*views: SubGraphView) -> tuple[SubGraphView, ...]:
    return tuple(SubGraphView(view.ops, view.passthroughs) for view in views)


def connect(sgv0: Any, sgv1: Any, disconnect_first: bool = False) -> tuple[SubGraphView, ...]:
    """Computes one view from another.

    Args:
        sgv0: The view whose outputs are used.
        sgv1: The view whose inputs they become.
        disconnect_first: Not needed: what `sgv1` used before is not used by it any more.

    Returns:
        The two views as they are then.

    Raises:
        ArgumentError: Outputs and inputs are not equally many.
    """
    view0, view1 = make_view(sgv0), make_view(sgv1)
    _pairs(view0.outputs, view1.inputs)
    _set_inputs(view1, view1.inputs, view0.outputs)
    return _again(view0, view1)


def reroute_inputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, ...]:
    """Lets a view use what another uses.

    Args:
        sgv0: The view whose inputs are used.
        sgv1: The view that is changed.

    Returns:
        The two views as they are then.

    Raises:
        ArgumentError: Their inputs are not equally many.
    """
    view0, view1 = make_view(sgv0), make_view(sgv1)
    _pairs(view0.inputs, view1.inputs)
    _set_inputs(view1, view1.inputs, view0.inputs)
    return _again(view0, view1)


def reroute_outputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, ...]:
    """Gives everything that uses a view another instead.

    Args:
        sgv0: The view that is used from now on.
        sgv1: The view that was used.

    Returns:
        The two views as they are then.

    Raises:
        ArgumentError: Their outputs are not equally many.
    """
    view0, view1 = make_view(sgv0), make_view(sgv1)
    _pairs(view0.outputs, view1.outputs)
    reroute_ts(view0.outputs, view1.outputs, cannot_modify=[*view0.ops, *view1.ops] or None)
    return _again(view0, view1)


def reroute_ios(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, ...]:
    """Puts a view in the place of another: reroutes inputs and outputs."""
    return reroute_outputs(*reroute_inputs(make_view(sgv0), make_view(sgv1)))


def swap_inputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, ...]:
    """Lets two views use what the other uses.

    Args:
        sgv0: A view.
        sgv1: Another, with as many inputs.

    Returns:
        The two views as they are then.

    Raises:
        ArgumentError: Their inputs are not equally many.
    """
    view0, view1 = make_view(sgv0), make_view(sgv1)
    first, second = view0.inputs, view1.inputs
    _pairs(first, second)
    _set_inputs(view0, first, second)
    _set_inputs(view1, second, first)
    return _again(view0, view1)


def swap_outputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, ...]:
    """Gives everything that uses a view the other instead, for both.

    Args:
        sgv0: A view.
        sgv1: Another, with as many outputs.

    Returns:
        The two views as they are then.

    Raises:
        ArgumentError: Their outputs are not equally many.
    """
    view0, view1 = make_view(sgv0), make_view(sgv1)
    swap_ts(view0.outputs, view1.outputs, cannot_modify=[*view0.ops, *view1.ops])
    return _again(view0, view1)


def swap_ios(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, ...]:
    """Changes the places of two views: swaps inputs and outputs."""
    return swap_outputs(*swap_inputs(make_view(sgv0), make_view(sgv1)))


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
    only = None if can_modify is None else set(make_list_of_op(can_modify))
    never = set() if cannot_modify is None else set(make_list_of_op(cannot_modify))
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

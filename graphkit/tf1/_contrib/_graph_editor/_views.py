"""Views of contrib.graph_editor: some ops of a graph with an order of what goes in and out."""

from __future__ import annotations

import copy as copying
import re
from collections.abc import Iterable, Sequence
from typing import Any

from graphkit._tf import Graph, Operation, Tensor
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.tf1._contrib._graph_editor import reroute_ts, select_ops

__all__ = [
    "SubGraphView",
    "connect",
    "make_view",
    "make_view_from_scope",
    "reroute_inputs",
    "reroute_ios",
    "reroute_outputs",
    "sgv",
    "sgv_scope",
    "swap_inputs",
    "swap_ios",
    "swap_outputs",
    "swap_ts",
]


def _unique(tensors: Iterable[Tensor]) -> list[Tensor]:
    return list({tensor.name: tensor for tensor in tensors}.values())


def _going_in(ops: Sequence[Operation]) -> list[Tensor]:
    inside = set(ops)
    return _unique(t for op in ops for t in op.inputs if t.op not in inside)


def _going_out(ops: Sequence[Operation]) -> list[Tensor]:
    """What is used outside, or not at all."""
    inside = set(ops)
    made = [tensor for op in ops for tensor in op.outputs]
    return [t for t in made if not t.consumers() or any(c not in inside for c in t.consumers())]


class SubGraphView:
    """Some ops of a graph, with the tensors that go in and come out, in an order.

    Args:
        inside_ops: The ops.
        passthrough_ts: Tensors that go in and come out as they are.

    Raises:
        ArgumentTypeError: Something else is among them.
    """

    def __init__(self, inside_ops: Any = (), passthrough_ts: Any = ()) -> None:
        self._ops = list(dict.fromkeys(inside_ops))
        for op in self._ops:
            if not hasattr(op, "outputs"):
                raise ArgumentTypeError("SubGraphView", "inside_ops", type(op).__name__, "ops")
        self._inputs, self._outputs = _going_in(self._ops), _going_out(self._ops)
        known = {tensor.name for tensor in [*self._inputs, *self._outputs]}
        self._passing = [t for t in _unique(passthrough_ts) if t.name not in known]
        self._inputs += self._passing
        self._outputs += self._passing

    @property
    def ops(self) -> list[Operation]:
        """The ops."""
        return list(self._ops)

    @property
    def inputs(self) -> list[Tensor]:
        """What goes in."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[Tensor]:
        """What comes out."""
        return list(self._outputs)

    @property
    def passthroughs(self) -> list[Tensor]:
        """What goes in and comes out as it is."""
        return list(self._passing)

    @property
    def connected_inputs(self) -> list[Tensor]:
        """What goes in and is used by one of the ops."""
        return [t for t in self._inputs if t not in self.passthroughs]

    @property
    def connected_outputs(self) -> list[Tensor]:
        """What comes out and is made by one of the ops."""
        return [t for t in self._outputs if t not in self.passthroughs]

    @property
    def graph(self) -> Graph:
        """The graph the ops are in; None without any."""
        return next((item.graph for item in [*self._ops, *self._passing]), None)

    def consumers(self) -> list[Operation]:
        """The ops outside that use what comes out, each once."""
        users = [op for tensor in self._outputs for op in tensor.consumers()]
        return [op for op in dict.fromkeys(users) if op not in self._ops]

    def find_op_by_name(self, op_name: str) -> Operation:
        """Finds an op of the view.

        Args:
            op_name: Its name.

        Raises:
            ArgumentError: There is none of that name.
        """
        for op in self._ops:
            if op.name == op_name:
                return op
        wanted = f"one of {[op.name for op in self._ops]}"
        raise ArgumentError("find_op_by_name", "op_name", op_name, wanted)

    def copy(self) -> SubGraphView:
        """A view of the same ops and tensors."""
        return copying.copy(self)

    def remap_inputs(self, new_input_indices: Iterable[Any]) -> SubGraphView:
        """A view with some of the tensors that go in.

        Args:
            new_input_indices: Their places, or they themselves.

        Raises:
            ArgumentError: There is no such place or tensor.
        """
        made = self.copy()
        made._inputs = _chosen(self._inputs, new_input_indices)  # noqa: SLF001 - its own copy
        return made

    def remap_outputs(self, new_output_indices: Iterable[Any]) -> SubGraphView:
        """A view with some of the tensors that come out, or with one several times.

        Args:
            new_output_indices: Their places, or they themselves.

        Raises:
            ArgumentError: There is no such place or tensor.
        """
        made = self.copy()
        made._outputs = _chosen(self._outputs, new_output_indices)  # noqa: SLF001 - its own copy
        return made

    def remap(self, new_input_indices: Any = None, new_output_indices: Any = None) -> SubGraphView:
        """A view with some of the tensors that go in and come out; all of them when None."""
        made = self if new_input_indices is None else self.remap_inputs(new_input_indices)
        return made if new_output_indices is None else made.remap_outputs(new_output_indices)

    def remap_outputs_make_unique(self) -> SubGraphView:
        """A view in which every tensor comes out once."""
        return self.remap_outputs(_unique(self._outputs))

    def remap_outputs_to_consumers(self) -> SubGraphView:
        """A view in which a tensor comes out once for each op that uses it."""
        unique = _unique(self._outputs)
        return self.remap_outputs([t for t in unique for _ in t.consumers()])

    def __str__(self) -> str:
        lines = [f"SubGraphView (graphid={id(self.graph)}):"]
        for title, items in (("ops", self._ops), ("inputs", self._inputs)):
            lines += [f"** {title}[{len(items)}]:", *(f"  {item.name}" for item in items)]
        lines += [f"** outputs[{len(self._outputs)}]:", *(f"  {t.name}" for t in self._outputs)]
        return "\n".join([*lines, ""])


def _chosen(tensors: Sequence[Tensor], which: Iterable[Any]) -> list[Tensor]:
    found = []
    for item in which:
        if not isinstance(item, int):
            item = next((n for n, tensor in enumerate(tensors) if tensor is item), item)
        if not isinstance(item, int) or not 0 <= item < len(tensors):
            names = [tensor.name for tensor in tensors]
            raise ArgumentError("SubGraphView", "index", item, f"a place in {names} or one of them")
        found.append(tensors[item])
    return found


def make_view(*args: Any, graph: Graph = None) -> SubGraphView:
    """Makes a view of ops and tensors.

    Args:
        args: A view, ops, tensors that pass through, lists of them, or regular expressions.
        graph: Where names are looked for.

    Raises:
        ValueError: A name is given without a graph.
        ArgumentTypeError: Something else is given.
    """
    if len(args) == 1 and isinstance(args[0], SubGraphView):
        return args[0]
    ops, passing = [], []
    for item in args:
        for one in item if isinstance(item, list | tuple) else [item]:
            if hasattr(one, "consumers") and hasattr(one, "op"):
                passing.append(one)
            elif hasattr(one, "outputs") or isinstance(one, str | re.Pattern):
                ops += select_ops(one, graph=graph)
            else:
                raise ArgumentTypeError(
                    "make_view", "args", type(one).__name__, "ops, tensors or names"
                )
    return SubGraphView(ops, passing)


sgv = make_view


def make_view_from_scope(scope: str, graph: Graph) -> SubGraphView:
    """Makes a view of every op in a name scope.

    Args:
        scope: The scope's name.
        graph: The graph.
    """
    return SubGraphView(select_ops(f"^{re.escape(scope.rstrip('/'))}(/|$)", graph=graph))


sgv_scope = make_view_from_scope


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

"""Views of contrib.graph_editor: some ops of a graph with an order of what goes in and out."""

from __future__ import annotations

import copy as copying
import re
from collections.abc import Iterable, Sequence
from typing import Any

from graphkit._tf import Graph, Operation, Tensor
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.tf1._contrib._graph_editor._chosen import get_name_scope_ops, select_ops
from graphkit.tf1._contrib._graph_editor._walks import compute_boundary_ts

__all__ = [
    "SubGraphView",
    "make_view",
    "make_view_from_scope",
    "sgv",
    "sgv_scope",
]


def _unique(tensors: Iterable[Tensor]) -> list[Tensor]:
    return list({tensor.name: tensor for tensor in tensors}.values())


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
        self._inputs, self._outputs, _ = compute_boundary_ts(self._ops)
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
    return SubGraphView(get_name_scope_ops(graph, scope))


sgv_scope = make_view_from_scope

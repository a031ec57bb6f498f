"""Which ops merely run before others: finding and changing it."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Graph, Operation, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.tf1._contrib._graph_editor._chosen import make_list_of_op

__all__ = ["ControlOutputs", "add_control_inputs", "check_cios", "remove_control_inputs"]


class ControlOutputs:
    """Which ops run after each op without using what it makes.

    Args:
        graph: The graph.

    Raises:
        TypeError: It is no graph.
    """

    def __init__(self, graph: Graph) -> None:
        if not isinstance(graph, tf.Graph):
            raise ArgumentTypeError("ControlOutputs", "graph", type(graph).__name__, "a Graph")
        self._graph = graph
        self.update()

    def update(self) -> ControlOutputs:
        """Looks at the graph again.

        Returns:
            Itself.
        """
        self._later: dict[Operation, list[Operation]] = {}
        for op in self._graph.get_operations():
            for before in dict.fromkeys(op.control_inputs):
                self._later.setdefault(before, []).append(op)
        return self

    def get_all(self) -> dict[Operation, list[Operation]]:
        """Every op that others wait for, and those."""
        return self._later

    def get(self, op: Operation) -> list[Operation] | tuple[()]:
        """The ops that wait for one.

        Args:
            op: It.
        """
        return self._later.get(op, ())

    @property
    def graph(self) -> Graph:
        """The graph."""
        return self._graph


def check_cios(
    control_inputs: bool = False,
    control_outputs: ControlOutputs | None = None,
    control_ios: ControlOutputs | None = None,
) -> tuple[bool, ControlOutputs | None]:
    """Says which of the ops that merely run before or after are looked at.

    Args:
        control_inputs: Whether those before.
        control_outputs: Knows those after, if they are.
        control_ios: Knows those after, if both are.

    Returns:
        Whether those before are, and what knows those after.

    Raises:
        TypeError: One is no ControlOutputs.
        ValueError: Both are given.
    """
    given = [known for known in (control_ios, control_outputs) if known is not None]
    for known in given:
        if not isinstance(known, ControlOutputs):
            raise ArgumentTypeError(
                "check_cios", "control_outputs", type(known).__name__, "a ControlOutputs"
            )
    if len(given) == 2:
        raise ArgumentError(
            "check_cios", "control_outputs", control_outputs, "None beside control_ios"
        )
    return control_inputs or control_ios is not None, given[0].update() if given else None


def add_control_inputs(op: Operation, cops: Any) -> None:
    """Makes ops run before an op.

    Args:
        op: The op.
        cops: What runs before it.

    Raises:
        ValueError: One of them does so already.
    """
    for cop in make_list_of_op(cops, allow_graph=False):
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
    removed = make_list_of_op(cops, allow_graph=False)
    for cop in removed:
        if cop not in op.control_inputs:
            raise ValueError(f"{cop.name} is not a control_input of {op.name}")
    kept = [cop for cop in op.control_inputs if cop not in removed]
    op._remove_all_control_inputs()  # noqa: SLF001 - no public way
    op._add_control_inputs(kept)  # noqa: SLF001 - no public way

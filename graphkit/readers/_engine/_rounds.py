"""What random ops draw by in loops: the number of the element, and of each round they are in.

The rounds draw by numbers in turn, the first of them mixed from what the element draws by.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._drawing import mixed
from graphkit.readers._engine._functions import as_functions
from graphkit.readers._engine._loops import frames_of

__all__ = ["NUMBER", "ROUND", "START", "Rounds", "first_round", "next_round"]

# Stand for tensors that a chain is given besides its sources' outputs: the number of the element,
# and what a stream without a seed draws once, as it starts (int64, `[]`).
NUMBER = "graphkit_element_number"
START = "graphkit_stream_start"
# What the rounds of a loop draw by goes on from (int64, `[]`), a variable of the loop.
ROUND = "graphkit_round"
_INT64 = tf.int64.as_datatype_enum


class _Given(NamedTuple):
    """What random ops draw by inside some frames: names of tensors (int64, `[]`)."""

    number: str
    start: str


class Rounds:
    """Lets the loops of a graph that are made of switches and merges count their rounds.

    Args:
        graph_def: The graph, to which nodes and functions are added.
    """

    def __init__(self, graph_def: Any) -> None:
        self._graph_def = graph_def
        self._frames = frames_of(graph_def.node)
        nodes = [node for node in graph_def.node if node.name in self._frames]
        self._conditions = {self._frames[n.name]: n.name for n in nodes if n.op == "LoopCond"}
        self._entrances = {self._frames[n.name]: n for n in nodes if n.op == "Enter"}
        outside = _Given(f"{NUMBER}:0", f"{START}:0")
        self._made: dict[tuple[str, ...], _Given] = {(): outside}

    def has(self, node: Any) -> bool:
        """Whether a node is in a loop."""
        return node.name in self._frames

    def given(self, node: Any) -> list[str]:
        """Names what a node draws by: a number, and what the stream drew as it started."""
        return list(self._inside(self._frames.get(node.name, ())))

    def _inside(self, frames: tuple[str, ...]) -> _Given:
        if frames not in self._made:
            self._made[frames] = self._counted(frames)
        return self._made[frames]

    def _counted(self, frames: tuple[str, ...]) -> _Given:
        """Adds a variable to a loop, by which its rounds draw."""
        outside = self._inside(frames[:-1])
        condition = self._conditions[frames]
        scope = f"{condition}/{ROUND}"
        first = self._call(first_round(f"{scope}/first", outside.number))
        entered = self._entered(frames, f"{scope}/Enter", first)
        state = self._add(f"{scope}/Merge", "Merge", entered, f"{scope}/NextIteration")
        number = self._call(next_round(f"{scope}/next", state))
        going_on = self._add(f"{scope}/Switch", "Switch", f"{scope}/next:1", condition)
        self._add(f"{scope}/NextIteration", "NextIteration", f"{going_on}:1")
        start = self._entered(frames, f"{scope}/start", outside.start, constant=True)
        return _Given(f"{number}:0", f"{start}:0")

    def _call(self, called: tuple[list[Any], Any]) -> str:
        functions, node = called
        self._graph_def.library.function.extend(functions)
        self._graph_def.node.append(node)
        return str(node.name)

    def _entered(
        self, frames: tuple[str, ...], name: str, value: str, *, constant: bool = False
    ) -> str:
        self._add(name, "Enter", value)
        node = self._graph_def.node[-1]
        for attribute in ("frame_name", "parallel_iterations"):
            node.attr[attribute].CopyFrom(self._entrances[frames].attr[attribute])
        node.attr["is_constant"].b = constant
        return name

    def _add(self, name: str, op: str, *inputs: str) -> str:
        node = self._graph_def.node.add(name=name, op=op, input=inputs)
        node.attr["T"].type = _INT64
        if op == "Merge":
            node.attr["N"].i = len(inputs)
        return name


def first_round(name: str, number: str) -> tuple[list[Any], Any]:
    """Makes a call that gives what `next_round` is given in the first round of a loop.

    Args:
        name: Name of the node.
        number: Name of what the loop's element draws by, or the round that the loop is in.

    Returns:
        The functions that are called, and the node.
    """
    return _call(name, _first, number)


def next_round(name: str, state: str) -> tuple[list[Any], Any]:
    """Makes a call that gives what a round draws by, and what the round after it is given.

    Args:
        name: Name of the node.
        state: Name of what the round is given.

    Returns:
        The functions that are called, and the node.
    """
    return _call(name, _next, state)


def _call(
    name: str, function: Callable[[Tensor], tuple[Tensor, ...]], given: str
) -> tuple[list[Any], Any]:
    functions = as_functions(function, [tf.int64])
    call = tf.NodeDef(name=name, op="PartitionedCall", input=[given])
    call.attr["f"].func.name = functions[-1].signature.name
    call.attr["Tin"].list.type.append(_INT64)
    call.attr["Tout"].list.type.extend([_INT64] * len(functions[-1].signature.output_arg))
    return functions, call


def _first(number: Tensor) -> tuple[Tensor, ...]:
    return (tf.bitcast(mixed(tf.bitcast(number, tf.uint64)), tf.int64),)


def _next(state: Tensor) -> tuple[Tensor, ...]:
    return tf.identity(state), state + tf.constant(1, tf.int64)

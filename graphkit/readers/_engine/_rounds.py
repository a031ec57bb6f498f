"""What random ops draw by in loops: the number of the element, and of each round they are in."""

from __future__ import annotations

from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._drawing import element_key, mixed
from graphkit.readers._engine._functions import as_functions
from graphkit.readers._engine._loops import frames_of

__all__ = ["NUMBER", "ROUND", "START", "Rounds", "call_of_round"]

# Stand for tensors that a chain is given besides its sources' outputs: the number of the element,
# and what a stream without a seed draws once, as it starts (int64, `[]`).
NUMBER = "graphkit_element_number"
START = "graphkit_stream_start"
# How often the body of a loop was run (int64, `[]`), a variable of the loop.
ROUND = "graphkit_round"
_INT64 = tf.int64.as_datatype_enum


class _Given(NamedTuple):
    """What is there for random ops inside some frames: names of tensors (int64, `[]`)."""

    number: str
    start: str
    zero: str


class Rounds:
    """Lets the loops of a graph that are made of switches and merges count their rounds.

    Args:
        graph_def: The graph, to which nodes and functions are added.
    """

    def __init__(self, graph_def: Any) -> None:
        self._graph_def = graph_def
        self._frames = frames_of(graph_def.node)
        nodes = [node for node in graph_def.node if node.name in self._frames]
        self._conditions = {self._frames[n.name]: n for n in nodes if n.op == "LoopCond"}
        self._entrances = {self._frames[n.name]: n for n in nodes if n.op == "Enter"}
        self._made: dict[tuple[str, ...], _Given] = {}

    def given(self, node: Any) -> list[str]:
        """Names what a node draws by: a number, and what the stream drew as it started."""
        frames = self._frames.get(node.name)
        return [*self._inside(frames)[:2]] if frames else [f"{NUMBER}:0", f"{START}:0"]

    def _inside(self, frames: tuple[str, ...]) -> _Given:
        if frames not in self._made:
            self._made[frames] = self._counted(frames) if frames else self._outside()
        return self._made[frames]

    def _outside(self) -> _Given:
        zero = self._graph_def.node.add(name=f"{ROUND}/zero", op="Const")
        zero.attr["dtype"].type = _INT64
        zero.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(0, tf.int64))
        return _Given(f"{NUMBER}:0", f"{START}:0", f"{zero.name}:0")

    def _counted(self, frames: tuple[str, ...]) -> _Given:
        """Adds a variable to a loop, and what its rounds draw by."""
        outside = self._inside(frames[:-1])
        condition = self._conditions[frames].name
        number, start, zero = (
            self._entered(frames, given, name, constant=True)
            for name, given in outside._asdict().items()
        )
        first = self._entered(frames, outside.zero, "first", constant=False)
        done = self._add(condition, "Merge", first, f"{condition}/{ROUND}/NextIteration")
        done.attr["N"].i = 2
        called, call = call_of_round(f"{condition}/{ROUND}/call", number, f"{done.name}:0")
        self._graph_def.library.function.extend(called)
        self._graph_def.node.append(call)
        going_on = self._add(condition, "Switch", f"{call.name}:1", condition)
        self._add(condition, "NextIteration", f"{going_on.name}:1")
        return _Given(f"{call.name}:0", start, zero)

    def _entered(self, frames: tuple[str, ...], value: str, name: str, *, constant: bool) -> str:
        node = self._add(f"{self._conditions[frames].name}/{name}", "Enter", value)
        for attribute in ("frame_name", "parallel_iterations"):
            node.attr[attribute].CopyFrom(self._entrances[frames].attr[attribute])
        node.attr["is_constant"].b = constant
        return f"{node.name}:0"

    def _add(self, scope: str, op: str, *inputs: str) -> Any:
        node = self._graph_def.node.add(name=f"{scope}/{ROUND}/{op}", op=op, input=inputs)
        node.attr["T"].type = _INT64
        return node


def call_of_round(name: str, number: str, done: str) -> tuple[list[Any], Any]:
    """Makes a call that gives what a round draws by, and how many rounds are done after it.

    Args:
        name: Name of the node.
        number: Name of what the loop's element draws by, or the round that the loop is in.
        done: Name of how many rounds are done before.

    Returns:
        The functions that are called, and the node.
    """
    functions = as_functions(_round_of, [tf.int64, tf.int64])
    call = tf.NodeDef(name=name, op="PartitionedCall", input=[number, done])
    call.attr["f"].func.name = functions[-1].signature.name
    call.attr["Tin"].list.type.extend([_INT64] * 2)
    call.attr["Tout"].list.type.extend([_INT64] * 2)
    return functions, call


def _round_of(number: Tensor, done: Tensor) -> tuple[Tensor, Tensor]:
    """What a round draws by in place of its element's number; how many are done after it."""
    start = mixed(tf.bitcast(number, tf.uint64))
    return tf.bitcast(element_key(start, done), tf.int64), done + 1

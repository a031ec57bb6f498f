"""Random ops of a chain, changed to draw by the number of the element instead of in turn."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._drawing import (
    DRAWS,
    DRAWS_IN_ROUNDS,
    element_key,
    mixed,
    mixed_number,
)
from graphkit.readers._engine._functions import as_functions
from graphkit.readers._engine._rounds import NUMBER, ROUND, START, Rounds, first_round, next_round

__all__ = ["drawn_by_number"]

_GIVEN = (NUMBER, START)
_BRANCHING = {"If", "PartitionedCall", "StatefulPartitionedCall", "StatelessIf"}
_LOOPS = {"StatelessWhile", "While"}
_INT64 = tf.int64.as_datatype_enum


def drawn_by_number(graph_def: Any, *, seeded: bool = True) -> Any:
    """Writes a graph whose random ops draw by the number of the element.

    In a loop they draw by the number of the round as well.

    Args:
        graph_def: The graph, with the functions it calls.
        seeded: Whether ops that have a seed are changed too.

    Returns:
        The graph; it takes `NUMBER` and `START` as inputs from outside if anything was changed.
    """
    made = tf.GraphDef()
    made.CopyFrom(graph_def)
    rewriting = _Rewriting(made.library, seeded=seeded)
    rounds = Rounds(made)
    for node in list(made.node):
        if rewriting.draws(node):
            rewriting.change(node, rounds.given(node), made.node, in_round=rounds.has(node))
    return made


class _Rewriting:
    """One pass over a graph and the functions it calls.

    Args:
        library: The functions, to which changed ones are added.
        seeded: Whether ops that have a seed are changed too.
    """

    def __init__(self, library: Any, *, seeded: bool) -> None:
        self._library = library
        self._seeded = seeded
        self._functions = {f.signature.name: f for f in library.function}
        self._changed: set[str] = set()

    def change(
        self,
        node: Any,
        given: list[str],
        nodes: Any,
        *,
        in_function: bool = False,
        in_round: bool = False,
    ) -> None:
        """Changes a node that draws, or that calls what draws.

        Args:
            node: The node.
            given: What the number of the element and the start of the stream are called there.
            nodes: The nodes it is one of, to which others are added.
            in_function: Whether outputs go by their names there, as in functions.
            in_round: Whether it is in a loop, and the number that of its round.
        """
        several = node.op.startswith("SampleDistorted")
        if self._is_changed(node) and not (in_function and several):
            self._call(node, given, in_round=in_round)
        elif node.op in _BRANCHING and self.draws(node):
            _add_inputs(node, given)
            node.attr["Tin"].list.type.extend([_INT64] * len(given))
            for attribute in node.attr.values():
                if attribute.HasField("func"):
                    attribute.func.name = self._with_number(attribute.func.name, in_round=in_round)
        elif node.op in _LOOPS and self.draws(node):
            called, first = first_round(f"{node.name}/{ROUND}", given[0])
            self._library.function.extend(called)
            nodes.append(first)
            output = ":output:0" if in_function else ":0"
            _add_inputs(node, [*given, first.name + output])
            node.attr["T"].list.type.extend([_INT64] * 3)
            shapes = node.attr["output_shapes"].list.shape
            shapes.extend([tf.TensorShape([]).as_proto()] * 3 if shapes else [])
            for part in ("cond", "body"):
                function = node.attr[part].func
                function.name = self._with_round(function.name, part)

    def _call(self, node: Any, given: list[str], *, in_round: bool) -> None:
        """Puts a call of a function that draws by number in a random op's place."""
        function, dtypes = _function(node, in_round=in_round)
        self._library.function.extend(function)
        outputs = function[-1].signature.output_arg
        _add_inputs(node, given)
        node.op = "PartitionedCall"
        node.attr.clear()
        node.attr["f"].func.name = function[-1].signature.name
        node.attr["Tin"].list.type.extend([*dtypes, *[_INT64] * len(given)])
        node.attr["Tout"].list.type.extend(output.type for output in outputs)

    def _is_changed(self, node: Any) -> bool:
        return node.op in DRAWS and (self._seeded or not any(_seeds(node)))

    def draws(self, node: Any) -> bool:
        """Whether a node draws by number, or calls a function in which something does."""
        if node.op not in _BRANCHING | _LOOPS:
            return self._is_changed(node)
        called = [a.func.name for a in node.attr.values() if a.HasField("func")]
        return any(self.draws(inner) for name in called for inner in self._functions[name].node_def)

    def _with_number(self, name: str, *, in_round: bool) -> str:
        """Adds the function that is given the number as well; returns its name."""
        made = f"{name}_by_{'round' if in_round else 'number'}"
        if made not in self._changed:
            function = self._copy(name, made, _GIVEN)
            for node in list(function.node_def):
                self.change(
                    node, list(_GIVEN), function.node_def, in_function=True, in_round=in_round
                )
        return made

    def _with_round(self, name: str, part: str) -> str:
        """Adds the condition or the body of a loop that draws by the round; returns its name."""
        made = f"{name}_{part}_by_number"
        if made not in self._changed:
            function = self._copy(name, made, (*_GIVEN, ROUND))
            nodes = list(function.node_def)
            called, call = next_round(f"{ROUND}_call", ROUND)
            self._library.function.extend(called)
            function.node_def.append(call)
            number, following = (f"{call.name}:output:{place}" for place in range(2))
            for node in nodes:
                self.change(
                    node, [number, START], function.node_def, in_function=True, in_round=True
                )
            if part == "body":
                for given, value in zip((*_GIVEN, ROUND), (*_GIVEN, following), strict=True):
                    function.signature.output_arg.add(name=f"{given}_out", type=_INT64)
                    function.ret[f"{given}_out"] = value
        return made

    def _copy(self, name: str, made: str, given: Sequence[str]) -> Any:
        """Adds a copy of a function that takes more inputs."""
        self._changed.add(made)
        function = self._library.function.add()
        function.CopyFrom(self._functions[name])
        function.signature.name = made
        for argument in given:
            function.signature.input_arg.add(name=argument, type=_INT64)
        return function


def _add_inputs(node: Any, names: list[str]) -> None:
    """Adds inputs behind the others, before what only has to run before."""
    values = [name for name in node.input if not name.startswith("^")]
    before = [name for name in node.input if name.startswith("^")]
    node.ClearField("input")
    node.input.extend([*values, *names, *before])


def _function(node: Any, *, in_round: bool) -> tuple[list[Any], list[int]]:
    """Makes the function that draws in a random op's place; the dtypes of the op's own inputs."""
    definition = tf.Graph().op_def_for_type(node.op)
    dtypes = [
        argument.type or node.attr[argument.type_attr].type for argument in definition.input_arg
    ]
    in_pairs = in_round and node.op in DRAWS_IN_ROUNDS
    draw = _drawing_of_pair(node) if in_pairs else _drawing(node)
    return as_functions(draw, [*dtypes, tf.int64, tf.int64]), dtypes


def _drawing_of_pair(node: Any) -> Callable[..., Any]:
    """What draws by the number of a round, and by the op's own, which its seed makes."""
    first, second = _seeds(node)
    seed = mixed_number(mixed_number(first) + second)
    name = zlib.crc32(node.name.encode())

    def draw(*given: Tensor) -> Any:
        *inputs, number, stream = given
        if first or second:
            own = tf.bitcast(tf.constant(seed, tf.uint64), tf.int64)
        else:
            own = stream + tf.constant(name, tf.int64)
        return DRAWS_IN_ROUNDS[node.op](node, tf.stack([number, own]), *inputs)

    return draw


def _drawing(node: Any) -> Callable[..., Any]:
    numbers = _seeds(node)
    name = zlib.crc32(node.name.encode())

    def draw(*given: Tensor) -> Any:
        *inputs, number, stream = given
        if any(numbers):
            first, second = numbers
            start = tf.constant(mixed_number(mixed_number(first) + second), tf.uint64)
        else:
            seed = mixed(tf.bitcast(stream, tf.uint64)) + tf.constant(name, tf.uint64)
            start = mixed(seed)
        return DRAWS[node.op](node, element_key(start, number), *inputs)

    return draw


def _seeds(node: Any) -> tuple[int, int]:
    return node.attr["seed"].i, node.attr["seed2"].i

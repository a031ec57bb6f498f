"""Random ops of a chain, changed to draw by the number of the element instead of in turn."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._drawing import DRAWS, element_key, mixed

__all__ = ["NUMBER", "START", "drawn_by_number"]

# Stand for tensors that a chain is given besides its sources' outputs: the number of the element,
# and what a stream without a seed draws once, as it starts (int64, `[]`).
NUMBER = "graphkit_element_number"
START = "graphkit_stream_start"
_GIVEN = (NUMBER, START)
_BRANCHING = {"If", "PartitionedCall", "StatefulPartitionedCall", "StatelessIf"}


def drawn_by_number(graph_def: Any, *, seeded: bool = True) -> Any:
    """Writes a graph whose random ops draw by the number of the element.

    What is drawn in a loop is left to TensorFlow's generators.

    Args:
        graph_def: The graph, with the functions it calls.
        seeded: Whether ops that have a seed are changed too.

    Returns:
        The graph; it takes `NUMBER` and `START` as inputs from outside if anything was changed.
    """
    made = tf.GraphDef()
    made.CopyFrom(graph_def)
    rewriting = _Rewriting(made.library, seeded=seeded)
    for node in made.node:
        rewriting.change(node, [f"{name}:0" for name in _GIVEN])
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
        self._changed: dict[str, str] = {}

    def change(self, node: Any, given: list[str], *, in_function: bool = False) -> None:
        """Changes a node that draws, or that calls what draws.

        Args:
            node: The node.
            given: What the number of the element and the start of the stream are called there.
            in_function: Whether outputs go by their names there, as in functions.
        """
        several = node.op.startswith("SampleDistorted")
        if self._is_changed(node) and not (in_function and several):
            self._call(node, given)
        elif node.op in _BRANCHING and self._draws(node):
            _add_inputs(node, given)
            node.attr["Tin"].list.type.extend([tf.int64.as_datatype_enum] * len(given))
            for attribute in node.attr.values():
                if attribute.HasField("func"):
                    attribute.func.name = self._with_number(attribute.func.name)

    def _call(self, node: Any, given: list[str]) -> None:
        """Puts a call of a function that draws by number in a random op's place."""
        function, dtypes = _function(node)
        self._library.function.extend(function)
        outputs = function[-1].signature.output_arg
        _add_inputs(node, given)
        node.op = "PartitionedCall"
        node.attr.clear()
        node.attr["f"].func.name = function[-1].signature.name
        given_dtypes = [tf.int64.as_datatype_enum] * len(given)
        node.attr["Tin"].list.type.extend([*dtypes, *given_dtypes])
        node.attr["Tout"].list.type.extend(output.type for output in outputs)

    def _is_changed(self, node: Any) -> bool:
        return node.op in DRAWS and (self._seeded or not any(_seeds(node)))

    def _draws(self, node: Any) -> bool:
        """Whether a node calls a function in which something is drawn by number."""
        called = [a.func.name for a in node.attr.values() if a.HasField("func")]
        return any(
            self._is_changed(inner) or (inner.op in _BRANCHING and self._draws(inner))
            for name in called
            for inner in self._functions[name].node_def
        )

    def _with_number(self, name: str) -> str:
        """Adds the function that is given the number as well; returns its name."""
        if name not in self._changed:
            self._changed[name] = f"{name}_by_number"
            function = self._library.function.add()
            function.CopyFrom(self._functions[name])
            function.signature.name = self._changed[name]
            for given in _GIVEN:
                function.signature.input_arg.add(name=given, type=tf.int64.as_datatype_enum)
            for node in function.node_def:
                self.change(node, list(_GIVEN), in_function=True)
        return self._changed[name]


def _add_inputs(node: Any, names: list[str]) -> None:
    """Adds inputs behind the others, before what only has to run before."""
    values = [name for name in node.input if not name.startswith("^")]
    before = [name for name in node.input if name.startswith("^")]
    node.ClearField("input")
    node.input.extend([*values, *names, *before])


def _function(node: Any) -> tuple[list[Any], list[int]]:
    """Makes the function that draws in a random op's place; the dtypes of the op's own inputs."""
    definition = tf.Graph().op_def_for_type(node.op)
    dtypes = [
        argument.type or node.attr[argument.type_attr].type for argument in definition.input_arg
    ]
    draw = _drawing(node)
    with tf.Graph().as_default() as graph:
        inputs = [tf.placeholder(dtype) for dtype in [*dtypes, tf.int64, tf.int64]]
        tf.function(draw, autograph=False)(*inputs)
    (call,) = [op for op in graph.get_operations() if op.type.endswith("PartitionedCall")]
    name = call.get_attr("f").name
    functions = {f.signature.name: f for f in graph.as_graph_def().library.function}
    return [*(f for key, f in functions.items() if key != name), functions[name]], dtypes


def _drawing(node: Any) -> Callable[..., Any]:
    numbers = _seeds(node)
    name = zlib.crc32(node.name.encode())

    def draw(*given: Tensor) -> Any:
        *inputs, number, start = given
        if any(numbers):
            seed = mixed(tf.cast(numbers[0], tf.uint64)) + tf.cast(numbers[1], tf.uint64)
        else:
            seed = mixed(tf.bitcast(start, tf.uint64)) + tf.constant(name, tf.uint64)
        return DRAWS[node.op](node, element_key(seed, number), *inputs)

    return draw


def _seeds(node: Any) -> tuple[int, int]:
    return node.attr["seed"].i, node.attr["seed2"].i

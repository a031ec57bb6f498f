"""Dropouts that drop nothing in branches and loops, which since TensorFlow 2 are functions.

What a function is given counts as a number only where all that run the function give it the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphkit._tf import Graph, function_def_to_graph_def, tf
from graphkit.export._freezing._dropout_rates import fold_numbers
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._laid_open import BRANCHES, CALLS, LOOPS, unchanged_arguments
from graphkit.export._graphs._nodes import function_names, leave_out, op_of
from graphkit.export._transforms._dropout import idle_dropouts

__all__ = ["drop_in_functions"]

# The single numbers among what a function is given, by their places.
_Given = dict[int, Any]

_MOST = 200  # ways to run functions; a hostile graph may have any number


def drop_in_functions(graph_def: Any, graph: Graph) -> None:
    """Lets nodes of functions read, in place, what goes into a dropout that keeps everything.

    Args:
        graph_def: The graph; its numbers are computed.
        graph: A graph that has its functions.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    runs = _Runs(functions)
    with graph.as_default():
        runs.follow(graph_def.node)
        for name, given in runs.given.items():
            _drop(functions[name], given)


class _Runs:
    """Finds what functions are given wherever they are run.

    Attributes:
        given: The numbers that are the same each time, by function.
    """

    def __init__(self, functions: Mapping[str, Any]) -> None:
        self.given: dict[str, _Given] = {}
        self._functions = functions
        self._ways: dict[tuple[Any, ...], tuple[str, _Given]] = {}

    def follow(self, nodes: Sequence[Any]) -> None:
        """Looks at what nodes run, and at what that runs in turn."""
        self._look(nodes)
        done = 0
        while done < len(self._ways):
            name, given = list(self._ways.values())[done]
            self._look(_flat(self._functions[name], given)[0].node)
            done += 1

    def _look(self, nodes: Sequence[Any]) -> None:
        numbers = {node.name: _number(node) for node in nodes if node.op == "Const"}
        for node in nodes:
            for name, arguments in self._run_by(node):
                sources = enumerate(map(op_of, arguments))
                given = {i: numbers[s] for i, s in sources if numbers.get(s) is not None}
                self._note(name, given if len(self._ways) < _MOST else {})

    def _note(self, name: str, given: _Given) -> None:
        before = self.given.get(name, given)
        self.given[name] = {i: v for i, v in given.items() if i in before and before[i] == v}
        self._ways.setdefault((name, *sorted(given.items())), (name, given))

    def _run_by(self, node: Any) -> Iterator[tuple[str, list[str]]]:
        """The functions a node runs, each with the arguments that are known to be handed on."""
        called = [name for name in function_names(node) if name in self._functions]
        arguments = [name for name in node.input if not name.startswith("^")]
        if node.op in BRANCHES:
            arguments = arguments[1:]
        elif node.op in LOOPS and node.attr["body"].func.name in self._functions:
            kept = unchanged_arguments(self._functions[node.attr["body"].func.name])
            arguments = [name if i in kept else "" for i, name in enumerate(arguments)]
        elif node.op not in CALLS and node.op not in self._functions:
            arguments = []
        for name in called:
            yield name, arguments


def _number(constant: Any) -> Any:
    tensor = constant.attr["value"].tensor
    dtype = tf.as_dtype(tensor.dtype)
    return (
        tf.make_ndarray(tensor)[()] if dtype.is_floating and not tensor.tensor_shape.dim else None
    )


def _flat(function: Any, given: _Given) -> tuple[Any, dict[str, str]]:
    """A function as a graph with its numbers in place, and how its tensors are called there."""
    graph_def, names = function_def_to_graph_def(function)
    for place, value in given.items():
        make_constant(graph_def.node[place], graph_def.node[place].name, value)
    fold_numbers(graph_def)
    return graph_def, names


def _drop(function: Any, given: _Given) -> None:
    graph_def, names = _flat(function, given)
    moved = idle_dropouts(graph_def, set())
    if not moved:
        return
    needed = _needed(function)
    own = {flat: nested for nested, flat in names.items()}

    def followed(reference: str) -> str:
        place = names.get(reference, "")
        while place in moved:
            place = moved[place]
        return own[place] if place else reference

    for node in function.node_def:
        read = [followed(reference) for reference in node.input]
        node.ClearField("input")
        node.input.extend(read)
    for result, reference in dict(function.ret).items():
        function.ret[result] = followed(reference)
    leave_out(function, needed - _needed(function))


def _needed(function: Any) -> set[str]:
    """The nodes that what a function returns, and what it has to have done, depend on."""
    by_name = {node.name: node for node in function.node_def}
    waiting = [op_of(name) for name in (*function.ret.values(), *function.control_ret.values())]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            waiting += map(op_of, by_name[name].input)
    return needed

"""Choices among many branches as conditions one in the other, which other formats have."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name

__all__ = ["cases_as_conditions"]

_CONDITIONS = {"Case": "If", "StatelessCase": "StatelessIf"}


def cases_as_conditions(graph_def: Any) -> Any:
    """Writes each `Case` as an `If`, whose other side is an `If` again, down to the last branch.

    An index beyond the branches takes the last one, as in a `Case`.

    Args:
        graph_def: A graph.

    Returns:
        A copy with its cases rewritten, those in functions too.
    """
    rewritten = type(graph_def)()
    rewritten.CopyFrom(graph_def)
    chain = _Chain(rewritten.library)
    for function in list(rewritten.library.function):
        chain.rewrite(function.node_def, {arg.name for arg in function.signature.input_arg}, True)
    chain.rewrite(rewritten.node, set(), False)
    return rewritten


class _Chain:
    """Writes cases as conditions, with functions of its own.

    Args:
        library: The functions, to which those are added.
    """

    def __init__(self, library: Any) -> None:
        self._library = library
        self._taken = {function.signature.name for function in library.function}

    def rewrite(self, nodes: Any, taken: set[str], inside: bool) -> None:
        """Makes conditions of the cases among nodes, in place.

        Args:
            nodes: The nodes.
            taken: Names beside theirs that they cannot have.
            inside: Whether they are of a function, whose nodes name what they read in full.
        """
        taken = taken | {node.name for node in nodes}
        for node in [node for node in nodes if node.op in _CONDITIONS]:
            if len(node.attr["branches"].list.func) < 2:
                continue
            index, *given = [name for name in node.input if not name.startswith("^")]
            waits = [name for name in node.input if name.startswith("^")]
            first = free_name(taken, f"{node.name}/first")
            chosen = free_name(taken, f"{node.name}/chosen")
            sides = self._sides(node)
            _add_comparison(nodes, chosen, index, first, 0, inside)
            reads = f"{chosen}:z:0" if inside else chosen
            _make_condition(node, node, [reads, *given, index, *waits], *sides)

    def _sides(self, case: Any) -> tuple[str, str]:
        """The first branch, and the function that chooses among the rest."""
        branches = [self._with_index(func.name) for func in case.attr["branches"].list.func]
        rest = branches[-1]
        for place in range(len(branches) - 2, 0, -1):
            rest = self._choice(case, place, branches[place], rest)
        return branches[0], rest

    def _with_index(self, name: str) -> str:
        """A copy of a branch that takes the index as well, as all have to take the same."""
        function = self._copied(name, f"{name}_of_case")
        names = {node.name for node in function.node_def}
        names |= {argument.name for argument in function.signature.input_arg}
        index = function.signature.input_arg.add(type=tf.int32.as_datatype_enum)
        index.name = free_name(names, "branch_index")
        return str(function.signature.name)

    def _choice(self, case: Any, place: int, branch: str, rest: str) -> str:
        """A function that takes one branch where the index says so, and otherwise the rest."""
        function = self._copied(branch, f"{branch}_or_later")
        arguments = [argument.name for argument in function.signature.input_arg]
        del function.node_def[:]
        function.control_ret.clear()
        del function.signature.control_output[:]
        names = set(arguments)
        number, is_it, taken = (free_name(names, word) for word in ("number", "is_it", "taken"))
        _add_comparison(function.node_def, is_it, arguments[-1], number, place, True)
        condition = function.node_def.add(name=taken)
        _make_condition(condition, case, [f"{is_it}:z:0", *arguments], branch, rest)
        for number_of, result in enumerate(function.signature.output_arg):
            function.ret[result.name] = f"{taken}:output:{number_of}"
        return str(function.signature.name)

    def _copied(self, name: str, wanted: str) -> Any:
        copy = self._library.function.add()
        copy.CopyFrom(next(f for f in self._library.function if f.signature.name == name))
        copy.signature.name = free_name(self._taken, wanted)
        return copy


def _add_comparison(
    nodes: Any, name: str, index: str, constant: str, place: int, inside: bool
) -> None:
    make_constant(nodes.add(), constant, np.int32(place))
    compared = f"{constant}:output:0" if inside else constant
    equal = nodes.add(name=name, op="Equal", input=[index, compared])
    equal.attr["T"].type = tf.int32.as_datatype_enum
    equal.attr["incompatible_shape_error"].b = True


def _make_condition(node: Any, case: Any, inputs: list[str], then: str, other: str) -> None:
    """Makes a node the condition that a case becomes; it may be the case itself."""
    like = type(case)()
    like.CopyFrom(case)
    node.op = _CONDITIONS[like.op]
    del node.input[:]
    node.input.extend(inputs)
    node.attr.clear()
    for name in ("Tin", "Tout"):
        node.attr[name].CopyFrom(like.attr[name])
    node.attr["Tin"].list.type.append(tf.int32.as_datatype_enum)
    node.attr["Tcond"].type = tf.bool.as_datatype_enum
    node.attr["then_branch"].func.name = then
    node.attr["else_branch"].func.name = other
    if "output_shapes" in like.attr:
        node.attr["output_shapes"].CopyFrom(like.attr["output_shapes"])

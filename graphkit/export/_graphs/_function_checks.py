"""Functions in files of strangers: whole, and given as many values as they take.

TensorFlow looks at a branch or a loop's body when it is run, and may end the process then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from graphkit.errors import CorruptFileError
from graphkit.export._graphs._laid_open import BRANCHES, CALLS, LOOPS
from graphkit.export._graphs._nodes import function_names, op_of
from graphkit.export._graphs._order import in_a_circle
from graphkit.export._graphs._run_sites import output_count
from graphkit.export._printable import printable

__all__ = ["check_functions"]


def check_functions(path: Path, graph_def: Any) -> None:
    """Refuses functions that lack something, and nodes that run those that do not fit them.

    Args:
        path: The file, for messages.
        graph_def: The graph.

    Raises:
        CorruptFileError: A function returns, reads or runs what it has not, goes in a circle, or is
            run on another number of values than it takes, or for another number than it returns.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    for function in functions.values():
        _check_whole(path, function, functions)
    for nodes in (graph_def.node, *(function.node_def for function in functions.values())):
        for node in nodes:
            for name, takes, gives in _runs(node):
                if name in functions:
                    _check_fit(path, node, functions[name].signature, takes, gives)


def _check_whole(path: Path, function: Any, functions: Collection[str]) -> None:
    name, signature = function.signature.name, function.signature
    known = {argument.name for argument in signature.input_arg}
    known |= {node.name for node in function.node_def}
    for result in signature.output_arg:
        if op_of(function.ret.get(result.name, "")) not in known:
            _refuse(path, f"function {name!r} returns {result.name!r}, which it does not compute")
    for node in function.node_def:
        for reference in node.input:
            if op_of(reference) not in known:
                _refuse(path, f"function {name!r} reads {reference!r}, which is not there")
        for called in function_names(node):
            if called and called != node.op and called not in functions:
                _refuse(path, f"function {name!r} runs {called!r}, which is not there")
    if circling := in_a_circle(function.node_def):
        _refuse(path, f"function {name!r} waits for {circling!r}, which waits for itself")


def _runs(node: Any) -> Iterator[tuple[str, int, int]]:
    """The functions that a node runs, with how many values each is given and has to give."""
    if node.op not in CALLS | LOOPS | set(BRANCHES):
        return
    node = _copied(node)
    gives = output_count(node) or 0
    takes = sum(not reference.startswith("^") for reference in node.input)
    if node.op in LOOPS:
        yield node.attr["cond"].func.name, takes, 1
        yield node.attr["body"].func.name, takes, gives
        return
    names: Iterable[str] = ("f",) if node.op in CALLS else BRANCHES[node.op]
    attrs = [node.attr[name] for name in names]
    for func in (func for attr in attrs for func in (*attr.list.func, attr.func)):
        yield func.name, takes - (node.op in BRANCHES), gives


def _copied(node: Any) -> Any:
    """A node that may be asked for attributes it lacks, which adds them."""
    copy = type(node)()
    copy.CopyFrom(node)
    return copy


def _check_fit(path: Path, node: Any, signature: Any, takes: int, gives: int) -> None:
    arguments, results = signature.input_arg, signature.output_arg
    if any(one.number_attr or one.type_list_attr for one in (*arguments, *results)):
        return  # each may be several
    if (len(arguments), len(results)) != (takes, gives):
        _refuse(
            path,
            f"node {node.name!r} runs function {signature.name!r} on {takes} values for {gives} "
            f"results, and it takes {len(arguments)} and returns {len(results)}",
        )


def _refuse(path: Path, reason: str) -> None:
    raise CorruptFileError(path, printable(reason))

"""Walking a `GraphDef`: which nodes a result needs, and what its functions hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

__all__ = [
    "called_functions",
    "free_name",
    "function_names",
    "leave_out",
    "needed_nodes",
    "op_of",
    "ops_within",
    "with_functions",
]


def op_of(reference: str) -> str:
    """The node a `NodeDef` input refers to: `"a"` for `"a"`, `"a:1"` and `"^a"`."""
    return reference.removeprefix("^").split(":")[0]


def with_functions(graph_def: Any, nodes: Iterable[Any]) -> Any:
    """A `GraphDef` of these nodes, with versions and the functions they call."""
    pruned = type(graph_def)(versions=graph_def.versions)
    pruned.node.extend(nodes)
    functions = {f.signature.name: f for f in graph_def.library.function}
    called = called_functions(pruned.node, functions)
    pruned.library.function.extend(functions[name] for name in functions if name in called)
    return pruned


def needed_nodes(graph_def: Any, ops: Iterable[str]) -> list[Any]:
    """The nodes these ops depend on, themselves included, in the order of the graph."""
    by_name = {node.name: node for node in graph_def.node}
    waiting, needed = list(ops), set()
    while waiting:
        name = waiting.pop()
        if name not in needed and name in by_name:
            needed.add(name)
            waiting += [op_of(reference) for reference in by_name[name].input]
    return [node for node in graph_def.node if node.name in needed]


def leave_out(function: Any, names: Collection[str]) -> None:
    """Takes nodes out of a function, in place."""
    left = [node for node in function.node_def if node.name not in names]
    kept = type(function)(node_def=left)
    function.ClearField("node_def")
    function.node_def.MergeFrom(kept.node_def)


def ops_within(graph_def: Any) -> Iterator[tuple[str, str]]:
    """Name and type of every node, those inside functions too (as `function/node`)."""
    for node in graph_def.node:
        yield node.name, node.op
    for function in graph_def.library.function:
        for node in function.node_def:
            yield f"{function.signature.name}/{node.name}", node.op


def function_names(node: Any) -> Iterator[str]:
    """The functions a node calls."""
    yield node.op
    for attr in node.attr.values():
        if attr.HasField("func"):
            yield attr.func.name
        yield from (func.name for func in attr.list.func)


def free_name(taken: set[str], wanted: str) -> str:
    """Takes a name, with a number if it is in use."""
    name, number = wanted, 0
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    taken.add(name)
    return name


def called_functions(nodes: Iterable[Any], functions: Mapping[str, Any]) -> set[str]:
    """The functions that these nodes call, and those that these call in turn."""
    called: set[str] = set()
    waiting = [name for node in nodes for name in function_names(node)]
    while waiting:
        name = waiting.pop()
        if name in functions and name not in called:
            called.add(name)
            waiting += [n for node in functions[name].node_def for n in function_names(node)]
    return called

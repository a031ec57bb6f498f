"""A graph with all that its calls, branches and loops run laid open, to be read and never run."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.export._graphs._order import execution_order
from graphkit.graph import function_body

__all__ = ["BRANCHES", "CALLS", "LOOPS", "laid_open", "unchanged_arguments"]

CALLS = {"PartitionedCall", "StatefulPartitionedCall"}
BRANCHES = {
    "Case": ("branches",),
    "If": ("then_branch", "else_branch"),
    "StatelessCase": ("branches",),
    "StatelessIf": ("then_branch", "else_branch"),
}
LOOPS = {"StatelessWhile", "While"}
_DEEPEST = 50


def laid_open(nodes: Sequence[Any], library: Any, graph: Graph) -> list[Any]:
    """Puts the nodes of functions before the op that runs them, and reads what they return.

    What a loop does not change is read as what it was entered with. A branch or loop stays, as an
    op that reads what may come out of it.

    Args:
        nodes: Nodes in an order in which they can run.
        library: The functions.
        graph: A graph that has these functions.

    Returns:
        Copies of all nodes, in such an order.
    """
    opening = _Opening(library)
    with graph.as_default():
        return list(opening.opened(nodes, 0))


class _Opening:
    """Lays nodes open, one behind the other.

    Args:
        library: The functions.
    """

    def __init__(self, library: Any) -> None:
        self._functions = {function.signature.name: function for function in library.function}
        self._moved: dict[str, str] = {}

    def opened(self, nodes: Sequence[Any], depth: int) -> Iterator[Any]:
        """The nodes, and before each those that it runs."""
        for node in nodes:
            inputs = [self._place(name) for name in node.input if not name.startswith("^")]
            end = tf.NodeDef(name=node.name, op=node.op, attr=node.attr)
            called = [name for name in self._called(node) if name in self._functions]
            if called and depth < _DEEPEST:
                inputs = yield from self._run(node, called, inputs, depth)
            end.input.extend(inputs)
            if not (called and node.op in CALLS):
                yield end

    def _place(self, reference: str) -> str:
        full = reference if ":" in reference else f"{reference}:0"
        return self._moved.get(full, reference)

    def _called(self, node: Any) -> list[str]:
        if node.op in CALLS:
            return [node.attr["f"].func.name]
        if node.op in LOOPS:
            return [node.attr["cond"].func.name, node.attr["body"].func.name]
        attrs = [node.attr[name] for name in BRANCHES.get(node.op, ())]
        return [func.name for attr in attrs for func in (*attr.list.func, attr.func) if func.name]

    def _run(
        self, node: Any, called: list[str], inputs: list[str], depth: int
    ) -> Generator[Any, None, list[str]]:
        """The nodes of the functions; returns what the node can be said to read."""
        functions = [self._functions[name] for name in called]
        kept: set[int] = set()
        choice = inputs[:1] if node.op in BRANCHES else []
        given = inputs[len(choice) :]
        if node.op in LOOPS:
            kept = unchanged_arguments(functions[-1])
            self._moved.update((f"{node.name}:{i}", given[i]) for i in kept)
            given = [name if i in kept else f"{node.name}/{i}" for i, name in enumerate(given)]
        returned: list[str] = []
        for function in functions:
            prefix = f"{node.name}/{function.signature.name}/"
            body, results = function_body(function, given, prefix)
            yield from self.opened(execution_order(body), depth + 1)
            results = [self._place(name) for name in results]
            if node.op in CALLS:
                self._moved.update((f"{node.name}:{i}", name) for i, name in enumerate(results))
            loops = function is functions[-1] and node.op in LOOPS
            returned += [name for i, name in enumerate(results) if not (loops and i in kept)]
        return [*choice, *returned]


def unchanged_arguments(body: Any) -> set[int]:
    """The places of the arguments that the body of a loop returns as they are."""
    sources = {n.name: n.input[0] for n in body.node_def if n.op == "Identity"}
    kept = set()
    arguments = [argument.name for argument in body.signature.input_arg]
    for place, result in enumerate(body.signature.output_arg):
        name = body.ret[result.name].partition(":")[0]
        while name in sources:
            name = sources[name].partition(":")[0]
        if name == arguments[place]:
            kept.add(place)
    return kept

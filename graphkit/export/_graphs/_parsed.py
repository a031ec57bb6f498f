"""Which inputs of a graph are records that it parses itself, as an exported Estimator does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["PARSERS", "parsed_placeholders"]

PARSERS = frozenset(
    {
        "ParseExample",
        "ParseExampleV2",
        "ParseSequenceExample",
        "ParseSequenceExampleV2",
        "ParseSingleExample",
        "ParseSingleSequenceExample",
    }
)
_SHAPES = frozenset({"ExpandDims", "Identity", "PlaceholderWithDefault", "Reshape", "Squeeze"})
_CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})


def parsed_placeholders(graph_def: Any, names: Iterable[str]) -> set[str]:
    """Tells which placeholders are parsed as Examples, in the graph or in what it calls.

    Args:
        graph_def: The graph.
        names: The names of the placeholders' ops.

    Returns:
        Those of them.
    """
    functions = {function.signature.name: function for function in graph_def.library.function}
    return {name for name in names if _is_parsed(graph_def.node, name, functions, set())}


def _is_parsed(
    nodes: Sequence[Any], name: str, functions: Mapping[str, Any], seen: set[tuple[str, str]]
) -> bool:
    """Follows a tensor until it is parsed; `seen` ends calls that go in circles."""
    nodes = [node for node in nodes if node.op in PARSERS | _SHAPES | _CALLS]
    reached, open_names = {name}, [name]
    while open_names:
        source = open_names.pop()
        for node in nodes:
            for place, tensor in enumerate(node.input):
                if tensor.partition(":")[0] != source:
                    continue
                if node.op in PARSERS and place == 0:
                    return True
                if node.op in _CALLS and _is_parsed_in(node, place, functions, seen):
                    return True
                if node.op in _SHAPES and place == 0 and node.name not in reached:
                    reached.add(node.name)
                    open_names.append(node.name)
    return False


def _is_parsed_in(
    call: Any, place: int, functions: Mapping[str, Any], seen: set[tuple[str, str]]
) -> bool:
    function = functions.get(call.attr["f"].func.name)
    if function is None or place >= len(function.signature.input_arg):
        return False
    argument = function.signature.input_arg[place].name
    key = function.signature.name, argument
    if key in seen:
        return False
    seen.add(key)
    return _is_parsed(function.node_def, argument, functions, seen)

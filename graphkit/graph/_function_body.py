"""What a function of a graph does, as nodes that can stand where it is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import function_def_to_graph_def

__all__ = ["function_body"]


def function_body(
    function: Any, arguments: Sequence[str], prefix: str
) -> tuple[list[Any], list[str]]:
    """Copies the nodes of a function; the current graph has to have those it calls in turn.

    Args:
        function: A `FunctionDef`.
        arguments: The tensors it is called with, as a `NodeDef` names its inputs.
        prefix: What goes before the name of each node.

    Returns:
        The nodes, and the tensors that it returns.
    """
    body, names = function_def_to_graph_def(function)
    inputs = {
        argument.name: given
        for argument, given in zip(function.signature.input_arg, arguments, strict=True)
    }

    def outside(name: str) -> str:
        waits = "^" if name.startswith("^") else ""
        own = name.removeprefix("^").split(":")[0]
        if own not in inputs:
            return waits + prefix + name.removeprefix("^")
        return waits + inputs[own].split(":")[0] if waits else inputs[own]

    copies = [inner for inner in body.node if inner.name not in inputs]
    for inner in copies:
        inner.name = prefix + inner.name
        inner.device = ""
        inner.attr.pop("_class", None)
        read = [outside(name) for name in inner.input]
        inner.ClearField("input")
        inner.input.extend(read)
    returned = (function.ret[result.name] for result in function.signature.output_arg)
    return copies, [outside(names[name]) for name in returned]

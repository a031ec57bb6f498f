"""The inference graph, cut out of the training graph: inputs made placeholders, pins constants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name, needed_nodes, op_of, with_functions
from graphkit.export._graphs._op_kinds import PLACEHOLDERS

__all__ = ["clear_placement", "cut_inputs", "pin_placeholders"]


def pin_placeholders(graph_def: Any, pins: Mapping[str, Any]) -> None:
    """Makes placeholders constants.

    Args:
        graph_def: The graph, changed in place.
        pins: By the name of the op, an array of the placeholder's dtype.
    """
    for node in graph_def.node:
        if node.name in pins:
            make_constant(node, node.name, pins[node.name])


def cut_inputs(
    graph_def: Any, inputs: Sequence[Tensor], outputs: Iterable[str]
) -> tuple[Any, dict[str, Tensor]]:
    """Keeps what lies between inputs and outputs; an input that is computed becomes a placeholder.

    The placeholder takes the name of the op it stands for, unless that op is still needed for
    another of its outputs, or it is not the op's first output.

    Args:
        graph_def: The graph, changed in place.
        inputs: Where to cut, tensors of the graph; placeholders among them stay as they are.
        outputs: The names of the output ops.

    Returns:
        The graph that is left, and each input by the name of its placeholder.
    """
    cuts = [tensor for tensor in inputs if tensor.op.type not in PLACEHOLDERS]
    taken = {node.name for node in graph_def.node}
    names = {
        tensor.name: free_name(taken, f"{tensor.op.name}_{tensor.value_index}") for tensor in cuts
    }
    _rewire(graph_def.node, names, dropped={tensor.op.name for tensor in cuts})
    graph_def.node.extend(_placeholder(names[tensor.name], tensor) for tensor in cuts)
    left = needed_nodes(graph_def, outputs)
    still_there = {node.name for node in left}
    renamed = {
        f"{names[tensor.name]}:0": tensor.op.name
        for tensor in cuts
        if tensor.value_index == 0 and tensor.op.name not in still_there
    }
    _rewire(left, renamed, dropped=set())
    for node in left:
        node.name = renamed.get(f"{node.name}:0", node.name)
    placed = {tensor.name: tensor.op.name for tensor in inputs} | {
        name: renamed.get(f"{placeholder}:0", placeholder) for name, placeholder in names.items()
    }
    return with_functions(graph_def, left), {placed[t.name]: t for t in inputs}


def clear_placement(graph_def: Any, *, devices: bool) -> None:
    """Forgets which ops were to stand beside which, and with `devices` on which device.

    The ops they were to stand beside may be gone, and TensorFlow refuses a graph that names them.
    """
    functions = [function.node_def for function in graph_def.library.function]
    for nodes in (graph_def.node, *functions):
        for node in nodes:
            node.attr.pop("_class", None)
            if devices:
                node.device = ""


def _rewire(nodes: Iterable[Any], names: Mapping[str, str], dropped: set[str]) -> None:
    """Lets nodes read from elsewhere, and forget that they were to run after `dropped` ops."""
    for node in nodes:
        inputs = [
            names.get(reference if ":" in reference else f"{reference}:0", reference)
            for reference in node.input
            if not (reference.startswith("^") and op_of(reference) in dropped)
        ]
        if inputs != node.input:
            del node.input[:]
            node.input.extend(inputs)


def _placeholder(name: str, tensor: Tensor) -> Any:
    node = tf.NodeDef(name=name, op="Placeholder")
    node.attr["dtype"].type = tensor.dtype.base_dtype.as_datatype_enum
    node.attr["shape"].shape.CopyFrom(tensor.shape.as_proto())
    return node

"""The static shapes of a file's outputs, where the ops alone do not say them.

A layer such as `flatten` sets the shape of what it gives, and the graph of a file has no place for
that but a note on the node, which TensorFlow of any version heeds when it imports the graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from graphkit._tf import Graph, Tensor, tf
from graphkit.export._graphs._op_kinds import PLACEHOLDERS

__all__ = ["forget_shapes_without", "note_shapes"]

_NOTE = "_output_shapes"
_LARGE = 1000  # numbers in a constant that is no shape


def note_shapes(graph_def: Any, outputs: Iterable[Tensor]) -> None:
    """Writes the static shape of outputs into their nodes, where an import would not find it.

    A graph that TensorFlow does not accept stays as it is; who reads it is told the reason.

    Args:
        graph_def: The graph, changed in place.
        outputs: Its outputs, tensors of the graph it was made from.
    """
    known = [tensor for tensor in outputs if tensor.shape.rank is not None]
    try:
        inferred = _imported(graph_def)
    except ValueError:
        return
    nodes = {node.name: node for node in graph_def.node}
    for tensor in known:
        found = inferred.get_tensor_by_name(tensor.name)
        if not found.shape.is_compatible_with(tensor.shape):
            continue  # it was said wrongly, and nothing had asked
        if _dims(found.shape.merge_with(tensor.shape)) == _dims(found.shape):
            continue
        node, count = nodes[tensor.op.name], len(found.op.outputs)
        if _NOTE not in node.attr:
            unknown = tf.TensorShape(None).as_proto()
            node.attr[_NOTE].list.shape.extend([unknown] * count)
        node.attr[_NOTE].list.shape[tensor.value_index].CopyFrom(tensor.shape.as_proto())


def forget_shapes_without(graph_def: Any, given: Mapping[str, Any]) -> None:
    """Takes out, in place, what is noted of outputs where it need not hold any more.

    Args:
        graph_def: The graph.
        given: What takes the place of tensors, by their names. Shapes hold for all that the
            placeholders of the file take, and for nothing else.
    """
    nodes = {node.name: node for node in graph_def.node}
    if all(_takes(nodes.get(name.partition(":")[0]), value) for name, value in given.items()):
        return
    for node in graph_def.node:
        node.attr.pop(_NOTE, None)


def _takes(node: Any, value: Any) -> bool:
    """Whether a placeholder takes whatever a tensor can hold."""
    if node is None or node.op not in PLACEHOLDERS:
        return False
    own = _dims(tf.TensorShape(node.attr["shape"].shape))
    other = _dims(tf.TensorShape(getattr(value, "shape", None)))
    if own is None or other is None:
        return own is None
    return len(own) == len(other) and all(
        dim in (None, given) for dim, given in zip(own, other, strict=True)
    )


def _dims(shape: Any) -> list[int | None] | None:
    return None if shape.rank is None else shape.as_list()


def _imported(graph_def: Any) -> Graph:
    """The graph as TensorFlow infers it; what large constants hold tells nothing of shapes."""
    small = type(graph_def)(versions=graph_def.versions, library=graph_def.library)
    for node in graph_def.node:
        shape = node.attr["value"].tensor.tensor_shape if node.op == "Const" else None
        if shape is None or math.prod(dim.size for dim in shape.dim) <= _LARGE:
            small.node.add().CopyFrom(node)
            continue
        stand_in = small.node.add(name=node.name, op="Placeholder")
        stand_in.attr["dtype"].CopyFrom(node.attr["dtype"])
        stand_in.attr["shape"].shape.CopyFrom(shape)
        stand_in.input.extend(node.input)
    graph = tf.Graph()
    with graph.as_default():
        tf.import_graph_def(small, name="")
    return graph

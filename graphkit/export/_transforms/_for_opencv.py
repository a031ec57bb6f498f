"""What OpenCV refuses, or computes otherwise, is written with ops that it takes as they are meant.

Its importer wants constants as they stand, with each of their values, and shapes that are written
out. It knows no op that only stops gradients, nor `SquaredDifference`, as `tf.nn.moments` has them.
It takes a softmax for one of pictures or of rows: OpenCV 5 goes along the width of a picture, also
where the graph only puts back into a picture's shape what it took over rows; OpenCV 4 goes wrong in
three dimensions.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.export._graphs._laid_open import LOOPS
from graphkit.export._graphs._nodes import free_name, op_of
from graphkit.export._transforms._fold_constants import fold_constants
from graphkit.export._transforms._inline_functions import inline_functions
from graphkit.export._transforms._network import (
    PASSES_ON,
    Network,
    add_constant,
    built_graph,
    constants,
    copied,
)

__all__ = ["for_opencv"]

_MOST_BYTES = 2**26
_LOOPS = LOOPS | {"Enter", "RefEnter"}


def for_opencv(network: Network) -> Network:
    """Writes constants and shapes out, and takes each softmax over rows, as OpenCV wants it.

    Ops that stop gradients only pass on, and a `SquaredDifference` is a difference times itself.
    What is computed stays the same. Shapes are written out where one dimension at most is open,
    and no graph with a loop is written otherwise, as OpenCV runs none.

    Args:
        network: The network.
    """
    folded = fold_constants(inline_functions(network))
    graph_def = copied(folded.graph_def)
    if any(node.op in _LOOPS for node in graph_def.node):
        return network
    for node in graph_def.node:
        if node.op == "Const":
            _write_values(node.attr["value"].tensor)
        elif node.op in PASSES_ON:
            node.op = "Identity"
            node.attr.pop("message", None)
    graph = built_graph(graph_def)
    writer = _Writer(graph_def)
    for node in list(graph_def.node):
        if node.op == "SquaredDifference":
            writer.square(node)
        elif node.op in ("Reshape", "Softmax", "Squeeze"):
            shape = _written_out(graph.get_tensor_by_name(f"{node.name}:0"))
            if shape is not None:
                writer.write(node, shape)
    return folded.with_graph(graph_def)


def _write_values(tensor: Any) -> None:
    """Writes, in place, a number once for each element that has it, as `tf.ones` does not."""
    dtype = tf.as_dtype(tensor.dtype)
    elements = prod(dim.size for dim in tensor.tensor_shape.dim)
    is_short = not tensor.tensor_content and 1 < elements * dtype.size <= _MOST_BYTES
    if is_short and elements > 1 and dtype.is_numpy_compatible and dtype != tf.string:
        tensor.CopyFrom(tf.make_tensor_proto(tf.make_ndarray(tensor)))


def _written_out(tensor: Tensor) -> list[int] | None:
    """A shape as `Reshape` takes it, if what is open in it follows from the number of elements."""
    sizes = tensor.shape.as_list() if tensor.shape.rank else []
    shape = [-1 if size is None else size for size in sizes]
    return shape if shape and shape.count(-1) <= 1 and 0 not in shape else None


class _Writer:
    """Writes nodes of a graph otherwise, in place.

    Args:
        graph_def: The graph.
    """

    def __init__(self, graph_def: Any) -> None:
        self._graph_def = graph_def
        self._constants = constants(graph_def)
        self._taken = {node.name for node in graph_def.node}

    def write(self, node: Any, shape: list[int]) -> None:
        """Writes a node otherwise where that helps."""
        if node.op == "Squeeze" or (node.op == "Reshape" and not self._is_constant(node.input[1])):
            self._reshape(node, node.input[0], shape)
        elif node.op == "Softmax" and len(shape) != 2 and shape[-1] > 0:
            self._take_rows(node, shape)

    def square(self, node: Any) -> None:
        """Makes a `SquaredDifference` the product of a difference with itself."""
        difference = self._added(node, "difference")
        difference.op = "Sub"
        difference.input.extend(node.input)
        node.op = "Mul"
        del node.input[:]
        node.input.extend([difference.name, difference.name])

    def _is_constant(self, reference: str) -> bool:
        return op_of(reference) in self._constants

    def _take_rows(self, node: Any, shape: list[int]) -> None:
        """Puts a `Softmax` over rows in the place of one over the last of other dimensions."""
        rows = self._added(node, "rows")
        self._reshape(rows, node.input[0], [-1, shape[-1]])
        softmax = self._added(node, "softmax")
        softmax.op = "Softmax"
        softmax.input.append(rows.name)
        self._reshape(node, softmax.name, shape)

    def _added(self, node: Any, name: str) -> Any:
        added = self._graph_def.node.add(name=free_name(self._taken, f"{node.name}/{name}"))
        added.attr["T"].CopyFrom(node.attr["T"])
        return added

    def _reshape(self, node: Any, source: str, shape: list[int]) -> None:
        """Makes a node the `Reshape` of another to a constant shape."""
        waits = [name for name in node.input if name.startswith("^")]
        place = f"{node.name}/shape"
        constant = add_constant(self._graph_def, self._taken, place, np.array(shape, np.int32))
        node.op = "Reshape"
        node.attr["Tshape"].type = tf.int32.as_datatype_enum
        node.attr.pop("squeeze_dims", None)
        del node.input[:]
        node.input.extend([source, constant, *waits])

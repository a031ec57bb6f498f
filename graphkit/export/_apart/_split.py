"""Constants out of a graph: variables in their place, and ops that restore them from a file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit._marks import VARIABLE_MARK, WEIGHTS_MARK
from graphkit._tf import tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import free_name, op_of

__all__ = ["Restoring", "Split", "add_restoring"]

Numbers = npt.NDArray[Any]

_LEAST = 1024  # bytes; what is smaller may be a shape or an axis, which TensorFlow looks into
_RESTORE = "restore_weights"
_NOTHING: Mapping[str, Numbers] = MappingProxyType({})


class Split:
    """Takes values out of a graph, in place.

    Args:
        graph_def: The graph.
        values: What was taken out of it before.

    Attributes:
        values: What was taken, by the name of the op that gives it.
    """

    def __init__(self, graph_def: Any, values: Mapping[str, Numbers] = _NOTHING) -> None:
        self._graph_def = graph_def
        self._taken = {node.name for node in graph_def.node}
        self.values = dict(values)

    def take_constants(self) -> None:
        """Takes the numbers that were variables, and other large ones, that wait for nothing."""
        for node in list(self._graph_def.node):
            weights = VARIABLE_MARK in node.attr
            if node.op == "Const" and not node.input and _bytes_of(node) >= (weights or _LEAST):
                value = np.asarray(tf.make_ndarray(node.attr["value"].tensor))
                self.take(node, value, weights=weights)

    def take(self, node: Any, value: Numbers, *, weights: bool) -> None:
        """Makes a node read a variable.

        Args:
            node: The node, whatever it was.
            value: What it gives.
            weights: Whether that counts as parameters.
        """
        dtype = tf.as_dtype(value.dtype).as_datatype_enum
        name, device = node.name, node.device
        handle = self._graph_def.node.add(
            name=free_name(self._taken, f"{name}/handle"), op="VarHandleOp", device=device
        )
        handle.attr["dtype"].type = dtype
        handle.attr["shape"].shape.CopyFrom(tf.TensorShape(value.shape).as_proto())
        handle.attr["shared_name"].s = handle.name.encode()
        if weights:
            handle.attr[VARIABLE_MARK].b = True
        node.Clear()
        node.name, node.op, node.device = name, "ReadVariableOp", device
        node.input.append(handle.name)
        node.attr["dtype"].type = dtype
        self.values[name] = value


def _bytes_of(node: Any) -> int:
    """The size of a constant's numbers; none of one that holds something else."""
    tensor = node.attr["value"].tensor
    dtype = tf.as_dtype(tensor.dtype)
    if not (dtype.is_floating or dtype.is_integer or dtype.is_complex):
        return 0
    sizes = [int(dim.size) for dim in tensor.tensor_shape.dim]
    return math.prod(sizes, start=int(dtype.size))


class Restoring(NamedTuple):
    """What restores the weights of a graph.

    Attributes:
        op: The name of the op that is run.
        file: The full name of the tensor that is the prefix of the weights.
    """

    op: str
    file: str


def add_restoring(graph_def: Any, prefix: str, digest: str = "") -> Restoring:
    """Adds what restores the variables of a graph, each by the name of the op that reads it.

    Args:
        graph_def: The graph, changed in place.
        prefix: The prefix of the weights unless another is fed.
        digest: What the weights are, to be checked by `restore_weights`; empty where nobody does.
    """
    taken = {node.name for node in graph_def.node}
    handles = {node.name: node for node in graph_def.node if node.op == "VarHandleOp"}
    reads = [n for n in graph_def.node if n.op == "ReadVariableOp" and n.input[0] in handles]
    restore = graph_def.node.add(name=free_name(taken, _RESTORE), op="NoOp")
    if digest:
        restore.attr[WEIGHTS_MARK].s = digest.encode()
    values = graph_def.node.add(name=free_name(taken, f"{restore.name}/values"), op="RestoreV2")
    for end, value in (
        ("file", np.array(prefix, object)),
        ("names", np.array([node.name for node in reads], object)),
        ("slices", np.array([""] * len(reads), object)),
    ):
        node = graph_def.node.add()
        make_constant(node, free_name(taken, f"{restore.name}/{end}"), value)
        values.input.append(node.name)
    for place, read in enumerate(reads):
        dtype = read.attr["dtype"].type
        values.attr["dtypes"].list.type.append(dtype)
        assign = graph_def.node.add(name=free_name(taken, f"{read.name}/assign"))
        assign.op = "AssignVariableOp"
        assign.input.extend([read.input[0], f"{values.name}:{place}"])
        assign.attr["dtype"].type = dtype
        restore.input.append(f"^{assign.name}")
    return Restoring(restore.name, f"{values.input[0]}:0")


def add_saving(graph_def: Any, restoring: Restoring) -> str:
    """Adds what saves the variables again; gives the full name of the tensor that is asked for.

    Args:
        graph_def: The graph, changed in place.
        restoring: What restores them.
    """
    taken = {node.name for node in graph_def.node}
    nodes = {node.name: node for node in graph_def.node}
    [values] = {op_of(nodes[op_of(name)].input[1]) for name in nodes[restoring.op].input}
    names = tf.make_ndarray(nodes[nodes[values].input[1]].attr["value"].tensor)
    save = graph_def.node.add(name=free_name(taken, f"{restoring.op}/save"), op="SaveV2")
    save.input.extend([*nodes[values].input, *(name.decode() for name in names)])
    save.attr["dtypes"].CopyFrom(nodes[values].attr["dtypes"])
    saved = graph_def.node.add(name=free_name(taken, f"{restoring.op}/saved"), op="Identity")
    saved.input.extend([op_of(restoring.file), f"^{save.name}"])
    saved.attr["T"].type = tf.string.as_datatype_enum
    return f"{saved.name}:0"

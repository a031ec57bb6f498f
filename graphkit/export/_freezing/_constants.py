"""Variables into constants, with the values a session gives them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from graphkit._marks import VARIABLE_MARK
from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.export._apart._beside import LIMIT
from graphkit.export._apart._split import Split
from graphkit.export._graphs._handles import HandleValues, make_constant
from graphkit.export._graphs._op_kinds import VARIABLES

__all__ = ["count_parameters", "hold_variables", "is_too_large"]


def count_parameters(graph_def: Any) -> int:
    """How many numbers the variables of a graph hold, as far as their shapes are known."""
    return sum(_elements(node) for node in _variables(graph_def))


def is_too_large(graph_def: Any) -> bool:
    """Tells whether a graph could not be written with the values of its variables in it."""
    size = int(graph_def.ByteSize())
    for node in _variables(graph_def):
        size += _elements(node) * int(tf.DType(node.attr["dtype"].type).size or 0)
    return size > LIMIT


def hold_variables(where: str, session: Any, graph_def: Any, split: Split | None = None) -> None:
    """Makes each variable, reference and resource alike, a constant.

    TF1: `tf.graph_util.convert_variables_to_constants`.

    Args:
        where: The function that was called.
        session: The session that holds the values.
        graph_def: A graph whose variables the session has; changed in place.
        split: What takes the values where the graph cannot hold them.

    Raises:
        ArgumentError: A variable has no value yet.
    """
    variables = _variables(graph_def)
    tensors = [_value_tensor(where, session.graph, node) for node in variables]
    values = _values(where, session, tensors)
    handles = HandleValues(graph_def)
    for node, value in zip(variables, values, strict=True):
        is_handle = node.op == "VarHandleOp"
        if split is None:
            make_constant(node, node.name, value)
            node.attr[VARIABLE_MARK].b = True
        else:
            split.take(node, np.asarray(value), weights=True)
        if is_handle:
            handles.spread(node.name, node.attr["dtype"].type, np.shape(value))
    for node in graph_def.node:
        _forget_references(node)


def _value_tensor(where: str, graph: Graph, node: Any) -> Tensor:
    """The tensor that gives a variable's value; a handle is read by an op the graph has."""
    tensor = graph.get_operation_by_name(node.name).outputs[0]
    if node.op != "VarHandleOp":
        return tensor
    reads = [op for op in tensor.consumers() if op.type == "ReadVariableOp"]
    if reads:  # one that waits for nothing, if there is one: an assignment reads after it wrote
        return min(reads, key=lambda op: len(op.control_inputs)).outputs[0]
    wanted = "one whose graph reads each variable somewhere (ReadVariableOp)"
    raise ArgumentError(where, "session", f"one that never reads {node.name!r}", wanted)


def _values(where: str, session: Any, tensors: list[Tensor]) -> list[Any]:
    try:
        return list(session.run(tensors))
    except tf.errors.FailedPreconditionError as exc:
        name = re.search(r"uninitialized value (\S+)|variable (\S+?)[. ]", exc.message)
        shown = next(filter(None, name.groups())) if name else exc.message
        wanted = "one whose variables have values (run the initializer, or restore a checkpoint)"
        raise ArgumentError(where, "session", f"one without a value for {shown}", wanted) from exc


def _forget_references(node: Any) -> None:
    """Turns an op on references to variables into the one on values."""
    if node.op.startswith("Ref"):
        node.op = node.op.removeprefix("Ref")
    elif node.op == "IsVariableInitialized":
        make_constant(node, node.name, True)


def _variables(graph_def: Any) -> list[Any]:
    return [node for node in graph_def.node if node.op in VARIABLES]


def _elements(node: Any) -> int:
    return tf.TensorShape(node.attr["shape"].shape).num_elements() or 0

"""What depends on nothing but constants is computed now instead of at every run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from graphkit._marks import VARIABLE_MARK
from graphkit._tf import DType, Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.export._freezing._fresh._process import fresh_process
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import (
    CONTROL_FLOW,
    PLACEHOLDERS,
    RANDOM,
    is_unsafe,
)
from graphkit.export._transforms._network import (
    PASSES_ON,
    Network,
    add_constant,
    built_graph,
    copied,
    full_name,
    rewire,
)
from graphkit.export._transforms._source import source_outputs

__all__ = ["fold_constants"]

_NEVER = CONTROL_FLOW | PLACEHOLDERS | RANDOM | {"CheckNumerics", "Const"}


def fold_constants(network: Network, *, max_bytes: int = 10 * 2**20) -> Network:
    """Replaces what depends on constants alone by its value, computed in the fresh process.

    Ops with side effects, random ones, those that read files, calls of functions, and whatever
    belongs to a branch or a loop stay as they are.

    Args:
        network: The network.
        max_bytes: The largest constant to make, unless it was computed from a larger one.

    Raises:
        RunError: That process ended on it, or did not answer.
    """
    if max_bytes < 0:
        raise ArgumentError("fold_constants", "max_bytes", max_bytes, "0 or more")
    graph_def = copied(network.graph_def)
    graph = built_graph(graph_def)
    folded = _foldable(
        graph, network, max_bytes, {f.signature.name for f in graph_def.library.function}
    )
    wanted = [tensor for op in folded for tensor in op.outputs if _read(tensor, folded, network)]
    nodes = {node.name: node for node in graph_def.node}
    weights = _made_of_weights(folded, nodes)
    taken, moved = set(nodes), {}
    for tensor, value in _computed(network.libraries, wanted).items():
        if value.nbytes > max(max_bytes, *(_bytes(source) or 0 for source in tensor.op.inputs)):
            continue
        name, mark = tensor.op.name, tensor.op.name in weights
        if len(tensor.op.outputs) > 1:
            place = f"{name}/{tensor.value_index}"
            moved[tensor.name] = add_constant(graph_def, taken, place, value, weights=mark)
        else:
            make_constant(nodes[name], name, value)
            if mark:
                nodes[name].attr[VARIABLE_MARK].b = True
    outputs = {name for name in network.outputs if name in moved}
    rewire(graph_def.node, {old: new for old, new in moved.items() if old not in outputs})
    return network.with_graph(graph_def)


def _foldable(graph: Graph, network: Network, limit: int, functions: set[str]) -> list[Operation]:
    """The ops that can be computed now, each behind those it depends on."""
    known = {
        op.name for op in graph.get_operations() if op.type == "Const" and not op.control_inputs
    }
    found = []
    for op in graph.get_operations():
        sources = [tensor.op.name for tensor in op.inputs]
        if (
            sources
            and op.name not in network.inputs.values()
            and all(name in known for name in sources)
            and not op.control_inputs
            and op.type not in functions
            and _is_function_of_its_inputs(op)
        ):
            if op.type in PASSES_ON:  # to copy a value is no work worth a second constant
                known.add(op.name)
            elif all(_fits(tensor, limit) for tensor in op.outputs):
                known.add(op.name)
                found.append(op)
    return found


def _is_function_of_its_inputs(op: Operation) -> bool:
    """Tells whether an op only computes, and nothing else than what comes in decides what."""
    calls = any(attr.type in ("func", "list(func)") for attr in op.op_def.attr)
    acts = op.op_def.is_stateful or calls or is_unsafe(op.type)
    return not (acts or op.type in _NEVER or "Random" in op.type) and bool(op.outputs)


def _fits(tensor: Tensor, limit: int) -> bool:
    """Tells, before it is computed, whether a value can be held; none is larger than its source."""
    size = _bytes(tensor)
    return size is not None and size <= max(limit, *(_bytes(t) or 0 for t in tensor.op.inputs))


def _bytes(tensor: Tensor) -> int | None:
    """The size of a value; None if it is not known or no constant can have it."""
    dtype: DType = tensor.dtype
    number = dtype.is_floating or dtype.is_integer or dtype.is_complex
    if dtype != dtype.base_dtype or not (number or dtype in (tf.bool, tf.string)):
        return None
    elements = tensor.shape.num_elements()
    return None if elements is None else math.prod((elements, dtype.size or 8))


def _read(tensor: Tensor, folded: list[Operation], network: Network) -> bool:
    """Tells whether a value is needed where nothing is folded."""
    if full_name(tensor.name) in network.outputs:
        return len(tensor.op.outputs) == 1
    inside = {op.name for op in folded}
    return any(op.name not in inside for op in tensor.consumers())


def _computed(libraries: Sequence[str], tensors: list[Tensor]) -> dict[Tensor, Any]:
    """The values; what cannot be computed fails when the network runs, as it did before."""
    if not tensors:
        return {}
    try:
        process = fresh_process(libraries)
        [values] = source_outputs("the constants to fold", process, tensors, [{}])
    except tf.errors.OpError:
        if len(tensors) == 1:
            return {}
        half = len(tensors) // 2
        return _computed(libraries, tensors[:half]) | _computed(libraries, tensors[half:])
    return dict(zip(tensors, values, strict=True))


def _made_of_weights(folded: list[Operation], nodes: dict[str, Any]) -> set[str]:
    """The ops among them that depend on what was a variable."""
    marked = {name for name, node in nodes.items() if VARIABLE_MARK in node.attr}
    for op in folded:
        if any(_source(nodes, tensor.op.name) in marked for tensor in op.inputs):
            marked.add(op.name)
    return marked


def _source(nodes: dict[str, Any], name: str) -> str:
    """Where a value comes from that is only passed on."""
    while nodes[name].op in PASSES_ON:
        name = op_of(nodes[name].input[0])
    return name

"""What a graph takes and gives, what serves its training and its files left out."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from graphkit._formats._graph import StoredGraph, StoredNode
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import (
    PLACEHOLDERS,
    feeds_pipeline,
    fills,
    is_training,
    waits,
    writes_variable,
)
from graphkit.export._graphs._outputs import stored_outputs, tells_outputs

__all__ = ["graph_inputs", "graph_outputs"]

# Scopes that only the gradients and the saver of TensorFlow 1 make.
_SCOPE = re.compile(r"(^|/)(gradients|save)(_\d+)?/")
# These only ask how large a result is, as the checks of a loss do.
_SIZES = {"Rank", "Shape", "ShapeN", "Size"}
_OF_SAVER = re.compile(r"(^|/)save(_\d+)?/(filename|Const)$|^saver_filename$")


def graph_inputs(graph: StoredGraph) -> list[StoredNode]:
    """The placeholders, without those by which a saver is told its file.

    Args:
        graph: The graph.
    """
    return [
        node
        for node in graph.nodes
        if node.op in PLACEHOLDERS and not (_is_text(node) and _OF_SAVER.search(node.name))
    ]


def graph_outputs(graph: StoredGraph) -> list[str]:
    """The outputs a file was written for, or what nothing but the training reads.

    Gradients, updates and what they alone are made of, summaries, savers and queues are no outputs;
    nor is what depends on no input, where something does. All that nothing reads are, where nothing
    else is left.

    Args:
        graph: The graph.
    """
    if tells_outputs(graph):
        return _names(stored_outputs(graph))
    updates = _updates(graph)
    kept = [n for n in graph.nodes if n.name not in updates and not _looks_on(n)]
    found = stored_outputs(replace(graph, nodes=kept))
    fed, switches = _fed(graph), {node.name for node in kept if _is_switch(node)}
    found = [one for one in found if one[0] not in switches]
    return _names([one for one in found if one[0] in fed] or found or stored_outputs(graph))


def _names(outputs: list[tuple[str, int | None]]) -> list[str]:
    return [name if index is None else f"{name}:{index}" for name, index in outputs]


def _is_text(node: StoredNode) -> bool:
    dtype = node.dtype("dtype")
    return dtype is not None and dtype.name == "string"


def _looks_on(node: StoredNode) -> bool:
    """Tells what reads results, but makes none: summaries, gradients, savers, sizes."""
    in_scope = _SCOPE.search(node.name) and node.op not in PLACEHOLDERS
    return bool(in_scope) or is_training(node.op) or node.op in _SIZES


def _is_switch(node: StoredNode) -> bool:
    """Tells what only says which branch is taken."""
    dtype = node.dtype("T")
    return node.op in ("Identity", "Switch") and dtype is not None and dtype.name == "bool"


def _updates(graph: StoredGraph) -> set[str]:
    """What fills queues and variables, and what is made for that alone."""
    readers = Counter(name for node in graph.nodes for name in _read(node))
    nodes = {node.name: node for node in graph.nodes}
    open_nodes = [node for node in graph.nodes if _is_update(node)]
    found = {node.name for node in open_nodes}
    while open_nodes:
        for name in _read(open_nodes.pop()):
            readers[name] -= 1
            is_source = name not in nodes or nodes[name].op in PLACEHOLDERS
            if not readers[name] and not is_source and name not in found:
                found.add(name)
                open_nodes.append(nodes[name])
    return found


def _is_update(node: StoredNode) -> bool:
    fills_queue = feeds_pipeline(node.op) and not waits(node.op)
    return writes_variable(node.op) or fills(node.op) or fills_queue


def _fed(graph: StoredGraph) -> set[str]:
    """What depends on a placeholder, or on what a queue or iterator gives."""
    readers: dict[str, list[str]] = {}
    for node in graph.nodes:
        for name in _read(node):
            readers.setdefault(name, []).append(node.name)
    given = [node.name for node in graph.nodes if feeds_pipeline(node.op)]
    open_names = [*given, *(node.name for node in graph_inputs(graph))]
    found = set(open_names)
    while open_names:
        new = [name for name in readers.get(open_names.pop(), []) if name not in found]
        found.update(new)
        open_names += new
    return found


def _read(node: StoredNode) -> set[str]:
    return {op_of(name) for name in node.inputs if not name.startswith("^")}

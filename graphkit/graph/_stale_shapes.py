"""Graphs that TensorFlow 1 wrote with notes about shapes that today's TensorFlow refuses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["drop_stale_shapes"]

_NOTE = "_output_shapes"


def _stale_nodes(graph_def: Any) -> Iterator[Any]:
    bodies = [graph_def.node, *(function.node_def for function in graph_def.library.function)]
    for nodes in bodies:
        for node in nodes:
            if node.op.startswith("FusedBatchNormGrad") and _NOTE in node.attr:
                yield node


def drop_stale_shapes(graph_def: Any) -> None:
    """Takes out of a graph what TensorFlow 1 noted about the gradient of batch normalization.

    1.x noted the channels as the length of outputs that are empty today, so importing the graph of
    a network that was trained while it normalised with its averages failed. Without the notes
    shapes are inferred, as for any op.

    Args:
        graph_def: A `GraphDef`; changed in place.
    """
    for node in _stale_nodes(graph_def):
        del node.attr[_NOTE]

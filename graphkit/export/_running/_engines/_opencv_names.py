"""What OpenCV calls the outputs of a frozen graph.

Its importer merges the addition of a bias into the product or convolution before it, which keeps
its name, and forgets copies: the value of `logits` may go by the name `MatMul`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from graphkit._formats._graph import StoredNode
from graphkit.errors import UnknownNameError

__all__ = ["opencv_names"]

_ADDS = ("Add", "AddV2", "BiasAdd")
_TAKES_BIAS = ("Conv", "DepthwiseConv", "MatMul")


def opencv_names(
    nodes: Mapping[str, StoredNode], layers: Collection[str], outputs: Sequence[str]
) -> list[str]:
    """Finds what to ask OpenCV for.

    Args:
        nodes: The nodes of the graph, by name.
        layers: The names of OpenCV's layers, and of its outputs.
        outputs: The outputs, as `"name"` or `"name:1"`.

    Returns:
        A name for each output.

    Raises:
        UnknownNameError: An output that is not the first of its op has no name.
    """
    return [_layer(nodes, layers, name.removesuffix(":0")) for name in outputs]


def _layer(nodes: Mapping[str, StoredNode], layers: Collection[str], name: str) -> str:
    if ":" in name and name not in layers:
        raise UnknownNameError("output of OpenCV's", name, [name.split(":")[0]])
    found = name
    for _ in nodes:  # as long as a chain can be that is no circle
        source = _merged_with(nodes, found)
        if found in layers or source is None:
            break
        found = source
    return found if found in layers else name


def _merged_with(nodes: Mapping[str, StoredNode], name: str) -> str | None:
    """The node that an op was merged with, if it is of a kind that is."""
    node = nodes.get(name)
    if node is None or not node.inputs:
        return None
    if node.op == "Identity":
        return node.inputs[0]
    products = [
        one for one in node.inputs if one in nodes and nodes[one].op.startswith(_TAKES_BIAS)
    ]
    return products[0] if node.op in _ADDS and products else None

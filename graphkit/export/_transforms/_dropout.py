"""What is left of dropout once nothing is dropped: noise that is compared and always passes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._order import execution_order
from graphkit.export._transforms._network import constants, data_inputs, value_of

__all__ = ["idle_dropouts"]


def idle_dropouts(graph_def: Any, kept: Collection[str]) -> dict[str, str]:
    """Finds what goes into each dropout that keeps everything.

    Known are `floor(keep_prob + noise)` and `noise >= rate`, as a factor or as a choice, and the
    division by one before it.

    Args:
        graph_def: The graph; its constants are computed.
        kept: The ops that stay what they are.

    Returns:
        The tensor to be read by the name of that which gives the same.
    """
    passing = _Passing(graph_def)
    moved = {}
    for node in execution_order(graph_def.node):
        source = passing.source(node)
        if source is not None and node.name not in kept:
            moved[f"{node.name}:0"] = source
    return moved


class _Passing:
    """Tells which ops give one of their inputs as it is.

    Args:
        graph_def: The graph.
    """

    def __init__(self, graph_def: Any) -> None:
        self._constants = constants(graph_def)
        self._noise: dict[str, tuple[float, float]] = {}
        self._ones: set[str] = set()

    def source(self, node: Any) -> str | None:
        """The input an op passes on; called for each node in the order they run in."""
        inputs = list(data_inputs(node))
        if any(name.startswith("^") for name in node.input):
            return None
        self._learn(node, inputs)
        if node.op == "Mul" and len(inputs) == 2:
            for place in (0, 1):
                if inputs[place] in self._ones or self._scalar(inputs[place]) == 1:
                    return inputs[1 - place]
        if node.op in ("Div", "RealDiv") and self._scalar(inputs[1]) == 1:
            return inputs[0]
        if node.op == "SelectV2" and inputs[0] in self._ones:
            return inputs[1]
        return None

    def _learn(self, node: Any, inputs: list[str]) -> None:
        """Notes the range of noise, and masks in which everything is one or true."""
        name = f"{node.name}:0"
        if node.op == "RandomUniform":
            self._noise[name] = (0.0, 1.0)
        elif node.op in ("Add", "AddV2", "Mul"):
            self._learn_shift(node.op, name, inputs)
        elif node.op == "Floor" and self._noise.get(inputs[0]) == (1.0, 2.0):
            self._ones.add(name)
        elif node.op == "GreaterEqual" and inputs[0] in self._noise:
            threshold = self._scalar(inputs[1])
            if threshold is not None and threshold <= self._noise[inputs[0]][0]:
                self._ones.add(name)
        elif node.op == "Cast" and inputs[0] in self._ones:
            self._ones.add(name)

    def _learn_shift(self, kind: str, name: str, inputs: list[str]) -> None:
        for place in (0, 1):
            other = self._scalar(inputs[1 - place])
            if inputs[place] in self._noise and other is not None:
                least, beyond = self._noise[inputs[place]]
                if kind == "Mul" and other >= 0:
                    self._noise[name] = (least * other, beyond * other)
                elif kind != "Mul":
                    self._noise[name] = (least + other, beyond + other)

    def _scalar(self, reference: str) -> float | None:
        node = self._constants.get(op_of(reference))
        if node is None or node.attr["dtype"].type not in _FLOATS:
            return None
        value = np.asarray(value_of(node))
        return float(value) if value.ndim == 0 else None


_FLOATS = {tf.float32.as_datatype_enum, tf.float64.as_datatype_enum, tf.half.as_datatype_enum}

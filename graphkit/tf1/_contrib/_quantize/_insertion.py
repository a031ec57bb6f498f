"""Putting roundings behind weights and activations of a graph."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit._tf import Graph, Operation, Tensor
from graphkit.tf1._contrib._graph_editor._joins import reroute_ts
from graphkit.tf1._contrib._quantize._layers import ADDITIONS, Layer, find_layers, scope_of
from graphkit.tf1._contrib._quantize._ranges import Rounding, round_tensor

__all__ = ["Quantization", "quantize"]

_FAKE = "FakeQuantWithMinMaxVars"
_COMPUTED_TOGETHER = ("Relu", "Relu6")
_ROUNDED_AGAIN = (*ADDITIONS, "Mul")


@dataclass(frozen=True)
class Quantization:
    """What a graph is rewritten with.

    Args:
        is_training: Whether ranges follow what is seen.
        weight_bits: How many bits a weight has.
        activation_bits: How many bits an activation has.
        symmetric: Whether ranges lie around zero.
        quant_delay: From which run on anything is rounded; at once without it.
        scope: The only name scope that is looked at.
    """

    is_training: bool
    weight_bits: int = 8
    activation_bits: int = 8
    symmetric: bool = False
    quant_delay: int | None = None
    scope: str | None = None

    def weights(self) -> Rounding:
        """How weights are rounded: in the range they have."""
        return self._rounding(self.weight_bits, (-6.0, 6.0), moving=False)

    def activations(self, low: float) -> Rounding:
        """How activations are rounded: in a range that follows slowly, from `low` to 6 at first."""
        return self._rounding(self.activation_bits, (low, 6.0), moving=True)

    def _rounding(self, bits: int, start: tuple[float, float], moving: bool) -> Rounding:
        # As in 1.15, a delay that is not positive is none.
        delay = self.quant_delay if self.quant_delay and self.quant_delay > 0 else None
        return Rounding(bits, start, self.is_training, moving, self.symmetric, delay)

    def covers(self, scope: str) -> bool:
        """Whether a name scope is one that is looked at."""
        return not self.scope or f"{scope}/".startswith(self.scope.rstrip("/") + "/")


def _is_rounded(tensor: Tensor) -> bool:
    """Whether a tensor is a rounding, or the choice between one and what it rounds."""
    return tensor.op.type == _FAKE or "delayed_quant" in tensor.op.name.split("/")


def _insert(tensor: Tensor, rounding: Rounding, scope: str, name: str) -> None:
    """Gives everything computed from a tensor its rounding instead, once."""
    users = list(tensor.consumers())
    if _is_rounded(tensor) or any(user.type == _FAKE for user in users):
        return
    rounded = round_tensor(tensor, rounding, f"{scope}/{name}" if scope else name)
    if users:
        reroute_ts([rounded], [tensor], can_modify=users)


def _followed_by_activation(op: Operation) -> bool:
    return any(user.type in _COMPUTED_TOGETHER for user in op.outputs[0].consumers())


def _rounded_behind(op: Operation) -> bool:
    """Whether what an op gives is passed on to a rounding."""
    users = [user for user in op.outputs[0].consumers() if user.type == "Identity"]
    return any(after.type == _FAKE for user in users for after in user.outputs[0].consumers())


def _quantize_layer(layer: Layer, how: Quantization) -> None:
    scope = scope_of(layer.op)
    if how.covers(scope):
        _insert(layer.op.inputs[1], how.weights(), scope, "weights_quant")
    end = scope if layer.shortcut is None else scope_of(layer.shortcut)
    if how.covers(end):
        _insert(layer.activation.outputs[0], how.activations(0.0), end, "act_quant")
    if layer.biased is not None and how.covers(scope):
        _insert(layer.biased.outputs[0], how.activations(-6.0), scope, "conv_quant")
    later = layer.later_shortcut
    # A sum that goes into an activation is computed with it, and rounded behind it.
    if later is not None and how.covers(scope_of(later)) and not _followed_by_activation(later):
        name = "post_activation_bypass_quant"
        _insert(later.outputs[0], how.activations(-6.0), scope_of(later), name)


def _quantize_arithmetic(op: Operation, how: Quantization) -> None:
    """Rounds sums and products of what is rounded already."""
    if op.type not in _ROUNDED_AGAIN or not how.covers(scope_of(op)):
        return
    if _followed_by_activation(op) or _rounded_behind(op):
        return
    if any(map(_is_rounded, op.inputs)):
        _insert(op.outputs[0], how.activations(-6.0), op.name, f"activation_{op.type}_quant")


def quantize(graph: Graph, how: Quantization) -> None:
    """Puts roundings behind the weights and activations of a graph's layers.

    Args:
        graph: The graph, which must be the current one.
        how: What with.
    """
    before = graph.get_operations()
    for layer in find_layers(graph):
        _quantize_layer(layer, how)
    for op in before:
        _quantize_arithmetic(op, how)

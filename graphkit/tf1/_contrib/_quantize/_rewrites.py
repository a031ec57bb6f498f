"""Rewriting a graph for training or use with small integers."""

from __future__ import annotations

import re

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._quantize._folding import fold_batch_norms
from graphkit.tf1._contrib._quantize._insertion import Quantization, quantize

__all__ = [
    "create_eval_graph",
    "create_training_graph",
    "experimental_create_eval_graph",
    "experimental_create_training_graph",
]

_TRAINING_OP = re.compile(r"(Resource)?(Sparse)?Apply")


def _rewrite(graph: Graph | None, how: Quantization, freeze_bn_delay: int | None = None) -> None:
    graph = tf.get_default_graph() if graph is None else graph
    training = sorted(op.name for op in graph.get_operations() if _TRAINING_OP.match(op.type))
    if training:
        raise ArgumentError(
            "contrib.quantize",
            "input_graph",
            training[0],
            "rewritten before an optimizer is added to it",
        )
    with graph.as_default():
        fold_batch_norms(graph, how.is_training, freeze_bn_delay)
        quantize(graph, how)


def create_training_graph(input_graph: Graph | None = None, quant_delay: int | None = 0) -> None:
    """Makes a graph compute what it would with 8-bit weights and activations, for training.

    Behind the weights and the activation of every convolution and product comes an op that rounds
    to 256 values between a minimum and a maximum; these are variables that follow what is seen.
    Batch norms are folded into the weights. Gradients pass as if nothing were rounded, so call
    this before an optimizer is added.

    Args:
        input_graph: The graph; the current one when None. It is changed.
        quant_delay: From which run on values are rounded; until then only ranges are learned.

    Raises:
        ArgumentError: The graph has an optimizer, or a batch norm that cannot be folded.
    """
    _rewrite(input_graph, Quantization(True, quant_delay=quant_delay))


def create_eval_graph(input_graph: Graph | None = None) -> None:
    """Makes a graph compute what it would with 8-bit weights and activations, in learned ranges.

    Args:
        input_graph: The graph; the current one when None. It is changed.

    Raises:
        ArgumentError: The graph has an optimizer, or a batch norm that cannot be folded.
    """
    _rewrite(input_graph, Quantization(False))


def experimental_create_training_graph(
    input_graph: Graph | None = None,
    weight_bits: int = 8,
    activation_bits: int = 8,
    symmetric: bool = False,
    quant_delay: int | None = 0,
    freeze_bn_delay: int | None = None,
    scope: str | None = None,
) -> None:
    """Makes a graph compute what it would with small integers, for training.

    Args:
        input_graph: The graph; the current one when None. It is changed.
        weight_bits: How many bits a weight has, 2 to 16.
        activation_bits: How many bits an activation has, 2 to 16.
        symmetric: Whether ranges lie around zero.
        quant_delay: From which run on values are rounded.
        freeze_bn_delay: From which run on batch norms' moving averages stand still and are
            normalized with; never when None.
        scope: The only name scope whose layers are rounded.

    Raises:
        ArgumentError: The graph has an optimizer, or a batch norm that cannot be folded.
    """
    how = Quantization(True, weight_bits, activation_bits, symmetric, quant_delay, scope)
    _rewrite(input_graph, how, freeze_bn_delay)


def experimental_create_eval_graph(
    input_graph: Graph | None = None,
    weight_bits: int = 8,
    activation_bits: int = 8,
    symmetric: bool = False,
    quant_delay: int | None = None,
    scope: str | None = None,
) -> None:
    """Makes a graph compute what it would with small integers, in learned ranges.

    Args:
        input_graph: The graph; the current one when None. It is changed.
        weight_bits: How many bits a weight has, 2 to 16.
        activation_bits: How many bits an activation has, 2 to 16.
        symmetric: Whether ranges lie around zero.
        quant_delay: From which run on values are rounded; at once when None.
        scope: The only name scope whose layers are rounded.

    Raises:
        ArgumentError: The graph has an optimizer, or a batch norm that cannot be folded.
    """
    _rewrite(
        input_graph,
        Quantization(False, weight_bits, activation_bits, symmetric, quant_delay, scope),
    )

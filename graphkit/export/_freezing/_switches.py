"""Which placeholders only say whether a graph is training: a frozen one never is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from graphkit._tf import Graph, Tensor, tf
from graphkit.export._graphs._op_kinds import PLACEHOLDERS

__all__ = ["training_switches"]

_NAME = re.compile(
    r"((is|in|for|do|bn|keras)_?)?"
    r"(train(ing)?(_?(phase|mode|flag))?|(learning_?)?phase(_?train(ing)?)?)(_\d+)?",
    re.IGNORECASE,
)


def training_switches(graph: Graph, nodes: Iterable[Any]) -> dict[Tensor, Any]:
    """Finds the switches among nodes: one bool, with or without a default, named `is_training`.

    `training`, `phase_train`, `train_mode`, `keras_learning_phase` and the like are such names.

    Args:
        graph: The graph.
        nodes: Nodes of it, as its `GraphDef` has them.

    Returns:
        The value each has outside training.
    """
    placeholders = [
        graph.get_operation_by_name(node.name).outputs[0]
        for node in nodes
        if node.op in PLACEHOLDERS and _NAME.fullmatch(node.name.rpartition("/")[2])
    ]
    return {tensor: np.False_ for tensor in placeholders if _is_switch(tensor)}


def _is_switch(tensor: Tensor) -> bool:
    return tensor.dtype.base_dtype == tf.bool and tensor.shape.rank in (None, 0)

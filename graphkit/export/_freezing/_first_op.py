"""Where a file begins to compute something else than its session: the first op that differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from graphkit._tf import Tensor
from graphkit.export._freezing._fresh._process import FreshProcess
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._tensors import is_handle
from graphkit.export._running._batches import Batch
from graphkit.export._running._difference import difference

__all__ = ["first_difference"]

_AT_ONCE = 50
_UNFETCHABLE = {"Enter", "RefEnter", "RefSwitch", "Switch"}


def first_difference(
    session: Any,
    plan: FreezePlan,
    process: FreshProcess,
    path: Path,
    batch: Batch,
    tolerance: float,
) -> tuple[str, str] | None:
    """Compares the values on the way to the outputs, in the order they are computed in.

    Args:
        session: The session.
        plan: What was frozen.
        process: What reads the file.
        path: The file.
        batch: The batch on which an output differs.
        tolerance: The largest difference that is none.

    Returns:
        Name and type of the op; None where it cannot be found: values inside of loops and branches
        cannot be fetched.
    """
    tensors = _candidates(session, plan)
    feed = {plan.inputs[name]: value for name, value in batch.items()} | plan.pins
    for start in range(0, len(tensors), _AT_ONCE):
        some = tensors[start : start + _AT_ONCE]
        try:
            wanted = session.run(some, feed_dict=feed)
            [found] = process.run(path, [tensor.name for tensor in some], [batch])
        except Exception:  # this only adds to an error that is there already
            return None
        for tensor, first, second in zip(some, wanted, found, strict=True):
            if difference(np.asarray(first), second).scaled > tolerance:
                return tensor.op.name, tensor.op.type
    return None


def _candidates(session: Any, plan: FreezePlan) -> list[Tensor]:
    """The values both graphs have; a loop of TensorFlow 1 ends the part that can be fetched."""
    kept = {node.name for node in plan.graph_def.node}
    found: list[Tensor] = []
    for op in session.graph.get_operations():
        if op.name in kept and op.type not in PLACEHOLDERS:
            if op.type in _UNFETCHABLE:
                break
            found += [tensor for tensor in op.outputs if not is_handle(tensor)]
    return found

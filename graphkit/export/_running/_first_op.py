"""Where two computations of one graph part: the first op whose value differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import numpy as np

from graphkit._tf import Operation, Tensor
from graphkit.export._graphs._tensors import is_handle
from graphkit.export._running._difference import difference

__all__ = ["first_difference", "values_on_the_way"]

_UNFETCHABLE = {"Enter", "RefEnter", "RefSwitch", "Switch"}

Compute = Callable[[Sequence[Tensor]], Sequence[Any]]


def values_on_the_way(ops: Iterable[Operation], left_out: Collection[str]) -> list[Tensor]:
    """What ops give, in their order; a loop of TensorFlow 1 ends the part that can be fetched.

    Args:
        ops: The ops, each behind what it reads.
        left_out: The types of those that are not asked for.
    """
    found: list[Tensor] = []
    for op in ops:
        if op.type in _UNFETCHABLE:
            break
        if op.type not in left_out:
            found += [tensor for tensor in op.outputs if not is_handle(tensor)]
    return found


def first_difference(
    tensors: Sequence[Tensor], one: Compute, other: Compute, tolerance: float, at_once: int = 50
) -> tuple[str, str] | None:
    """Compares values in their order.

    Args:
        tensors: The tensors.
        one: Computes some of them.
        other: Computes them otherwise.
        tolerance: The largest difference that is none.
        at_once: How many to ask for at once.

    Returns:
        Name and type of the op; None where it cannot be found: a computation may give no single
        values, or the right ones once it has to give them all.
    """
    for start in range(0, len(tensors), at_once):
        some = tensors[start : start + at_once]
        try:
            pairs = list(zip(some, one(some), other(some), strict=True))
        except Exception:  # this only adds to an error that is there already
            return None
        for tensor, first, second in pairs:
            if difference(np.asarray(first), second).scaled > tolerance:
                return tensor.op.name, tensor.op.type
    return None

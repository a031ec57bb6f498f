"""Where two computations of one graph part: the first op whose value differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Tensor, tf
from graphkit.export._graphs._tensors import is_handle, short_name
from graphkit.export._running._batches import Batch
from graphkit.export._running._difference import difference
from graphkit.export._targets._frozen import Frozen
from graphkit.session import SessionConfig

__all__ = ["first_difference"]

_MOST = 1000
_PLAIN = {"Const", "Identity", "NoOp", "Placeholder", "StopGradient"}
_LOOPS = {"Enter", "Exit", "LoopCond", "Merge", "NextIteration", "Switch"}


def first_difference(
    frozen: Frozen,
    compute: Callable[[Frozen], list[npt.NDArray[Any]]],
    batch: Batch,
    tolerance: float,
) -> tuple[str, str] | None:
    """Looks at every tensor on the way to the outputs.

    Args:
        frozen: The graph.
        compute: The other computation: the outputs of a graph, for the batch.
        batch: The values of the inputs.
        tolerance: The largest difference that is none.

    Returns:
        Name and type of the op; None where it cannot be found: the other program may compute no
        single values, or the right ones once it has to give them all.
    """
    tensors = [*_candidates(frozen)]
    if not tensors or len(tensors) > _MOST:
        return None
    cut = replace(frozen, outputs={short_name(tensor): tensor for tensor in tensors})
    try:
        found = compute(cut)
        expected = _computed(frozen, tensors, batch)
    except Exception:  # this only adds to the message of an error that is there already
        return None
    for tensor, first, second in zip(tensors, expected, found, strict=True):
        if difference(np.asarray(first), second).scaled > tolerance:
            return tensor.op.name, tensor.op.type
    return None


def _candidates(frozen: Frozen) -> Iterator[Tensor]:
    """The values outside of loops and branches, each after those it is computed from."""
    ops = frozen.graph.get_operations()
    if any(op.type in _LOOPS for op in ops):
        return
    for op in ops:
        if op.type not in _PLAIN:
            yield from (tensor for tensor in op.outputs if not is_handle(tensor))


def _computed(frozen: Frozen, tensors: list[Tensor], batch: Batch) -> list[Any]:
    feed = {tensor: batch[name] for name, tensor in frozen.inputs.items()}
    with tf.Session(graph=frozen.graph, config=SessionConfig().to_proto()) as session:
        return list(session.run(tensors, feed))

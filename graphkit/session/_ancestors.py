"""What a run will execute: the ops its fetches depend on, as far as the feeds let it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graphkit._tf import Operation

__all__ = ["executed_ops"]


def executed_ops(targets: Iterable[Any], fed: Iterable[Any]) -> Iterator[Operation]:
    """Walks the graph upwards from what is fetched; a fed tensor hides what made it.

    Args:
        targets: The fetched tensors and ops.
        fed: The fed tensors.

    Yields:
        Each op once, nearest first.
    """
    hidden = {tensor.name for tensor in fed}
    waiting = [item for item in targets if item.name not in hidden]
    seen = set()
    while waiting:
        op = getattr(waiting[-1], "op", waiting[-1])
        waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        yield op
        waiting += [tensor for tensor in op.inputs if tensor.name not in hidden]
        waiting += op.control_inputs

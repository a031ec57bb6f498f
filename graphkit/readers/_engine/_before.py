"""What a program lets run before elements are taken, which a dataset would leave out."""

from __future__ import annotations

from graphkit._marks import GATE_MARK
from graphkit._tf import Operation
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._engine._sources import Source

__all__ = ["require_nothing_before"]


def require_nothing_before(source: Source) -> None:
    """Refuses a source that takes only after something else has run, or only if it does.

    Raises:
        NotLifted: The program wants something to run first.
    """
    # What takes from a pool, or fills it, may wait for what tf.data begins by.
    takers = [source.by_queue or source.op] if source.pool is None else []
    for op in [*takers, *(handle.op for handle in source.handles)]:
        before = [one.name for one in op.control_inputs if not _is_of_gate(one)]
        if before and op.type != "Identity":  # before which epochs are counted
            raise NotLifted(op, f"{before[0]} has to run before it")


def _is_of_gate(op: Operation) -> bool:
    return any(GATE_MARK in one.node_def.attr for one in (op, *(given.op for given in op.inputs)))

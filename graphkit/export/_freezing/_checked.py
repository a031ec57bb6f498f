"""What is computed for checks alone: what asserts look at, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from graphkit._tf import Operation, tf
from graphkit.export._freezing._origins import consumers, is_training
from graphkit.export._graphs._op_kinds import CHECKS

__all__ = ["ops_for_checks"]


def ops_for_checks(ops: Sequence[Operation]) -> set[Operation]:
    """Finds checks that others wait for, and what only these read.

    Args:
        ops: All ops of a graph.

    Returns:
        The checks, and the ops whose every reader leads to checks and nowhere else.
    """
    waited = {awaited for op in ops for awaited in op.control_inputs}
    found: set[Operation] = set()
    known = -1
    while known < len(found):
        known = len(found)
        found.update(op for op in reversed(ops) if _serves_checks(op, waited, found))
    return found


def _serves_checks(op: Operation, waited: set[Operation], found: set[Operation]) -> bool:
    readers = [reader for reader in consumers(op) if not is_training(reader)]
    return found.issuperset(readers) if readers else op in waited and _is_check(op)


def _is_check(op: Operation) -> bool:
    """Tells of an op that is waited for and not read whether it checks."""
    if op.type in CHECKS:
        return True
    # What a condition around an assert gives is the truth that it was taken with.
    if any(tensor.dtype == tf.bool and not tensor.shape.rank for tensor in op.outputs[:1]):
        return True
    # Checks by function, like `assert_all_finite`, give what they looked at once that is done.
    looked_at = {t.ref() for one in op.control_inputs if one.type in CHECKS for t in one.inputs}
    return op.type == "Identity" and op.inputs[0].ref() in looked_at

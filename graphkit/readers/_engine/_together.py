"""How many batches are computed together.

To hand a batch from one thread to another costs more than to compute a small one, so several are
computed at once, and cut apart where they are taken. That is done only where nothing on the way
can fail: an error would come before the batches that are good.
"""

from __future__ import annotations

import math

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._sameness import may_fail
from graphkit.readers._engine._sources import Source
from graphkit.readers._engine._work import Work
from graphkit.readers._runner import names_before_shuffling

__all__ = ["batches_together"]

_BYTES = 2**18  # fits the cache of a core


def batches_together(work: Work, batch_size: int) -> int:
    """Counts the batches that are computed together, 1 or more.

    Args:
        work: What is done for a whole batch.
        batch_size: Examples per batch.
    """
    if not _cannot_fail(work):
        return 1
    size = batch_size * sum(_bytes(tensor) for tensor in work.chain.outputs)
    return max(1, int(_BYTES / max(1, size)))


def _cannot_fail(work: Work) -> bool:
    """Whether no file is read, and no op fails for what a producer may deliver."""
    sources = work.chain.sources
    if any(source.producer is None or source.reader is not None for source in sources):
        return False
    certain = {op.name for op in work.chain.varying if _takes_rows_there_are(op, sources)}
    return not any(may_fail(node.op) and node.name not in certain for node in work.graph_def.node)


def _takes_rows_there_are(op: Operation, sources: tuple[Source, ...]) -> bool:
    """Whether an op takes rows of a tensor by numbers that a producer counts, all rows it has."""
    if op.type != "GatherV2" or tf.get_static_value(op.inputs[2]) != 0:
        return False
    table, taken = op.inputs[0], op.inputs[1].op
    counted = next((_counted(source) for source in sources if source.op is taken), None)
    length = tf.dimension_value(table.shape[0])
    return counted is not None and length is not None and counted <= length


def _counted(source: Source) -> int | None:
    """How far a producer counts from 0 on; None if it does something else."""
    if source.producer is None:
        return None
    numbers = names_before_shuffling(source.producer.rows)
    if numbers.op.type != "Range":
        return None
    start, _, step = (tf.get_static_value(tensor) for tensor in numbers.op.inputs)
    length: int | None = tf.dimension_value(numbers.shape[0])
    return length if start == 0 and step == 1 else None


def _bytes(tensor: Tensor) -> float:
    """How large a value is; that of a string is not known."""
    count = tensor.shape.num_elements()
    return math.inf if count is None or tensor.dtype == tf.string else count * tensor.dtype.size

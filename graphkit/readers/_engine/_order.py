"""What the order of a stream depends on, by which it is told from that of another program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zlib import crc32

from graphkit._tf import tf
from graphkit.readers._engine._chain import Chain
from graphkit.readers._engine._request import Request
from graphkit.readers._engine._sources import Source
from graphkit.readers._runner import ancestors

__all__ = ["CAUSES", "order_of"]

CAUSES = ("batch size", "shuffling", "number of files or rows")


def order_of(chains: Sequence[Chain], request: Request | None = None) -> list[int]:
    """Tells what the order of a stream depends on; how many epochs it has is not of it.

    Args:
        chains: What it consists of.
        request: How that is batched; None for single elements.

    Returns:
        A number for each of `CAUSES`, another one for another stream.
    """
    size = stock = seed = None
    if request is not None:
        size, stock, seed = [request.batch_size, request.bucket_sizes], request.stock, request.seed
    sources = [source for chain in chains for source in chain.sources]
    shuffling = stock, seed, tf.get_default_graph().seed, [_shuffling(one) for one in sources]
    return [crc32(repr(cause).encode()) for cause in (size, shuffling, [_rows(o) for o in sources])]


def _shuffling(source: Source) -> Any:
    pool = source.pool and (source.pool.stock, source.pool.seed, len(source.pool.reads))
    if source.producer is None:
        return pool
    above = sorted(ancestors([source.producer.rows.op]), key=lambda op: op.name)
    shuffles = [op for op in above if op.type == "RandomShuffle"]
    return pool, [(op.get_attr("seed"), op.get_attr("seed2")) for op in shuffles]


def _rows(source: Source) -> Any:
    rows = None if source.producer is None else source.producer.rows.shape
    return None if rows is None or rows.rank is None else rows.as_list()[0]

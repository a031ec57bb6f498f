"""Ops that are gone, and attributes that are newer than the oldest TensorFlow graphkit runs on."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["GONE", "NewerAttribute", "newer_attribute"]

# What 1.15.5 registers and 2.21 does not, of which a network may be made; found by comparing the
# lists of ops that both give.
GONE = frozenset(
    {
        "BigQueryReader",
        "CompareAndBitpack",
        "GcsConfigureBlockCache",
        "GcsConfigureCredentials",
        "GenerateBigQueryReaderPartitions",
        "RemoteFusedGraphExecute",
        "Rpc",
        "TensorForestCreateTreeVariable",
        "TensorForestTreeDeserialize",
        "TensorForestTreeIsInitializedOp",
        "TensorForestTreePredict",
        "TensorForestTreeResourceHandleOp",
        "TensorForestTreeSerialize",
        "TensorForestTreeSize",
        "TryRpc",
    }
)


class NewerAttribute(NamedTuple):
    """An attribute that ops got after TensorFlow 2.16.1.

    Attributes:
        ops: The ops that have it, as a pattern.
        field: The field of an `AttrValue` it is in.
        default: Its value where an op does as it did before.
    """

    ops: str
    field: str
    default: object


# Found by comparing the lists of ops of 2.16.1 and 2.21; accelerators' own ops are left out.
_NEWER = {
    "bad_indices_policy": NewerAttribute(
        r"GatherNd|ScatterNd((NonAliasing)?Add|Max|Min|Sub|Update)?"
        r"|(ResourceScatterNd|TensorScatter)(Add|Max|Min|Sub|Update)",
        "s",
        b"",
    ),
    "batch_padding_policy": NewerAttribute("BatchFunction", "s", b"PAD_UP"),
    "force_synchronous": NewerAttribute("(Experimental)?MapDataset", "b", False),
    "mixed_priority_policy": NewerAttribute(
        "BatchFunction", "s", b"low_priority_padding_with_max_batch_size"
    ),
    "use_unbounded_threadpool": NewerAttribute("ParallelMapDatasetV2", "b", False),
}


def newer_attribute(op: str, name: str) -> NewerAttribute | None:
    """An attribute that an op got after TensorFlow 2.16.1; None of any other."""
    found = _NEWER.get(name)
    return found if found is not None and re.fullmatch(found.ops, op) else None

"""Ops that are gone, and attributes that are newer than TensorFlow 1.15 or 2.16."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["GONE", "NewerAttribute", "is_later_attribute", "newer_attribute"]

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


# Found by comparing the lists of ops of 1.15.5 and 2.21; ops of pipelines, optimizers, gradients
# and accelerators are left out, as no file for inference holds them.
_LATER = {
    "Tcomplex": r"I?RFFT(2D|3D)?",
    "Tk": "TopKV2",
    "Treal": r"I?RFFT(2D|3D)?",
    "Tsegmentids": "SparseSegment(Mean|SqrtN|Sum)(WithNumSegments)?",
    "Tshape": "TensorListGetItem",
    "allowed_devices": "VarHandleOp",
    "axis": "Dequantize|QuantizeV2|QuantizeAndDequantizeV[23]",
    "blank_index": "CTCGreedyDecoder",
    "debug_name": "VarHandleOp",
    "dtype": "Dequantize",
    "ensure_minimum_range": "QuantizeV2",
    "explicit_paddings": "DepthwiseConv2dNative|MaxPool",
    "exponential_avg_factor": "FusedBatchNorm(V[23])?",
    "grad_a": "MatMul",
    "grad_b": "MatMul",
    "grad_x": "BatchMatMul(V2)?",
    "grad_y": "BatchMatMul(V2)?",
    "index_type": "TopKV2",
    "narrow_range": "Dequantize|QuantizeV2",
    "offset": "InitializeTableFromTextFile(V2)?",
    "perturb_singular": "TridiagonalSolve",
    "resize_if_index_out_of_bounds": "TensorListSetItem",
    "shape_type": "ConcatOffset",
    "sparse_gradient": "SparseSegment(Mean|SqrtN|Sum)(WithNumSegments)?",
    "validate_shape": "AssignVariableOp",
}


def is_later_attribute(op: str, name: str) -> bool:
    """Whether an op of TensorFlow 1.15 got an attribute later."""
    pattern = _LATER.get(name)
    since_one = pattern is not None and re.fullmatch(pattern, op) is not None
    return since_one or newer_attribute(op, name) is not None

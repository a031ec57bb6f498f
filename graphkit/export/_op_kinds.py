"""Which op types read, draw, write or run something: one table for freezing, loading and showing.

Freezing refuses what a file of constants cannot hold, loading refuses to run what could harm this
machine, and inspecting names both.
"""

from __future__ import annotations

import re

__all__ = [
    "CALLS_PYTHON",
    "KEEPS_STATE",
    "PLACEHOLDERS",
    "RANDOM",
    "VARIABLES",
    "WRITES_VARIABLE",
    "feeds_pipeline",
    "is_unsafe",
]

PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})

VARIABLES = frozenset({"Variable", "VariableV2", "VarHandleOp"})

WRITES_VARIABLE = frozenset(
    {"CountUpTo", "ResourceCountUpTo"}
    | {f"Assign{kind}" for kind in ("", "Add", "Sub")}
    | {f"Assign{kind}VariableOp" for kind in ("", "Add", "Sub")}
    | {
        f"{prefix}Scatter{kind}"
        for prefix in ("", "Resource")
        for kind in ("Add", "Div", "Max", "Min", "Mul", "NdAdd", "NdUpdate", "Sub", "Update")
    }
)

CALLS_PYTHON = frozenset({"EagerPyFunc", "PyFunc", "PyFuncStateless"})

# What holds something that is neither a constant nor fed: lookup tables, barriers, stages.
KEEPS_STATE = frozenset(
    {"AnonymousHashTable", "Barrier", "HashTable", "HashTableV2", "MapStage", "Stage"}
    | {f"Mutable{kind}HashTable{suffix}" for kind in ("", "Dense") for suffix in ("", "V2")}
    | {f"MutableHashTableOfTensors{suffix}" for suffix in ("", "V2")}
)

RANDOM = frozenset(
    {
        "AnonymousRandomSeedGenerator",
        "Multinomial",
        "ParameterizedTruncatedNormal",
        "RandomCrop",
        "RandomGamma",
        "RandomPoisson",
        "RandomPoissonV2",
        "RandomShuffle",
        "RandomStandardNormal",
        "RandomUniform",
        "RandomUniformInt",
        "RngReadAndSkip",
        "SampleDistortedBoundingBox",
        "SampleDistortedBoundingBoxV2",
        "StatefulStandardNormalV2",
        "StatefulUniform",
        "StatelessRandomGetKeyCounter",
        "TruncatedNormal",
    }
)

# Everything here touches files, reaches other machines, or runs code that is not in the graph.
_UNSAFE = CALLS_PYTHON | frozenset(
    {
        "CSVDataset",
        "CollectiveReduce",
        "CreateSummaryDbWriter",
        "CreateSummaryFileWriter",
        "DataServiceDataset",
        "DebugIdentity",
        "DebugIdentityV2",
        "FixedLengthRecordDataset",
        "FixedLengthRecordReader",
        "ImmutableConst",
        "InitializeTableFromTextFile",
        "LMDBDataset",
        "LMDBReader",
        "LoadDataset",
        "MatchingFiles",
        "MatchingFilesDataset",
        "MergeV2Checkpoints",
        "PrintV2",
        "ReadFile",
        "RemoteCall",
        "Restore",
        "RestoreSlice",
        "RestoreV2",
        "RpcCall",
        "Save",
        "SaveDataset",
        "SaveSlices",
        "SaveV2",
        "SnapshotDataset",
        "SqlDataset",
        "TFRecordDataset",
        "TFRecordReader",
        "TextLineDataset",
        "TextLineReader",
        "TfrtCall",
        "WholeFileReader",
        "WriteFile",
    }
)

_PIPELINE = re.compile(r"Queue|Reader|Iterator|Dataset|^(Ordered)?(Map)?Unstage$")


def feeds_pipeline(op_type: str) -> bool:
    """Tells whether an op belongs to the input side: queues, readers, iterators and datasets."""
    return _PIPELINE.search(op_type) is not None


def is_unsafe(op_type: str) -> bool:
    """Tells whether an op, in any version, touches files or runs code from outside the graph."""
    return op_type in _UNSAFE or re.sub(r"V\d+$", "", op_type) in _UNSAFE

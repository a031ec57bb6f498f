"""Which op types read, draw, write or run something: one table for freezing, loading and showing.

Freezing refuses what a file of constants cannot hold, loading refuses to run what could harm this
machine, and inspecting names both.
"""

from __future__ import annotations

import re

__all__ = [
    "CALLS_PYTHON",
    "CHECKS",
    "CONTROL_FLOW",
    "PLACEHOLDERS",
    "RANDOM",
    "READS_VARIABLES",
    "VARIABLES",
    "feeds_pipeline",
    "fills",
    "is_training",
    "is_unsafe",
    "keeps_state",
    "unsafe_types",
    "waits",
    "writes_variable",
]

PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})

# Ops with an effect that no result depends on.
CHECKS = frozenset(
    {"Assert", "CheckNumerics", "CheckNumericsV2", "Print", "PrintV2", "StringFormat"}
)

VARIABLES = frozenset({"Variable", "VariableV2", "VarHandleOp"})

READS_VARIABLES = VARIABLES | {
    "ReadVariableOp",
    "ResourceGather",
    "ResourceGatherNd",
    "VarIsInitializedOp",
}

CONTROL_FLOW = frozenset(
    {
        "Case",
        "Enter",
        "Exit",
        "For",
        "If",
        "LoopCond",
        "Merge",
        "NextIteration",
        "PartitionedCall",
        "RefEnter",
        "RefExit",
        "RefMerge",
        "RefNextIteration",
        "RefSwitch",
        "StatefulPartitionedCall",
        "StatelessCase",
        "StatelessIf",
        "StatelessWhile",
        "Switch",
        "While",
    }
)

CALLS_PYTHON = frozenset({"EagerPyFunc", "PyFunc", "PyFuncStateless"})

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
        "CacheDataset",
        "CollectiveReduce",
        "CreateSummaryDbWriter",
        "CreateSummaryFileWriter",
        "DataServiceDataset",
        "DatasetFromGraph",
        "DebugIdentity",
        "DebugNanCount",
        "DebugNumericSummary",
        "DecodeProto",
        "DistributedSave",
        "EncodeProto",
        "FileSystemSetConfiguration",
        "FixedLengthRecordDataset",
        "FixedLengthRecordReader",
        "GenerateVocabRemapping",
        "ImmutableConst",
        "InitializeTableFromTextFile",
        "LMDBDataset",
        "LMDBReader",
        "ListSnapshotChunksDataset",
        "LoadAndRemapMatrix",
        "LoadDataset",
        "MatchingFiles",
        "MatchingFilesDataset",
        "MergeV2Checkpoints",
        "PrintV2",
        "ReadFile",
        "RecordInput",
        "RemoteCall",
        "Restore",
        "RestoreSlice",
        "RestoreV2",
        "RpcCall",
        "Save",
        "SaveDataset",
        "SaveSlices",
        "SaveV2",
        "SnapshotChunkDataset",
        "SnapshotDataset",
        "SnapshotDatasetReader",
        "SnapshotNestedDatasetReader",
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

_PIPELINE = re.compile(r"Queue|Reader|Iterator|Dataset|^(Ordered)?(Map)?Unstage$|^RecordInput$")
_WRITES_VARIABLE = re.compile(
    r"^(Resource)?(Sparse)?Apply[A-Z]"
    r"|^Assign(Add|Sub)?(VariableOp)?$"
    r"|^(Resource)?(CountUpTo|StridedSliceAssign)$"
    r"|^(Resource)?Scatter(Nd)?(Add|Div|Max|Min|Mul|Sub|Update)$"
)
_KEEPS_STATE = re.compile(
    r"HashTable(OfTensors)?(V\d+)?$|ConditionalAccumulator$|^(Barrier|Stage|(Ordered)?MapStage)$"
)
_TRAINING = re.compile(r"Summary(V2)?$|^(Save|Restore)|Grad(V\d+)?$|Backprop\w*$")
_WAITS = re.compile(r"Dequeue|^ReaderRead|Unstage$|TakeMany$|TakeGradient$|Recv$")
_FILLS = re.compile(r"Enqueue|Stage$|InsertMany$|ApplyGradient$|Send$")


def feeds_pipeline(op_type: str) -> bool:
    """Tells whether an op belongs to the input side: queues, readers, iterators and datasets."""
    return _PIPELINE.search(op_type) is not None


def writes_variable(op_type: str) -> bool:
    """Tells whether an op changes a variable, of either kind: assignments, scatters, optimizers."""
    return _WRITES_VARIABLE.search(op_type) is not None


def is_training(op_type: str) -> bool:
    """Tells whether an op serves training alone: updates, gradients, summaries, checkpoints."""
    return writes_variable(op_type) or _TRAINING.search(op_type) is not None


def keeps_state(op_type: str) -> bool:
    """Tells whether an op holds what is neither constant nor fed: tables, accumulators, stages."""
    return _KEEPS_STATE.search(op_type) is not None


def waits(op_type: str) -> bool:
    """Tells whether an op does not end before another one has filled what it takes from."""
    return _WAITS.search(op_type) is not None


def fills(op_type: str) -> bool:
    """Tells whether an op fills what others wait for."""
    return _FILLS.search(op_type) is not None


def unsafe_types() -> list[str]:
    """The op types that touch files or run code, by the name of their first version."""
    return sorted(_UNSAFE)


def is_unsafe(op_type: str) -> bool:
    """Tells whether an op, in any version, touches files or runs code from outside the graph."""
    plain = re.sub(r"V\d+$", "", op_type.removeprefix("Experimental"))
    return op_type in _UNSAFE or plain in _UNSAFE

from ._change_checkpoint import CheckpointReport as CheckpointReport
from ._change_checkpoint import convert_checkpoint as convert_checkpoint
from ._change_checkpoint import rename_checkpoint as rename_checkpoint
from ._checkpoint import freeze_checkpoint as freeze_checkpoint
from ._diff import diff as diff
from ._difference import Change as Change
from ._difference import FileDifference as FileDifference
from ._difference import Lone as Lone
from ._formats._meta_graph import Signature as Signature
from ._freeze import FrozenReport as FrozenReport
from ._freeze import freeze_session as freeze_session
from ._frozen_graph import FrozenGraph as FrozenGraph
from ._frozen_graph import import_into as import_into
from ._frozen_graph import load_graph as load_graph
from ._inspect import FileReport as FileReport
from ._inspect import inspect_file as inspect_file
from ._inspect_checkpoint import CheckpointDetails as CheckpointDetails
from ._inspect_graph import GraphDetails as GraphDetails
from ._inspect_keras import KerasDetails as KerasDetails
from ._inspect_onnx import OnnxDetails as OnnxDetails
from ._inspect_tflite import TfliteDetails as TfliteDetails
from ._renames import Rename as Rename
from ._tensor_info import TensorInfo as TensorInfo

__all__ = [
    "Change",
    "CheckpointDetails",
    "CheckpointReport",
    "FileDifference",
    "FileReport",
    "FrozenGraph",
    "FrozenReport",
    "GraphDetails",
    "KerasDetails",
    "Lone",
    "OnnxDetails",
    "Rename",
    "Signature",
    "TensorInfo",
    "TfliteDetails",
    "convert_checkpoint",
    "diff",
    "freeze_checkpoint",
    "freeze_session",
    "import_into",
    "inspect_file",
    "load_graph",
    "rename_checkpoint",
]

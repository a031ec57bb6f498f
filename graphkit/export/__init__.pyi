from ._checkpoint import freeze_checkpoint as freeze_checkpoint
from ._freeze import FrozenReport as FrozenReport
from ._freeze import freeze_session as freeze_session
from ._frozen_graph import FrozenGraph as FrozenGraph
from ._frozen_graph import import_into as import_into
from ._frozen_graph import load_graph as load_graph
from ._inspect import FileReport as FileReport
from ._inspect import inspect_file as inspect_file
from ._inspect_checkpoint import CheckpointDetails as CheckpointDetails
from ._inspect_graph import GraphDetails as GraphDetails
from ._signature import TensorInfo as TensorInfo

__all__ = [
    "CheckpointDetails",
    "FileReport",
    "FrozenGraph",
    "FrozenReport",
    "GraphDetails",
    "TensorInfo",
    "freeze_checkpoint",
    "freeze_session",
    "import_into",
    "inspect_file",
    "load_graph",
]

"""Shipping a graph: frozen into one file, proven equal, loaded again, and looked into.

`freeze_session` and `freeze_checkpoint` write a `.pb` and refuse one that computes something else
than its source; `load_graph` and `import_into` bring it back; `inspect_file` tells what is in a
graph, a checkpoint or a record file. Files are read without trust.
"""

from __future__ import annotations

from graphkit.export._checkpoint import freeze_checkpoint
from graphkit.export._freeze import FrozenReport, freeze_session
from graphkit.export._frozen_graph import FrozenGraph, import_into, load_graph
from graphkit.export._inspect import FileReport, inspect_file
from graphkit.export._inspect_checkpoint import CheckpointDetails
from graphkit.export._inspect_graph import GraphDetails
from graphkit.export._signature import TensorInfo

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

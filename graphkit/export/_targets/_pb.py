"""A `.pb` of TensorFlow, binary or text."""

from __future__ import annotations

from pathlib import Path

from google.protobuf import text_format

from graphkit.export._graphs._attributes import drop_later_defaults
from graphkit.export._graphs._outputs import mark_outputs
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._options import Options
from graphkit.export._targets._whole import write_whole

__all__ = ["write_pb"]


def write_pb(frozen: Frozen, part: Path, options: Options) -> None:
    """Writes a graph as it is, marked with what it is for."""
    graph_def = type(frozen.graph_def)()
    graph_def.CopyFrom(frozen.graph_def)
    mark_outputs(graph_def, frozen.outputs.values())
    drop_later_defaults(graph_def)
    if options.text:
        write_whole(part, text_format.MessageToString(graph_def).encode())
    else:
        write_whole(part, graph_def.SerializeToString(deterministic=True))

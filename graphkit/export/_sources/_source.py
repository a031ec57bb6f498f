"""What every source has: a graph, the way to its values, and what it knows of its ends."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graphkit._tf import Graph
from graphkit.errors import UnsafeFileError
from graphkit.export._graphs._nodes import ops_within
from graphkit.export._graphs._op_kinds import is_unsafe
from graphkit.export._graphs._signature_names import SignatureNames

__all__ = ["Source", "check_safe"]


@dataclass(frozen=True)
class Source:
    """A graph and its values.

    Attributes:
        graph: The graph.
        open: Gives a session in which the variables have values. It is called with the graph that
            is to be frozen, whose variables are all it need fill.
        path: The file, whose ops are not trusted; None for a session of the caller's.
        outputs: The outputs it names, if it does.
        inputs: The inputs it names, if it does.
        assets: Files of its own folder, by the op that is given their place.
        names: What a signature of it calls its tensors.
        uncompared: What of it could not be compared with the file, as a sentence.
    """

    graph: Graph
    open: Callable[[Any], AbstractContextManager[Any]]
    path: Path | None = None
    outputs: Sequence[str] | None = None
    inputs: Sequence[str] | None = None
    assets: Mapping[str, str] = field(default_factory=dict)
    names: SignatureNames = field(default_factory=SignatureNames)
    uncompared: str = ""


def check_safe(path: Path, graph_def: Any, allowed: Collection[str] = ()) -> None:
    """Refuses to run what touches files or runs code.

    Args:
        path: Where the graph came from.
        graph_def: The part of it that shall run.
        allowed: The op types that may all the same.

    Raises:
        UnsafeFileError: Such an op, by name.
    """
    for name, kind in ops_within(graph_def):
        if is_unsafe(kind) and kind not in allowed:
            reason = f"its op {name!r} is a {kind}, which touches other files or runs code"
            raise UnsafeFileError(path, f"{reason}; nothing was run")

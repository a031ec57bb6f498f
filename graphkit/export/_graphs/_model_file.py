"""Reading a `GraphDef` file without trust: bounded, checked, recognised by its content."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from os import PathLike
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from google.protobuf.message import DecodeError

from graphkit._tf import Graph, tf
from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export._graphs._attributes import drop_newer_attributes
from graphkit.export._graphs._function_checks import check_functions
from graphkit.export._graphs._lost_writes import forget_lost_writes
from graphkit.export._graphs._nodes import function_names
from graphkit.export._graphs._op_changes import GONE
from graphkit.export._other_kinds import no_frozen_graph
from graphkit.export._printable import printable
from graphkit.graph import drop_stale_shapes

__all__ = [
    "check_bounds",
    "import_graph",
    "imported_graph",
    "parse_graph_def",
    "read_graph_def",
]

_LIMIT = 2**31 - 1
_MOST_NODES = 10_000_000
_DEEPEST = 50
_AGAIN = {"NextIteration", "RefNextIteration"}
_MERGES = {"Merge", "RefMerge"}
# What TensorFlow raises for a graph that it does not accept; its importer asserts some.
_REFUSALS = (ValueError, tf.errors.OpError, TypeError, KeyError, AssertionError)
_DIGITS = 10  # of the first number that is beyond 31 bits; no op has that many outputs
_TEXT_START = re.compile(rb"\s*(#[^\n]*\n\s*)*(node|versions|library|version)\s*[{:]")


def read_graph_def(path: str | PathLike[str]) -> Any:
    """Reads a `.pb` or `.pbtxt`.

    Args:
        path: The file.

    Returns:
        The `GraphDef`.

    Raises:
        MissingFileError: The file does not exist, or is a checkpoint's prefix or a folder.
        CorruptFileError: It holds no graph.
        UnsafeFileError: It is larger than 2 GiB, or would unfold into more; see `check_bounds`.
    """
    file = Path(path)
    if not file.is_file():
        reason = "is a folder" if file.is_dir() else "does not exist"
        raise MissingFileError(file, no_frozen_graph(file) or reason)
    if file.stat().st_size > _LIMIT:
        raise UnsafeFileError(file, "larger than the 2 GiB a graph file can have")
    graph_def = parse_graph_def(file.read_bytes())
    if graph_def is None:
        reason = "holds no graph (a GraphDef, binary or text), or half of one"
        raise CorruptFileError(file, no_frozen_graph(file) or reason)
    check_bounds(file, graph_def)
    return graph_def


def parse_graph_def(data: bytes) -> Any:
    """Parses a graph; None if the bytes are none, or cut short.

    Bytes of other formats can parse by chance; a graph has nodes, and all of them have a name and
    an op type.
    """
    try:
        if _TEXT_START.match(data[:10_000]):
            graph_def = text_format.Parse(data, tf.GraphDef())
        else:
            graph_def = tf.GraphDef.FromString(data)
    except (DecodeError, text_format.ParseError, UnicodeDecodeError, RecursionError):
        return None
    if not graph_def.node or not all(node.name and node.op for node in graph_def.node):
        return None
    return graph_def


def check_bounds(path: Path, graph_def: Any) -> None:
    """Refuses a graph of few bytes that would unfold into gigabytes, or without an end.

    Args:
        path: The file, for messages.
        graph_def: The graph.

    Raises:
        CorruptFileError: A constant contradicts itself, an input is none, or a function is not
            whole or does not fit what runs it; see `check_functions`.
        UnsafeFileError: Its constants claim more than 2 GiB, or its functions call each other in
            a circle or too often; TensorFlow, which puts each call in its place, would crash.
    """
    claimed = 0
    functions = graph_def.library.function
    for nodes in (graph_def.node, *(function.node_def for function in functions)):
        again = {node.name for node in nodes if node.op in _AGAIN}
        for node in nodes:
            _check_inputs(path, node)
            _check_start(path, node, again)
            if node.op == "Const":
                tensor = node.attr["value"].tensor
                if node.attr["dtype"].type != tensor.dtype:  # TensorFlow's optimizer would abort
                    reason = f"constant {node.name!r} and its value are of different dtypes"
                    raise CorruptFileError(path, reason)
                shape = [dim.size for dim in tensor.tensor_shape.dim]
                claimed += max(0, math.prod(shape)) * _bytes_of(tensor.dtype)
                if claimed > _LIMIT:
                    reason = f"constant {node.name!r} claims the shape {shape}"
                    raise UnsafeFileError(path, f"{reason}; all together more than 2 GiB")
    sizes: dict[str, int] = {}
    bodies = {function.signature.name: function.node_def for function in functions}
    for name in bodies:
        if _unfolded(name, bodies, sizes, depth=0) > _MOST_NODES:
            reason = f"function {name!r} calls itself, or others too often, to be put in place"
            raise UnsafeFileError(path, reason)
    check_functions(path, graph_def)


def _check_inputs(path: Path, node: Any) -> None:
    """Refuses the number of an output that is beyond 31 bits, which TensorFlow would crash on."""
    for name in node.input:
        number = name.rpartition(":")[2]
        if len(number) >= _DIGITS and number.isdecimal():
            reason = f"node {node.name!r} takes the output {printable(name)!r}, which no op has"
            raise CorruptFileError(path, reason)


def _check_start(path: Path, node: Any, again: Collection[str]) -> None:
    """Refuses a loop that begins in several places, which TensorFlow would crash on."""
    if node.op not in _MERGES:
        return
    names = [name.partition(":")[0] for name in node.input if not name.startswith("^")]
    starts = [name for name in names if name not in again]
    if len(starts) < len(names) and len(starts) > 1:
        raise CorruptFileError(path, f"the loop at {node.name!r} begins {len(starts)} times")


def _bytes_of(dtype: int) -> int:
    """The size of one element; 1 of a dtype this TensorFlow does not have, which it refuses."""
    try:
        return int(tf.as_dtype(dtype).size or 1)
    except TypeError:
        return 1


def _unfolded(name: str, bodies: dict[str, Any], sizes: dict[str, int], depth: int) -> int:
    """How many nodes a function has once all it calls is put in place; a circle has no end."""
    if depth > _DEEPEST:
        return _MOST_NODES + 1
    if name not in sizes:
        called = [n for node in bodies[name] for n in function_names(node) if n in bodies]
        inside = sum(_unfolded(other, bodies, sizes, depth + 1) for other in called)
        sizes[name] = len(bodies[name]) + inside
    return sizes[name]


def imported_graph(path: Path, graph_def: Any, **options: Any) -> Graph:
    """Builds the graph of a file.

    Args:
        path: The file, for messages.
        graph_def: The graph; see `import_graph`.
        options: As for `import_graph`.

    Raises:
        CorruptFileError: TensorFlow does not accept the graph; an unknown op is named.
    """
    graph = tf.Graph()
    with graph.as_default():
        import_graph(path, graph_def, name="", **options)
    return graph


def import_graph(
    path: Path, graph_def: Any, *, written_with: Iterable[Any] = (), **options: Any
) -> Any:
    """Imports a graph that came from a file into the current one.

    Args:
        path: The file, for messages.
        graph_def: The graph; its stale shapes, lost writes and attributes that say nothing to
            this TensorFlow are taken out.
        written_with: The `OpDef`s of the TensorFlow that wrote it, where the file has them.
        options: As for `tf.import_graph_def`.

    Returns:
        What `tf.import_graph_def` gives.

    Raises:
        CorruptFileError: TensorFlow does not accept the graph; an unknown op or attribute is named.
    """
    drop_stale_shapes(graph_def)
    forget_lost_writes(graph_def)
    drop_newer_attributes(path, graph_def, written_with)
    try:
        return tf.import_graph_def(graph_def, **options)
    except _REFUSALS as exc:
        unknown = re.search(r"Op type not registered '([^']+)'|No op named (\S+) in", str(exc))
        reason = f"TensorFlow refuses this graph: {exc}"
        if unknown:
            name = unknown.group(1) or unknown.group(2)
            way = (
                "TensorFlow 1.15 was the last to have it"
                if name in GONE
                else "if it is a custom op, name the library it is in (--library FILE, "
                "libraries=[FILE])"
            )
            reason = f"uses the op {name!r}, which this TensorFlow does not have; {way}"
        raise CorruptFileError(path, reason) from exc

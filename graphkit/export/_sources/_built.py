"""A graph that code or another file gives, filled with the values of a checkpoint by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import Graph, tf
from graphkit.errors import CorruptFileError
from graphkit.export._comparison._renames import Thing, find_renames
from graphkit.export._graphs._op_kinds import VARIABLES
from graphkit.export._sources._source import Source
from graphkit.session import SessionConfig

__all__ = ["open_built"]

_SHOWN = 5


def open_built(graph: Graph, prefix: Path, path: Path | None = None) -> Source:
    """A graph and a checkpoint as a source.

    Args:
        graph: The graph; ops that set its variables are added.
        prefix: The checkpoint's prefix.
        path: The file the graph came from, whose ops are not trusted.
    """
    return Source(graph, partial(_opened, graph, prefix), path)


@contextmanager
def _opened(graph: Graph, prefix: Path, frozen: Any) -> Iterator[Any]:
    wanted = [_wanted(graph, node) for node in frozen.node if node.op in VARIABLES]
    values = _values(prefix, wanted)
    with graph.as_default():
        assignments = {variable.op_name: _assignment(graph, variable) for variable in wanted}
    with tf.Session(graph=graph, config=SessionConfig().to_proto()) as session:
        for name, (assign, value) in assignments.items():
            session.run(assign, {value: values[name]})
        yield session


class _Wanted(NamedTuple):
    """A variable of the graph, and where its value lies in a checkpoint.

    Attributes:
        op_name: The op that holds it.
        key: Its name in the checkpoint.
        dtype: Its dtype.
        shape: Its shape; None if it is not known.
        part: Which part of the stored value it is: an offset and a size for each dimension.
    """

    op_name: str
    key: str
    dtype: Any
    shape: list[int | None] | None
    part: list[tuple[int, int]] | None


def _wanted(graph: Graph, node: Any) -> _Wanted:
    dtype = tf.as_dtype(node.attr["dtype"].type)
    known = tf.TensorShape(node.attr["shape"].shape)
    shape = None if known.rank is None else known.as_list()
    key = node.name
    if node.op == "VarHandleOp":
        key = node.attr["shared_name"].s.decode() or node.name
    part = None
    for variable in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES):
        info = getattr(variable, "_save_slice_info", None)
        if info is not None and variable.op.name == node.name:
            key = info.full_name
            part = list(zip(info.var_offset, info.var_shape, strict=True))
    return _Wanted(node.name, key, dtype, shape, part)


def _assignment(graph: Graph, variable: _Wanted) -> tuple[Any, Any]:
    """An op that gives a variable its value, and the placeholder for that."""
    target = graph.get_operation_by_name(variable.op_name).outputs[0]
    value = tf.placeholder(variable.dtype)
    if target.dtype == tf.resource:
        return tf.raw_ops.AssignVariableOp(resource=target, value=value), value
    return tf.raw_ops.Assign(ref=target, value=value, validate_shape=False).op, value


def _values(prefix: Path, wanted: list[_Wanted]) -> dict[str, npt.NDArray[Any]]:
    """Reads what the variables need, by the name of their op."""
    stored = read_checkpoint(prefix)
    missing = [variable for variable in wanted if variable.key not in stored.variables]
    if missing:
        raise CorruptFileError(prefix, _missing(missing, wanted, stored.variables))
    return {variable.op_name: _part_of(prefix, stored, variable) for variable in wanted}


def _part_of(prefix: Path, stored: Any, variable: _Wanted) -> npt.NDArray[Any]:
    value = np.asarray(stored.read(variable.key))
    if variable.part is not None:
        value = value[tuple(slice(start, start + size) for start, size in variable.part)]
    shape = tf.TensorShape(variable.shape)
    if not shape.is_compatible_with(value.shape):
        reason = f"holds {variable.key!r} of shape {list(value.shape)}, the graph wants {shape}"
        raise CorruptFileError(prefix, reason)
    return value


def _missing(missing: list[_Wanted], wanted: list[_Wanted], stored: Any) -> str:
    """Lists what a checkpoint does not hold, with what it may be called there."""
    used = {variable.key for variable in wanted}
    before = {v.key: _thing(v.dtype.name, v.shape or []) for v in missing}
    after = {n: _thing(s.dtype.name, s.shape) for n, s in stored.items() if n not in used}
    renamed = {rename.old: rename.new for rename in find_renames(before, after)}
    parts = [
        f"{key!r}" + (f" (probably {renamed[key]!r} there)" if key in renamed else "")
        for key in before
    ]
    more = f" and {len(parts) - _SHOWN} more" if len(parts) > _SHOWN else ""
    way = (
        "; `graphkit checkpoint rename` gives its values the names of the graph" if renamed else ""
    )
    unused = [name for name in after if name not in renamed.values()]
    rest = f"; what nothing in the graph takes: {', '.join(unused[:_SHOWN])}" if unused else ""
    shown = ", ".join(parts[:_SHOWN])
    return f"holds no value for the graph's variables {shown}{more}{way}{rest}"


def _thing(dtype: str, shape: Any) -> Thing:
    dims = tuple(shape)
    return Thing((dtype, dims), None, f"also {dtype} {list(dims)}", "the same values")

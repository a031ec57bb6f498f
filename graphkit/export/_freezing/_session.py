"""A session into one file of structure and constants, proven equal before it gets its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit.errors import (
    ArgumentTypeError,
)
from graphkit.export._freezing._plan import plan_freeze
from graphkit.export._freezing._proven import write_proven
from graphkit.export._freezing._report import FrozenReport
from graphkit.export._freezing._request import FreezeRequest, check_graph_request
from graphkit.export._freezing._table_files import TableFiles
from graphkit.export._graphs._libraries import Libraries, load_libraries
from graphkit.session import SessionRunner

__all__ = ["freeze_session"]


def freeze_session(
    session: Any,
    path: str | PathLike[str],
    *,
    outputs: str | Sequence[str],
    inputs: str | Sequence[str] | None = None,
    pins: Mapping[str, Any] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    tolerance: float = 1e-5,
    text: bool = False,
    clear_devices: bool = True,
    libraries: Libraries = (),
    weights_apart: bool = False,
) -> FrozenReport:
    """Writes what a session computes as one `.pb`: structure and weights, no variable left.

    TF1: `tf.graph_util.convert_variables_to_constants` and `tf.io.write_graph`. On top of that,
    the file is read back and run in a fresh process on the batches the session runs, and gets its
    name only if both agree; a good file of that name stays if they do not. Names may be given with
    or without `:0`. Nothing is added to the session's graph.

    Args:
        session: A session whose variables have values.
        path: The file to write, in a folder that exists.
        outputs: The names of the tensors the file shall compute.
        inputs: The names of the tensors it shall take. One that is computed becomes a placeholder
            of its dtype and shape. Unless given: every placeholder the outputs need, and what
            queues, readers and iterators hand on, so that those are left out.
        pins: Values of placeholders to make constants, such as `{"keep_prob": 1.0}`; the side of a
            `tf.cond` that can then not run is left out. Unless named here or among the inputs, a
            single bool named as `is_training` is False, and a number that dropouts alone read is
            the one that drops nothing.
        feeds: One batch to compare on, or several: arrays by input name. Batches of one and of
            three examples are generated unless given.
        tolerance: The largest difference allowed, of numbers above 1 in proportion to them.
        text: Whether to write the text form (`.pbtxt`).
        clear_devices: Whether to forget the devices ops were placed on, so that the file runs on
            machines that have others.
        libraries: The files of custom ops that the graph uses, as for `tf.load_op_library`; to
            load one runs its code, here and where the file is read back.
        weights_apart: Whether to write the weights beside the graph, into `PATH.weights.index` and
            `PATH.weights.data-00000-of-00001`. Done unasked where graph and weights exceed the
            2 GiB that one file can hold.

    Returns:
        What was written and compared.

    Raises:
        UnknownNameError: A name the graph does not have.
        ArgumentError: The outputs need what a file cannot hold (a queue, a mutable table, Python),
            are random, or an argument does not fit; the message says what would, and where a
            queue or table can be cut off.
        ArgumentTypeError: `session` is none, or an argument is of another type.
        MissingFileError: The file cannot be written there, or the text file of a table is gone.
        CorruptFileError: The text file of a table changed since the session read it.
        RunError: The session fails on the batches, or the process that reads the file back ends.
        VerificationError: The reloaded file computes something else; it was not kept.
    """
    where = "freeze_session"
    is_session = hasattr(session, "graph") and hasattr(session, "run")
    if isinstance(session, SessionRunner) or not is_session:
        wanted = "a tf.Session (of a SessionRunner, its .session)"
        raise ArgumentTypeError(where, "session", type(session).__name__, wanted)
    target = Path(path)
    check_graph_request(where, target, tolerance)
    loaded = load_libraries(where, libraries)
    plan = plan_freeze(where, session.graph, outputs, inputs, pins, TableFiles())
    request = FreezeRequest(
        where,
        target,
        feeds,
        tolerance,
        text,
        clear_devices,
        libraries=loaded,
        weights_apart=weights_apart,
    )
    return write_proven(session, plan, request)

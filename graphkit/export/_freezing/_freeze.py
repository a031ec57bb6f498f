"""Anything that can be frozen into one file of structure and constants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit._aside import check_target
from graphkit._tf import Graph
from graphkit.errors import ArgumentError
from graphkit.export._freezing._guess import guess_outputs
from graphkit.export._freezing._plan import plan_freeze
from graphkit.export._freezing._proven import write_proven
from graphkit.export._freezing._report import FrozenReport
from graphkit.export._freezing._request import FreezeRequest, check_graph_request
from graphkit.export._freezing._table_files import TableFiles
from graphkit.export._graphs._libraries import Libraries, load_libraries
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._tensors import find_tensor
from graphkit.export._predicting._preprocessing import Preprocessing
from graphkit.export._sources._open import open_source
from graphkit.export._sources._source import Source, check_safe
from graphkit.export._targets._consumers import named_consumers
from graphkit.export._targets._record import origin_of, record_of
from graphkit.export._transforms._step import Step, bound_step
from graphkit.session._patience import leave_if_computing

__all__ = ["freeze", "freeze_opened"]


def freeze(
    source: Any,
    path: str | PathLike[str],
    *,
    outputs: str | Sequence[str] | None = None,
    inputs: str | Sequence[str] | None = None,
    pins: Mapping[str, Any] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    graph: Graph | str | PathLike[str] | Callable[[], Any] | None = None,
    signature: str | None = None,
    tag: str | None = None,
    allow: Collection[str] = (),
    tolerance: float = 1e-5,
    text: bool = False,
    clear_devices: bool = True,
    targets: str | Sequence[str] = (),
    transforms: Sequence[str | Step] = (),
    preprocessing: Preprocessing | None = None,
    libraries: Libraries = (),
    weights_apart: bool = False,
) -> FrozenReport:
    """Writes what a source computes as one `.pb`, proven equal to it.

    What was compared is written down beside it, in `PATH.json`, with the SHA-256 of file and
    source.

    Files are recognised by their content and not trusted: nothing of them runs but what gives the
    variables their values and what the outputs need, and neither may touch other files.

    Args:
        source: A session whose variables have values; or the path of a checkpoint (its prefix,
            `.meta` or folder), a SavedModel, a model of Keras (`.h5`, `.keras`), or a frozen graph
            to be cut shorter or pinned.
        path: The file to write, in a folder that exists.
        outputs: The names of the tensors the file shall compute, in the graph or in the source's
            signature, as for `inputs`, `pins` and `feeds`. Unless given: those of the signature,
            or what is found to be the network's output.
        inputs: As for `freeze_session`.
        pins: As for `freeze_session`.
        feeds: As for `freeze_session`.
        graph: The graph of a checkpoint that has no `.meta`: a graph, a file that holds one, or a
            function that builds it into the current graph. Values go by the names of variables.
        signature: Which signature of a SavedModel; "serving_default", or the only one, unless
            given.
        tag: Which graph of a SavedModel; "serve", or the only one, unless given.
        allow: Types of ops that touch files or run code and may run all the same; `{"Lambda"}` for
            layers of Keras whose code is in the file.
        tolerance: As for `freeze_session`.
        text: As for `freeze_session`.
        clear_devices: As for `freeze_session`.
        targets: Other programs that have to run the graph and agree: "opencv", "onnx", "tflite" or
            "serving", which are given it in the format they read.
        transforms: Steps of `transform` to take before the file is written, such as
            `["fold_batch_norms"]`, each compared with the source. Those that change what is
            computed, or the names of inputs and outputs, are for `transform` alone.
        preprocessing: How pictures are prepared for the model, to be written down beside it; what
            is written beside the source unless given.
        libraries: As for `freeze_session`.
        weights_apart: As for `freeze_session`.

    Returns:
        What was written and compared.

    Raises:
        ConversionError: One of the other programs cannot take the graph; the ops are named.
        UsageError: It is not installed.
        MissingFileError: There is no such file, or no graph beside the checkpoint.
        ArgumentError: An argument does not fit the source; several tensors could be the outputs
            (they are listed with reasons); or as `freeze_session`.
        ArgumentTypeError: The source is none, or an argument is of another type.
        UnknownNameError: A name the source does not have.
        CorruptFileError: A file is damaged, or values and graph do not belong together; variables
            without a value are listed with what they may be called.
        UnsafeFileError: It would touch other files, run code, or fill the memory.
        RunError: The source fails on the batches, or the process that reads the file back ends.
        VerificationError: The reloaded file computes something else, or a transform changed what
            is computed; it was not kept.
    """
    where, target = "freeze", Path(path)
    check_graph_request(where, target, tolerance)
    check_target(record_of(target))
    loaded = load_libraries(where, libraries)
    consumers = named_consumers(where, targets)
    if isinstance(transforms, str):
        raise ArgumentError(where, "transforms", transforms, "a list of steps")
    steps = [bound_step(step) for step in transforms]
    if isinstance(source, (str, PathLike)) and _same_file(Path(source), target):
        raise ArgumentError(where, "path", str(target), "another file than the source")
    opened = open_source(
        where, source, target, graph=graph, signature=signature, tag=tag, allow=allow
    )
    origin = replace(origin_of(source, preprocessing), uncompared=opened.uncompared)
    request = FreezeRequest(
        where,
        target,
        feeds,
        tolerance,
        text,
        clear_devices,
        consumers,
        origin,
        loaded,
        steps,
        weights_apart,
    )
    return freeze_opened(opened, request, outputs=outputs, inputs=inputs, pins=pins, allow=allow)


def freeze_opened(
    source: Source,
    request: FreezeRequest,
    *,
    outputs: Any,
    inputs: Any,
    pins: Any,
    allow: Collection[str] = (),
) -> FrozenReport:
    """Freezes a source that was opened.

    Args:
        source: The source.
        request: How the file is to be written and proven.
        outputs: As for `freeze`.
        inputs: As for `freeze`.
        pins: As for `freeze`.
        allow: As for `freeze`.

    Returns:
        What was written and compared.
    """
    where = request.where
    if outputs is None:
        outputs = source.outputs or guess_outputs(where, source.graph)
        inputs = _computed_inputs(where, source) if inputs is None else inputs
    request = replace(request, names=source.names)
    named = {"outputs": outputs, "inputs": inputs, "pins": pins}
    named = source.names.looked_up(where, source.graph, named)
    readable = TableFiles(source.path, source.assets, allow)
    plan = plan_freeze(where, source.graph, readable=readable, **named)
    if source.path is not None:
        check_safe(source.path, plan.graph_def, allow)
    with source.open(plan.graph_def) as session:
        if source.path is None:
            return write_proven(session, plan, request)
        try:
            return write_proven(session, plan, replace(request, source=str(source.path)))
        finally:
            leave_if_computing(session)


def _computed_inputs(where: str, source: Source) -> Sequence[str] | None:
    """The inputs a source names, if one of them is computed; placeholders are found anyway."""
    found = [find_tensor(where, "inputs", source.graph, name) for name in source.inputs or ()]
    return source.inputs if any(t.op.type not in PLACEHOLDERS for t in found) else None


def _same_file(source: Path, target: Path) -> bool:
    return source.is_file() and target.exists() and source.samefile(target)

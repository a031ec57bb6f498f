"""A model into another format, proven by the program that runs it before the file gets its name."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from graphkit._aside import check_target, files_aside
from graphkit.errors import ArgumentError, MissingFileError
from graphkit.export._apart._beside import are_too_large, weights_prefix
from graphkit.export._checkpoints._files import is_checkpoint
from graphkit.export._freezing._forcing import branches_not_taken, session_runs
from graphkit.export._freezing._freeze import freeze
from graphkit.export._freezing._plan import FreezePlan, plan_freeze
from graphkit.export._freezing._proof import expected_outputs, session_outputs
from graphkit.export._freezing._request import check_request
from graphkit.export._freezing._table_files import TableFiles
from graphkit.export._graphs._libraries import Libraries, load_libraries
from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._graphs._tensors import describe_tensor
from graphkit.export._other_kinds import is_keras, is_meta_graph
from graphkit.export._predicting._preprocessing import Preprocessing
from graphkit.export._running._batches import checked_batches, generated_batches
from graphkit.export._running._frozen_graph import FrozenGraph, load_graph
from graphkit.export._sources._source import check_safe
from graphkit.export._targets._frozen import frozen_graph
from graphkit.export._targets._options import Options
from graphkit.export._targets._proof import Trial, proven_differences
from graphkit.export._targets._record import (
    Origin,
    file_hashes,
    origin_of,
    record_of,
    record_text,
    recorded_names,
)
from graphkit.export._targets._report import ConversionReport
from graphkit.export._targets._targets import Target, chosen_format
from graphkit.export._targets._whole import write_whole
from graphkit.export._tensor_info import TensorInfo
from graphkit.session._patience import leave_if_computing

__all__ = ["convert"]

_WHERE = "convert"
_TOLERANCES = {"float32": 1e-5, "float16": 1e-2, "int8": 0.1}


def convert(
    source: Any,
    path: str | PathLike[str],
    *,
    target: str | None = None,
    inputs: str | Sequence[str] | None = None,
    outputs: str | Sequence[str] | None = None,
    pins: Mapping[str, Any] | None = None,
    feeds: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    tolerance: float | None = None,
    weights: str = "float32",
    preprocessing: Preprocessing | None = None,
    libraries: Libraries = (),
    allow: Collection[str] = (),
) -> ConversionReport:
    """Writes a model in another format, proven to compute what its source computes.

    The written file is opened by the program that runs its format (TensorFlow, TensorFlow's
    interpreter of TFLite, ONNX Runtime) and every output is compared with the source's, on batches
    of several sizes; it gets its name only if all agree, and a good file of that name stays if
    they do not. What was compared is written down beside it, in `PATH.json`. An input with a
    default becomes that default, unless all have one.

    Args:
        source: A frozen graph (`.pb`, `.pbtxt`), or anything that `freeze` takes: a session, a
            checkpoint with its `.meta`, a SavedModel, a model of Keras.
        path: The file to write, in a folder that exists; for a SavedModel the folder, which must
            not exist yet.
        target: "pb" (text with the suffix `.pbtxt`), "saved_model" (with the signature
            `serving_default`, for TensorFlow 1 and 2, by the names of the source's signature),
            "tflite" or "onnx"; told by the suffix of `path` unless given.
        inputs: The names of the tensors it takes; as for `freeze_session`.
        outputs: The names of the tensors it gives, in the graph or in the source's signature, as
            for `inputs`, `pins` and `feeds`; those of a frozen graph are its own unless given.
        pins: Values of placeholders to make constants; as for `freeze_session`.
        feeds: One batch to compare on, or several: arrays by input name. Batches of one and of
            three examples are generated unless given.
        tolerance: The largest difference allowed, of numbers above 1 in proportion to them;
            1e-5 unless given, for weights of float16 1e-2, of int8 0.1.
        weights: What TFLite keeps numbers as: "float32", "float16" or "int8", whose ranges come
            from the batches: give real ones.
        preprocessing: How pictures are prepared for the model, to be written down beside it;
            what is written beside the source unless given.
        libraries: As for `freeze_session`.
        allow: As for `freeze`.

    Returns:
        What was written and compared.

    Raises:
        ConversionError: The format, or the program, cannot take the model; ops are named, and the
            step that helps where it is known.
        VerificationError: An output differs; it is named, and the op where it begins.
        ArgumentError: An argument does not fit, or as `freeze`.
        UnknownNameError: A name the graph does not have.
        MissingFileError: The source does not exist, or the file cannot be written there.
        CorruptFileError: The source is damaged.
        UnsafeFileError: Computing would touch other files or run code; nothing of it was run.
        UsageError: A package is missing; the message says how to install it.
    """
    goal = Path(path)
    form = chosen_format(_WHERE, goal, target)
    options = _options(goal, form, weights)
    allowed = _TOLERANCES[weights] if tolerance is None else tolerance
    _check_place(goal, form, allowed)
    loaded = load_libraries(_WHERE, libraries)
    named = {"inputs": inputs, "outputs": outputs, "pins": pins}
    origin = origin_of(source, preprocessing)
    given = {"feeds": feeds, "libraries": loaded, "allow": allow}
    with _opened(source, form, named, **given) as (frozen, left, said):
        left = said.names.looked_up(_WHERE, frozen.graph, left)
        names = left["outputs"] or list(frozen.outputs)
        readable = TableFiles(frozen.path, allow=allow)
        plan = plan_freeze(_WHERE, frozen.graph, names, left["inputs"], left["pins"], readable)
        check_safe(frozen.path, plan.graph_def, allow)
        origin = replace(origin, uncompared=said.uncompared)
        task = _Task(goal, form, options, feeds, allowed, origin, said.names)
        return _written(frozen, plan, task)


@dataclass(frozen=True)
class _Task:
    """What is to be written; see `convert`."""

    goal: Path
    form: Target
    options: Options
    feeds: Any
    tolerance: float
    origin: Origin
    names: SignatureNames


@dataclass(frozen=True)
class _Said:
    """What is known of a source beside its graph."""

    names: SignatureNames
    uncompared: str = ""


def _options(goal: Path, form: Target, weights: str) -> Options:
    if weights not in _TOLERANCES:
        wanted = f"one of {', '.join(map(repr, _TOLERANCES))}"
        raise ArgumentError(_WHERE, "weights", weights, wanted)
    if form.name != "tflite" and weights != "float32":
        wanted = f"left out for {form.name}; only tflite has it"
        raise ArgumentError(_WHERE, "weights", weights, wanted)
    return Options(text=goal.suffix == ".pbtxt", weights=weights)


def _check_place(goal: Path, form: Target, tolerance: float) -> None:
    if form.name == "saved_model" and goal.exists():
        raise MissingFileError(goal, "exists already; a SavedModel is written as a new folder")
    check_request(_WHERE, goal, tolerance)
    check_target(record_of(goal))


@contextmanager
def _opened(
    source: Any, form: Target, named: dict[str, Any], **options: Any
) -> Iterator[tuple[FrozenGraph, dict[str, Any], _Said]]:
    """The source as a frozen graph, the names still to be looked up, and what is known of it."""
    if isinstance(source, (str, PathLike)) and not _is_to_be_frozen(Path(source)):
        with load_graph(source) as frozen:
            if _takes(form, frozen):
                yield frozen, named, _Said(recorded_names(frozen.path))
                return
            _check_size(form, frozen)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "model.pb"
        report = freeze(source, place, **options, **named)
        with load_graph(place) as frozen:
            if not _takes(form, frozen):
                _check_size(form, frozen)
            yield frozen, dict.fromkeys(named), _Said(report.signature, report.uncompared)


def _takes(form: Target, frozen: FrozenGraph) -> bool:
    """Whether a format has a place for weights that lie apart, where they do."""
    return form.name == "saved_model" or not frozen.apart


def _check_size(form: Target, frozen: FrozenGraph) -> None:
    """Refuses weights that lie apart and are too large to lie in the file."""
    if are_too_large(frozen.path):
        wanted = "'saved_model'; weights of 2 GiB and more fit into no other"
        raise ArgumentError(_WHERE, "target", form.name, wanted)


def _is_to_be_frozen(path: Path) -> bool:
    if path.is_dir() or is_checkpoint(path):
        return True
    return path.is_file() and (is_keras(path) or is_meta_graph(path))


def _written(source: FrozenGraph, plan: FreezePlan, task: _Task) -> ConversionReport:
    trial, unproven = _trial(source, plan, task)
    frozen = frozen_graph(source.path, plan.graph_def, plan.inputs, plan.outputs)
    if source.apart:
        frozen = replace(frozen, weights=weights_prefix(source.path))
    options = replace(task.options, batches=trial.batches)
    names = task.names.within(plan.inputs, plan.outputs)
    if task.form.name == "saved_model":
        frozen, trial = frozen.called(names), trial.called(frozen, names)
    with files_aside([task.goal, record_of(task.goal)]) as (part, record):
        found = proven_differences(frozen, task.form, part, options, trial)
        report = ConversionReport(
            path=task.goal,
            target=task.form.name,
            engine=task.form.engine,
            inputs=_infos(frozen.inputs),
            outputs=_infos(frozen.outputs),
            differences=found,
            batches_checked=len(trial.batches),
            bytes=sum(file.stat().st_size for file in (part, *part.rglob("*")) if file.is_file()),
            uncompared=task.origin.uncompared,
            signature=names,
            unproven=unproven,
        )
        write_whole(record, _record(report, part, task).encode())
    return report


def _trial(source: FrozenGraph, plan: FreezePlan, task: _Task) -> tuple[Trial, dict[str, str]]:
    """What the source gives, and the branches of it that no batch leads to."""
    given = task.feeds is not None
    batches = (
        checked_batches(_WHERE, plan.inputs, task.feeds, task.names.aliases(plan.inputs))
        if given
        else generated_batches(_WHERE, plan.inputs, plan.choices)
    )
    with source.open_session() as session:
        compute = session_outputs(session, plan, str(source.path))
        try:
            expected = expected_outputs(
                _WHERE, compute, plan, batches, given=given, tolerance=task.tolerance
            )
            run = session_runs(session, plan, str(source.path))
            unproven = branches_not_taken(plan, session.graph, batches, run)
        finally:
            leave_if_computing(session)
    return Trial(batches, expected, task.tolerance), unproven


def _infos(tensors: Mapping[str, Any]) -> list[TensorInfo]:
    return [replace(describe_tensor(tensor), name=name) for name, tensor in tensors.items()]


def _record(report: ConversionReport, part: Path, task: _Task) -> str:
    return record_text(
        target=report.target,
        inputs=report.inputs,
        outputs=report.outputs,
        files=file_hashes(part, task.goal.name),
        origin=task.origin,
        differences={report.engine: report.differences},
        tolerance=task.tolerance,
        batches=report.batches_checked,
        unproven=report.unproven,
        signature=report.signature,
    )

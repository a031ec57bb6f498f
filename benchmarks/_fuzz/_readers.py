"""Every reader of strangers' bytes: what it reads, and how."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._fuzz import _apart, _samples
from benchmarks._fuzz._samples import Files, golden
from graphkit import records
from graphkit._formats._checkpoint import read_checkpoint
from graphkit.errors import GraphkitError, UnknownNameError
from graphkit.export import (
    TensorInfo,
    diff,
    draw_html,
    draw_svg,
    inspect_file,
    open_model,
    read_examples,
    read_labels,
    recorded_preprocessing,
    rename_checkpoint,
)
from graphkit.export._checkpoints._files import find_checkpoint
from graphkit.port._notebooks._notebook import is_python2_notebook, read_notebook
from graphkit.tf1._mnist._idx import IMAGES, LABELS, read_idx

__all__ = ["READERS", "Reader", "chosen"]


@dataclass(frozen=True)
class Reader:
    """One kind of files, and all of graphkit that reads them.

    Attributes:
        name: What it is called on the command line.
        samples: Makes sound files.
        read: Reads those in a folder, and may end with a `GraphkitError` only.
        spoils: Which of the files are damaged; all unless named.
        reseal: What makes files fit each other again after one was damaged.
        tensorflow: Whether that takes TensorFlow.
    """

    name: str
    samples: Callable[[], list[Files]]
    read: Callable[[Path], None]
    spoils: frozenset[str] | None = None
    reseal: Callable[[Files], Files] | None = None
    tensorflow: bool = False


def chosen(names: Iterable[str]) -> list[Reader]:
    """The readers of these names; all without any.

    Raises:
        UnknownNameError: There is none of a name.
    """
    known = {reader.name: reader for reader in READERS}
    for name in names:
        if name not in known:
            raise UnknownNameError("reader", name, known)
    return [known[name] for name in names] or list(READERS)


def _of(*names: str) -> Callable[[], list[Files]]:
    """Each of some recorded files alone, as `m`."""
    return lambda: [golden(m=name) for name in names]


def _told(path: Path) -> None:
    """All that is told of a file, in every form."""
    report = inspect_file(path)
    json.dumps(report.to_dict())
    report.to_text()
    if report.weights:
        report.to_tree()


def _the_file(folder: Path) -> Path:
    """The model itself, not what lies beside it."""
    names = sorted(path for path in folder.iterdir() if path.suffix not in _BESIDE)
    return next(path for path in names if path.stem == "m")


def _each(*uses: Callable[[], Any]) -> None:
    """Does one thing after the other; what one refuses, the next may take."""
    refusals = []
    for use in uses:
        try:
            use()
        except GraphkitError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]


def _graph(folder: Path) -> None:
    path = _the_file(folder)
    _each(
        lambda: _told(path),
        lambda: diff(path, _REFERENCE).to_text(),
        lambda: draw_svg(path),
        lambda: draw_html(path),
    )


def _model(folder: Path) -> None:
    path = _the_file(folder)
    _each(lambda: _told(path), lambda: draw_svg(path), lambda: draw_html(path))


def _saved_model(folder: Path) -> None:
    path = next(folder.iterdir())
    _each(
        lambda: _told(path),
        lambda: draw_svg(path),
        lambda: _told(path / "variables" / "variables"),
    )


def _checkpoint(folder: Path) -> None:
    path = folder / "m" if (folder / "m").exists() else folder

    def read() -> None:
        stored = read_checkpoint(find_checkpoint(path))
        for name in stored.variables:
            stored.read(name)
        renamed = {next(iter(stored.variables), "x"): "renamed"}
        (folder / "out").mkdir()
        rename_checkpoint(path, folder / "out" / "m", renamed)

    _each(lambda: _told(path), read, lambda: diff(path, _STORED).to_text())


def _inspected(folder: Path) -> None:
    _told(_the_file(folder))


def _records(folder: Path) -> None:
    path = folder / "m"
    _each(
        lambda: [records.decode_example(record) for record in records.iterate_records(path)],
        lambda: records.describe_records(path),
        lambda: list(records.read_packed_images(path)),
        lambda: _told(path),
    )


def _events(folder: Path) -> None:
    from graphkit.summaries import read_events

    read_events(_the_file(folder))


def _examples(folder: Path) -> None:
    path = _the_file(folder)
    for dtype, shape in (("float32", (None, 3)), ("string", (None, None))):
        list(read_examples([path], TensorInfo("x", dtype, shape)))


def _pictures(folder: Path) -> None:
    info = TensorInfo("x", "float32", (None, 8, 8, 3))
    for example in read_examples([_the_file(folder)], info):
        if example.error:
            raise example.error


def _labels(folder: Path) -> None:
    read_labels(folder / "m")


def _preprocessing(folder: Path) -> None:
    info = TensorInfo("x", "float32", (None, 8, 8, 3))
    if found := recorded_preprocessing(folder / "m.pb"):
        found[1].to_text()
        found[1].apply(np.zeros((9, 7, 3), np.uint8), info)


def _notebook(folder: Path) -> None:
    read_notebook(folder / "m.ipynb")
    is_python2_notebook(folder / "m.ipynb")


def _archive(folder: Path) -> None:
    records.unpack_archive(folder / "m", folder / "unpacked", max_bytes=2**24)


def _pickles(folder: Path) -> None:
    records.read_cifar10(folder)


def _digits(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        read_idx(path, IMAGES if path.name.startswith("images") else LABELS)


def _opened(folder: Path) -> None:
    """Opens a model by what runs its kind; what it computes, if anything, is its own affair."""
    open_model(_the_file(folder)).close()


def _sources(folder: Path) -> None:
    """Opens what can be frozen, up to its values, in a session."""
    from graphkit.export._sources._open import open_source

    saved, prefix, graphs = folder / "saved_model", folder / "m", [None]
    if saved.exists():
        source = saved
    elif prefix.with_suffix(".index").exists():
        source, graphs = prefix, [None, folder / "m.meta"]
    else:
        source = _the_file(folder)
    for graph in graphs:
        opened = open_source("freeze", source, folder / "out.pb", graph=graph)
        with opened.open(opened.graph.as_graph_def()):
            pass


def _restored(folder: Path) -> None:
    """Restores a session of the graph that the checkpoint is of."""
    from graphkit._tf import tf
    from graphkit.session import SessionRunner

    with tf.Graph().as_default() as graph:
        saver = tf.train.import_meta_graph(f"{_TRAINED}.meta")
    with SessionRunner(graph, saver=saver) as runner:
        runner.restore(folder / "m")


def _run(folder: Path) -> None:
    """Runs a model, as its weights are read when they are needed first."""
    with open_model(_the_file(folder)) as model:
        model.run({"x": np.zeros((2, 3), np.float32)})


_BESIDE = {".data", ".index", ".data-00000-of-00001"}
_REFERENCE = Path(_samples.GOLDEN, "stored/loop.pb")
_STORED = Path(_samples.GOLDEN, "stored/kinds_v2")
_TRAINED = Path(_samples.GOLDEN, "freezing/trained_ref")
_GRAPHS = (
    "export/recurrent.pb",
    "flops/network.pb",
    "flops/shapes.pb",
    "stored/loop.pb",
    "stored/old.pb",
    "lost_writes/normalized_resource.pb",
)
_METAS = ("old_graphs/normalised.meta", "freezing/loop_resource.meta", "sharded_v1/net.ckpt.meta")
_MODELS = tuple(f"tflite_files/{n}.tflite" for n in ("network", "quantized", "custom"))
_FOLDERS = ("old_graphs/saved_model", "text_tables/saved")


def _version_two() -> list[Files]:
    names = ("stored/kinds_v2", "stored/old", "freezing/trained_ref")
    suffixes = (".index", ".data-00000-of-00001")
    named = [golden(*(f"{name}{suffix}" for suffix in suffixes)) for name in names]
    state = b'model_checkpoint_path: "old"\nall_model_checkpoint_paths: "old"\n'
    return [*named, {**named[1], "checkpoint": state}]


def _trained() -> Files:
    suffixes = (".index", ".data-00000-of-00001", ".meta")
    return {f"m{suffix}": Path(f"{_TRAINED}{suffix}").read_bytes() for suffix in suffixes}


def _freezable() -> list[Files]:
    return [_trained(), golden("old_graphs/saved_model"), golden(m="export/recurrent.pb")]


def _version_one() -> list[Files]:
    whole = [golden(name) for name in ("stored/kinds_v1", "export/version_1.ckpt")]
    shards = [f"sharded_v1/net.ckpt-0000{number}-of-00003" for number in range(3)]
    alone = [{"m": content} for files in whole for content in files.values()]
    return [*alone, golden("sharded_v1/checkpoint", *shards)]


READERS = (
    Reader("graph", _of(*_GRAPHS), _graph),
    Reader("graph-text", _of("stored/old.pbtxt"), _graph, tensorflow=True),
    Reader("meta-graph", _of(*_METAS), _graph),
    Reader("saved-model", lambda: [golden(name) for name in _FOLDERS], _saved_model),
    Reader("checkpoint-1", _version_one, _checkpoint),
    Reader("checkpoint-2", _version_two, _checkpoint),
    Reader("weights-apart", _apart.samples, _run, reseal=_apart.reseal, tensorflow=True),
    Reader("tflite", _of(*_MODELS), _model),
    Reader("onnx", _samples.onnx, _model),
    Reader(
        "hdf5",
        _of("keras_files/sequential.h5", "keras_files/weights.h5", "keras_three/two.h5"),
        _inspected,
    ),
    Reader("keras", _of("keras_files/today.keras", "keras_three/two.keras"), _inspected),
    Reader("records", _samples.records, _records),
    Reader("events", _of("summaries/run/events.out.tfevents.1.recorded"), _inspected),
    Reader(
        "summaries", _of("summaries/run/events.out.tfevents.1.recorded"), _events, tensorflow=True
    ),
    Reader("examples", _samples.arrays, _examples),
    Reader("pictures", _samples.pictures, _pictures),
    Reader("labels", _samples.words, _labels),
    Reader("preprocessing", _samples.preprocessing, _preprocessing),
    Reader("notebook", _samples.notebooks, _notebook),
    Reader("archive", _samples.archives, _archive),
    Reader("pickles", _samples.pickles, _pickles),
    Reader("digits", _samples.digits, _digits),
    Reader("sources", _freezable, _sources, tensorflow=True),
    Reader(
        "restored",
        lambda: [_trained()],
        _restored,
        spoils=frozenset({"m.index", "m.data-00000-of-00001"}),
        tensorflow=True,
    ),
    Reader("open-graph", _of("export/recurrent.pb", "stored/loop.pb"), _opened, tensorflow=True),
    Reader("open-tflite", _of(*_MODELS[:2]), _opened, tensorflow=True),
    Reader("open-onnx", _samples.onnx, _opened, tensorflow=True),
    Reader("open-keras", _of("keras_files/functional.h5"), _opened, tensorflow=True),
)

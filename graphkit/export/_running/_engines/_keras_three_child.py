"""What the process does that Keras 3 runs in: it builds a model and writes it as a SavedModel."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.errors import GraphkitError
from graphkit.export._optional import optional_package
from graphkit.export._running._batches import Batch, generated_batches

__all__ = ["export", "innermost"]

_INNER = "Exception encountered: "
_ODD = re.compile(r"[^A-Za-z0-9_.]")


def export(path: str, folder: str, *, safe: bool) -> None:
    """Writes `model`, `predictions.npz` and `answer.json`, which says what went wrong, if it did.

    Args:
        path: The file of Keras 3, which was looked at.
        folder: Where to write.
        safe: Whether functions whose code is in the file are refused.
    """
    keras = optional_package("keras", "a model of Keras 3")
    error = ""
    try:
        model = keras.saving.load_model(path, compile=False, safe_mode=safe)
        _write(keras, model, Path(folder))
    except Exception as exc:  # Keras raises what its layers do, anything
        error = f"Keras {keras.__version__} cannot build it: {innermost(exc)}"
    (Path(folder) / "answer.json").write_text(json.dumps({"error": error}))


def innermost(error: Exception) -> str:
    """What went wrong, in a line: the last of the errors that Keras puts into each other."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    inner = [line.partition(_INNER)[2] for line in lines if _INNER in line]
    return next((line for line in reversed(inner) if line), lines[0])


def _write(keras: Any, model: Any, folder: Path) -> None:
    inputs = dict(zip(_names(tensor.name for tensor in model.inputs), model.inputs, strict=True))
    layers = (tensor._keras_history.operation.name for tensor in model.outputs)  # noqa: SLF001
    outputs = list(_names(layers))

    def computed(*values: Any) -> dict[str, Any]:
        given = values[0] if len(values) == 1 else list(values)
        found = keras.tree.flatten(model(given, training=False))
        return dict(zip(outputs, found, strict=True))

    archive = keras.export.ExportArchive()
    archive.track(model)
    specs = [tf.TensorSpec(t.shape, t.dtype, name) for name, t in inputs.items()]
    archive.add_endpoint("serving_default", computed, specs)
    archive.write_out(str(folder / "model"))
    arrays: dict[str, Any] = {}
    for number, (batch, found) in enumerate(_predictions(inputs, computed)):
        arrays |= {f"{number}/in/{name}": _plain(value) for name, value in batch.items()}
        arrays |= {f"{number}/out/{name}": _plain(value) for name, value in found.items()}
    np.savez(folder / "predictions.npz", **arrays)


def _names(given: Iterator[str]) -> Iterator[str]:
    """Names that a signature and a graph take, each once."""
    taken: set[str] = set()
    for name in given:
        plain = unused = _ODD.sub("_", name)
        number = 0
        while unused in taken:
            number += 1
            unused = f"{plain}_{number}"
        taken.add(unused)
        yield unused


def _predictions(
    inputs: dict[str, Any], compute: Callable[..., dict[str, Any]]
) -> list[tuple[Batch, dict[str, Any]]]:
    """What a model gives for values that are made up; nothing where they cannot be.

    Floats that an embedding takes for indices have to be 0 or 1.
    """
    with tf.Graph().as_default():
        fed = {name: tf.placeholder(t.dtype, t.shape) for name, t in inputs.items()}
        try:
            batches = generated_batches("export", fed)
            places = {name: np.arange(2) for name, t in fed.items() if t.dtype.is_floating}
            indices = generated_batches("export", fed, places)
        except GraphkitError:
            return []
    for tried in (batches, indices):
        try:
            return [(batch, compute(*batch.values())) for batch in tried]
        except (tf.errors.OpError, ValueError):  # as it is of values alone
            continue
    return []


def _plain(value: Any) -> npt.NDArray[Any]:
    array = np.asarray(value)
    return array.astype(np.bytes_) if array.dtype == object else array

"""A model of Keras 3, which has no graphs: exported by a process of its own, then run as one.

TensorFlow brings Keras 3 along, but graphkit computes with Keras 2, and the two had better not meet
in one process. Nothing is imported by that process which the file names before it was looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export._inspection._keras_details import KerasDetails
from graphkit.export._running._engines._keras_trust import check_keras
from graphkit.export._running._engines._saved_model import SavedModelModel
from graphkit.session import SessionConfig

__all__ = ["KerasThreeModel", "check_answer", "export_apart"]

_CHILD = """
import sys
sys.path[:] = sys.argv[4:]
from graphkit.export._running._engines._keras_three_child import export
export(sys.argv[1], sys.argv[2], safe=sys.argv[3] == "safe")
"""
_SECONDS = 600.0
_RUNS_CODE = {"Lambda", "__lambda__"}


class KerasThreeModel(SavedModelModel):
    """A model of Keras 3, in its mode for inference; inputs and outputs go by Keras's names."""

    def __init__(
        self,
        path: Path,
        details: KerasDetails,
        allow: Collection[str],
        config: SessionConfig | None,
    ) -> None:
        with tempfile.TemporaryDirectory() as folder:
            saved = export_apart(path, details, allow, Path(folder))
            super().__init__(saved, allow, config)
        self.path = path


def export_apart(
    path: Path,
    details: KerasDetails,
    allow: Collection[str],
    folder: Path,
    *,
    seconds: float = _SECONDS,
) -> Path:
    """Has Keras 3 write a SavedModel of a file, and what it predicts for generated batches.

    Args:
        path: The file, `.keras` or `.h5`.
        details: What is in it.
        allow: Classes that may be built though their code is in the file, such as `{"Lambda"}`.
        folder: An empty folder.
        seconds: How long that may take.

    Returns:
        The SavedModel. Beside it lies `predictions.npz`: for each batch NUMBER, if values could be
        made up, its `NUMBER/in/INPUT` and `NUMBER/out/OUTPUT`.

    Raises:
        CorruptFileError: Keras cannot build it.
        UnsafeFileError: It holds code, names what is not of Keras, or building it does not end.
    """
    check_keras(path, details, allow)
    safe = "safe" if _RUNS_CODE.isdisjoint(allow) else "allowed"
    # The child imports from where this process does, and not from a folder of strangers' files.
    command = [sys.executable, "-c", _CHILD, str(path.absolute()), str(folder), safe]
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow"}
    try:
        done = subprocess.run(
            [*command, *filter(None, sys.path)],
            capture_output=True,
            check=False,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as exc:
        raise UnsafeFileError(path, f"Keras 3 did not build it in {seconds:g} seconds") from exc
    check_answer(path, folder, done)
    return folder / "model"


def check_answer(path: Path, folder: Path, done: subprocess.CompletedProcess[bytes]) -> None:
    """Hears how the process fared.

    Args:
        path: The file of Keras.
        folder: Where the process wrote.
        done: The process.

    Raises:
        CorruptFileError: Keras could not build the model, or ended with the process.
    """
    answer = folder / "answer.json"
    if not answer.is_file():
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [""]
        reason = f"Keras 3 cannot build it: the process ended ({done.returncode}) {lines[-1]}"
        raise CorruptFileError(path, reason)
    if reason := json.loads(answer.read_text())["error"]:
        raise CorruptFileError(path, reason)

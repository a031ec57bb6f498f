"""A file of Keras described by a process of its own.

HDF5's library trusts what it reads: on some damaged files it never comes back, and then no signal
and no exception gets past it; others end the whole process. A child can be ended, or end, alone.
"""

from __future__ import annotations

import contextlib
import json
import math
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export._inspection._keras_details import KerasDetails
from graphkit.export._tensor_info import TensorInfo

__all__ = ["describe_keras_apart", "print_answer"]

_CHILD = """
import sys
sys.path[:] = sys.argv[2:]
from pathlib import Path
from graphkit.export._inspection._keras_apart import print_answer
print_answer(Path(sys.argv[1]))
"""
_SECONDS = 60.0
# How long reading may compute, in times of what the child computes until it can begin: a thousand
# weights in 5 MB take 3 of them.
_TIMES, _TIMES_PER_MEGABYTE = 8, 3
_ENDLESS = "its HDF5 was not read to the end in"
_ERRORS = {"CorruptFileError": CorruptFileError, "UnsafeFileError": UnsafeFileError}


def describe_keras_apart(path: Path, *, seconds: float = _SECONDS) -> KerasDetails:
    """Describes a file of Keras, as `describe_keras` does.

    Args:
        path: The file.
        seconds: How long that may take.

    Returns:
        The description.

    Raises:
        CorruptFileError: It is damaged, or no file of Keras.
        UnsafeFileError: It is beyond all measure, or reading it does not come to an end.
    """
    # The child imports from where this process does, and not from a folder of strangers' files.
    command = [sys.executable, "-c", _CHILD, str(path.absolute()), *filter(None, sys.path)]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=seconds)
    except subprocess.TimeoutExpired as exc:
        raise UnsafeFileError(path, f"{_ENDLESS} {seconds:g} seconds") from exc
    if done.returncode == -getattr(signal, "SIGXCPU", math.nan):
        raise UnsafeFileError(path, f"{_ENDLESS} many times what a file of its size takes")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as exc:
        reason = f"is damaged: reading its HDF5 ended the process ({done.returncode})"
        raise CorruptFileError(path, reason) from exc
    if "error" in answer:
        raise _ERRORS[answer["error"]](path, answer["reason"])
    weights = [
        TensorInfo(name, dtype, None if shape is None else tuple(shape))
        for name, dtype, shape in answer.pop("weights")
    ]
    return KerasDetails(**answer, weights=weights)


def print_answer(path: Path) -> None:
    """What the child does: prints the description of a file, or why there is none."""
    from graphkit.export._inspection._keras import describe_keras

    _end_in_time(path)
    try:
        details = describe_keras(path)
    except tuple(_ERRORS.values()) as exc:
        answer: dict[str, Any] = {"error": type(exc).__name__, "reason": exc.reason}
    else:
        weights = [(info.name, info.dtype, info.shape) for info in details.weights]
        answer = asdict(details) | {"weights": weights}
    print(json.dumps(answer))  # noqa: T201 - its parent reads it


def _end_in_time(path: Path) -> None:
    """Lets the system end this process if it computes for too long; not on Windows."""
    with contextlib.suppress(ImportError, OSError):
        import resource

        times = _TIMES + _TIMES_PER_MEGABYTE * path.stat().st_size / 1e6
        most = math.ceil(times * time.process_time())
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))

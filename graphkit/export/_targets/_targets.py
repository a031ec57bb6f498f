"""The formats that a graph can be written in, and the program that proves each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit.errors import ArgumentError
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._onnx import write_onnx
from graphkit.export._targets._options import Options
from graphkit.export._targets._pb import write_pb
from graphkit.export._targets._saved_model import write_saved_model
from graphkit.export._targets._tflite import write_tflite

__all__ = ["CONSUMERS", "FORMATS", "Target", "chosen_format"]


@dataclass(frozen=True)
class Target:
    """A format and the program that opens it.

    Attributes:
        name: What users call it.
        engine: The program, as `open_model` names it.
        write: Writes a graph into a new file or folder.
        suffixes: What such files end with.
    """

    name: str
    engine: str
    write: Callable[[Frozen, Path, Options], None]
    suffixes: tuple[str, ...] = ()


_ONNX = Target("onnx", "onnxruntime", write_onnx, (".onnx",))
_TFLITE = Target("tflite", "tflite", write_tflite, (".tflite",))

# What `convert` writes.
FORMATS = {
    "pb": Target("pb", "tensorflow", write_pb, (".pb", ".pbtxt")),
    "saved_model": Target("saved_model", "tensorflow", write_saved_model, ("",)),
    "tflite": _TFLITE,
    "onnx": _ONNX,
}

# Whom `freeze` asks as well.
CONSUMERS = {
    "opencv": Target("opencv", "opencv", write_pb),
    "onnx": _ONNX,
    "tflite": _TFLITE,
    "serving": Target("serving", "tensorflow", write_saved_model),
}


def chosen_format(where: str, path: Path, name: Any) -> Target:
    """The format of that name, or else the one files of that suffix have.

    Raises:
        ArgumentError: There is none.
    """
    if name is not None:
        if name not in FORMATS:
            raise ArgumentError(where, "target", name, f"one of {', '.join(map(repr, FORMATS))}")
        return FORMATS[name]
    for target in FORMATS.values():
        if path.suffix in target.suffixes:
            return target
    wanted = "a file .pb, .pbtxt, .tflite or .onnx, a folder without a suffix, or come with target"
    raise ArgumentError(where, "path", str(path), wanted)

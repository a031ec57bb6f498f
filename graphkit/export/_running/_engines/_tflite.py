"""A TFLite model, run by TensorFlow's interpreter for them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf, without_log_lines
from graphkit.errors import CorruptFileError, RunError, UnsafeFileError
from graphkit.export._graphs._op_kinds import unsafe_types
from graphkit.export._inspection._tflite import describe_tflite
from graphkit.export._running._engines._said import said_by
from graphkit.export._running._model import Arrays, Model
from graphkit.export._tensor_info import TensorInfo
from graphkit.session import SessionConfig

__all__ = ["TfliteModel"]

# A custom op of that name runs a TensorFlow kernel; which one, the options of the op say.
_KERNEL = "Flex"


class TfliteModel(Model):
    """A TFLite model; open dimensions take the size of what is fed."""

    engine = "tflite"

    def __init__(self, path: Path, allow: Collection[str], config: SessionConfig | None) -> None:
        _check_safe(path, allow)
        self._threads = config.intra_op_threads if config is not None else None
        self._interpreter = _interpreter(path, self._threads)
        try:
            self._inputs = {_name(one): one for one in self._interpreter.get_input_details()}
            self._outputs = {_name(one): one for one in self._interpreter.get_output_details()}
        except UnicodeDecodeError as exc:
            raise CorruptFileError(path, f"a tensor's name is no text: {exc}") from exc
        self._shapes: dict[str, tuple[int, ...]] = {}
        inputs, outputs = (
            [_info(name, detail) for name, detail in details.items()]
            for details in (self._inputs, self._outputs)
        )
        super().__init__(path, inputs, outputs)
        self.quantization = {
            name: detail["quantization"]
            for name, detail in {**self._inputs, **self._outputs}.items()
            if detail["quantization"][0]
        }

    def close(self) -> None:
        """Lets go of the interpreter and its memory."""
        super().close()
        self._interpreter = None

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        try:
            self._resize(feeds)
            for name, value in feeds.items():
                self._interpreter.set_tensor(self._inputs[name]["index"], value)
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as exc:
            self._shapes = {}
            raise RunError(f"{self.path}: the TFLite interpreter failed: {said_by(exc)}") from exc
        return [self._interpreter.get_tensor(self._outputs[name]["index"]) for name in names]

    def _resize(self, feeds: Arrays) -> None:
        """Makes room for these shapes, where they are others than the last time."""
        shapes = {name: value.shape for name, value in feeds.items()}
        if shapes != self._shapes:
            try:
                self._allocate(shapes)
            except RuntimeError:
                # The faster kernels of TensorFlow 2.16 take no second shape where loops or branches
                # leave shapes open, and what this leaves behind computes other numbers.
                self._interpreter = _interpreter(self.path, self._threads)
                self._allocate(shapes)
            self._shapes = shapes

    def _allocate(self, shapes: dict[str, tuple[int, ...]]) -> None:
        for name, shape in shapes.items():
            self._interpreter.resize_tensor_input(self._inputs[name]["index"], shape)
        with without_log_lines():
            self._interpreter.allocate_tensors()


def _interpreter(path: Path, threads: int | None) -> Any:
    try:
        with without_log_lines(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TensorFlow's: the interpreter is to move
            return tf.lite.Interpreter(str(path), num_threads=threads)
    except (ValueError, RuntimeError) as exc:
        raise CorruptFileError(path, f"the TFLite interpreter refuses it: {said_by(exc)}") from exc


def _name(detail: dict[str, Any]) -> str:
    """The tensor's name as TensorFlow 1 called it."""
    return str(detail["name"]).removesuffix(":0")


def _info(name: str, detail: dict[str, Any]) -> TensorInfo:
    dtype = detail["dtype"]
    kind = "string" if dtype in (np.bytes_, np.str_) else np.dtype(dtype).name
    signature = detail.get("shape_signature", detail["shape"])
    shape = signature if len(signature) else detail["shape"]
    return TensorInfo(name, kind, tuple(None if size < 0 else int(size) for size in shape))


def _check_safe(path: Path, allow: Collection[str]) -> None:
    """Refuses TensorFlow kernels that touch files or run code.

    The name of a custom op does not tell which kernel it runs, so all bytes are looked through
    for a kernel's name.
    """
    details = describe_tflite(path)
    if not any(kind.startswith(_KERNEL) for kind in details.custom_ops):
        return
    listed = "|".join(sorted(unsafe_types(), key=len, reverse=True)).encode()
    for found in re.finditer(rb"(?<![A-Za-z0-9_/])(%s)(V\d+)?" % listed, path.read_bytes()):
        kind = found.group().decode()
        if kind not in allow and found.group(1).decode() not in allow:
            reason = (
                f"it may run a {kind}, which touches files or runs code from outside the model; "
                f"it was not opened (open_model(..., allow={{{kind!r}}}) or --allow {kind} "
                "permits it)"
            )
            raise UnsafeFileError(path, reason)

"""An ONNX model, run by ONNX Runtime; without TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from graphkit.errors import CorruptFileError, RunError
from graphkit.export._inspection._onnx import describe_onnx
from graphkit.export._optional import optional_package
from graphkit.export._running._engines._beside import check_beside
from graphkit.export._running._engines._said import said_by
from graphkit.export._running._model import Arrays, Model
from graphkit.export._tensor_info import TensorInfo

if TYPE_CHECKING:
    from graphkit.session import SessionConfig

__all__ = ["OnnxRuntimeModel"]

_FATAL = 4
_DTYPES = {"float": "float32", "double": "float64"}


class OnnxRuntimeModel(Model):
    """An ONNX model in an `onnxruntime.InferenceSession` on the CPU."""

    engine = "onnxruntime"

    def __init__(self, path: Path, allow: Collection[str], config: SessionConfig | None) -> None:
        runtime = optional_package("onnxruntime", "running an ONNX model in ONNX Runtime")
        check_beside(path, describe_onnx(path).external_files)
        options = runtime.SessionOptions()
        options.log_severity_level = _FATAL
        if config is not None:
            options.intra_op_num_threads = config.intra_op_threads or 0
        try:
            self._session = runtime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )
            inputs = [_info(value) for value in self._session.get_inputs()]
            outputs = [_info(value) for value in self._session.get_outputs()]
        except Exception as exc:  # its own classes have no other parent
            raise CorruptFileError(path, f"ONNX Runtime refuses it: {said_by(exc)}") from exc
        super().__init__(path, inputs, outputs)

    def close(self) -> None:
        """Lets go of the session."""
        super().close()
        self._session = None

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        try:
            given = {name: _with_texts(value, _decoded) for name, value in feeds.items()}
            found = self._session.run(list(names), given)
            return [_with_texts(value, _encoded) for value in found]
        except Exception as exc:  # its own classes have no other parent
            raise RunError(f"{self.path}: ONNX Runtime failed: {said_by(exc)}") from exc


def _with_texts(value: Any, turned: Callable[[Any], Any]) -> Any:
    """An array; with each text turned, which is str in ONNX Runtime and bytes in TensorFlow."""
    array = np.asarray(value)
    if array.dtype.kind not in "OSU":
        return value
    texts = np.empty(array.shape, object)
    texts[...] = np.vectorize(turned, otypes=[object])(array) if array.size else array
    return texts


def _decoded(text: Any) -> str:
    return text.decode() if isinstance(text, bytes) else str(text)


def _encoded(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()


def _info(value: Any) -> TensorInfo:
    """An input or output; an open dimension has a word, or nothing, for its size."""
    kind = str(value.type).removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) else None for size in value.shape or ())
    return TensorInfo(value.name, _DTYPES.get(kind, kind), shape)

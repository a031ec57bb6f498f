"""An ONNX model, run by ONNX Runtime; without TensorFlow."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from graphkit.errors import CorruptFileError, RunError
from graphkit.export._inspection._onnx import describe_onnx
from graphkit.export._optional import optional_package
from graphkit.export._running._engines._beside import check_beside
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
        except Exception as exc:  # its own classes have no other parent
            raise CorruptFileError(path, f"ONNX Runtime refuses it: {exc}") from exc
        inputs = [_info(value) for value in self._session.get_inputs()]
        super().__init__(path, inputs, [_info(value) for value in self._session.get_outputs()])

    def close(self) -> None:
        """Lets go of the session."""
        super().close()
        self._session = None

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        try:
            return list(self._session.run(list(names), feeds))
        except Exception as exc:  # its own classes have no other parent
            raise RunError(f"{self.path}: ONNX Runtime failed: {exc}") from exc


def _info(value: Any) -> TensorInfo:
    """An input or output; an open dimension has a word, or nothing, for its size."""
    kind = str(value.type).removeprefix("tensor(").removesuffix(")")
    shape = tuple(size if isinstance(size, int) else None for size in value.shape or ())
    return TensorInfo(value.name, _DTYPES.get(kind, kind), shape)

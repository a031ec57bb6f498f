"""A model ready to run, whatever its format and whichever program runs it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError, UsageError
from graphkit.export._running._values import fitted
from graphkit.export._tensor_info import TensorInfo

__all__ = ["Model"]

Arrays = dict[str, npt.NDArray[Any]]


class Model(ABC):
    """A file that was opened to be run; `open_model` makes it.

    Attributes:
        path: The file or folder.
        engine: The program that runs it: "tensorflow", "tflite", "onnxruntime" or "opencv".
        inputs: What it takes, as the file lays it out.
        outputs: What it gives.
        optional: The names of inputs that have a default.
        parsed: The names of inputs that are records (Examples), which the model parses itself.
        quantization: Scale and zero point of inputs and outputs whose integers stand for real
            numbers, by name: `real = (integer - zero) * scale`.
    """

    engine: ClassVar[str]

    def __init__(
        self,
        path: Path,
        inputs: Sequence[TensorInfo],
        outputs: Sequence[TensorInfo],
        optional: Sequence[str] = (),
    ) -> None:
        self.path = path
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.optional = frozenset(optional)
        self.parsed: frozenset[str] = frozenset()
        self.quantization: dict[str, tuple[float, int]] = {}
        self._closed = False

    def run(
        self, feeds: Mapping[str, Any], outputs: str | Sequence[str] | None = None
    ) -> dict[str, npt.NDArray[Any]]:
        """Computes outputs for one batch.

        Args:
            feeds: Arrays by input name, with or without `:0`; one with a default may be left out.
                A quantised input takes its integers, or the real numbers they stand for.
            outputs: The names of outputs; all unless given.

        Returns:
            The values by the names they were asked for, of the dtypes `outputs` says.

        Raises:
            UnknownNameError: A name the model does not have.
            ArgumentError: An input is missing, or has another shape or dtype.
            ArgumentTypeError: `feeds` is no mapping.
            UnsafeFileError: The outputs depend on an op that touches files or runs code.
            RunError: The engine fails.
            UsageError: The model was closed.
        """
        if self._closed:
            raise UsageError(f"Model: {self.path} is closed; open it again")
        known = {info.name: info for info in self.outputs}
        names = [outputs] if isinstance(outputs, str) else list(outputs or known)
        plain = [name.removesuffix(":0") if name not in known else name for name in names]
        for name in plain:
            if name not in known:
                raise UnknownNameError("output", name, known)
        return dict(zip(names, self._compute(self._fed(feeds), plain), strict=True))

    def close(self) -> None:
        """Lets go of what the engine holds; closing again does nothing."""
        self._closed = True

    def __enter__(self) -> Model:
        """Gives the model itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the model."""
        self.close()

    @abstractmethod
    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        """The outputs of these names, for inputs that were checked."""

    def _quantized(self, name: str, value: Any) -> Any:
        """Real numbers as the nearest integers that a quantised input has for them."""
        array = np.asarray(value)
        info = next(info for info in self.inputs if info.name == name)
        if name not in self.quantization or array.dtype.kind != "f":
            return value
        scale, zero = self.quantization[name]
        limits = np.iinfo(info.dtype)
        whole = np.rint(array / scale) + zero
        return np.clip(whole, limits.min, limits.max).astype(info.dtype)

    def _fed(self, feeds: Any) -> Arrays:
        where = "Model.run"
        if not isinstance(feeds, Mapping):
            wanted = "a dict of arrays by input name"
            raise ArgumentTypeError(where, "feeds", type(feeds).__name__, wanted)
        known = {info.name: info for info in self.inputs}
        fed: Arrays = {}
        for name, value in feeds.items():
            key = name if name in known else str(name).removesuffix(":0")
            if key not in known:
                raise UnknownNameError("input", key, known)
            fed[key] = fitted(where, known[key], self._quantized(key, value))
        for name in known:
            if name not in fed and name not in self.optional:
                raise ArgumentError(where, "feeds", sorted(fed), f"values for {name!r} too")
        return fed

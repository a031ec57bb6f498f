"""Opening a file to run it, by the program that can."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphkit.errors import ArgumentError, ArgumentTypeError, MissingFileError
from graphkit.export._inspection._onnx import is_onnx
from graphkit.export._other_kinds import is_keras, is_saved_model, is_tflite, no_frozen_graph
from graphkit.export._running._model import Model

if TYPE_CHECKING:
    from graphkit.session import SessionConfig

__all__ = ["engines_for", "open_model"]

# The engines of each kind of file, the one that is taken unless named first, and their class.
_ENGINES = {
    "SavedModel": {"tensorflow": "_saved_model.SavedModelModel"},
    "Keras model": {"tensorflow": "_keras.open_keras_model"},
    "TFLite model": {"tflite": "_tflite.TfliteModel"},
    "ONNX model": {
        "onnxruntime": "_onnxruntime.OnnxRuntimeModel",
        "opencv": "_opencv.OpenCvModel",
    },
    "frozen graph": {
        "tensorflow": "_tensorflow.TensorFlowModel",
        "opencv": "_opencv.OpenCvModel",
    },
}


def open_model(
    path: str | PathLike[str],
    *,
    engine: str | None = None,
    allow: Collection[str] = (),
    config: SessionConfig | None = None,
    libraries: Iterable[str | PathLike[str]] = (),
) -> Model:
    """Opens a model of any format to run it; TensorFlow is imported only where it runs it.

    Args:
        path: A frozen graph (`.pb`, `.pbtxt`), the folder of a SavedModel, a TFLite or ONNX model,
            or a model of Keras (`.h5`, `.keras`); told apart by content.
        engine: The program to run it: "tensorflow", "tflite", "onnxruntime" or "opencv". A frozen
            graph, a SavedModel and a Keras model run in TensorFlow unless said otherwise, a
            TFLite model in its interpreter, an ONNX model in ONNX Runtime. OpenCV runs frozen
            graphs and ONNX models.
        allow: Types of ops that touch files or run code and may run all the same, such as
            `{"ReadFile"}`; of Keras classes such as `{"Lambda"}`.
        config: What a session may use of the machine; other engines take the number of threads.
        libraries: The files of custom ops that a graph for TensorFlow uses; to load one runs its
            code.

    Returns:
        The model; close it, or use it in a `with`.

    Raises:
        MissingFileError: There is no such file.
        CorruptFileError: It holds no model, or one that the engine refuses.
        UnsafeFileError: Opening it would touch other files or run code.
        ArgumentError: The engine does not run files of that kind, or takes no libraries.
        ArgumentTypeError: `allow` is no collection of names.
        UsageError: The engine is not installed.
    """
    file = Path(path)
    if isinstance(allow, str):
        wanted = "a collection of op types such as {'ReadFile'}"
        raise ArgumentTypeError("open_model", "allow", repr(allow), wanted)
    kind = _kind(file)
    engines = _ENGINES[kind]
    if engine is not None and engine not in engines:
        wanted = f"one that runs a {kind}: {', '.join(map(repr, engines))}"
        raise ArgumentError("open_model", "engine", engine, wanted)
    chosen = engine or next(iter(engines))
    if named := tuple(libraries):
        _load_libraries(chosen, named)
    module, name = engines[chosen].split(".")
    opened: Any = getattr(import_module(f"graphkit.export._running._engines.{module}"), name)
    model: Model = opened(file, allow, config)
    return model


def _load_libraries(engine: str, libraries: tuple[str | PathLike[str], ...]) -> None:
    if engine != "tensorflow":
        raise ArgumentError("open_model", "libraries", list(libraries), f"left out for {engine}")
    loader: Any = import_module("graphkit.export._graphs._libraries")
    loader.load_libraries("open_model", libraries)


def engines_for(path: str | PathLike[str]) -> list[str]:
    """The engines that run files of that kind, the one taken unless named first.

    Args:
        path: A model; see `open_model`.

    Returns:
        Their names; whether they are installed, or refuse this very file, is not asked.

    Raises:
        MissingFileError: There is no such file.
    """
    return list(_ENGINES[_kind(Path(path))])


def _kind(file: Path) -> str:
    if is_saved_model(file):
        return "SavedModel"
    if not file.is_file():
        raise MissingFileError(file, no_frozen_graph(file))
    if is_keras(file):
        return "Keras model"
    if is_tflite(file):
        return "TFLite model"
    return "ONNX model" if is_onnx(file) else "frozen graph"

"""A model of Keras, built again in a graph of its own as it is for inference."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphkit.errors import UsageError
from graphkit.export._inspection._keras_apart import describe_keras_apart
from graphkit.export._running._engines._keras import KerasModel
from graphkit.export._sources._source import Source

__all__ = ["open_keras"]


def open_keras(path: Path, allow: Collection[str]) -> Source:
    """A file of Keras as a source.

    Args:
        path: The file, `.h5` or `.keras`.
        allow: Classes that may be built though their code is in the file, such as `{"Lambda"}`.

    Raises:
        CorruptFileError: It is damaged, holds weights alone, or cannot be built.
        UnsafeFileError: It holds code, or names what is not of Keras.
        UsageError: It was written by Keras 3.
    """
    version = describe_keras_apart(path).keras_version
    if version.startswith("3"):
        way = f"write it with model.export(FOLDER) under Keras {version}, and freeze FOLDER"
        raise UsageError(f"{path}: a model of Keras 3 holds no graph; {way}")
    model = KerasModel(path, allow, None)

    @contextmanager
    def opened(_frozen: Any) -> Iterator[Any]:
        with model:
            yield model.session

    inputs, outputs = ([tensor.name for tensor in ends] for ends in model.tensors)
    return Source(model.graph, opened, path, outputs, inputs)

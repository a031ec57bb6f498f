"""A model of Keras, built again in a graph of its own as it is for inference."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphkit.export._inspection._keras_apart import describe_keras_apart
from graphkit.export._running._engines._keras import KerasModel
from graphkit.export._sources._keras_three import open_keras_three
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
    """
    details = describe_keras_apart(path)
    if details.keras_version.startswith("3"):
        return open_keras_three(path, details, allow)
    model = KerasModel(path, details, allow, None)

    @contextmanager
    def opened(_frozen: Any) -> Iterator[Any]:
        with model:
            yield model.session

    inputs, outputs = ([tensor.name for tensor in ends] for ends in model.tensors)
    return Source(model.graph, opened, path, outputs, inputs)

"""What is in a file of Keras, HDF5 (`.h5`) or an archive (`.keras`); no layer of it is built.

model.h5                    HDF5: the configuration in attributes of the root
    model_weights/…         one dataset for each weight; at the root of a file of weights alone
    optimizer_weights/…
model.keras                 a zip archive
    config.json             the configuration
    metadata.json           the version of Keras
    model.weights.h5        HDF5
"""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import h5py

from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export._inspection._keras_details import KerasDetails
from graphkit.export._tensor_info import TensorInfo

__all__ = ["describe_keras"]

_ARCHIVE_START = b"PK"
_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_LARGEST_CONFIG, _LARGEST_WEIGHTS = 2**26, 2**32
_DEEPEST, _MOST_OBJECTS, _MOST_LETTERS = 60, 200_000, 2**26
_AT_ONCE = 2**20
_OPTIMIZERS = {"optimizer", "optimizer_weights"}
# Their code is in the file, and runs when a model is made of it.
_HOLD_CODE = {"Lambda"}
_ARCHIVE_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError)
_DAMAGE = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


def describe_keras(path: Path) -> KerasDetails:
    """Describes a file of Keras; values are not read, and links into other files not followed.

    Args:
        path: The file.

    Returns:
        The description.

    Raises:
        CorruptFileError: It is damaged, or no file of Keras.
        UnsafeFileError: Its configuration is beyond all measure.
    """
    try:
        with open(path, "rb") as file:
            is_archive = file.read(len(_ARCHIVE_START)) == _ARCHIVE_START
        return _of_archive(path) if is_archive else _of_hdf5(path)
    except UnsafeFileError:
        raise
    except (*_DAMAGE, *_ARCHIVE_DAMAGE) as exc:
        raise CorruptFileError(path, f"is damaged, or no file of Keras: {exc}") from exc


def _of_hdf5(path: Path) -> KerasDetails:
    with h5py.File(path, "r") as file:
        model = _parsed(file.attrs.get("model_config"))
        training = _parsed(file.attrs.get("training_config"))
        root = file["model_weights"] if "model_weights" in file else file
        optimizer = training.get("optimizer_config", {}).get("class_name", "")
        return _details(path, root, model, _text(file.attrs.get("keras_version")), optimizer)


def _of_archive(path: Path) -> KerasDetails:
    with zipfile.ZipFile(path) as archive:
        model = _member(path, archive, _CONFIG)
        version = _member(path, archive, _METADATA).get("keras_version", "")
        compiled = model.get("compile_config") or {}
        optimizer = compiled.get("optimizer", {})
        name = optimizer.get("class_name", "") if isinstance(optimizer, dict) else optimizer
        with _unfolded(path, archive, _WEIGHTS) as weights, h5py.File(weights, "r") as file:
            return _details(path, file, model, version, name)


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    """A JSON file of an archive, which says itself how large it is, and may lie."""
    with archive.open(name) as file:
        content = file.read(_LARGEST_CONFIG + 1)
    if len(content) > _LARGEST_CONFIG:
        raise UnsafeFileError(path, f"its {name} unfolds into more than {_LARGEST_CONFIG:,} bytes")
    return _parsed(content)


@contextmanager
def _unfolded(path: Path, archive: zipfile.ZipFile, name: str) -> Iterator[IO[bytes]]:
    """A member as a file of its own: to go back in one, an archive unfolds it from the start."""
    most = max(_LARGEST_WEIGHTS, path.stat().st_size)
    with tempfile.TemporaryFile() as whole, archive.open(name) as member:
        while part := member.read(_AT_ONCE):
            if whole.tell() + len(part) > most:
                raise UnsafeFileError(path, f"its {name} unfolds into more than {most:,} bytes")
            whole.write(part)
        yield whole


def _details(
    path: Path, root: Any, model: dict[str, Any], version: str, optimizer: str
) -> KerasDetails:
    outside: list[str] = []
    found = list(_datasets(path, root, outside))
    layers = list(_layers(model))
    return KerasDetails(
        model=str(model.get("class_name", "")),
        keras_version=str(version),
        optimizer=str(optimizer),
        layers=[f"{name} ({kind})" for name, kind in layers],
        parameters=sum(elements for _, elements, _ in found),
        parameter_bytes=sum(elements * size for _, elements, size in found),
        unsafe_layers=[f"{name} ({kind})" for name, kind in layers if kind in _HOLD_CODE],
        outside=outside,
        weights=[info for info, _, _ in found],
    )


def _datasets(path: Path, root: Any, outside: list[str]) -> Iterator[tuple[TensorInfo, int, int]]:
    """The datasets below a group, with elements and their size; only what is really in there.

    What leads into other files is added to `outside`.
    """
    waiting, left, letters = deque([("", root, 0)]), _MOST_OBJECTS, _MOST_LETTERS
    met = {_place(root)}
    while waiting:
        prefix, group, depth = waiting.popleft()
        for name in group:
            left -= 1
            letters -= len(prefix) + len(name)
            if min(left, letters) < 0 or depth > _DEEPEST:
                raise _endless(path)
            link = group.get(name, getlink=True)
            if isinstance(link, h5py.ExternalLink):
                outside.append(f"{prefix}{name} ({link.filename})")
            if not isinstance(link, h5py.HardLink):
                continue
            if not prefix and name in _OPTIMIZERS:
                continue
            item = group[name]
            if isinstance(item, h5py.Group):
                if _place(item) in met:
                    raise _endless(path)
                met.add(_place(item))
                waiting.append((f"{prefix}{name}/", item, depth + 1))
            elif isinstance(item, h5py.Dataset):
                outside += [f"{prefix}{name} ({place[0]})" for place in item.external or ()]
                info = TensorInfo(f"{prefix}{name}".removesuffix(":0"), item.dtype.name, item.shape)
                yield info, item.size or 0, item.dtype.itemsize


def _place(group: Any) -> int:
    """Where a group lies in its file; it may have many names, and lie in itself."""
    return int(h5py.h5o.get_info(group.id).addr)


def _endless(path: Path) -> UnsafeFileError:
    return UnsafeFileError(path, "its groups lie in each other without an end")


def _layers(model: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and class of each layer; a model inside is a layer, and its layers follow it."""
    waiting: list[Any] = [model]
    while waiting:
        config = waiting.pop(0).get("config")
        # Sequential models of before Keras 2.2.3 are a list of layers.
        layers = config.get("layers", []) if isinstance(config, dict) else config or []
        for layer in layers:
            inner = layer.get("config")
            named = inner.get("name", "") if isinstance(inner, dict) else layer.get("name", "")
            yield str(named), str(layer.get("class_name", ""))
        waiting += [layer for layer in layers if _is_model(layer)]


def _is_model(layer: dict[str, Any]) -> bool:
    config = layer.get("config")
    return isinstance(config, list) or (isinstance(config, dict) and "layers" in config)


def _parsed(text: Any) -> dict[str, Any]:
    found = json.loads(text) if text is not None else {}
    if not isinstance(found, dict):
        raise ValueError("its configuration is no JSON object")
    return found


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value or "")

"""What a file of Keras may name: layers of Keras itself, and functions that only compute.

Keras builds a model by looking up what its configuration names, in any module, and calls it.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import h5py

from graphkit.errors import CorruptFileError, UnsafeFileError
from graphkit.export._inspection._keras_details import KerasDetails

__all__ = ["check_keras", "is_archive"]

_ARCHIVE = b"PK"
_LARGEST, _LARGEST_WHOLE = 2**26, 2**34
_HOMES = re.compile(
    r"(tf_)?keras(\.src)?(\.(activations|constraints|dtype_policies|engine|initializers|layers|"
    r"mixed_precision|models|ops|quantizers|regularizers)(\.[a-z_.]+)?)?"
)
# Classes whose configuration is code, or names a thing or a file anywhere.
_CODE = {
    "FlaxLayer",
    "JaxLayer",
    "Lambda",
    "TFSMLayer",
    "TorchModuleWrapper",
    "__lambda__",
    "__typespec__",
}
_OF_LAMBDA = {"__lambda__"}  # the function in such a layer
# Layers that read their words from a file, if their configuration names one.
_VOCABULARY = "vocabulary"
# Layers that call the function of TensorFlow which they name.
_CALLS = {"ClassMethod", "InstanceMethod", "InstanceProperty", "SlicingOpLambda", "TFOpLambda"}
_COMPUTES = re.compile(
    r"(_*operators_*|math|nn|linalg|signal|compat\.v1\.(math|nn|transpose|shape|gather))(\.\w+)*"
    r"|(abs|add|argmax|argmin|broadcast_to|cast|clip_by_value|concat|convert_to_tensor|cumsum|"
    r"divide|einsum|exp|expand_dims|fill|gather|identity|matmul|maximum|minimum|multiply|"
    r"negative|ones_like|one_hot|pad|pow|range|reduce_\w+|repeat|reshape|reverse|round|shape|"
    r"sigmoid|size|slice|split|sqrt|square|squeeze|stack|strided_slice|subtract|tanh|tile|"
    r"transpose|truediv|unstack|where|zeros_like)"
)


def check_keras(path: Path, details: KerasDetails, allow: Collection[str]) -> None:
    """Refuses a file of Keras that would run code of its own or call what does more than compute.

    Args:
        path: The file.
        details: What is in it.
        allow: Classes that may be built all the same, such as `{"Lambda"}`.

    Raises:
        CorruptFileError: It holds no model, or no configuration that can be read.
        UnsafeFileError: It names something that is not allowed, or leads into other files.
    """
    if not details.model:
        way = "save the model whole, with model.save"
        raise CorruptFileError(path, f"holds the weights of a Keras model, but no model; {way}")
    if details.outside:
        raise UnsafeFileError(path, f"it leads to {details.outside[0]}, which was not read")
    if is_archive(path):
        _check_members(path)
    allowed = {*allow, *(_OF_LAMBDA if "Lambda" in allow else ())}
    for named in _named(_configuration(path)):
        if named not in allowed:
            raise UnsafeFileError(
                path,
                f"it names {named!r}, which is code, or could run some; no model was made of it "
                f"(allow={{{named!r}}} or --allow {named} permits it)",
            )


def _check_members(path: Path) -> None:
    """Refuses an archive that would unfold into other folders, or without measure."""
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if not parts[0] or ".." in parts or ":" in parts[0]:
            reason = f"its part {member.filename!r} would be unfolded outside a folder of its own"
            raise UnsafeFileError(path, reason)
    size = sum(member.file_size for member in members)
    if size > _LARGEST_WHOLE:
        raise UnsafeFileError(path, f"it unfolds into {size:,} bytes")


def is_archive(path: Path) -> bool:
    """Whether a file of Keras is a `.keras` archive, and not HDF5."""
    with open(path, "rb") as file:
        return file.read(len(_ARCHIVE)) == _ARCHIVE


def _configuration(path: Path) -> Any:
    try:
        if is_archive(path):
            with zipfile.ZipFile(path) as archive, archive.open("config.json") as member:
                text: Any = member.read(_LARGEST)
        else:
            with h5py.File(path, "r") as file:
                text = file.attrs["model_config"]
        config = json.loads(text)
    except (OSError, KeyError, ValueError, RuntimeError, RecursionError, zipfile.BadZipFile) as exc:
        raise CorruptFileError(path, f"has no configuration that can be read: {exc}") from exc
    if isinstance(config, dict):
        config.pop("compile_config", None)  # what trained it is not built
    return config


def _named(config: Any) -> Iterator[str]:
    """Everything a configuration names that is not plain Keras, however deep it lies."""
    waiting = [config]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            yield from _suspicious(value)


def _suspicious(value: dict[str, Any]) -> Iterator[str]:
    kind, module = value.get("class_name"), value.get("module")
    inner = value.get("config")
    if isinstance(inner, dict) and isinstance(inner.get(_VOCABULARY), str):
        yield f"{kind} of {inner[_VOCABULARY]}"
    if kind is not None and module is None and isinstance(value.get("registered_name"), str):
        yield value["registered_name"]
    if isinstance(kind, str) and kind in _CODE:
        yield kind
    if (
        kind is not None
        and module is not None
        and not (isinstance(module, str) and _HOMES.fullmatch(module))
    ):
        yield f"{module}.{kind}"
    if isinstance(kind, str) and kind in _CALLS:
        called = inner.get("function", inner.get("symbol")) if isinstance(inner, dict) else inner
        if kind != "TFOpLambda" and kind != "SlicingOpLambda":
            yield str(kind)
        elif not (isinstance(called, str) and _COMPUTES.fullmatch(called)):
            yield f"{kind} of {called}"

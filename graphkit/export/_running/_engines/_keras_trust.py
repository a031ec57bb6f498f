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

__all__ = ["check_keras", "is_archive"]

_ARCHIVE = b"PK"
_LARGEST = 2**26
_HOMES = re.compile(
    r"(tf_)?keras(\.src)?(\.(activations|constraints|dtype_policies|engine|initializers|layers|"
    r"mixed_precision|models|regularizers)(\.[a-z_.]+)?)?"
)
# Classes whose configuration is code, or names a thing anywhere.
_CODE = {"Lambda", "__lambda__", "__typespec__"}
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


def check_keras(path: Path, allow: Collection[str]) -> None:
    """Refuses a file of Keras that would run code of its own or call what does more than compute.

    Args:
        path: The file.
        allow: Classes that may be built all the same, such as `{"Lambda"}`.

    Raises:
        CorruptFileError: It has no configuration.
        UnsafeFileError: It names something that is not allowed.
    """
    for named in _named(_configuration(path)):
        if named not in allow:
            raise UnsafeFileError(
                path,
                f"it names {named!r}, which is code, or could run some; no model was made of it "
                f"(allow={{{named!r}}} or --allow {named} permits it)",
            )


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
        return json.loads(text)
    except (OSError, KeyError, ValueError, RuntimeError, RecursionError, zipfile.BadZipFile) as exc:
        raise CorruptFileError(path, f"has no configuration that can be read: {exc}") from exc


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
    if isinstance(kind, str) and kind in _CODE:
        yield kind
    if (
        kind is not None
        and module is not None
        and not (isinstance(module, str) and _HOMES.fullmatch(module))
    ):
        yield f"{module}.{kind}"
    if kind in _CALLS:
        called = inner.get("function", inner.get("symbol")) if isinstance(inner, dict) else inner
        if kind != "TFOpLambda" and kind != "SlicingOpLambda":
            yield str(kind)
        elif not (isinstance(called, str) and _COMPUTES.fullmatch(called)):
            yield f"{kind} of {called}"

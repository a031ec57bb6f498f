"""What stands in for modules that are gone or have moved.

A stand-in looks names up in its providers when they are touched, so a table of a hundred rows costs
nothing at the start.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from graphkit.port._keras._modules import KERAS_MODULES, KERAS_ROOTS
from graphkit.port._neighbours._moved_modules import MOVED, MOVED_PYTHON2, Row

__all__ = ["IF_MISSING", "PYTHON2", "STAND_INS", "StandIn", "install_stand_ins", "replaced_modules"]

STAND_INS = "graphkit.port.old."  # how their names begin in `sys.modules`


class StandIn(ModuleType):
    """A module whose names are found in other modules, when they are touched.

    Args:
        name: The name it is imported by.
        row: Where its names are.
    """

    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, row.broke)
        self.__path__: list[str] = []
        self._row = row
        vars(self).update(row.names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":
            raise AttributeError(name)
        for provider in self._row.providers:
            module = importlib.import_module(provider)
            if hasattr(module, name):
                value = getattr(module, name)
                setattr(self, name, value)
                return value
        old = self.__name__.removeprefix(STAND_INS)
        try:
            return importlib.import_module(f"{old}.{name}")
        except ImportError:
            raise AttributeError(f"module {old!r} has no attribute {name!r}") from None


# What Python says of the type is what it says of a module: "'module' object is not callable".
StandIn.__name__ = ModuleType.__name__

# Modules that are somewhere else as they were.
_ELSEWHERE = {
    "distutils": "setuptools._distutils",
    "gym": "gymnasium",
    # The Python Imaging Library of before Pillow.
    **{
        name: f"PIL.{name}"
        for name in ("Image", "ImageDraw", "ImageFilter", "ImageFont", "ImageOps")
    },
}

IF_MISSING = {**{old: STAND_INS + old for old in MOVED}, **_ELSEWHERE}
PYTHON2 = {old: STAND_INS + old for old in MOVED_PYTHON2}


# TensorFlow's private copy of Keras is a torso today.
_KERAS_PACKAGES = ("keras", "tensorflow.python.keras")
_WRAPPERS = ("wrappers", "wrappers.scikit_learn")


def _keras_rows(mode: str) -> dict[str, Row]:
    root = KERAS_ROOTS[mode]
    rows = {
        old: Row((f"{root}.{new}", root), "Keras 3 has other modules")
        for old, new in KERAS_MODULES.items()
    }
    rows.update(
        {old: Row((f"graphkit.tf1.keras.{old}",), "Keras 2.12 dropped it") for old in _WRAPPERS}
    )
    return {f"{package}.{old}": row for package in _KERAS_PACKAGES for old, row in rows.items()}


def replaced_modules(mode: str) -> dict[str, str]:
    """Lists the modules that the program never gets as they are installed.

    Args:
        mode: "v1" or "v2".

    Returns:
        Old names and real ones.
    """
    keras = {package: KERAS_ROOTS[mode] for package in _KERAS_PACKAGES}
    keras.update({old: STAND_INS + old for old in _keras_rows(mode)})
    return {**keras, "tensorflow": "graphkit.tf1"} if mode == "v1" else keras


def install_stand_ins(mode: str) -> None:
    """Makes every stand-in importable by the name the tables give.

    Args:
        mode: "v1" or "v2".
    """
    for old, row in {**MOVED, **MOVED_PYTHON2, **_keras_rows(mode)}.items():
        sys.modules.setdefault(STAND_INS + old, StandIn(STAND_INS + old, row))

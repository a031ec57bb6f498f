"""Tables of numbers and words: their rows, and what the cells of one are for an input."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.export._tensor_info import TensorInfo
from graphkit.records._files import open_file

__all__ = ["TABLES", "cells", "read_rows", "shaped", "shown_shape"]

TABLES = frozenset({".csv", ".tsv"})
_SWITCHES = {"true": True, "1": True, "false": False, "0": False}


def read_rows(file: Path) -> Iterator[list[str]]:
    """The rows of a table that are not empty.

    Raises:
        MissingFileError: It cannot be read.
        CorruptFileError: It is no text, or no table.
    """
    delimiter = "\t" if file.suffix.lower() == ".tsv" else ","
    try:
        with TextIOWrapper(open_file(file), "utf-8-sig", newline="") as opened:
            yield from (row for row in csv.reader(opened, delimiter=delimiter) if row)
    except (csv.Error, UnicodeDecodeError) as exc:
        raise CorruptFileError(file, f"is no table of numbers: {exc}") from exc


def cells(row: Sequence[str], dtype: str) -> npt.NDArray[Any] | None:
    """Cells as values for an input of that dtype; None if they are something else."""
    if dtype == "string":
        return np.array([cell.encode() for cell in row], object)
    try:
        if dtype == "bool":
            return np.array([_SWITCHES[cell.strip().lower()] for cell in row])
        if "int" in dtype:
            return np.array([int(cell) for cell in row], np.int64)
        numbers = [float(cell) for cell in row]
        return np.array(numbers, np.float64 if dtype == "float64" else np.float32)
    except (ValueError, KeyError, OverflowError):
        return None


def shaped(info: TensorInfo, name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """One example's values in the shape of an input, which may be open in one dimension.

    Args:
        info: The input.
        name: The example.
        values: Its values.

    Raises:
        ArgumentError: There are more or fewer than the input takes.
    """
    shape = None if info.shape is None else info.shape[1:]
    if shape is None or (values.ndim == len(shape) > 1):
        return values
    open_dims = sum(size is None for size in shape)
    if open_dims <= 1:
        try:
            return values.reshape([-1 if size is None else size for size in shape])
        except ValueError:
            pass
    wanted = f"{shown_shape(shape)} values for {info.name!r}"
    raise ArgumentError("infer", name, values.size, wanted)


def shown_shape(shape: Sequence[int | None]) -> str:
    """The shape of one example, in words."""
    return " x ".join("?" if size is None else str(size) for size in shape) or "single"

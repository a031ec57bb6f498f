"""Examples for all the inputs of a model: for its only one, or of tables with columns for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path

from graphkit.errors import ArgumentError, CorruptFileError, DataError, MissingFileError
from graphkit.export._predicting._examples import Example, files_of, read_examples
from graphkit.export._predicting._predict import free_inputs, main_input, needed_inputs
from graphkit.export._predicting._preprocessing import Preprocessing
from graphkit.export._predicting._tables import TABLES, cells, read_rows, shaped
from graphkit.export._running._model import Model
from graphkit.export._tensor_info import TensorInfo

__all__ = ["model_examples"]

_PLACE = re.compile(r"(.*)\[(\d{1,9})\]", re.DOTALL)


def model_examples(
    model: Model,
    paths: Sequence[str | PathLike[str]],
    preprocessing: Preprocessing | None = None,
    *,
    fed: Collection[str] = (),
    feature: str | None = None,
) -> Iterator[Example]:
    """Reads examples for a model, each when it is its turn.

    A model of several inputs takes tables whose header names an input over each column: `age`, or
    for one of several numbers `size[0]`, `size[1]`, as `write_results` names outputs, or `size`
    again and again. Such a header is heeded for a model of one input, too.

    Args:
        model: The model.
        paths: As for `read_examples`.
        preprocessing: As for `read_examples`.
        fed: The names of inputs that get the same value for all examples.
        feature: As for `read_examples`.

    Returns:
        An iterator; see `read_examples`.

    Raises:
        MissingFileError: A path, or a file for a pattern, does not exist; told before the first.
        CorruptFileError: A file of many examples is damaged.
        ArgumentError: Examples are for several inputs, and a file is no table that names them; or
            a file holds something else than the input takes.
    """
    files, needed = files_of(paths), needed_inputs(model, fed)
    inputs = {i.name: i for i in free_inputs(model, fed) if i.shape is None or i.shape}
    if files and all(file.suffix.lower() in TABLES for file in files):
        if len(needed) > 1 or (needed and all(_is_headed(one, inputs, needed[0]) for one in files)):
            names = [info.name for info in needed]
            return (one for file in files for one in _of_table(file, inputs, names))
    info = main_input(model, fed)
    is_parsed = info.name in model.parsed
    return read_examples(paths, info, preprocessing, feature=feature, parsed=is_parsed)


def _is_headed(file: Path, inputs: Collection[str], info: TensorInfo) -> bool:
    """Whether a table begins with names of inputs, which could be no values for this one."""
    try:
        first = next(read_rows(file), [])
    except (DataError, MissingFileError):  # told when it is its turn
        return False
    named = all(_named(cell.strip(), inputs)[0] in inputs for cell in first)
    return named and cells(first, info.dtype) is None


def _of_table(
    file: Path, inputs: Mapping[str, TensorInfo], needed: Iterable[str]
) -> Iterator[Example]:
    rows = read_rows(file)
    header = next(rows, [])
    columns = _columns(file, header, inputs)
    for name in needed:
        if name not in columns:
            wanted = f"a column for {name!r} too, or its value for all (--feed {name}=VALUE)"
            raise ArgumentError("infer", f"header of {file}", None, wanted, shown=_listed(columns))
    number = 0
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            reason = f"row {number + 1} has {len(row)} cells, and the header {len(header)}"
            raise CorruptFileError(file, reason)
        example = f"{file}[{number}]"
        values = {}
        for name, places in columns.items():
            taken = cells([row[place] for place in places], inputs[name].dtype)
            if taken is None:
                dtype = inputs[name].dtype
                raise CorruptFileError(file, f"row {number + 1} is no {dtype} for {name!r}")
            values[name] = shaped(inputs[name], example, taken)
        yield Example(example, columns=values)
    if not number:
        raise CorruptFileError(file, "is no table of numbers: it has no row of them")


def _columns(
    file: Path, header: Sequence[str], inputs: Mapping[str, TensorInfo]
) -> dict[str, list[int]]:
    """The columns of each input that a header names, in the order of its numbers."""
    found: dict[str, dict[int, int]] = {}
    for column, cell in enumerate(header):
        name, place = _named(cell.strip(), inputs)
        if name not in inputs:
            wanted = f"names of inputs, one over each column: {_listed(inputs)}"
            raise ArgumentError("infer", f"header of {file}", cell, wanted)
        places = found.setdefault(name, {})
        places.setdefault(len(places) if place is None else place, column)
    for name, places in found.items():
        columns = sum(_named(cell.strip(), inputs)[0] == name for cell in header)
        if sorted(places) != list(range(columns)):
            wanted = f"columns {name}[0] to {name}[{columns - 1}], each once"
            shown = ", ".join(f"{name}[{place}]" for place in sorted(places))
            raise ArgumentError("infer", f"header of {file}", None, wanted, shown=shown)
    return {name: [places[place] for place in sorted(places)] for name, places in found.items()}


def _named(cell: str, inputs: Collection[str]) -> tuple[str, int | None]:
    """The input that a cell of a header names, and which of its numbers, if it says so."""
    indexed = None if cell in inputs else _PLACE.fullmatch(cell)
    name, place = (cell, None) if indexed is None else (indexed[1], int(indexed[2]))
    return (name if name in inputs else name.removesuffix(":0")), place


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names)) or "none"

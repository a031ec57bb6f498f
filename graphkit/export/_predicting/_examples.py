"""Examples for a model, one after the other: pictures, arrays, rows of tables, records."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit.errors import ArgumentError, CorruptFileError, DataError, MissingFileError
from graphkit.export._predicting._arrays import read_archive, read_array
from graphkit.export._predicting._preprocessing import Preprocessing
from graphkit.export._predicting._tables import TABLES, cells, read_rows, shaped, shown_shape
from graphkit.export._tensor_info import TensorInfo
from graphkit.records import decode_example, decode_image, iterate_records, read_image
from graphkit.records._files import open_file

__all__ = ["Example", "files_of", "read_examples"]

_PICTURES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".webp"})
_ARRAY, _ARCHIVE = b"\x93NUMPY", b"PK\x03\x04"
_ENCODED = ("image/encoded", "image", "image_raw", "jpeg", "png")


@dataclass(frozen=True, eq=False)
class Example:
    """One example, or why there is none.

    Attributes:
        name: The file, with a number in brackets where it holds several: `x.npy[3]`.
        value: What the model's input takes of it, without the dimension of the batch.
        error: What is wrong with it; `value` is then None.
        columns: What several inputs take of it, by name, where a table has columns for each;
            `value` is then None.
    """

    name: str
    value: npt.NDArray[Any] | None = None
    error: DataError | None = None
    columns: dict[str, npt.NDArray[Any]] = field(default_factory=dict)


def read_examples(
    paths: Iterable[str | PathLike[str]],
    info: TensorInfo,
    preprocessing: Preprocessing | None = None,
    *,
    feature: str | None = None,
    parsed: bool = False,
) -> Iterator[Example]:
    """Reads examples for an input, each when it is its turn.

    Args:
        paths: Pictures, `.npy` and `.npz` arrays, CSV tables (one row per example, a header may
            stand first), TFRecord files of `tf.train.Example`s; patterns such as `"*.png"`, and
            folders, of which the pictures are taken, those of folders inside too, by name.
        info: The input.
        preprocessing: What is done to pictures.
        feature: The feature of an Example to take; the one named as the input, else an encoded
            image, unless given.
        parsed: Whether the model parses records itself, and is given them whole unless a feature is
            named.

    Returns:
        An iterator. What a single picture has wrong is in its `Example`, and so is that a file of a
        folder or pattern cannot be opened.

    Raises:
        MissingFileError: A path, or a file for a pattern, does not exist; told before the first.
        CorruptFileError: A file of many examples is damaged.
        ArgumentError: A file holds something else than the input takes.
    """
    source = _Source(info, preprocessing or Preprocessing(), feature, parsed and not feature)
    return (example for file in files_of(paths) for example in _of_file(file, source))


@dataclass(frozen=True)
class _Source:
    info: TensorInfo
    preprocessing: Preprocessing
    feature: str | None
    takes_records: bool

    @property
    def shape(self) -> tuple[int | None, ...] | None:
        """The shape of one example."""
        return None if self.info.shape is None else self.info.shape[1:]

    def shaped(self, name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """One example's values in the input's shape."""
        return shaped(self.info, name, values)


def files_of(paths: Iterable[str | PathLike[str]]) -> list[Path]:
    """The files that paths mean, those of folders and patterns by name.

    Raises:
        MissingFileError: One does not exist.
    """
    return [file for path in paths for file in _expanded(fspath(path))]


def _expanded(path: str) -> list[Path]:
    place = Path(path)
    if place.is_dir():
        if not (found := _pictures_in(place)):
            raise MissingFileError(place, "is a folder without a picture")
        return found
    if place.is_file():
        return [place]
    matching = map(Path, sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else [])
    files = [f for match in matching for f in (_pictures_in(match) if match.is_dir() else [match])]
    if not files:
        raise MissingFileError(place, "matches no file" if glob.has_magic(path) else None)
    return files


def _pictures_in(folder: Path) -> list[Path]:
    """All that are called pictures, in folders inside too; what cannot be read is told in turn."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PICTURES and not p.is_dir())


def _of_file(file: Path, source: _Source) -> Iterator[Example]:
    try:
        with open_file(file) as opened:
            start = opened.read(len(_ARRAY))
    except MissingFileError as exc:  # nobody named it: it is one of a folder or pattern
        return iter([Example(str(file), error=CorruptFileError(file, exc.reason))])
    if start.startswith(_ARRAY):
        return _of_array(file, source)
    if start.startswith(_ARCHIVE):
        return _of_archive(file, source)
    if file.suffix.lower() in TABLES:
        return _of_table(file, source)
    if file.suffix.lower() not in _PICTURES and _is_records(file):
        return _of_records(file, source)
    return iter([_guarded(str(file), lambda: _picture(file, source))])


def _guarded(name: str, make: Callable[[], npt.NDArray[Any]]) -> Example:
    try:
        return Example(name, make())
    except DataError as exc:
        return Example(name, error=exc)


def _picture(file: Path, source: _Source) -> npt.NDArray[Any]:
    return source.preprocessing.apply(read_image(file), source.info)


def _of_array(file: Path, source: _Source) -> Iterator[Example]:
    return _rows(str(file), read_array(file), source)


def _of_archive(file: Path, source: _Source) -> Iterator[Example]:
    def chosen(names: Sequence[str]) -> str:
        if source.info.name in names or len(names) == 1:
            return source.info.name if source.info.name in names else names[0]
        wanted = f"an archive of one array, or with one named {source.info.name!r}"
        raise ArgumentError("infer", str(file), list(names), wanted)

    return _rows(str(file), read_archive(file, chosen), source)


def _rows(name: str, array: npt.NDArray[Any], source: _Source) -> Iterator[Example]:
    """An array of one example, or of many."""
    if array.ndim == (0 if source.shape is None else len(source.shape)):
        return iter([Example(name, np.array(array))])
    if not array.ndim:
        wanted = f"{shown_shape(source.shape or ())} values for {source.info.name!r}"
        raise ArgumentError("infer", name, array.item(), wanted)
    if not len(array):
        raise CorruptFileError(name, f"holds no row: its array has the shape {list(array.shape)}")
    return (Example(f"{name}[{i}]", np.array(row)) for i, row in enumerate(array))


def _of_table(file: Path, source: _Source) -> Iterator[Example]:
    is_empty = True
    for number, row in enumerate(read_rows(file)):
        values = cells(row, source.info.dtype)
        if values is None and number == 0:
            continue  # a header
        if values is None:
            reason = f"row {number + 1} holds something else than numbers"
            raise CorruptFileError(file, f"is no table of numbers: {reason}")
        name = f"{file}[{number}]"
        is_empty = False
        yield Example(name, source.shaped(name, values))
    if is_empty:
        raise CorruptFileError(file, "is no table of numbers: it has no row of them")


def _is_records(file: Path) -> bool:
    """Tells by the first record, whose checksums leave no doubt."""
    try:
        return next(iterate_records(file), None) is not None
    except DataError:
        return False


def _of_records(file: Path, source: _Source) -> Iterator[Example]:
    for number, record in enumerate(iterate_records(file)):
        name = f"{file}[{number}]"
        if source.takes_records:
            yield Example(name, source.shaped(name, np.array([record], object)))
            continue
        features = decode_example(record)
        yield _guarded(name, lambda f=features, n=name: _of_feature(n, f, source))  # type: ignore[misc]


def _of_feature(name: str, features: dict[str, Any], source: _Source) -> npt.NDArray[Any]:
    candidates = [source.feature] if source.feature else [source.info.name, *_ENCODED]
    chosen = next((key for key in candidates if key in features), None)
    if chosen is None:
        wanted = f"one of {', '.join(map(repr, features)) or 'none'} (--feature NAME)"
        raise ArgumentError("infer", f"feature of {name}", source.feature, wanted)
    feature = features[chosen]
    if feature.kind != "bytes":
        return source.shaped(name, feature.values)
    if source.info.dtype == "string":
        return source.shaped(name, np.array(feature.values, object))
    content = feature.values[0] if feature.values else b""
    return source.preprocessing.apply(decode_image(content, name=name), source.info)

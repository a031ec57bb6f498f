"""Looking at packed images again: records that say what their pixels mean become pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from graphkit.errors import CorruptFileError
from graphkit.records._example import Feature, decode_example
from graphkit.records._iterate import iterate_records
from graphkit.records._pixels import Pixels, decode_bgr, swap_colours

__all__ = ["PackedImage", "read_packed_images"]

_NEEDED = ("image", "height", "width", "channels")


@dataclass(frozen=True, eq=False)
class PackedImage:
    """One image out of a record.

    Attributes:
        pixels: uint8 `[H, W, 3]` in RGB order, or `[H, W, 1]`.
        caption: The class name where the record has one, else the label, else nothing.
    """

    pixels: Pixels
    caption: str


def read_packed_images(path: str | PathLike[str]) -> Iterator[PackedImage]:
    """Gives the images of a file that `pack_images` or `pack_arrays` wrote.

    Args:
        path: The TFRecord file.

    Yields:
        One image per record, in the file's order.

    Raises:
        MissingFileError: The file is absent, unreadable, or a folder.
        CorruptFileError: The file is damaged, a record lacks what says how to read its pixels, or
            the pixels are not as many as it says.
    """
    for number, record in enumerate(iterate_records(path)):
        yield _decode(Path(path), number, decode_example(record))


def _decode(path: Path, number: int, features: dict[str, Feature]) -> PackedImage:
    missing = [name for name in _NEEDED if name not in features or not len(features[name].values)]
    if missing:
        reason = f"record {number} has no feature {missing[0]!r}, so its pixels cannot be read"
        raise CorruptFileError(path, reason)
    content = bytes(features["image"].values[0])
    bgr = _text(features, "colour") == "BGR"
    if _text(features, "encoding") == "encoded":
        pixels = swap_colours(decode_bgr(path, content))
    else:
        shape = tuple(int(features[name].values[0]) for name in _NEEDED[1:])
        if min(shape) < 1 or shape[0] * shape[1] * shape[2] != len(content):
            reason = f"record {number} holds {len(content)} pixel bytes, its shape is {shape}"
            raise CorruptFileError(path, reason)
        stored = np.frombuffer(content, np.uint8).reshape(shape)
        pixels = swap_colours(stored) if bgr else stored
    return PackedImage(pixels, _text(features, "class") or _text(features, "label"))


def _text(features: dict[str, Feature], name: str) -> str:
    feature = features.get(name)
    if feature is None or not len(feature.values):
        return ""
    value = feature.values[0]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

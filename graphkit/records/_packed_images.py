"""Looking at packed images again: records that say what their pixels mean become pictures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.records._example import Feature, decode_example
from graphkit.records._iterate import iterate_records
from graphkit.records._pixels import Pixels, decode_bgr, swap_colours

__all__ = ["PackedImage", "read_packed_images"]

_NEEDED = {"image": "bytes", "height": "int64", "width": "int64", "channels": "int64"}


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
        CorruptFileError: The file is damaged, a record is no Example or lacks what says how to
            read its pixels, or the pixels are not as many as it says.
    """
    for number, record in enumerate(iterate_records(path)):
        try:
            features = decode_example(record)
        except ArgumentError as exc:
            raise CorruptFileError(path, f"record {number} is no tf.train.Example") from exc
        yield _decode(Path(path), number, features)


def _decode(path: Path, number: int, features: dict[str, Feature]) -> PackedImage:
    for name, kind in _NEEDED.items():
        feature = features.get(name)
        if feature is None or feature.kind != kind or not len(feature.values):
            reason = f"record {number} has no feature {name!r} of kind {kind}"
            raise CorruptFileError(path, f"{reason}, so its pixels cannot be read")
    content = bytes(features["image"].values[0])
    bgr = _text(features, "colour") == "BGR"
    if _text(features, "encoding") == "encoded":
        pixels = swap_colours(decode_bgr(path, content))
    else:
        shape = tuple(int(features[name].values[0]) for name in ("height", "width", "channels"))
        if min(shape) < 1 or shape[2] not in (1, 3) or math.prod(shape) != len(content):
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

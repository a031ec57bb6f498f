"""Packing images into TFRecord shards, with everything a reader needs beside the pixels.

Each record is an Example with these features:

    image                     bytes   uint8 pixels row by row, or an image file's own content
    label, class              int64, bytes
    height, width, channels   int64
    colour, encoding          bytes   "RGB" or "BGR", "raw" or "encoded"
    filename                  bytes
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.records._example import encode_example
from graphkit.records._image_tree import ImageTree
from graphkit.records._pixels import (
    Pixels,
    decode_bgr,
    decode_stored,
    encode_image,
    read_image_bytes,
    resize,
    swap_colours,
)
from graphkit.records._progress import Progress
from graphkit.records._read_image import check_colour, check_size
from graphkit.records._shards import PackReport, Sharding, write_shards

_ENCODINGS = ("raw", "encoded")
_LOOKED_AT = 16
_SMALL_BYTES = 4096


@dataclass(frozen=True)
class _Storage:
    """How the pixels are stored; arguments of the same names in the functions below."""

    encoding: str
    colour: str
    size: tuple[int, int] | None

    def check(self, where: str) -> None:
        if self.encoding not in _ENCODINGS:
            raise ArgumentError(where, "encoding", self.encoding, '"raw" or "encoded"')
        check_colour(where, self.colour)
        check_size(where, self.size)
        if self.encoding == "encoded" and self.colour != "RGB":
            wanted = '"RGB" with encoding="encoded", which is what image files decode to'
            raise ArgumentError(where, "colour", self.colour, wanted)

    def features(self, image: bytes, shape: tuple[int, ...]) -> dict[str, Any]:
        """Says what is stored about the pixels."""
        return {
            "image": image,
            "height": shape[0],
            "width": shape[1],
            "channels": shape[2] if len(shape) == 3 else 1,
            "colour": self.colour,
            "encoding": self.encoding,
        }

    def pixel_features(self, rgb: Pixels) -> dict[str, Any]:
        """Stores RGB pixels, at the size and in the colour order or encoding that was asked for."""
        sized = rgb if self.size is None else resize(rgb, self.size)
        if self.encoding == "encoded":
            return self.features(encode_image(sized, ".png"), sized.shape)
        ordered = swap_colours(sized) if self.colour == "BGR" else sized
        return self.features(ordered.tobytes(), sized.shape)


def pack_images(
    tree: ImageTree,
    output: str | PathLike[str],
    *,
    shards: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    encoding: str = "raw",
    colour: str = "RGB",
    size: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> PackReport:
    """Packs an image tree into TFRecord shards and writes `STEM.labels.json` beside them.

    Larger images are decoded on all cores, a few at a time. The files appear together when all
    are whole.

    See https://www.tensorflow.org/tutorials/load_data/tfrecord.

    Args:
        tree: The images, as `scan_images` lists them.
        output: `DIR/NAME.tfrecord`; of it several shards make `DIR/NAME-00000-of-00004.tfrecord`
            and so on. The folder is made if absent.
        shards: How many files; their sizes differ by at most one record.
        shuffle: Whether the images are mixed, over all shards.
        seed: What the mixed order depends on; the same seed gives the same files.
        encoding: "raw" stores uint8 pixels `[H, W, 3]` for `tf.decode_raw`; "encoded" stores each
            file as it is for `tf.image.decode_image`.
        colour: The order in which raw pixels are stored: "RGB", or "BGR" as `cv2.imread` gives.
        size: (height, width) to scale raw pixels to; None keeps each image's own.
        progress: Called with the images so far and in all.

    Returns:
        What was written.

    Raises:
        ArgumentError: An argument is out of range, or two contradict each other.
        MissingFileError: An image is absent or unreadable by now.
        CorruptFileError: An image cannot be decoded; the message names it.
        UnsafeFileError: An image file is longer than 256 MiB.
    """
    storage = _Storage(encoding, colour, size)
    storage.check("pack_images")
    if encoding == "encoded" and size is not None:
        wanted = 'None with encoding="encoded", which stores each file as it is'
        raise ArgumentError("pack_images", "size", size, wanted)
    sharding = Sharding("pack_images", Path(output), shards, shuffle, seed)
    sharding.check(len(tree))

    def make_record(index: int) -> bytes:
        path, label = tree.paths[index], int(tree.labels[index])
        named: dict[str, Any] = {
            "label": label,
            "class": tree.classes[label],
            "filename": path.name,
        }
        return encode_example({**_file_features(path, storage), **named})

    threads = _are_large(tree.paths)
    return write_shards(sharding, len(tree), make_record, tree.classes, progress, threads=threads)


def _are_large(paths: Sequence[Path]) -> bool:
    """Whether decoding such files costs more than handing them to a thread."""
    sizes = [path.stat().st_size if path.is_file() else 0 for path in paths[:_LOOKED_AT]]
    return sum(sizes) > _SMALL_BYTES * len(sizes)


def _file_features(path: Path, storage: _Storage) -> dict[str, Any]:
    """Stores one image file."""
    content = read_image_bytes(path)
    if storage.encoding == "encoded":
        return storage.features(content, decode_stored(path, content).shape)
    return storage.pixel_features(swap_colours(decode_bgr(path, content)))


def pack_arrays(
    images: np.ndarray[Any, Any],
    labels: Sequence[int] | np.ndarray[Any, Any],
    output: str | PathLike[str],
    *,
    classes: Sequence[str] | None = None,
    filenames: Sequence[str] | None = None,
    shards: int = 1,
    shuffle: bool = True,
    seed: int = 0,
    encoding: str = "raw",
    colour: str = "RGB",
    size: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> PackReport:
    """Packs images that are arrays already, exactly as `pack_images` packs files.

    Args:
        images: uint8, `[N, H, W, 3]` in RGB order, or grey `[N, H, W]`.
        labels: Whole numbers `[N]`, each the index of a class.
        output: As for `pack_images`.
        classes: The class names; None names them "0", "1", ….
        filenames: A name for each image; None leaves them empty.
        shards: As for `pack_images`.
        shuffle: As for `pack_images`.
        seed: As for `pack_images`.
        encoding: "raw" as for `pack_images`; "encoded" stores each image as a PNG.
        colour: As for `pack_images`.
        size: (height, width) to scale to; None keeps it.
        progress: Called with the images so far and in all.

    Returns:
        What was written.

    Raises:
        ArgumentTypeError: The images are not uint8, or the labels no whole numbers.
        ArgumentError: A shape, a length or another argument is out of range.
    """
    storage = _Storage(encoding, colour, size)
    storage.check("pack_arrays")
    numbers = _check_labels(_check_images(images), labels)
    names = _name_classes(numbers, classes)
    if filenames is not None and len(filenames) != len(images):
        wanted = f"one name for each of {len(images)} images"
        raise ArgumentError("pack_arrays", "filenames", f"{len(filenames)} names", wanted)
    sharding = Sharding("pack_arrays", Path(output), shards, shuffle, seed)
    sharding.check(len(images))

    def make_record(index: int) -> bytes:
        label = int(numbers[index])
        filename = filenames[index] if filenames is not None else ""
        named: dict[str, Any] = {"label": label, "class": names[label], "filename": filename}
        return encode_example({**storage.pixel_features(images[index]), **named})

    threads = encoding == "encoded"
    return write_shards(sharding, len(images), make_record, names, progress, threads=threads)


def _check_images(images: np.ndarray[Any, Any]) -> int:
    """Checks dtype and shape; gives the number of images."""
    dtype = getattr(images, "dtype", type(images))
    if dtype != np.uint8:
        raise ArgumentTypeError("pack_arrays", "images", dtype, "a uint8 array")
    grey, coloured = images.ndim == 3, images.ndim == 4 and images.shape[-1] == 3
    if not (grey or coloured) or 0 in images.shape[1:]:
        raise ArgumentError(
            "pack_arrays", "images", images.shape, "of shape [N, H, W, 3] or [N, H, W]"
        )
    return len(images)


def _check_labels(count: int, labels: Sequence[int] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    numbers = np.asarray(labels)
    if numbers.shape != (count,):
        raise ArgumentError("pack_arrays", "labels", numbers.shape, f"of shape [{count}]")
    if numbers.dtype.kind not in "iu" and count:
        raise ArgumentTypeError("pack_arrays", "labels", numbers.dtype, "whole numbers")
    if count and numbers.min() < 0:
        raise ArgumentError("pack_arrays", "labels", int(numbers.min()), "0 or more")
    return numbers


def _name_classes(numbers: np.ndarray[Any, Any], classes: Sequence[str] | None) -> list[str]:
    highest = int(numbers.max(initial=0))
    if classes is None:
        return [str(label) for label in range(highest + 1)]
    if highest >= len(classes):
        wanted = f"a name for each label up to {highest}"
        raise ArgumentError("pack_arrays", "classes", list(classes), wanted)
    return list(classes)

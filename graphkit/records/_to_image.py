"""From CIFAR-10's pickles to an image tree: one folder per class, one file per image."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from graphkit._aside import folder_aside
from graphkit.errors import ArgumentError, CorruptFileError, UnsafeFileError
from graphkit.records._cifar10 import read_cifar10
from graphkit.records._image_batch import ImageBatch
from graphkit.records._pixels import encode_image
from graphkit.records._progress import Progress, no_progress

_FORMATS = ("png", "jpg")
_SPLITS = ("train", "test")
_WRITTEN = re.compile(r"\d+\.(png|jpg)")


@dataclass(frozen=True)
class ImageTreeReport:
    """What `to_image` wrote.

    Attributes:
        folder: The folder that holds `train` and `test`.
        train: How many training images.
        test: How many test images.
        classes: The class folders' names, in the order of their labels.
    """

    folder: Path
    train: int
    test: int
    classes: list[str]


def to_image(
    source: str | PathLike[str],
    folder: str | PathLike[str],
    *,
    format: str = "png",
    progress: Progress | None = None,
) -> ImageTreeReport:
    """Writes CIFAR-10's pickles as `FOLDER/{train,test}/CLASS/INDEX.png`.

    The index counts within `train` and within `test`. Both appear when they are whole, in the place
    of what an earlier call wrote; nobody else's files are ever replaced.

    Args:
        source: The folder with the pickles, as for `read_cifar10`.
        folder: Where the tree goes; made if absent.
        format: "png" keeps every pixel; "jpg" is smaller and lossy.
        progress: Called with the images so far and in all.

    Returns:
        What was written.

    Raises:
        ArgumentError: There is no such format, or `train` or `test` in `folder` holds something
            else than such images.
        MissingFileError: `source` holds no CIFAR-10 pickles.
        CorruptFileError: A pickle is damaged.
        UnsafeFileError: A pickle wants to run something, or a class name is no folder name.
    """
    if format not in _FORMATS:
        raise ArgumentError("to_image", "format", format, '"png" or "jpg"')
    place = Path(folder)
    for split in _SPLITS:
        _check_replaceable(place / split)
    data = read_cifar10(source)
    _check_class_names(source, data.classes)
    tell = progress or no_progress
    batches = dict(zip(_SPLITS, (data.train, data.test), strict=True))
    total = sum(map(len, batches.values()))
    with folder_aside(place) as part:
        done = 0
        for split, batch in batches.items():
            for path, content in _encode(batch, data.classes, part / split, format):
                path.write_bytes(content)
                done += 1
                tell(done, total)
        for split in _SPLITS:
            shutil.rmtree(place / split, ignore_errors=True)
            (part / split).rename(place / split)
    return ImageTreeReport(place, len(data.train), len(data.test), data.classes)


def _check_replaceable(folder: Path) -> None:
    """Refuses to replace a folder that holds anything but `CLASS/INDEX.png`."""
    for path in folder.rglob("*"):
        is_class = path.is_dir() and path.parent == folder
        is_image = _WRITTEN.fullmatch(path.name) and path.parent.parent == folder
        if not (is_class or is_image):
            wanted = f"a folder whose {folder.name} holds nothing but images of an earlier call"
            raise ArgumentError("to_image", "folder", str(path), wanted)


def _check_class_names(source: str | PathLike[str], classes: list[str]) -> None:
    """Refuses names from a file that would lead out of the tree, or to one folder twice."""
    for name in classes:
        if name in ("", ".", "..") or set(name) & set("/\\\0:"):
            raise UnsafeFileError(source, f"the class name {name!r} is no folder name")
    if len({name.casefold() for name in classes}) < len(classes):
        raise CorruptFileError(source, f"a class name is there twice: {', '.join(classes)}")


def _encode(
    batch: ImageBatch, classes: list[str], folder: Path, format: str
) -> Iterator[tuple[Path, bytes]]:
    """Gives each image's path and content; makes the class folders on the way."""
    for name in classes:
        (folder / name).mkdir(parents=True)
    for index, (image, label) in enumerate(zip(batch.images, batch.labels, strict=True)):
        path = folder / classes[label] / f"{index}.{format}"
        yield path, encode_image(image, f".{format}")

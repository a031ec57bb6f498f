"""An image tree on disk: `FOLDER/CLASS/IMAGE`, one folder per class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    MissingFileError,
    UnknownNameError,
)

IMAGE_SUFFIXES = frozenset(
    {".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)


@dataclass(frozen=True, eq=False)
class ImageTree:
    """The image files of a tree, and what they show.

    Attributes:
        paths: Every image file, class after class.
        labels: int64 `[N]`, the index of each image's class.
        classes: The class names, in the order of their labels.
    """

    paths: list[Path]
    labels: np.ndarray[Any, np.dtype[np.int64]]
    classes: list[str]

    def __len__(self) -> int:
        return len(self.paths)


def scan_images(folder: str | PathLike[str], *, classes: Sequence[str] | None = None) -> ImageTree:
    """Lists the images of a tree `FOLDER/CLASS/IMAGE`, in an order that is always the same.

    Files count by their ending (.png, .jpg, .bmp, .webp, …); hidden files and folders, other files
    and deeper folders do not.

    Args:
        folder: The tree.
        classes: The class folders to take, in the order of their labels; None takes all, sorted.

    Returns:
        The image files, sorted by name within each class, and their labels.

    Raises:
        ArgumentTypeError: `classes` is one text instead of several.
        ArgumentError: `classes` is empty or names a class twice.
        MissingFileError: `folder` does not exist, holds no class folders, or a class has no images.
        UnknownNameError: A class in `classes` has no folder.
    """
    place = Path(folder)
    found = _list_class_folders(place)
    names = sorted(found) if classes is None else _check_classes(classes, found)
    files = [_list_images(place / name) for name in names]
    labels = np.repeat(np.arange(len(names), dtype=np.int64), [len(paths) for paths in files])
    return ImageTree([path for paths in files for path in paths], labels, names)


def _list_class_folders(folder: Path) -> list[str]:
    if not folder.is_dir():
        raise MissingFileError(folder, "is no folder" if folder.exists() else "does not exist")
    found = [path.name for path in folder.iterdir() if path.is_dir() and path.name[0] != "."]
    if not found:
        raise MissingFileError(folder, "holds no class folders; expected FOLDER/CLASS/IMAGE.png")
    return found


def _check_classes(classes: Sequence[str], found: list[str]) -> list[str]:
    if isinstance(classes, str):
        raise ArgumentTypeError(
            "scan_images", "classes", f"the text {classes!r}", "a list of names"
        )
    names = list(classes)
    if not names or len(set(names)) < len(names):
        raise ArgumentError("scan_images", "classes", names, "one or more different names")
    for name in names:
        if name not in found:
            raise UnknownNameError("class folder", name, found)
    return names


def _list_images(folder: Path) -> list[Path]:
    inside = sorted(path for path in folder.iterdir() if path.name[0] != ".")
    images = [path for path in inside if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file()]
    if not images:
        hint = "; are the class folders one level deeper?" if any(map(Path.is_dir, inside)) else ""
        raise MissingFileError(
            folder, f"holds no images ({', '.join(sorted(IMAGE_SUFFIXES))}){hint}"
        )
    return images

"""Reading CIFAR-10's Python pickles.

    FOLDER/data_batch_1 …  training images: {"data": uint8 [N, 3072], "labels": […], …}
    FOLDER/test_batch      test images, the same way
    FOLDER/batches.meta    {"label_names": […], …}

See https://www.cs.toronto.edu/~kriz/cifar.html (A. Krizhevsky, "Learning Multiple Layers of
Features from Tiny Images", 2009).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from graphkit.errors import CorruptFileError, MissingFileError
from graphkit.records._image_batch import ImageBatch
from graphkit.records._pickle_reader import read_pickle

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
TEST_BATCH = "test_batch"
META = "batches.meta"

_TRAIN_BATCH = re.compile(r"data_batch_(\d+)")
_SIDE = 32
_PIXELS = 3 * _SIDE * _SIDE


@dataclass(frozen=True, eq=False)
class Cifar10:
    """The whole data set.

    Attributes:
        train: The training images, `[N, 32, 32, 3]` RGB, batch after batch.
        test: The test images.
        classes: The name of each label.
    """

    train: ImageBatch
    test: ImageBatch
    classes: list[str]


def read_cifar10(folder: str | PathLike[str]) -> Cifar10:
    """Reads an unpacked CIFAR-10 folder, whatever `data_batch_*` it has, in numeric order.

    The class names come from `batches.meta`; without it they are `CIFAR10_CLASSES`.

    Args:
        folder: The folder that holds the pickles, such as `cifar-10-batches-py`.

    Returns:
        Training images, test images and class names.

    Raises:
        MissingFileError: The folder, its training batches or its test batch are not there.
        CorruptFileError: A file is damaged, or a label has no class.
        UnsafeFileError: A file is a pickle that wants to run something.
    """
    place = Path(folder)
    paths = _find_train_batches(place)
    if not (place / TEST_BATCH).exists():
        raise MissingFileError(place, f"holds no {TEST_BATCH}")
    classes = read_class_names(place)
    batches = [_read_known_batch(path, classes) for path in paths]
    train = ImageBatch(
        np.concatenate([batch.images for batch in batches]),
        np.concatenate([batch.labels for batch in batches]),
        [name for batch in batches for name in batch.filenames],
    )
    return Cifar10(train, _read_known_batch(place / TEST_BATCH, classes), classes)


def read_cifar10_batch(path: str | PathLike[str]) -> ImageBatch:
    """Reads one CIFAR-10 pickle, such as `data_batch_1`, without running anything in it.

    Args:
        path: The pickle, of at most 256 MiB.

    Returns:
        Images `[N, 32, 32, 3]` RGB, labels and file names.

    Raises:
        MissingFileError: The file is absent or unreadable.
        CorruptFileError: It is damaged, or holds no CIFAR-10 batch.
        UnsafeFileError: It is a pickle that wants to run something; the message names it.
    """
    content = read_pickle(path)
    data, labels = content.get("data"), content.get("labels")
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2:
        raise CorruptFileError(path, "holds no CIFAR-10 batch: 'data' is no uint8 array [N, 3072]")
    if data.shape[1] != _PIXELS:
        raise CorruptFileError(path, f"'data' has {data.shape[1]} bytes per image, not {_PIXELS}")
    if not isinstance(labels, list) or len(labels) != len(data):
        raise CorruptFileError(path, f"'labels' is no list of {len(data)}, one for each image")
    if not all(isinstance(label, int) and 0 <= label < 1 << 31 for label in labels):
        raise CorruptFileError(path, "'labels' holds something else than whole numbers from 0")
    planes = data.reshape(-1, 3, _SIDE, _SIDE)
    return ImageBatch(
        np.ascontiguousarray(planes.transpose(0, 2, 3, 1)),
        np.array(labels, np.int64),
        _read_filenames(path, content, len(data)),
    )


def read_class_names(folder: Path) -> list[str]:
    """Reads the class names of a CIFAR-10 folder; without `batches.meta`, the known ones.

    Raises:
        CorruptFileError: `batches.meta` is damaged or lists no names.
        UnsafeFileError: It is a pickle that wants to run something.
    """
    meta = folder / META
    if not meta.exists():
        return list(CIFAR10_CLASSES)
    names = read_pickle(meta).get("label_names")
    if not isinstance(names, list) or not names:
        raise CorruptFileError(meta, "'label_names' is no list of names")
    return [_text(meta, "label_names", name) for name in names]


def _find_train_batches(folder: Path) -> list[Path]:
    """Lists the training pickles, `data_batch_2` before `data_batch_10`."""
    if not folder.is_dir():
        raise MissingFileError(folder, "is no folder" if folder.exists() else "does not exist")
    numbered = [(_TRAIN_BATCH.fullmatch(path.name), path) for path in folder.iterdir()]
    batches = sorted((int(found[1]), path) for found, path in numbered if found)
    if not batches:
        raise MissingFileError(
            folder, f"holds no CIFAR-10 pickles; expected data_batch_1 …, {TEST_BATCH} and {META}"
        )
    return [path for _, path in batches]


def _read_known_batch(path: Path, classes: list[str]) -> ImageBatch:
    """Reads a batch all of whose labels have a class."""
    batch = read_cifar10_batch(path)
    highest = int(batch.labels.max(initial=0))
    if highest >= len(classes):
        raise CorruptFileError(
            path, f"has the label {highest}, but there are {len(classes)} classes"
        )
    return batch


def _read_filenames(path: str | PathLike[str], content: dict[str, Any], count: int) -> list[str]:
    names = content.get("filenames", [b""] * count)
    if not isinstance(names, list) or len(names) != count:
        raise CorruptFileError(path, f"'filenames' is no list of {count}, one for each image")
    return [_text(path, "filenames", name) for name in names]


def _text(path: str | PathLike[str], where: str, name: Any) -> str:
    if isinstance(name, bytes):
        return name.decode("utf-8", "replace")
    if not isinstance(name, str):
        raise CorruptFileError(path, f"{where!r} holds a {type(name).__name__}, not text")
    return name

"""The small real data set that comes with graphkit: 1,797 handwritten digits.

Source and licence are in `data/README.md`.
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from graphkit._aside import files_aside, make_folder
from graphkit.records._cifar10 import META, TEST_BATCH
from graphkit.records._image_batch import ImageBatch
from graphkit.records._pickle_writer import Pickled, write_python2_pickle

CIFAR10_FOLDER = "cifar-10-batches-py"

_DATA = Path(__file__).with_name("data") / "digits.npz"
_CLASSES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_DARKEST = 16
_SCALE = 4
_TEST_EVERY = 5
_TRAIN_BATCHES = 5

_Array: TypeAlias = "np.ndarray[Any, Any]"


def load_digits() -> ImageBatch:
    """Loads the handwritten digits that come with graphkit.

    Returns:
        1,797 grey images `[N, 8, 8]`, uint8 from 0 (paper) to 16 (ink), and labels 0 to 9.
    """
    with np.load(_DATA, allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"].astype(np.int64)
    names = [f"digit_{number:06d}.png" for number in range(len(labels))]
    return ImageBatch(images, labels, names)


def write_digits_as_cifar10(folder: str | PathLike[str]) -> Path:
    """Writes the handwritten digits as CIFAR-10's Python pickles, 32 by 32 RGB.

    With them everything that takes CIFAR-10 runs without a network. The same files come out every
    time: 1,437 training images in `data_batch_1` … `data_batch_5` and 360 test images in
    `test_batch`, every class in the same proportion in both; the names "zero" … "nine" are in
    `batches.meta`.

    Args:
        folder: Where `cifar-10-batches-py` is made; earlier files of these names are replaced.

    Returns:
        The folder with the pickles, for `read_cifar10` and `to_image`.
    """
    place = Path(folder) / CIFAR10_FOLDER
    make_folder(place)
    digits = load_digits()
    train, test = _split(digits.labels)
    files = {
        f"data_batch_{number}": _batch(digits, part, f"training batch {number} of {_TRAIN_BATCHES}")
        for number, part in enumerate(np.array_split(train, _TRAIN_BATCHES), start=1)
    }
    files[TEST_BATCH] = _batch(digits, test, "testing batch 1 of 1")
    files[META] = {
        b"num_cases_per_batch": len(train) // _TRAIN_BATCHES,
        b"label_names": [name.encode() for name in _CLASSES],
        b"num_vis": 3 * (8 * _SCALE) ** 2,
    }
    with files_aside([place / name for name in files]) as parts:
        for part, content in zip(parts, files.values(), strict=True):
            part.write_bytes(write_python2_pickle(content))
    return place


def _split(labels: _Array) -> tuple[_Array, _Array]:
    """Takes every fifth image of the images sorted by label for the test."""
    by_label = np.argsort(labels, kind="stable")
    test = np.sort(by_label[::_TEST_EVERY])
    return np.setdiff1d(by_label, test), test


def _batch(digits: ImageBatch, chosen: _Array, name: str) -> dict[bytes, Pickled]:
    grey = _enlarge(digits.images[chosen]).reshape(len(chosen), -1)
    return {
        b"batch_label": name.encode(),
        b"labels": [int(label) for label in digits.labels[chosen]],
        b"data": np.tile(grey, 3),
        b"filenames": [digits.filenames[index].encode() for index in chosen],
    }


def _enlarge(images: _Array) -> _Array:
    """Scales `[N, 8, 8]` images of 0 … 16 to `[N, 32, 32]` of 0 … 255, bilinearly.

    Every weight is a multiple of 1/8, so the arithmetic is exact and the same on every machine.
    """
    side = images.shape[1]
    centres = np.clip((np.arange(side * _SCALE) + 0.5) / _SCALE - 0.5, 0, side - 1)
    weights = np.clip(1 - np.abs(centres[:, None] - np.arange(side)), 0, 1)
    enlarged = weights @ images.astype(np.float64) @ weights.T
    return np.asarray(np.rint(enlarged * 255 / _DARKEST), np.uint8)

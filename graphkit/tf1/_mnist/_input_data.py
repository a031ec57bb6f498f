"""`input_data.read_data_sets`: MNIST from local files, the network, or the stand-in."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib import error, request

import numpy as np

from graphkit._tf import tf
from graphkit.errors import ArgumentError, DownloadError
from graphkit.tf1._mnist._data_set import Array, DataSet, Datasets, dense_to_one_hot
from graphkit.tf1._mnist._idx import FILES, IMAGES, LABELS, read_idx
from graphkit.tf1._mnist._stand_in import stand_in_for_mnist

__all__ = [
    "DEFAULT_SOURCE_URL",
    "extract_images",
    "extract_labels",
    "load_mnist",
    "maybe_download",
    "read_data_sets",
    "use_bundled_digits",
]

DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
_PATIENCE_SECONDS = 30

_instead: dict[str, bool] = {"digits": False}


def use_bundled_digits(wanted: bool = True) -> None:
    """Makes every later `read_data_sets` of this process use the bundled digits.

    Args:
        wanted: Whether to.
    """
    _instead["digits"] = wanted


def maybe_download(filename: str, work_directory: str | os.PathLike[str], source_url: str) -> str:
    """Makes sure a file is in a folder, downloading it if it is not.

    The file appears under its name only when it is whole. A plain file, without `.gz`, counts too.

    Args:
        filename: The file's name.
        work_directory: The folder; made if it is not there.
        source_url: Where the file comes from.

    Returns:
        The path of the file.

    Raises:
        DownloadError: It is not there and could not be fetched; says which four files to put where.
    """
    folder = Path(work_directory)
    for name in (filename, filename.removesuffix(".gz")):
        if (folder / name).exists():
            return os.path.join(work_directory, name)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _fetch(source_url, folder / filename)
    except (OSError, ValueError) as failure:
        reason = failure.reason if isinstance(failure, error.URLError) else failure
        raise DownloadError(
            source_url,
            f"{reason} (MNIST is the four files {', '.join(FILES)}; bundled_digits=True uses "
            "the digits that come with graphkit instead)",
            folder,
        ) from failure
    size = (folder / filename).stat().st_size
    _announce(f"Successfully downloaded {filename} {size} bytes.")
    return os.path.join(work_directory, filename)


def _fetch(url: str, path: Path) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError("the address is not one of http or https")
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as aside:
        try:
            with request.urlopen(url, timeout=_PATIENCE_SECONDS) as answer:
                while part := answer.read(1 << 16):
                    aside.write(part)
            aside.close()
            os.replace(aside.name, path)
        except BaseException:
            Path(aside.name).unlink(missing_ok=True)
            raise


def _path(f: Any) -> str:
    return str(f if isinstance(f, str | os.PathLike) else f.name)


def _announce(line: str) -> None:
    """Prints what 1.15 printed, which programs' outputs are compared with."""
    sys.stdout.write(f"{line}\n")


def _extract(path: str | os.PathLike[str], kind: int) -> Array:
    _announce(f"Extracting {os.fspath(path)}")
    return read_idx(Path(path), kind)


def extract_images(f: Any) -> Array:
    """Reads a file of images and says so on standard output, as 1.15 did.

    Args:
        f: An open file with a name, or a path.

    Returns:
        uint8 images `[N, H, W, 1]`.
    """
    return _extract(_path(f), IMAGES)


def extract_labels(f: Any, one_hot: bool = False, num_classes: int = 10) -> Array:
    """Reads a file of labels and says so on standard output, as 1.15 did.

    Args:
        f: An open file with a name, or a path.
        one_hot: Whether they become one-hot rows.
        num_classes: How many classes there are.

    Returns:
        uint8 labels `[N]`, or float64 rows `[N, num_classes]`.
    """
    labels = _extract(_path(f), LABELS)
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


def _read_files(train_dir: Any, source_url: str) -> tuple[Array, Array, Array, Array]:
    url = source_url or DEFAULT_SOURCE_URL
    paths = [maybe_download(name, train_dir, url + name) for name in FILES]
    kinds = (IMAGES, LABELS, IMAGES, LABELS)
    train, train_labels, test, test_labels = (
        _extract(path, kind) for path, kind in zip(paths, kinds, strict=True)
    )
    return train, train_labels, test, test_labels


def read_data_sets(
    train_dir: Any,
    fake_data: bool = False,
    one_hot: bool = False,
    dtype: Any = tf.float32,
    reshape: bool = True,
    validation_size: int = 5000,
    seed: int | None = None,
    source_url: str = DEFAULT_SOURCE_URL,
    bundled_digits: bool = False,
) -> Datasets:
    """Reads MNIST, with a line on standard output for each file, as 1.15 did.

    Args:
        train_dir: The folder with the four files; what is missing is downloaded into it.
        fake_data: Whether made-up data is handed out, without any file.
        one_hot: Whether labels are one-hot rows.
        dtype: `tf.float32` scales the images to 0 … 1; `tf.uint8` leaves them.
        reshape: Whether images become rows `[N, 784]`.
        validation_size: How many of the training images are for validation.
        seed: Seeds the order of batches.
        source_url: Where missing files come from.
        bundled_digits: Whether graphkit's own digits are used instead, with no file at all.

    Returns:
        Training, validation and test data.

    Raises:
        DownloadError: Files are missing and there is no network.
        CorruptFileError: A file is not of MNIST's format.
        ValueError: `validation_size` is more than there is.
    """
    options: dict[str, Any] = {"dtype": dtype, "reshape": reshape, "seed": seed}
    if fake_data:
        nothing = np.zeros([0], np.uint8)
        made_up = [
            DataSet(nothing, nothing, fake_data=True, one_hot=one_hot, dtype=dtype, seed=seed)
            for _ in range(3)
        ]
        return Datasets(*made_up)
    if bundled_digits or _instead["digits"]:
        train, train_labels, test, test_labels = stand_in_for_mnist()
    else:
        train, train_labels, test, test_labels = _read_files(train_dir, source_url)
    if one_hot:
        train_labels, test_labels = (
            dense_to_one_hot(labels, 10) for labels in (train_labels, test_labels)
        )
    if not 0 <= validation_size <= len(train):
        raise ArgumentError(
            "read_data_sets", "validation_size", validation_size, f"between 0 and {len(train)}"
        )
    size = validation_size
    return Datasets(
        train=DataSet(train[size:], train_labels[size:], **options),
        validation=DataSet(train[:size], train_labels[:size], **options),
        test=DataSet(test, test_labels, **options),
    )


def load_mnist(train_dir: Any = "MNIST-data") -> Datasets:
    """Reads MNIST as `read_data_sets` does.

    Args:
        train_dir: The folder with the four files.

    Returns:
        Training, validation and test data.
    """
    return read_data_sets(train_dir)

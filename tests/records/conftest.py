"""Small files to read: record files, CIFAR-10 folders, image trees."""

from __future__ import annotations

import resource
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from cifar10_files import cifar10_batch, write_pickle

from graphkit.records import RecordWriter


@pytest.fixture
def write_records(tmp_path):
    """Writes records to a file of `tmp_path` and gives its path."""

    def write(*records, name="data.tfrecord", compression=""):
        with RecordWriter(tmp_path / name, compression=compression) as writer:
            for record in records:
                writer.write(record)
        return tmp_path / name

    return write


@pytest.fixture
def largest_file():
    """Lets no file of this process grow beyond so many bytes, as a full disk would.

    Not longer than in the `with` either: pytest may be writing its own words to a file.
    """

    @contextmanager
    def limited(size):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited


@pytest.fixture
def cifar10_folder(tmp_path):
    """A CIFAR-10 folder of two training batches, one test batch and three classes."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    write_pickle(folder / "data_batch_1", cifar10_batch(4))
    write_pickle(folder / "data_batch_2", cifar10_batch(3, first=4))
    write_pickle(folder / "test_batch", cifar10_batch(2, first=100))
    write_pickle(folder / "batches.meta", {b"label_names": [b"cat", b"dog", b"frog"]})
    return folder


@pytest.fixture
def image_tree(tmp_path):
    """A tree of two classes with two and three images of different pixels, 4 by 6."""
    folder = tmp_path / "tree"
    for name, count in (("cat", 2), ("dog", 3)):
        (folder / name).mkdir(parents=True)
        for index in range(count):
            bgr = np.full((4, 6, 3), (index, 100, 200 + len(name)), np.uint8)
            cv2.imwrite(str(folder / name / f"{index}.png"), bgr)
    return folder

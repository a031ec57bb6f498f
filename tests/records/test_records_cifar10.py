"""CIFAR-10 folders: what is read, in which order, and what each wrong folder is told."""

from __future__ import annotations

import numpy as np
import pytest
from cifar10_files import cifar10_batch, write_pickle

from graphkit.errors import CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.records import CIFAR10_CLASSES, read_cifar10, read_cifar10_batch


def first_pixels(batch):
    return batch.images[:, 0, 0, 0].tolist()


def test_whole_folder_is_read(cifar10_folder):
    data = read_cifar10(cifar10_folder)
    assert first_pixels(data.train) == [0, 1, 2, 3, 4, 5, 6]
    assert first_pixels(data.test) == [100, 101]
    assert data.train.labels.tolist() == [0, 1, 2, 0, 0, 1, 2]
    assert data.train.filenames[4] == "image_0.png"
    assert data.classes == ["cat", "dog", "frog"]
    assert (len(data.train), len(data.test)) == (7, 2)


def test_arrays_have_the_promised_shapes_and_dtypes(cifar10_folder):
    train = read_cifar10(cifar10_folder).train
    assert (train.images.shape, train.images.dtype) == ((7, 32, 32, 3), np.uint8)
    assert (train.labels.shape, train.labels.dtype) == ((7,), np.int64)


def test_planes_become_rgb_pixels(tmp_path):
    content = cifar10_batch(1)
    content[b"data"] = np.arange(3072).astype(np.uint8)[None]
    image = read_cifar10_batch(write_pickle(tmp_path / "b", content)).images[0]
    assert image[0, 0].tolist() == [0, 1024 % 256, 2048 % 256]
    assert image[1, 2].tolist() == [34, (1024 + 34) % 256, (2048 + 34) % 256]


def test_batches_are_read_in_numeric_order_whatever_their_number(cifar10_folder):
    write_pickle(cifar10_folder / "data_batch_10", cifar10_batch(1, first=50))
    (cifar10_folder / "data_batch_2").unlink()
    write_pickle(cifar10_folder / "data_batch_9", cifar10_batch(1, first=40))
    (cifar10_folder / "data_batch_9.bak").write_bytes(b"not read")
    assert first_pixels(read_cifar10(cifar10_folder).train) == [0, 1, 2, 3, 40, 50]


def test_without_meta_the_known_names_are_used(cifar10_folder):
    (cifar10_folder / "batches.meta").unlink()
    assert read_cifar10(cifar10_folder).classes == list(CIFAR10_CLASSES)
    assert CIFAR10_CLASSES[3] == "cat"


def test_absent_folder_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        read_cifar10(tmp_path / "absent")


def test_file_is_no_folder(cifar10_folder):
    with pytest.raises(MissingFileError, match="test_batch: is no folder"):
        read_cifar10(cifar10_folder / "test_batch")


def test_folder_without_batches_is_told_what_was_expected(tmp_path):
    expected = "holds no CIFAR-10 pickles; expected data_batch_1 …, test_batch and batches.meta"
    with pytest.raises(MissingFileError, match=expected):
        read_cifar10(tmp_path)


def test_folder_without_test_batch_is_told(cifar10_folder):
    (cifar10_folder / "test_batch").unlink()
    with pytest.raises(MissingFileError, match="cifar-10-batches-py: holds no test_batch"):
        read_cifar10(cifar10_folder)


@pytest.mark.parametrize("name", ["data_batch_2", "test_batch"])
def test_label_without_a_class_is_corrupt(cifar10_folder, name):
    write_pickle(cifar10_folder / name, cifar10_batch(6, classes=5))
    with pytest.raises(CorruptFileError, match=f"{name}: has the label 4, but there are 3 classes"):
        read_cifar10(cifar10_folder)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (None, "batches.meta: 'label_names' is no list of names"),
        ([], "'label_names' is no list of names"),
        (b"cat", "'label_names' is no list of names"),
        ([b"cat", 3], "'label_names' holds a int, not text"),
    ],
)
def test_meta_without_names_is_corrupt(cifar10_folder, names, message):
    write_pickle(cifar10_folder / "batches.meta", {b"label_names": names})
    with pytest.raises(CorruptFileError, match=message):
        read_cifar10(cifar10_folder)


def test_hostile_meta_is_unsafe(cifar10_folder):
    (cifar10_folder / "batches.meta").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(
        UnsafeFileError, match=r"batches\.meta, byte 0: its pickle wants os\.system"
    ):
        read_cifar10(cifar10_folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({b"data": None}, r"'data' is no uint8 array \[N, 3072\]"),
        ({b"data": [1, 2]}, "'data' is no uint8 array"),
        ({b"data": np.zeros((2, 3072), np.int64)}, "'data' is no uint8 array"),
        ({b"data": np.zeros(3072, np.uint8)}, "'data' is no uint8 array"),
        ({b"data": np.zeros((2, 1024), np.uint8)}, "'data' has 1024 bytes per image, not 3072"),
        ({b"labels": None}, "'labels' is no list of 2, one for each image"),
        ({b"labels": [1]}, "'labels' is no list of 2"),
        ({b"labels": [1, -1]}, "'labels' holds something else than whole numbers from 0"),
        ({b"labels": [1, b"2"]}, "'labels' holds something else than whole numbers"),
        ({b"labels": [1, 2**40]}, "'labels' holds something else than whole numbers"),
        ({b"filenames": [b"one"]}, "'filenames' is no list of 2"),
        ({b"filenames": b"ab"}, "'filenames' is no list of 2"),
        ({b"filenames": [b"one", 2]}, "'filenames' holds a int, not text"),
    ],
)
def test_pickle_that_is_no_batch_is_corrupt(tmp_path, change, message):
    path = write_pickle(tmp_path / "batch", {**cifar10_batch(2), **change})
    with pytest.raises(CorruptFileError, match=f"batch: .*{message}"):
        read_cifar10_batch(path)


def test_cifar_100_is_told_apart(tmp_path):
    content = cifar10_batch(2)
    content[b"fine_labels"] = content.pop(b"labels")
    with pytest.raises(CorruptFileError, match="'labels' is no list of 2"):
        read_cifar10_batch(write_pickle(tmp_path / "b", content))

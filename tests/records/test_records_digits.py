"""The bundled digits, and the CIFAR-10 folder they are written as."""

from __future__ import annotations

import hashlib
import os
import pickle

import numpy as np
import pytest

from graphkit.errors import MissingFileError
from graphkit.records import load_digits, read_cifar10, write_digits_as_cifar10

CLASSES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
FILES = ["batches.meta", *(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_digits_as_cifar10(tmp_path_factory.mktemp("digits"))


def test_there_are_1797_digits():
    digits = load_digits()
    assert (digits.images.shape, digits.images.dtype) == ((1797, 8, 8), np.uint8)
    assert (digits.labels.shape, digits.labels.dtype) == ((1797,), np.int64)
    assert (digits.images.min(), digits.images.max()) == (0, 16)
    assert np.bincount(digits.labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert digits.filenames[1796] == "digit_001796.png"


def test_folder_is_laid_out_as_cifar10_is(folder):
    assert folder.name == "cifar-10-batches-py"
    assert sorted(os.listdir(folder)) == FILES


def test_split_is_stratified_and_complete(folder):
    data = read_cifar10(folder)
    assert (len(data.train), len(data.test)) == (1437, 360)
    assert np.bincount(data.test.labels).tolist() == [36, 36, 36, 36, 37, 36, 36, 36, 35, 36]
    assert len({*data.train.filenames, *data.test.filenames}) == 1797
    assert data.classes == CLASSES


def test_images_are_the_digits_enlarged(folder):
    digits, test = load_digits(), read_cifar10(folder).test
    original = digits.images[digits.filenames.index(test.filenames[7])]
    image = test.images[7]
    assert digits.labels[digits.filenames.index(test.filenames[7])] == test.labels[7]
    assert image.shape == (32, 32, 3)
    np.testing.assert_array_equal(image[..., 0], image[..., 2])
    means = image[..., 0].reshape(8, 4, 8, 4).mean((1, 3))
    assert np.corrcoef(means.ravel(), original.ravel())[0, 1] > 0.95


def test_brightness_uses_the_whole_range(folder):
    images = read_cifar10(folder).train.images
    assert (images.min(), images.max()) == (0, 255)


@pytest.mark.parametrize("name", FILES)
def test_plain_pickle_reads_them_as_it_reads_the_original(folder, name):
    with open(folder / name, "rb") as file:
        content = pickle.load(file, encoding="bytes")
    if name == "batches.meta":
        assert content[b"label_names"] == [text.encode() for text in CLASSES]
        assert (content[b"num_vis"], content[b"num_cases_per_batch"]) == (3072, 287)
        return
    assert set(content) == {b"data", b"labels", b"filenames", b"batch_label"}
    assert content[b"data"].shape == (len(content[b"labels"]), 3072)
    assert content[b"data"].dtype == np.uint8
    assert type(content[b"labels"][0]) is int
    assert content[b"batch_label"].startswith(b"t")


def test_python_2_text_reads_as_text_with_latin1(folder):
    with open(folder / "test_batch", "rb") as file:
        assert pickle.load(file, encoding="latin1")["batch_label"] == "testing batch 1 of 1"


def test_files_are_the_same_every_time(folder, tmp_path):
    again = write_digits_as_cifar10(tmp_path)
    for name in FILES:
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_files_are_the_same_on_every_machine(folder):
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in FILES))
    assert digest.hexdigest() == "adbb38b900df5f1d39d2643d301036d95fb19f0d7cbe995f91e7ee746fa11024"


def test_earlier_files_are_replaced_and_others_kept(tmp_path):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "test_batch").write_bytes(b"old")
    (folder / "note.txt").write_text("mine")
    write_digits_as_cifar10(tmp_path)
    assert sorted(os.listdir(folder)) == sorted([*FILES, "note.txt"])
    assert len(read_cifar10(folder).test) == 360


def test_file_where_the_folder_should_be_is_named(tmp_path):
    (tmp_path / "text.txt").touch()
    with pytest.raises(MissingFileError, match=r"/text\.txt: is a file; a folder was to be"):
        write_digits_as_cifar10(tmp_path / "text.txt")


def test_folder_that_stands_in_the_way_is_named(tmp_path):
    (tmp_path / "cifar-10-batches-py" / "test_batch").mkdir(parents=True)
    with pytest.raises(MissingFileError, match="test_batch: is a folder; a file was to be written"):
        write_digits_as_cifar10(tmp_path)
    assert os.listdir(tmp_path / "cifar-10-batches-py") == ["test_batch"]

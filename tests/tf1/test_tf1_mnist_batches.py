"""MNIST's files and batches: formats, settings, epoch ends and seeds, as 1.15.5 had them."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
from graphkit.tf1.examples.tutorials.mnist import input_data

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, CorruptFileError
from graphkit.tf1._mnist._idx import FILES, IMAGES, LABELS, read_idx

TRAIN, TEST, HEIGHT, WIDTH = 7, 3, 2, 3


def pixels(count):
    values = (np.arange(count * HEIGHT * WIDTH) * 7 % 256).astype(np.uint8)
    return values.reshape(count, HEIGHT, WIDTH, 1)


def classes(count):
    return np.array([number * 3 % 10 for number in range(count)], np.uint8)


def image_file(count, magic=IMAGES, missing=0):
    content = struct.pack(">4I", magic, count, HEIGHT, WIDTH) + pixels(count).tobytes()
    return content[: len(content) - missing]


def label_file(count, magic=LABELS, missing=0):
    content = struct.pack(">2I", magic, count) + classes(count).tobytes()
    return content[: len(content) - missing]


@pytest.fixture
def folder(tmp_path):
    contents = [image_file(TRAIN), label_file(TRAIN), image_file(TEST), label_file(TEST)]
    for name, content in zip(FILES, contents, strict=True):
        (tmp_path / name).write_bytes(gzip.compress(content))
    return tmp_path


def read(folder, validation_size=2, **options):
    return input_data.read_data_sets(str(folder), validation_size=validation_size, **options)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_read_as_it_was_written(tmp_path, packed):
    path = tmp_path / ("images.gz" if packed else "images")
    path.write_bytes(gzip.compress(image_file(TRAIN)) if packed else image_file(TRAIN))
    found = read_idx(path, IMAGES)
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found, pixels(TRAIN))


@pytest.mark.parametrize(
    ("content", "magic", "message"),
    [
        (image_file(TRAIN, missing=1), IMAGES, "42 bytes are promised, 41 are there"),
        (label_file(TRAIN, missing=7), LABELS, "7 bytes are promised, 0 are there"),
        (image_file(0)[:15], IMAGES, "byte 15: the header is cut short"),
        (b"", LABELS, "byte 0: the header is cut short"),
        (label_file(40), IMAGES, "the magic number is 2049, not 2051"),
        (image_file(TRAIN), LABELS, "the magic number is 2051, not 2049"),
        (image_file(TRAIN)[::-1], IMAGES, "the magic number is"),
        (struct.pack("<4I", IMAGES, 1, 1, 1), IMAGES, "the magic number is 50855936"),
        (struct.pack(">4I", IMAGES, 2**32 - 1, 2**32 - 1, 1), IMAGES, "the header promises"),
    ],
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_file_says_what_is_wrong(tmp_path, content, magic, message, packed):
    path = tmp_path / ("file.gz" if packed else "file")
    path.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(CorruptFileError, match=message) as caught:
        read_idx(path, magic)
    assert caught.value.path == str(path)
    assert isinstance(caught.value, ValueError)


def test_what_follows_the_last_pixel_is_not_read(tmp_path):
    (tmp_path / "more").write_bytes(label_file(TRAIN) + b"and more")
    assert read_idx(tmp_path / "more", LABELS).tolist() == classes(TRAIN).tolist()


def test_a_plain_file_that_calls_itself_packed_is_named(tmp_path):
    (tmp_path / "plain.gz").write_bytes(label_file(TRAIN))
    with pytest.raises(CorruptFileError, match=r"plain\.gz.*not a whole gzip file"):
        read_idx(tmp_path / "plain.gz", LABELS)


def test_images_and_labels_of_unequal_number_are_refused(folder):
    (folder / FILES[3]).write_bytes(gzip.compress(label_file(TEST + 1)))
    with pytest.raises(ArgumentError, match=r"labels must be 3 of them, as images, got \(4,\)"):
        read(folder)


@pytest.mark.parametrize(("size", "parts"), [(0, [7, 0, 3]), (2, [5, 2, 3]), (7, [0, 7, 3])])
def test_validation_takes_the_first_images(folder, size, parts):
    data = read(folder, validation_size=size)
    assert [part.num_examples for part in data] == parts
    assert data.validation.labels.tolist() == classes(TRAIN)[:size].tolist()
    assert data.train.labels.tolist() == classes(TRAIN)[size:].tolist()
    assert data._fields == ("train", "validation", "test")


@pytest.mark.parametrize("size", [-1, 8, 5000])
def test_validation_takes_no_more_than_there_is(folder, size):
    with pytest.raises(ValueError, match=f"between 0 and 7, got {size}"):
        read(folder, validation_size=size)


@pytest.mark.parametrize("reshape", [True, False])
@pytest.mark.parametrize("dtype", [tf.float32, tf.uint8])
def test_images_have_the_form_that_is_asked_for(folder, dtype, reshape):
    images = read(folder, dtype=dtype, reshape=reshape).test.images
    wanted = pixels(TEST).reshape(TEST, -1) if reshape else pixels(TEST)
    if dtype == tf.float32:
        wanted = wanted.astype(np.float32) * np.float32(1 / 255)
    assert images.dtype == dtype.as_numpy_dtype
    np.testing.assert_array_equal(images, wanted)


@pytest.mark.parametrize(("one_hot", "dtype"), [(True, np.float64), (False, np.uint8)])
def test_labels_have_the_form_that_is_asked_for(folder, one_hot, dtype):
    labels = read(folder, one_hot=one_hot).train.labels
    assert labels.dtype == dtype
    wanted = np.eye(10)[classes(TRAIN)] if one_hot else classes(TRAIN)
    np.testing.assert_array_equal(labels, wanted[2:])


# Batches of 1.15.5 with these files and the seed 1: size, labels, epochs done by then.
RECORDED = [
    (3, [2, 9, 8], 0),
    (3, [6, 5, 2], 1),
    (3, [8, 5, 6], 1),
    (4, [9, 5, 6, 8], 2),
    (2, [9, 2], 2),
]


def test_a_seed_gives_the_batches_it_gave(folder):
    train = read(folder, seed=1).train
    for size, labels, epochs in RECORDED:
        images, found = train.next_batch(size)
        assert (found.tolist(), train.epochs_completed) == (labels, epochs)
        places = [classes(TRAIN).tolist().index(label) for label in labels]
        wanted = pixels(TRAIN)[places].reshape(size, -1) * np.float32(1 / 255)
        np.testing.assert_allclose(images, wanted, rtol=1e-6)


# From 1.15.5, with five examples: how many come in three batches, and the epochs done by then.
ROUNDS = {
    1: [(1, 0), (1, 0), (1, 0)],
    5: [(5, 0), (5, 1), (5, 2)],
    6: [(6, 1), (6, 2), (6, 3)],
    11: [(10, 1), (5, 2), (5, 3)],
    30: [(10, 1), (5, 2), (5, 3)],
    0: [(0, 0), (0, 0), (0, 0)],
}


@pytest.mark.parametrize("size", ROUNDS)
def test_batches_of_any_size_go_over_the_ends_of_epochs(folder, size):
    train = read(folder, seed=3).train
    found = [(len(train.next_batch(size)[1]), train.epochs_completed) for _ in range(3)]
    assert found == ROUNDS[size]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_every_epoch_hands_out_every_example_once(folder, size):
    train = read(folder, seed=9).train
    seen = []
    while len(seen) < 5 * size:
        seen += train.next_batch(size)[1].tolist()
    for epoch in range(size):
        assert sorted(seen[5 * epoch : 5 * epoch + 5]) == sorted(classes(TRAIN)[2:].tolist())


def test_images_stay_with_their_labels_while_they_are_shuffled(folder):
    train = read(folder, seed=4, dtype=tf.uint8).train
    known = dict(zip(classes(TRAIN).tolist(), pixels(TRAIN).reshape(TRAIN, -1), strict=True))
    for _ in range(6):
        for image, label in zip(*train.next_batch(4), strict=True):
            np.testing.assert_array_equal(image, known[int(label)])


def test_two_data_sets_of_one_seed_agree_and_of_two_do_not(folder):
    def order(seed):
        train = read(folder, seed=seed).train
        return [train.next_batch(5)[1].tolist() for _ in range(4)]

    assert order(2) == order(2)
    assert order(2) != order(3)

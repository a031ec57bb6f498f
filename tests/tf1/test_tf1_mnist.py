"""MNIST is read from four files, downloaded, or replaced by the bundled digits."""

from __future__ import annotations

import gzip
import http.server
import os
import struct
import threading

import numpy as np
import pytest
from graphkit.tf1.examples.tutorials.mnist import input_data, mnist

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError, ArgumentTypeError, CorruptFileError, DownloadError
from graphkit.tf1._mnist import _input_data
from graphkit.tf1._mnist._idx import FILES

read_data_sets = input_data.read_data_sets


def write_mnist(folder, train=12, test=4, compress=gzip.compress):
    folder.mkdir(exist_ok=True)
    for name, count in zip(FILES, (train, train, test, test), strict=True):
        if "images" in name:
            pixels = np.arange(count * 784) % 251
            data = struct.pack(">4I", 2051, count, 28, 28) + pixels.astype(np.uint8).tobytes()
        else:
            data = struct.pack(">2I", 2049, count) + bytes(i % 10 for i in range(count))
        (folder / name).write_bytes(compress(data))
    return folder


@pytest.fixture
def folder(tmp_path):
    return write_mnist(tmp_path / "MNIST_data")


def test_local_files_are_read_and_split(folder):
    data = read_data_sets(str(folder), one_hot=True, validation_size=2)
    assert [part.num_examples for part in data] == [10, 2, 4]
    assert data.train.images.shape == (10, 784)
    assert data.train.images.dtype == np.float32
    assert data.train.images.max() <= 1
    np.testing.assert_array_equal(data.train.labels[0], np.eye(10)[2])


def test_each_file_read_has_the_line_1_15_printed(folder, capsys):
    read_data_sets(str(folder), validation_size=0)
    assert capsys.readouterr().out.splitlines() == [f"Extracting {folder}/{name}" for name in FILES]
    read_data_sets(str(folder), fake_data=True)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("given", ["./{}", "./{}/", "{}"])
def test_the_lines_name_the_folder_as_the_program_does(folder, monkeypatch, capsys, given):
    monkeypatch.chdir(folder.parent)
    named = given.format(folder.name)
    read_data_sets(named, validation_size=0)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"Extracting {os.path.join(named, name)}" for name in FILES]


def test_images_keep_their_shape_and_dtype_where_asked(folder):
    data = read_data_sets(folder, dtype=tf.uint8, reshape=False, validation_size=0)
    assert data.train.images.shape == (12, 28, 28, 1)
    assert data.train.images.dtype == np.uint8
    assert data.test.labels.tolist() == [0, 1, 2, 3]


def test_batches_come_in_the_order_1_15_gave(folder):
    # Recorded from 1.15.5 with these files: labels of five batches of 5, seed 3.
    data = read_data_sets(str(folder), validation_size=2, seed=3)
    batches = [data.train.next_batch(5)[1].tolist() for _ in range(5)]
    assert batches == ORDER
    assert data.train.epochs_completed == 2


ORDER = [
    [7, 6, 3, 4, 1],
    [8, 9, 2, 5, 0],
    [4, 5, 3, 6, 0],
    [1, 7, 9, 2, 8],
    [4, 1, 2, 6, 8],
]


def test_batches_without_shuffling_go_round(folder):
    train = read_data_sets(folder, validation_size=2).train
    assert train.next_batch(8, shuffle=False)[1].tolist() == [2, 3, 4, 5, 6, 7, 8, 9]
    images, labels = train.next_batch(4, shuffle=False)
    assert labels.tolist() == [0, 1, 2, 3]
    assert images.shape == (4, 784)
    assert train.epochs_completed == 1


def test_made_up_data_needs_no_files():
    data = read_data_sets("nowhere", fake_data=True, one_hot=True)
    images, labels = data.train.next_batch(2, fake_data=True)
    assert (len(images), len(images[0]), labels[0][0]) == (2, 784, 1)
    assert read_data_sets("nowhere", fake_data=True).test.next_batch(1, fake_data=True)[1] == [0]


def test_plain_files_count_too(tmp_path):
    folder = write_mnist(tmp_path, compress=lambda data: data)
    for path in folder.iterdir():
        path.rename(path.with_suffix(""))
    assert read_data_sets(folder, validation_size=0).train.num_examples == 12


def test_missing_files_come_from_the_network(folder, tmp_path, capsys):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), quiet_handler(folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/"
        data = read_data_sets(tmp_path / "new", validation_size=0, source_url=url)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert data.train.num_examples == 12
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(FILES)
    size = (folder / FILES[0]).stat().st_size
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"Successfully downloaded {FILES[0]} {size} bytes."
    assert len(said) == 2 * len(FILES)


def quiet_handler(folder):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, directory=str(folder), **kwargs)

        def log_message(self, *args):
            pass

    return Handler


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "ftp://somewhere/"])
def test_offline_says_which_files_to_put_where(tmp_path, url):
    with pytest.raises(DownloadError, match="bundled_digits=True") as caught:
        read_data_sets(tmp_path / "data", source_url=url)
    for name in FILES:
        assert name in str(caught.value)
    assert str(tmp_path / "data") in str(caught.value)
    assert list((tmp_path / "data").iterdir()) == []


def test_bundled_digits_have_the_sizes_of_mnist(tmp_path):
    data = read_data_sets(tmp_path / "none", one_hot=True, bundled_digits=True)
    assert [part.num_examples for part in data] == [55000, 5000, 10000]
    assert data.test.images.shape == (10000, 784)
    assert data.test.images.max() == 1
    assert set(data.test.labels.argmax(1)) == set(range(10))
    assert not (tmp_path / "none").exists()


def test_bundled_digits_can_be_chosen_for_the_process(tmp_path):
    _input_data.use_bundled_digits()
    try:
        assert read_data_sets(tmp_path, validation_size=1).validation.num_examples == 1
    finally:
        _input_data.use_bundled_digits(False)


def _packed(content):
    """Compresses without the time of day, so that the cases are called the same in each process."""
    return gzip.compress(content, mtime=0)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (_packed(struct.pack(">4I", 2049, 1, 28, 28)), "magic number is 2049, not 2051"),
        (_packed(b"\0\0\10"), "header is cut short"),
        (_packed(struct.pack(">4I", 2051, 2, 28, 28)), "1568 bytes are promised, 0 are"),
        (_packed(struct.pack(">4I", 2051, 1 << 31, 28, 28)), "the header promises"),
        (b"no gzip", "not a whole gzip file"),
        (
            _packed(struct.pack(">4I", 2051, 1, 28, 28) + bytes(range(256)) * 4)[:60],
            "not a whole gzip file",
        ),
    ],
)
def test_damaged_files_are_named(folder, content, message):
    (folder / FILES[0]).write_bytes(content)
    with pytest.raises(CorruptFileError, match=f"{FILES[0]}.*{message}"):
        read_data_sets(folder, validation_size=0)


def test_wrong_settings_are_refused(folder):
    with pytest.raises(ArgumentError, match="validation_size must be between 0 and 12, got 5000"):
        read_data_sets(folder)
    with pytest.raises(ArgumentTypeError, match="dtype must be uint8 or float32, got int32"):
        read_data_sets(folder, dtype=tf.int32, validation_size=0)
    with pytest.raises(ArgumentError, match="labels must be 2 of them"):
        input_data.DataSet(np.zeros((2, 1, 1, 1), np.uint8), np.zeros(3, np.uint8))


def test_files_can_be_read_one_by_one(folder):
    with (folder / FILES[0]).open("rb") as opened:
        assert input_data.extract_images(opened).shape == (12, 28, 28, 1)
    assert input_data.extract_labels(folder / FILES[1], one_hot=True).shape == (12, 10)
    assert input_data.extract_labels(folder / FILES[3]).tolist() == [0, 1, 2, 3]


def test_the_old_place_has_it_too(folder, monkeypatch):
    from graphkit.tf1.contrib.learn.python.learn.datasets.mnist import load_mnist
    from graphkit.tf1.g3doc.tutorials.mnist import input_data as older

    assert older.read_data_sets is read_data_sets
    write_mnist(folder, train=5001)
    assert load_mnist(folder).train.num_examples == 1


def test_the_tutorial_network_learns(session):
    images = tf.constant(np.eye(4, 784, dtype=np.float32))
    labels = tf.constant([0, 1, 2, 3])
    logits = mnist.inference(images, 16, 16)
    loss = mnist.loss(logits, labels)
    step = mnist.training(loss, 0.5)
    right = mnist.evaluation(logits, labels)
    session.run(tf.global_variables_initializer())
    before = session.run(loss)
    for _ in range(60):
        session.run(step)
    assert session.run(loss) < before
    assert session.run(right) >= 2
    assert "hidden1/weights:0" in [v.name for v in tf.trainable_variables()]

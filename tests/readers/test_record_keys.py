"""Keys of records, which tf.data tells for many at once: the same ones, in order, to the end."""

from __future__ import annotations

import gzip

import pytest
from engine_pipelines import ENGINES, delivered

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import MissingFileError

FRAME = 16  # bytes around a record in a TFRecord file
SIZES = [place % 7 for place in range(700)]  # of records; some are empty


@pytest.fixture
def tfrecord(tmp_path):
    return _written(tmp_path / "one.tfrecord", SIZES)


def _written(path, sizes, options=None):
    with tf.io.TFRecordWriter(str(path), options) as writer:
        for size in sizes:
            writer.write(b"x" * size)
    return str(path)


def _keys_of(path, sizes):
    """Where each record begins, added up by hand."""
    return [f"{path}:{sum(sizes[:n]) + FRAME * n}".encode() for n in range(len(sizes))]


def _pairs(engine, reader, paths, *, num_epochs=1, size=1):
    """Keys and records of files, in batches until the end."""
    with tf.Graph().as_default(), readers.engine(engine):
        queue = readers.string_input_producer(paths, num_epochs=num_epochs, shuffle=False)
        batch = readers.batch(
            list(reader(readers).read(queue)), size, allow_smaller_final_batch=True
        )
        batches = delivered(batch)
    return [
        (key, record)
        for keys, records in batches
        for key, record in zip(keys, records, strict=True)
    ]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("compression", ["", "GZIP"])
def test_a_record_is_known_by_the_byte_it_begins_at(engine, compression, tmp_path):
    options = tf.io.TFRecordOptions(compression)
    path = _written(tmp_path / "one", SIZES, options)
    given = tf.python_io.TFRecordOptions({"": 0, "GZIP": 2}[compression])
    pairs = _pairs(engine, lambda r: r.TFRecordReader(options=given), [path], size=9)
    assert [key for key, _ in pairs] == _keys_of(path, SIZES)
    assert [len(record) for _, record in pairs] == SIZES


@pytest.mark.parametrize("engine", ENGINES)
def test_each_file_and_epoch_begins_anew(engine, tfrecord, tmp_path):
    other = _written(tmp_path / "other.tfrecord", [3, 1])
    pairs = _pairs(engine, lambda r: r.TFRecordReader(), [tfrecord, other], num_epochs=2)
    epoch = _keys_of(tfrecord, SIZES) + _keys_of(other, [3, 1])
    assert [key for key, _ in pairs] == epoch * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_large_records_are_taken_one_by_one(engine, tmp_path):
    sizes = [3_000_000, 1, 2_000_000]
    path = _written(tmp_path / "large.tfrecord", sizes)
    pairs = _pairs(engine, lambda r: r.TFRecordReader(), [path])
    assert [key for key, _ in pairs] == _keys_of(path, sizes)
    assert [len(record) for _, record in pairs] == sizes


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("skipped", [0, 2])
def test_a_line_is_known_by_its_number(engine, skipped, tmp_path):
    path = tmp_path / "lines"
    path.write_text("".join(f"{number}\n" for number in range(600)))
    pairs = _pairs(engine, lambda r: r.TextLineReader(skip_header_lines=skipped), [str(path)])
    assert pairs == [
        (f"{path}:{number + 1}".encode(), str(number).encode()) for number in range(skipped, 600)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_record_of_fixed_length_is_known_by_its_number(engine, tmp_path):
    path = tmp_path / "bytes"
    path.write_bytes(bytes(range(200)) * 3)
    pairs = _pairs(engine, lambda r: r.FixedLengthRecordReader(2), [str(path)])
    assert pairs == [
        (f"{path}:{number}".encode(), bytes([2 * number % 200, (2 * number + 1) % 200]))
        for number in range(300)
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_may_be_empty(engine, tfrecord, tmp_path):
    empty = _written(tmp_path / "empty.tfrecord", [])
    pairs = _pairs(engine, lambda r: r.TFRecordReader(), [empty, tfrecord, empty])
    assert [key for key, _ in pairs] == _keys_of(tfrecord, SIZES)


def _taken_singly(path, compression=0):
    """The keys that a session takes one by one from tf.data, and the error that ends it."""
    options = tf.python_io.TFRecordOptions(compression)
    taken = []
    with tf.Graph().as_default():
        with readers.engine("tf.data"):
            queue = readers.string_input_producer([str(path)], num_epochs=1, shuffle=False)
            key, _ = readers.TFRecordReader(options=options).read(queue)
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            tf.train.start_queue_runners(session, tf.train.Coordinator())
            with pytest.raises(tf.errors.OpError) as raised:
                while True:
                    taken.append(session.run(key))
    return taken, raised.value


@pytest.mark.parametrize("place", [0, 100, 255, 256, 400, 699])
def test_what_is_before_a_damaged_record_is_delivered(place, tfrecord, tmp_path):
    keys = _keys_of(tfrecord, SIZES)
    begin = int(keys[place].rpartition(b":")[2])
    with open(tfrecord, "rb") as file:
        data = bytearray(file.read())
    data[begin] ^= 1  # in the length, whose checksum does not fit then
    bad = tmp_path / "bad.tfrecord"
    bad.write_bytes(data)
    taken, error = _taken_singly(bad)
    assert taken == _keys_of(bad, SIZES)[:place]
    assert isinstance(error, tf.errors.DataLossError)
    assert f"corrupted record at {begin}" in error.message


def test_what_is_before_a_cut_is_delivered(tmp_path):
    path = tmp_path / "cut.gz"
    whole = _written(tmp_path / "whole.tfrecord", [3000] * 400)
    with open(whole, "rb") as file:
        path.write_bytes(gzip.compress(file.read()[: 3016 * 300 + 20], mtime=0))
    taken, error = _taken_singly(path, compression=2)
    assert taken == _keys_of(path, [3000] * 300)
    assert isinstance(error, tf.errors.DataLossError)


def test_a_file_that_goes_missing_is_no_wait(tfrecord, tmp_path):
    missing = tmp_path / "missing.tfrecord"
    with pytest.raises(MissingFileError, match=r"missing\.tfrecord"):
        _taken_singly(missing)
    with tf.Graph().as_default():
        with readers.engine("tf.data"):
            queue = readers.string_input_producer(
                [tfrecord, str(missing)], num_epochs=1, shuffle=False, check_files=False
            )
            keys = readers.batch([readers.TFRecordReader().read(queue)[0]], 700)
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            tf.train.start_queue_runners(session, tf.train.Coordinator())
            assert session.run(keys).tolist() == _keys_of(tfrecord, SIZES)
            with pytest.raises(tf.errors.NotFoundError, match=r"missing\.tfrecord"):
                session.run(keys)

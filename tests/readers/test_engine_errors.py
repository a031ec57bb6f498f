"""What goes wrong in a pipeline is an error that names it, on either engine, and never a wait."""

from __future__ import annotations

import gzip
import re

import pytest
from engine_pipelines import parsed, write_records

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf
from graphkit.errors import MissingFileError, RunError

ENGINES = ("queues", "tf.data")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("errors") / "good.tfrecord")


@pytest.fixture(scope="module")
def record_bytes(good):
    """How many bytes a record of the file takes, its frame included."""
    with open(good, "rb") as file:
        return len(file.read()) // 20


def _changed(path, good, change):
    """A copy of a file with other bytes."""
    with open(good, "rb") as file:
        path.write_bytes(change(bytearray(file.read())))
    return str(path)


def _flipped(place):
    def change(data):
        data[place] ^= 1
        return data

    return change


def _records(paths, **options):
    queue = readers.string_input_producer(paths, num_epochs=1, shuffle=False)
    return readers.TFRecordReader(**options).read(queue)[1]


def _run_all(engine, build):
    """Runs a pipeline in graphkit's session until an error ends it."""
    with GraphBuilder() as g, readers.engine(engine):
        batch = build()
        assert [report.engine for report in readers.explain(g.graph)] == [engine]
    with SessionRunner(g) as runner:
        while True:
            runner.run(batch)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("damage", "number"),
    [
        (lambda size: _flipped(7 * size + 40), 7),  # in the record
        (lambda size: _flipped(9 * size), 9),  # in its length
        (lambda size: _flipped(4 * size - 1), 3),  # in its checksum
        (lambda size: lambda data: data[: 19 * size + 30], 19),
        (lambda size: lambda data: data[: 12 * size + 14], 12),
    ],
)
def test_a_damaged_record_is_found(engine, damage, number, good, record_bytes, tmp_path):
    path = _changed(tmp_path / "bad.tfrecord", good, damage(record_bytes))
    with pytest.raises(tf.errors.DataLossError) as raised:
        _run_all(engine, lambda: readers.batch([_records([good, path, good])], 5))
    assert isinstance(raised.value, RunError)
    assert f"{path}: the record at byte {number * record_bytes} is damaged" in str(raised.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_record_of_a_zipped_file_is_found(engine, good, record_bytes, tmp_path):
    whole = str(tmp_path / "whole.gz")
    with open(good, "rb") as file, gzip.open(whole, "wb") as zipped:
        zipped.write(file.read())
    path = str(tmp_path / "bad.gz")
    with open(good, "rb") as file, gzip.open(path, "wb") as zipped:
        zipped.write(_flipped(2 * record_bytes + 50)(bytearray(file.read())))
    options = tf.io.TFRecordOptions(compression_type="GZIP")
    with pytest.raises(tf.errors.DataLossError) as raised:
        _run_all(engine, lambda: readers.batch([_records([whole, path], options=options)], 5))
    assert f"{path}: the record at byte {2 * record_bytes} is damaged" in str(raised.value)


def test_a_plain_session_s_error_can_be_asked_about(good, record_bytes, tmp_path):
    path = _changed(tmp_path / "bad.tfrecord", good, _flipped(record_bytes + 20))
    with tf.Graph().as_default() as graph, tf.Session() as session:
        with readers.engine("tf.data"):
            batch = readers.batch([_records([path])], 5)
        session.run(tf.local_variables_initializer())
        tf.train.start_queue_runners(session, tf.train.Coordinator())
        with pytest.raises(tf.errors.DataLossError) as raised:
            session.run(batch)
    found = readers.find_damaged_record(graph, raised.value)
    assert found == readers.DamagedRecord(path, record_bytes)


def test_other_errors_are_about_no_record(good):
    graph = tf.Graph()
    with graph.as_default():
        _records([good])
    lost = tf.errors.DataLossError(None, None, "corrupted record at 12")
    assert readers.find_damaged_record(graph, tf.errors.OutOfRangeError(None, None, "end")) is None
    assert readers.find_damaged_record(graph, ValueError("corrupted record at 0")) is None
    assert readers.find_damaged_record(graph, lost) is None  # no record of the file is damaged
    assert readers.find_damaged_record(tf.Graph(), lost) is None


def test_names_that_are_computed_cannot_be_known(good, tmp_path):
    path = _changed(tmp_path / "bad.tfrecord", good, _flipped(20))
    with tf.Graph().as_default() as graph:
        _records(tf.placeholder(tf.string, [None]))
        _records(["gs://bucket/file.tfrecord", str(tmp_path / "gone")])
        lost = tf.errors.DataLossError(None, None, "corrupted record at 0")
        assert readers.find_damaged_record(graph, lost) is None
        _records([path])
        assert readers.find_damaged_record(graph, lost) == (path, 0)


@pytest.mark.parametrize("listed", [readers.match_filenames_once, tf.matching_files])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_record_is_found_in_files_of_a_pattern(
    engine, listed, good, record_bytes, tmp_path
):
    for name in ("a.tfrecord", "c.tfrecord"):
        _changed(tmp_path / name, good, lambda data: data)
    path = _changed(tmp_path / "b.tfrecord", good, _flipped(7 * record_bytes + 20))

    def build():
        names = listed(str(tmp_path / "*.tfrecord"))
        return readers.batch([_records(names)], 5)

    with GraphBuilder() as g, readers.engine(engine):
        batch = build()
    with SessionRunner(g) as runner, pytest.raises(tf.errors.DataLossError) as raised:
        while True:
            runner.run(batch)
    assert f"{path}: the record at byte {7 * record_bytes} is damaged" in str(raised.value)


def test_patterns_of_other_machines_and_computed_ones_are_passed_over():
    with tf.Graph().as_default() as graph:
        _records(readers.match_filenames_once("gs://bucket/*.tfrecord"))
        _records(tf.matching_files(tf.placeholder(tf.string, [])))
        lost = tf.errors.DataLossError(None, None, "corrupted record at 0")
        assert readers.find_damaged_record(graph, lost) is None


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_file_is_named_before_anything_starts(engine, good, tmp_path):
    gone = str(tmp_path / "gone.tfrecord")
    with pytest.raises(MissingFileError, match=re.escape(gone)):
        _run_all(engine, lambda: readers.batch([_records([good, gone])], 5))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_that_goes_after_the_check_is_named(engine, good, tmp_path):
    gone = str(tmp_path / "gone.tfrecord")

    def build():
        queue = readers.string_input_producer(
            [gone], num_epochs=1, shuffle=False, check_files=False
        )
        return readers.batch([readers.TFRecordReader().read(queue)[1]], 5)

    with pytest.raises(tf.errors.NotFoundError, match=re.escape(gone)):
        _run_all(engine, build)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("number", [1, 3])
def test_a_wrong_feature_is_named_and_so_is_the_line(engine, number, good):
    def build():
        features = {"lable": tf.FixedLenFeature([], tf.int64)}
        return readers.batch([tf.parse_single_example(_records([good]), features)["lable"]], number)

    with pytest.raises(tf.errors.InvalidArgumentError) as raised:
        _run_all(engine, build)
    message = str(raised.value)
    assert "Feature: lable (data type: int64) is required but could not be found" in message
    assert "test_engine_errors.py" in message
    assert "transformation with iterator" not in message


def test_a_run_before_the_start_says_what_to_start(good):
    with GraphBuilder() as g, readers.engine("tf.data"):
        batch = readers.batch([parsed(good)[2]], 4)
    with (
        SessionRunner(g, start_queue_runners=False) as runner,
        pytest.raises(RunError, match=r"'batch/fifo_queue', .*start_queue_runners\(\) first"),
    ):
        runner.run(batch)


def test_an_iterator_of_the_program_s_own_is_told_as_tensorflow_tells_it():
    with GraphBuilder() as g:
        number = tf.data.make_initializable_iterator(tf.data.Dataset.range(3)).get_next()
    with (
        SessionRunner(g) as runner,
        pytest.raises(tf.errors.FailedPreconditionError, match="initializer operation") as raised,
    ):
        runner.run(number)
    assert "queue runners" not in str(raised.value)


def test_a_runner_started_later_delivers(good):
    with GraphBuilder() as g, readers.engine("tf.data"):
        batch = readers.batch([parsed(good)[2]], 4)
    with SessionRunner(g, start_queue_runners=False) as runner:
        runner.start_queue_runners()
        assert runner.run(batch).tolist() == [0, 1, 2, 3]

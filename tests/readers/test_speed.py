"""The stages of a pipeline, and how many records come out of each, by a clock of the test's own.

The clock goes on by a second each time it is read, which is once per batch: the records per second
are then the records per batch, and every figure is known.
"""

from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest
from engine_pipelines import ENGINES, parsed, write_records
from thread_counts import no_thread_is_left

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    CorruptFileError,
    DataError,
    MissingFileError,
    RunError,
)


def _measured(graph, seconds=3, **options):
    return readers.measure_speed(
        graph, seconds=seconds, clock=itertools.count().__next__, **options
    )


def _rates(speed):
    return {stage.name: stage.records_per_second for stage in speed.stages}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("speed") / "images.tfrecord")


def _numbers(limit=12, epochs=None):
    return readers.range_input_producer(limit, num_epochs=epochs, shuffle=False).dequeue()


def _images(path):
    _, image, label = parsed(path, num_epochs=None)
    return [tf.cast(image, tf.float32) / 255.0, label]


def _read_up_to(path):
    queue = readers.string_input_producer([path], shuffle=False)
    return readers.TFRecordReader().read_up_to(queue, 4)


def _sparse(number):
    place = tf.cast(tf.reshape(number, [1, 1]), tf.int64)
    return tf.SparseTensor(place, tf.ones([1]), [12])


SHAPES = {
    "shuffled": (
        lambda path: readers.shuffle_batch(_images(path), 4, 20, 8),
        ["read", "user ops", "shuffle", "session"],
    ),
    "in order": (lambda path: readers.batch(_images(path), 4), ["read", "user ops", "session"]),
    "without ops": (lambda path: readers.batch([_numbers()], 4), ["read", "session"]),
    "shuffled without ops": (
        lambda path: readers.shuffle_batch([_numbers()], 4, 20, 8),
        ["read", "shuffle", "session"],
    ),
    "a dict": (
        lambda path: readers.batch({"n": _numbers() + 1, "one": tf.constant(1)}, 4),
        ["read", "user ops", "session"],
    ),
    "joined": (
        lambda path: readers.shuffle_batch_join([[_numbers() + 1], [_numbers() + 2]], 4, 20, 8),
        ["read", "user ops", "shuffle", "session"],
    ),
    "slices": (
        lambda path: readers.batch(readers.slice_input_producer([np.eye(12)], shuffle=False), 4),
        ["read", "user ops", "session"],
    ),
    "many at a time": (
        lambda path: readers.batch(_read_up_to(path), 4, enqueue_many=True),
        ["read", "session"],
    ),
    "rows made of one element": (
        lambda path: readers.batch([tf.fill([2], _numbers())], 4, enqueue_many=True),
        ["user ops", "session"],
    ),
    "sparse": (
        lambda path: readers.batch([_sparse(_numbers())], 4),
        ["read", "user ops", "session"],
    ),
    "kept": (
        lambda path: readers.maybe_shuffle_batch([_numbers() + 1], 4, 20, 8, True),
        ["read", "user ops", "shuffle", "session"],
    ),
    "a constant": (lambda path: readers.batch([tf.constant(1) + 1], 4), ["user ops", "session"]),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_stage_is_run_and_its_records_are_counted(graph, path, shape, engine):
    build, stages = SHAPES[shape]
    with readers.engine(engine):
        build(path)
    (speed,) = _measured(graph)
    assert speed.engine == engine
    assert list(_rates(speed)) == stages
    assert set(_rates(speed).values()) == {4.0}


@pytest.mark.parametrize("engine", ENGINES)
def test_data_that_ends_is_begun_again(graph, engine):
    with readers.engine(engine):
        readers.batch([_numbers(7, epochs=1)], 2, allow_smaller_final_batch=True)
    (speed,) = _measured(graph, seconds=4)
    # The first batch of a round is not counted; 2, 2 and 1 are left, in three seconds; then 2.
    assert _rates(speed) == {"read": 7 / 4, "session": 7 / 4}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_single_batch_is_too_few(graph, engine):
    with readers.engine(engine):
        readers.batch([_numbers(3, epochs=1)], 3, name="few")
    with pytest.raises(DataError, match="few: its data holds fewer than two batches"):
        _measured(graph)


@pytest.mark.parametrize("engine", ENGINES)
def test_each_pipeline_is_measured_while_the_others_rest(graph, engine):
    calls = []

    def counted(number, name):
        calls.append(name.decode())
        return number

    with readers.engine(engine):
        for name in ("first", "second"):
            number = tf.py_func(counted, [_numbers(), name], tf.int32, stateful=False)
            number.set_shape([])
            readers.batch([number], 2, name=name)
    speeds = _measured(graph)
    assert [speed.name for speed in speeds] == ["first", "second"]
    assert [name for name, _ in itertools.groupby(calls)] == ["first", "second"]


def test_progress_is_told_stage_by_stage(graph):
    readers.batch([_numbers()], 2)
    readers.shuffle_batch([_numbers() + 1], 2, 20, 8)
    told = []
    _measured(graph, progress=lambda done, total: told.append((done, total)))
    assert told == [(done, 6) for done in range(1, 7)]


def test_a_graph_without_batchers_has_no_speed(graph):
    _numbers()
    assert _measured(graph) == []


def test_variables_begin_at_their_initial_values(graph):
    offset = tf.get_variable("offset", initializer=5)
    tf.get_variable("elsewhere", initializer=tf.placeholder(tf.float32, [2]))
    readers.batch([_numbers() + offset], 2)
    (speed,) = _measured(graph)
    assert speed.engine == "queues"
    assert _rates(speed)["session"] == 2.0


def test_tables_are_filled(graph):
    source = tf.lookup.KeyValueTensorInitializer(tf.range(12), tf.range(12))
    readers.batch([tf.lookup.StaticHashTable(source, -1).lookup(_numbers())], 2)
    (speed,) = _measured(graph)
    assert _rates(speed)["user ops"] == 2.0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_finalised_graph_is_measured_and_no_thread_is_left(graph, engine):
    with readers.engine(engine):
        readers.shuffle_batch([_numbers() + 1], 2, 20, 8)
    graph.finalize()
    with no_thread_is_left():
        (speed,) = _measured(graph)
    assert len(speed.stages) == 4


@pytest.mark.parametrize("engine", ENGINES)
def test_an_op_that_fails_is_told_with_its_stage(graph, engine):
    with readers.engine(engine):
        wrong = tf.ensure_shape(tf.fill([_numbers()], 1.0), [3])
        readers.batch([wrong], 2, name="pipeline")
    with pytest.raises(RunError, match=r"^pipeline, user ops: .*\[0\].*\[3\]") as caught:
        _measured(graph)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value.__cause__, tf.errors.InvalidArgumentError)


def test_ctrl_c_comes_before_what_its_end_makes_fail(graph):
    failing, measured, ticks = threading.Event(), [], itertools.count()

    def fails_at_last(number):
        if number == 20:
            failing.set()
            raise ValueError
        return number

    def pressed():
        if not measured:  # what is read
            return next(ticks)
        failing.wait()
        raise KeyboardInterrupt

    with readers.engine("queues"):
        number = tf.py_func(fails_at_last, [_numbers(80)], tf.int32)
        number.set_shape([])
        readers.batch([number], 4)
    with pytest.raises(KeyboardInterrupt):
        readers.measure_speed(graph, clock=pressed, progress=lambda *done: measured.append(done))
    assert measured == [(1, 3)]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_record_is_named_with_its_file(graph, tmp_path, engine):
    paths = [write_records(tmp_path / name) for name in ("whole.tfrecord", "damaged.tfrecord")]
    content = bytearray((tmp_path / "damaged.tfrecord").read_bytes())
    first = 16 + int.from_bytes(content[:8], "little")
    content[first + 20] ^= 1
    (tmp_path / "damaged.tfrecord").write_bytes(content)
    queue = readers.string_input_producer(paths, shuffle=False)
    with readers.engine(engine):
        readers.batch([readers.TFRecordReader().read(queue)[1]], 2)
    with pytest.raises(CorruptFileError, match=r"damaged\.tfrecord, byte") as caught:
        _measured(graph, seconds=50)
    assert caught.value.offset == first


def test_a_file_that_is_missing_is_named(graph, tmp_path):
    queue = readers.string_input_producer([str(tmp_path / "absent.txt")])
    readers.batch([readers.TextLineReader().read(queue)[1]], 2)
    with pytest.raises(MissingFileError, match=r"absent\.txt: does not exist"):
        _measured(graph)


def test_a_value_nobody_feeds_is_named(graph):
    readers.batch([_numbers() + tf.placeholder(tf.int32, [], name="shift")], 2)
    with pytest.raises(RunError, match="'shift'"):
        _measured(graph)


@pytest.mark.parametrize("seconds", [0, -1.5, float("nan")])
def test_no_time_is_refused(graph, seconds):
    with pytest.raises(
        ArgumentError, match=f"measure_speed: seconds must be above 0, got {seconds}"
    ):
        readers.measure_speed(graph, seconds=seconds)

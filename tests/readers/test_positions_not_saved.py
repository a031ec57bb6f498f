"""A pipeline that was to be resumable and is left to the queues says so, once."""

from __future__ import annotations

import re
import warnings

import pytest
from engine_pipelines import numbers

from graphkit import readers
from graphkit._tf import tf


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def names(tmp_path):
    (tmp_path / "bytes").write_bytes(b"abcdef")
    return [str(tmp_path / "bytes")]


def _warned(build, engine="auto", **options):
    """What is warned of as a pipeline is built, as (pipeline, reason)."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with readers.engine(engine, **{"resumable": True, **options}):
            build()
    return [_told(warning) for warning in caught]


def _told(warning):
    assert "its position is not saved" in str(warning.message)
    return re.search(r"the queues serve (\S+) \((.*)\): its", str(warning.message)).groups()


def _queue(limit=6):
    return readers.range_input_producer(limit, num_epochs=1, shuffle=False)


def _with_variable(number):
    return number * tf.get_variable("factor", initializer=2)


def _hopping(names):
    return readers.FixedLengthRecordReader(4, hop_bytes=2).read(
        readers.string_input_producer(names, 1)
    )


def test_a_batcher_that_reads_a_variable():
    ((name, reason),) = _warned(lambda: readers.batch([_with_variable(numbers(6))], 2))
    assert name == "batch"
    assert "it reads a variable or a table" in reason


def test_each_of_two_batchers_of_one_producer_whichever_was_first():
    def built():
        number = numbers(6)
        readers.batch([number], 2, name="first")
        readers.batch([number], 2, name="second")

    warned = _warned(built)
    assert [name for name, _ in warned] == ["first", "second"]
    assert all("another takes from the same producer" in reason for _, reason in warned)


@pytest.mark.parametrize("looked_at_again", [False, True])
def test_a_batcher_whose_queue_is_looked_at_later(looked_at_again):
    assert _warned(lambda: readers.batch([numbers(6)], 2)) == []
    runner = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1]
    looking = runner.queue.size().op.name
    with pytest.warns(UserWarning, match=rf"the queues serve batch \({looking} .*not saved"):
        readers.explain()
    if looked_at_again:
        readers.explain()  # an error if it warned again


@pytest.mark.parametrize("take", ["dequeue_many", "dequeue_up_to"])
def test_elements_that_are_taken_many_at_once(take):
    def built():
        getattr(_queue(), take)(2, name="pairs")

    assert _warned(built) == [("pairs", "it takes its producer's records many at once")]
    assert _warned(built, single_elements=False) == []


def test_single_records_that_overlap(names):
    ((name, reason),) = _warned(lambda: _hopping(names))
    assert name == "ReaderReadV2"
    assert "overlap" in reason
    assert _warned(lambda: _hopping(names), single_elements=False) == []


def test_two_who_take_from_one_producer():
    def built():
        queue = _queue()
        queue.dequeue("one")
        queue.dequeue("other")

    assert [name for name, _ in _warned(built)] == ["one", "other"]


def test_what_a_batcher_on_queues_collects_is_its_pipeline(names):
    for take in (lambda: _with_variable(numbers(6)), lambda: _hopping(names)[1]):
        warned = _warned(lambda take=take: readers.batch([take()], 2))
        assert [name for name, _ in warned] == [name for name, _ in warned if "batch" in name]
        assert len(warned) == 1
    warned = _warned(
        lambda: readers.batch([_queue().dequeue_many(2)], 3, enqueue_many=True),
    )
    assert [name.rstrip("_123") for name, _ in warned] == ["batch"]


def test_what_a_queue_of_the_program_collects():
    def built():
        number = _queue().dequeue("one")
        queue = tf.FIFOQueue(4, [tf.int32], [[]])
        tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(number)]))
        queue.dequeue()

    assert _warned(built) == [("one", "a queue collects its single elements")]
    assert _warned(built, single_elements=False) == []


def test_what_tf_data_serves_is_not_warned_of():
    def built():
        readers.batch([numbers(6)], 2)
        queue = _queue()
        readers.batch_join([[queue.dequeue()], [queue.dequeue()]], 2)

    for asked in (False, True):
        assert _warned(built, single_elements=asked) == []
        assert _warned(lambda: readers.batch([numbers(6)], 2), "tf.data") == []
    assert _warned(lambda: numbers(6)) == []


def test_who_asked_for_the_queues_is_not_warned(names):
    def built():
        readers.batch([numbers(6)], 2)
        _hopping(names)
        _queue().dequeue_many(2)

    assert _warned(built, "queues") == []


def test_who_did_not_ask_for_positions_is_not_warned(names):
    def built():
        readers.batch([_with_variable(numbers(6))], 2)
        _hopping(names)
        _queue().dequeue_many(2)

    assert _warned(built, resumable=False) == []

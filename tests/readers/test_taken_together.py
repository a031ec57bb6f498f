"""What a session or a batcher takes of a producer many at once, and what is said of it."""

from __future__ import annotations

import pytest
from engine_pipelines import delivered, numbers

from graphkit import readers
from graphkit._tf import tf

TAKES = ("dequeue_many", "dequeue_up_to")


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def _pairs(take="dequeue_many", module=readers):
    queue = module.range_input_producer(6, num_epochs=1, shuffle=False)
    return getattr(queue, take)(2, name="pairs")


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("take", TAKES)
def test_what_a_session_takes_is_reported(take, asked):
    with readers.engine("auto", single_elements=asked):
        taken = _pairs(take)
    (report,) = readers.explain()
    assert (report.name, report.engine) == ("pairs", "queues")
    assert report.reason == "no batcher collects its records, which a session takes many at once"
    assert [one.tolist() for one in delivered(taken)] == [[0, 1], [2, 3], [4, 5]]


def test_what_a_producer_of_plain_tensorflow_gives_is_reported():
    _pairs(module=tf.train)
    assert [report.name for report in readers.explain()] == ["pairs"]


@pytest.mark.parametrize("take", TAKES)
def test_a_batcher_of_it_says_what_is_so(take):
    with readers.engine("auto"):
        batch = readers.batch([_pairs(take)], 3, enqueue_many=True)
    (report,) = readers.explain()
    assert (report.name, report.engine) == ("batch", "queues")
    assert "pairs (Queue" in report.reason
    assert report.reason.endswith("it takes its producer's records many at once")
    assert [one.tolist() for one in delivered(batch)] == [[0, 1, 2], [3, 4, 5]]


def test_a_queue_of_another_kind_is_no_producer():
    queue = tf.FIFOQueue(9, [tf.int32], [[]])
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(3)]))
    queue.dequeue_many(2)
    assert readers.explain() == []


@pytest.mark.parametrize("engine", ["auto", "queues"])
def test_a_batcher_of_many_examples_is_reported_once(engine):
    with readers.engine(engine):
        readers.batch([tf.constant([1, 2])], 2, enqueue_many=True)
        readers.batch([tf.stack([numbers(6)] * 2)], 2, enqueue_many=True, name="doubled")
    assert [report.name for report in readers.explain()] == ["batch", "doubled"]


def test_a_batcher_of_plain_tensorflow_takes_from_no_producer():
    tf.train.batch([tf.stack([numbers(6)] * 2)], 2, enqueue_many=True)
    assert readers.explain() == []

"""Sessions that take records one by one from the queues, as was asked for; `explain` says so."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import delivered, lines, numbers

from graphkit import readers
from graphkit._tf import tf


@pytest.fixture(autouse=True)
def _asked_for():
    with readers.engine("auto", single_elements=False):
        yield


@pytest.fixture
def names(tmp_path):
    (tmp_path / "lines").write_text("a\nb\nc\n")
    return [str(tmp_path / "lines")]


def _producer(names):
    return readers.string_input_producer(names, num_epochs=1, shuffle=False)


def _many(names):
    return readers.TextLineReader().read_up_to(_producer(names), 2)[1]


def _pooled(names):
    queue = tf.FIFOQueue(8, [tf.string, tf.string], name="common")
    filling = [queue.enqueue(readers.TextLineReader().read(_producer(names)))]
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, filling))
    return queue.dequeue()[1]


def _row(names):
    return readers.slice_input_producer([["a", "b", "c"]], num_epochs=1, shuffle=False)[0]


LINES = [b"a", b"b", b"c"]
TAKEN = {
    "a record": (lambda names: lines(names[0])[1], "ReaderReadV2", LINES),
    "several records": (_many, "ReaderReadUpToV2", [[b"a", b"b"], [b"c"]]),
    "a record of several readers": (_pooled, "common_Dequeue", LINES),
    "a name": (lambda names: _producer(names).dequeue(), "input_producer_Dequeue", None),
    "a row": (_row, "input_producer/input_producer_Dequeue", LINES),
    "a number": (lambda names: numbers(3) + 1, "input_producer_Dequeue", [1, 2, 3]),
}


@pytest.mark.parametrize("kind", sorted(TAKEN))
def test_each_step_takes_one_until_the_end(kind, names):
    build, op, expected = TAKEN[kind]
    with tf.Graph().as_default() as graph:
        fetched = build(names)
        same = tf.identity(fetched)
        (report,) = readers.explain(graph)
        assert (report.name, report.engine) == (op, "queues")
        assert report.reason == "no batcher collects its records, which a session takes one by one"
        found = [[np.array(part).tolist() for part in pair] for pair in delivered([fetched, same])]
    wanted = [name.encode() for name in names] if expected is None else expected
    assert found == [[one, one] for one in wanted]


BATCHED = {
    "batch": lambda number: readers.batch([number], 3),
    "batch on queues": lambda number: readers.batch([number + tf.placeholder(tf.int32, [])], 3),
    "maybe_batch": lambda number: readers.maybe_batch([number], number > 3, 3),
    "bucket": lambda number: readers.bucket([number], number % 2, 3, 2),
}


@pytest.mark.parametrize("name", sorted(BATCHED))
def test_what_a_batcher_collects_is_told_once(name):
    with tf.Graph().as_default() as graph:
        number = numbers(9)
        tf.identity(number, name="fetched_beside")
        BATCHED[name](number)
        assert len(readers.explain(graph)) == 1


def test_what_the_program_collects_itself_is_not_taken_singly():
    with tf.Graph().as_default() as graph:
        own = tf.PaddingFIFOQueue(8, [tf.int32], [[]])
        own.enqueue(numbers(9))
        own.dequeue()
        barrier = tf.raw_ops.Barrier(component_types=[tf.int32], shapes=[[]])
        tf.raw_ops.BarrierInsertMany(
            handle=barrier, keys=["key"], values=tf.reshape(numbers(9), [1]), component_index=0
        )
        assert readers.explain(graph) == []


def test_those_beside_a_batcher_come_after_it():
    with tf.Graph().as_default() as graph:
        numbers(9)
        readers.batch([numbers(9)], 3, name="all")
        batched, single = readers.explain(graph)
    assert (batched.name, batched.engine) == ("all", "tf.data")
    assert (single.name, single.engine) == ("input_producer_Dequeue", "queues")


def test_a_batch_of_one_takes_one_each_step_on_tf_data(names):
    with tf.Graph().as_default() as graph:
        key, line = readers.batch(lines(names[0]), 1)
        (report,) = readers.explain(graph)
        assert report.engine == "tf.data"
        found = delivered([key[0], line[0], tf.size(line)])
    assert found == [[f"{names[0]}:{place + 1}".encode(), LINES[place], 1] for place in range(3)]

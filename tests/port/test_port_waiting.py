"""What a fetch may wait for is read from the graph behind it."""

from __future__ import annotations

import pytest

from graphkit._tf import tf
from graphkit.port._waiting import built_at, may_put, sources_behind, waits_behind


@pytest.fixture
def queue(graph):
    return tf.FIFOQueue(3, [tf.int32], shapes=[()], name="numbers")


def waits(graph, fetches):
    found = waits_behind(graph, fetches)
    return sorted((wait.op.name, wait.queue.name, wait.takes) for wait in found)


@pytest.mark.parametrize(
    ("build", "op"),
    [
        (lambda queue: queue.dequeue(name="take"), "take"),
        (lambda queue: queue.dequeue_many(2, name="take"), "take"),
        (lambda queue: queue.dequeue_up_to(2, name="take"), "take"),
    ],
)
def test_every_way_to_take_waits(graph, queue, build, op):
    assert waits(graph, build(queue)) == [(op, "numbers", True)]


@pytest.mark.parametrize("many", [False, True])
def test_every_way_to_put_waits(graph, queue, many):
    put = queue.enqueue_many([[1, 2]], name="put") if many else queue.enqueue(1, name="put")
    assert waits(graph, put) == [("put", "numbers", False)]


@pytest.mark.parametrize(
    "build",
    [
        lambda queue: queue.size(),
        lambda queue: queue.close(),
        lambda queue: queue.is_closed(),
        lambda queue: tf.constant(1) + 1,
    ],
)
def test_what_answers_at_once_waits_for_nothing(graph, queue, build):
    assert waits(graph, build(queue)) == []


def test_a_wait_lies_behind_whatever_is_computed_from_it(graph, queue):
    take = queue.dequeue(name="take")
    with graph.control_dependencies([take]):
        later = tf.constant(5) * 2
    assert waits(graph, tf.square(take) + 1) == [("take", "numbers", True)]
    assert waits(graph, later) == [("take", "numbers", True)]
    assert waits(graph, tf.constant(1)) == []


@pytest.mark.parametrize(
    "nest",
    [
        lambda value: value,
        lambda value: value.name,
        lambda value: value.op,
        lambda value: value.op.name,
        lambda value: [value],
        lambda value: {"a": (value, [value.op])},
        lambda value: [object(), value, "no such name"],
    ],
)
def test_fetches_may_be_nested_and_named(graph, queue, nest):
    assert ("take", "numbers", True) in waits(graph, nest(queue.dequeue(name="take")))


def test_a_shared_wait_is_found_once(graph, queue):
    take = queue.dequeue(name="take")
    assert len(waits_behind(graph, [take, take + 1, [take]])) == 1


def test_two_queues_are_two_waits(graph, queue):
    other = tf.RandomShuffleQueue(4, 1, [tf.int32], shapes=[()], name="shuffled")
    move = other.enqueue(queue.dequeue(name="take"), name="put")
    assert waits(graph, move) == [("put", "shuffled", False), ("take", "numbers", True)]


def test_a_loop_in_the_graph_is_walked_once(graph, queue):
    start = queue.dequeue(name="take")
    grown = tf.while_loop(lambda x: x < 9, lambda x: x + 1, [start])
    assert ("take", "numbers", True) in waits(graph, grown)


def test_those_that_would_end_a_wait_are_named(graph, queue):
    for name in ("put_b", "put_a"):
        queue.enqueue(1, name=name)
    queue.enqueue_many([[1]], name="put_many")
    queue.size()
    (taking,) = waits_behind(graph, queue.dequeue(name="take"))
    assert taking.counterparts() == ["put_a", "put_b", "put_many"]
    putting = waits_behind(graph, graph.get_operation_by_name("put_a"))[0]
    assert putting.counterparts() == ["take"]


def test_a_reader_takes_from_its_queue(graph):
    files = tf.FIFOQueue(3, [tf.string], shapes=[()], name="files")
    key, _text = tf.TextLineReader(name="reader").read(files)
    (wait,) = waits_behind(graph, key)
    assert (wait.queue.name, wait.takes) == ("files", True)
    assert set(sources_behind(graph, key)) == {"reader"}


@pytest.mark.parametrize(
    ("build", "source"),
    [
        (lambda: tf.data.make_one_shot_iterator(tf.data.Dataset.range(3)), "OneShotIterator"),
        (
            lambda: tf.data.make_initializable_iterator(tf.data.Dataset.range(3), "shared"),
            "IteratorV2",
        ),
    ],
)
def test_an_iterator_is_waited_for_by_name(graph, build, source):
    assert list(sources_behind(graph, build().get_next() + 1)) == [source]


def test_a_staging_area_is_waited_for(graph):
    staged = tf.raw_ops.Unstage(dtypes=[tf.int32], name="unstage")[0]
    assert list(sources_behind(graph, staged)) == ["unstage"]


def test_a_gradient_is_waited_for(graph):
    accumulator = tf.ConditionalAccumulator(tf.float32, shape=(), name="gradients")
    average = accumulator.take_grad(2)
    assert list(sources_behind(graph, average)) == ["gradients"]
    assert list(sources_behind(graph, accumulator.num_accumulated())) == []


def test_the_line_of_an_op_is_the_programs_own(graph, queue):
    path, _, line = built_at(queue.queue_ref.op).rpartition(":")
    assert path == __file__
    assert 0 < int(line) < 30


def test_an_op_without_a_trace_was_built_nowhere():
    class Op:
        traceback = None

    assert built_at(Op()) == ""


def test_what_is_fed_is_not_waited_for(graph, queue):
    take = queue.dequeue(name="take")
    assert waits_behind(graph, take + 1, {take: 5}) == []
    assert waits_behind(graph, take + 1, ["take:0"]) == []
    assert list(sources_behind(graph, take + 1, [take])) == []
    assert len(waits_behind(graph, take + 1, [tf.constant(1)])) == 1


def test_a_sparse_value_waits_for_each_of_its_parts(graph, queue):
    values = tf.reshape(queue.dequeue(name="take"), [1])
    assert waits(graph, tf.SparseTensor([[0]], values, [3])) == [("take", "numbers", True)]


PUT = {
    "enqueue": (lambda queue: queue.enqueue(1), True),
    "condition": (
        lambda queue: tf.cond(tf.constant(True), lambda: queue.enqueue(1), tf.no_op),
        True,
    ),
    "dequeue": (lambda queue: queue.dequeue(), False),
    "size": (lambda queue: queue.size(), False),
    "close": (lambda queue: queue.close(), False),
    "another queue": (lambda _queue: tf.FIFOQueue(3, [tf.int32]).enqueue(1), False),
}


@pytest.mark.parametrize("name", PUT)
def test_what_a_queue_is_handed_to_may_put_into_it(graph, queue, name):
    build, expected = PUT[name]
    assert may_put(graph, build(queue), queue.queue_ref.op) == expected

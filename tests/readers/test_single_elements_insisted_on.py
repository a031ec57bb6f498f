"""Single elements where tf.data is insisted on: what it cannot deliver is an error."""

from __future__ import annotations

import pytest
from engine_pipelines import delivered, numbers

from graphkit import readers
from graphkit._tf import tf
from graphkit.errors import ArgumentError


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def names(tmp_path):
    (tmp_path / "bytes").write_bytes(b"abcdef")
    return [str(tmp_path / "bytes")]


def _insisting():
    return readers.engine("tf.data")


def _queue(limit=6, **options):
    return readers.range_input_producer(limit, num_epochs=1, shuffle=False, **options)


def _hopping(names):
    return readers.FixedLengthRecordReader(4, hop_bytes=2, name="hopping").read(
        readers.string_input_producer(names, 1)
    )


def _several(names):
    return readers.FixedLengthRecordReader(4, hop_bytes=2, name="hopping").read_up_to(
        readers.string_input_producer(names, 1), 2
    )


REFUSED = {
    "records that overlap": (_hopping, r"ReaderReadV2: .*hopping \(FixedLength.* overlap"),
    "several that overlap": (_several, r"ReaderReadUpToV2: .*hopping \(FixedLength.* overlap"),
    "many at once": (
        lambda _: _queue().dequeue_many(2, name="pairs"),
        r"pairs: .*pairs \(QueueDequeueManyV2\): it takes its producer's records many at once",
    ),
    "up to many at once": (
        lambda _: _queue().dequeue_up_to(2, name="pairs"),
        r"pairs: .*pairs \(QueueDequeueUpToV2\): it takes its producer's records many at once",
    ),
    "a shared queue": (lambda _: _queue(shared_name="ours").dequeue(), "sessions share"),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_cannot_be_lifted_is_an_error_that_names_the_op(case, names):
    build, words = REFUSED[case]
    with _insisting(), pytest.raises(ArgumentError, match=words):
        build(names)


@pytest.mark.parametrize("case", sorted(REFUSED))
@pytest.mark.parametrize(("engine", "asked"), [("tf.data", False), ("auto", True)])
def test_it_is_left_to_the_queues_where_tf_data_is_not_insisted_on(case, names, engine, asked):
    build, _ = REFUSED[case]
    with readers.engine(engine, single_elements=asked):
        build(names)


def test_two_who_take_from_one_producer_are_an_error_as_the_block_ends():
    with (  # the end of the block is what raises
        pytest.raises(ArgumentError, match="another takes from the same producer"),
        _insisting(),
    ):
        queue = _queue()
        queue.dequeue()
        queue.dequeue()
        built = True
    assert built


def test_an_error_inside_the_block_is_not_covered_by_another():
    with pytest.raises(ZeroDivisionError, match="by zero"), _insisting():
        queue = _queue()
        queue.dequeue()
        queue.dequeue()
        raise ZeroDivisionError("by zero")


def test_a_join_of_what_several_take_is_served():
    with _insisting():
        queue = _queue()
        batch = readers.batch_join([[queue.dequeue()], [queue.dequeue()]], 3)
    assert [report.engine for report in readers.explain()] == ["tf.data"]
    assert [one.tolist() for one in delivered(batch)] == [[0, 1, 2], [3, 4, 5]]


def test_readers_that_fill_a_queue_together_are_served(names):
    with _insisting():
        work = readers.string_input_producer(names, num_epochs=1)
        queue = tf.FIFOQueue(8, [tf.string, tf.string], [[], []])
        fills = [queue.enqueue(readers.FixedLengthRecordReader(2).read(work)) for _ in range(2)]
        tf.train.add_queue_runner(tf.train.QueueRunner(queue, fills))
        batch = readers.batch([queue.dequeue()[1]], 3)
    assert [report.engine for report in readers.explain()] == ["tf.data"]
    assert [one.tolist() for one in delivered(batch)] == [[b"ab", b"cd", b"ef"]]


def test_what_can_be_lifted_is_served():
    with _insisting():
        number = numbers(3)
    assert [report.engine for report in readers.explain()] == ["tf.data"]
    assert delivered(number) == [0, 1, 2]

"""Batches of rows in memory are cut from whole epochs, and are those that queues deliver."""

from __future__ import annotations

import numpy as np
import pytest
from engine_pipelines import ENGINES, batches

from graphkit import readers
from graphkit._tf import tf

ROWS = np.arange(10).reshape(5, 2)


def _rows(batch_size, **options):
    """Batches of the five rows; the options of the producer are `num_epochs` and `shuffle`."""
    ways = {name: options.pop(name) for name in ("num_epochs", "shuffle") if name in options}
    (row,) = readers.slice_input_producer([ROWS], **{"shuffle": False, **ways})
    return readers.batch([row], batch_size, **options)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("batch_size", "epochs", "smaller", "wanted"),
    [
        (5, 2, False, [[0, 1, 2, 3, 4], [0, 1, 2, 3, 4]]),
        (2, 1, False, [[0, 1], [2, 3]]),
        (2, 1, True, [[0, 1], [2, 3], [4]]),
        (3, 3, False, [[0, 1, 2], [3, 4, 0], [1, 2, 3], [4, 0, 1], [2, 3, 4]]),
        (4, 2, True, [[0, 1, 2, 3], [4, 0, 1, 2], [3, 4]]),
        (12, 3, True, [[0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1], [2, 3, 4]]),
        (16, 3, False, []),
    ],
)
def test_a_batch_goes_on_with_the_next_epoch(engine, batch_size, epochs, smaller, wanted):
    def build():
        return _rows(batch_size, num_epochs=epochs, allow_smaller_final_batch=smaller)

    assert batches(engine, build) == [ROWS[numbers].tolist() for numbers in wanted]


@pytest.mark.parametrize("engine", ENGINES)
def test_each_epoch_has_every_row_once_in_an_order_of_its_own(engine):
    found = batches(engine, lambda: _rows(4, num_epochs=40, shuffle=True))
    epochs = np.concatenate(found)[:, 0].reshape(40, 5) // 2
    np.testing.assert_array_equal(np.sort(epochs), np.tile(range(5), (40, 1)))
    assert len({tuple(epoch) for epoch in epochs.tolist()}) > 10


@pytest.mark.parametrize("engine", ENGINES)
def test_names_are_cut_from_whole_epochs_too(engine):
    def build():
        queue = readers.string_input_producer(["x", "y", "z"], num_epochs=2, shuffle=False)
        return readers.batch([queue.dequeue()], 2)

    assert batches(engine, build) == [[b"x", b"y"], [b"z", b"x"], [b"y", b"z"]]


def _datasets(build):
    with tf.Graph().as_default() as graph, readers.engine("tf.data"):
        build()
        of_batch = [op for op in graph.get_operations() if op.name.startswith("batch/")]
        return [op.type for op in of_batch if "Dataset" in op.type]


def test_rows_are_not_taken_one_by_one():
    types = _datasets(lambda: _rows(4))
    assert any(kind.startswith("RebatchDataset") for kind in types)
    assert "UnbatchDataset" not in types


def _rebatched(batch):
    return sum(kind.startswith("RebatchDataset") for kind in _datasets(batch))


def _taken_from(table, numbers):
    """Rows of a table by numbers below a limit, or by those of a list."""
    produce = readers.range_input_producer if isinstance(numbers, int) else readers.input_producer
    queue = produce(numbers, num_epochs=1, shuffle=False)
    return readers.batch([tf.gather(table, queue.dequeue())], 2)


def test_small_batches_are_computed_together():
    cut_only = 1
    assert _rebatched(lambda: _rows(4)) == cut_only + 2
    assert _rebatched(lambda: _rows(2**14)) == cut_only  # 256 KB of two integers each
    assert _rebatched(lambda: _taken_from(ROWS, 5)) == cut_only + 2


@pytest.mark.parametrize(
    "build",
    [
        lambda: _taken_from(ROWS.astype(str), 5),
        lambda: _taken_from(ROWS, tf.constant([1, 4])),
        lambda: _taken_from(ROWS, tf.range(1, 6)),
        lambda: _taken_from(ROWS, tf.range(0, 10, 2)),
    ],
    ids=["strings of any size", "a list", "from one on", "every second"],
)
def test_batches_that_may_fail_or_be_large_are_computed_each_by_itself(build):
    cut_only = 1
    assert _rebatched(build) == cut_only


@pytest.mark.parametrize(
    "build",
    [
        lambda: _taken_from(ROWS, 6),
        lambda: readers.batch([12 // _divisor()], 2),
    ],
    ids=["gather", "division"],
)
def test_batches_before_one_that_fails_are_delivered(build):
    delivered = []
    with tf.Graph().as_default(), readers.engine("tf.data"):
        batch = build()
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            tf.train.start_queue_runners(session, tf.train.Coordinator())
            with pytest.raises(tf.errors.InvalidArgumentError):
                while len(delivered) < 9:
                    delivered.append(session.run(batch))
    assert len(delivered) == 2


def _divisor():
    divisors = tf.constant([1, 2, 3, 4, 0, 6])
    return readers.input_producer(divisors, num_epochs=1, shuffle=False).dequeue()


def test_rows_that_draw_are_counted_one_by_one():
    def build():
        (row,) = readers.slice_input_producer([ROWS], shuffle=False)
        return readers.batch([tf.cast(row, tf.float32) + tf.random_uniform([])], 4)

    assert "UnbatchDataset" in _datasets(build)


def test_rows_go_on_where_a_checkpoint_left_them(tmp_path):
    def found(steps, saved=None):
        with tf.Graph().as_default(), readers.engine("tf.data", resumable=True):
            batch = _rows(3, num_epochs=None)
            saver = tf.train.Saver()
            with tf.Session() as session:
                if saved:
                    saver.restore(session, saved)
                tf.train.start_queue_runners(session, tf.train.Coordinator())
                rows = [session.run(batch)[:, 0].tolist() for _ in range(steps)]
                return rows, saver.save(session, str(tmp_path / "rows"))

    first, saved = found(2)
    assert first == [[0, 2, 4], [6, 8, 0]]
    assert found(2, saved)[0] == [[2, 4, 6], [8, 0, 2]]

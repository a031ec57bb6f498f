"""Shuffled batches: every example once, drawn from a stock of the size that was asked for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from engine_pipelines import ENGINES, delivered, numbers

from graphkit import readers
from graphkit._tf import tf

# Queues, orders and ends: the same however a graph is rewritten.
pytestmark = pytest.mark.usefixtures("graphs_as_written")

every_engine = pytest.mark.parametrize("engine", ENGINES)


def _drawn(engine, build):
    """What a pipeline delivers in a graph of its own, in its order."""
    with tf.Graph().as_default(), readers.engine(engine):
        return np.concatenate(delivered(build())).tolist()


@every_engine
@pytest.mark.parametrize(
    ("batch", "capacity", "least"), [(1, 5, 2), (4, 20, 8), (7, 200, 100), (50, 51, 0)]
)
def test_every_example_comes_once_whatever_the_stock(engine, batch, capacity, least):
    found = _drawn(
        engine,
        lambda: readers.shuffle_batch(
            [numbers(50)], batch, capacity, least, allow_smaller_final_batch=True
        ),
    )
    assert sorted(found) == list(range(50))


@every_engine
@pytest.mark.parametrize(("capacity", "least"), [(8, 4), (20, 15)])
def test_no_example_comes_before_the_stock_can_hold_it(engine, capacity, least):
    found = _drawn(engine, lambda: readers.shuffle_batch([numbers(100)], 2, capacity, least))
    # The queue holds `capacity`, the batch that is being taken 2, and the thread that fills it 1.
    assert all(number <= place + capacity + 3 for place, number in enumerate(found))


@every_engine
def test_a_stock_moves_examples_in_both_directions(engine):
    found = _drawn(engine, lambda: readers.shuffle_batch([numbers(200)], 10, 120, 60))
    moved = [number - place for place, number in enumerate(found)]
    assert min(moved) < -5 and max(moved) > 5


@every_engine
def test_without_a_stock_to_draw_from_the_order_stays(engine):
    found = _drawn(engine, lambda: readers.shuffle_batch([numbers(30)], 1, 1, 0))
    assert found == list(range(30))


@every_engine
def test_components_of_an_example_stay_together(engine):
    def build():
        number = numbers(60)
        return readers.shuffle_batch({"n": number, "square": number * number}, 6, 40, 20)

    with tf.Graph().as_default(), readers.engine(engine):
        batches = delivered(build())
    assert len(batches) == 10
    for batch in batches:
        assert (batch["square"] == batch["n"] ** 2).all()


@every_engine
@pytest.mark.parametrize("epochs", [2, 5])
def test_as_many_epochs_as_asked_for(engine, epochs):
    found = _drawn(engine, lambda: readers.shuffle_batch([numbers(12, epochs)], 4, 30, 10))
    assert sorted(found) == sorted([*range(12)] * epochs)


@every_engine
def test_rows_of_many_are_mixed_one_by_one(engine):
    def build():
        rows = readers.limit_epochs(tf.range(40), 1)
        return readers.shuffle_batch([rows], 5, 100, 30, enqueue_many=True)

    found = _drawn(engine, build)
    assert sorted(found) == list(range(40))
    assert found != list(range(40))


@every_engine
def test_joined_sources_are_mixed_with_each_other(engine):
    def build():
        return readers.shuffle_batch_join([[numbers(60)], [numbers(60) + 100]], 4, 40, 30)

    found = _drawn(engine, build)
    assert sorted(found) == [*range(60), *range(100, 160)]
    turns = sum((a < 100) != (b < 100) for a, b in itertools.pairwise(found))
    assert turns > 10


@every_engine
def test_only_what_is_kept_is_mixed(engine):
    def build():
        number = numbers(60)
        return readers.maybe_shuffle_batch([number], 5, 40, 10, number % 3 < 1)

    assert sorted(_drawn(engine, build)) == list(range(0, 60, 3))


@every_engine
def test_a_producer_mixes_each_epoch_by_itself(engine):
    def build():
        queue = readers.range_input_producer(20, num_epochs=3, shuffle=True)
        return readers.batch([queue.dequeue()], 20)

    with tf.Graph().as_default(), readers.engine(engine):
        epochs = [batch.tolist() for batch in delivered(build())]
    assert [sorted(epoch) for epoch in epochs] == [list(range(20))] * 3
    assert len({tuple(epoch) for epoch in epochs}) == 3


@every_engine
def test_a_producer_s_seed_fixes_the_order(engine):
    def build():
        queue = readers.range_input_producer(30, num_epochs=2, seed=4)
        return readers.batch([queue.dequeue()], 10)

    first, second = _drawn(engine, build), _drawn(engine, build)
    assert first == second
    assert sorted(first) == sorted([*range(30)] * 2)
    assert first[:30] != first[30:]


def test_the_engines_mix_names_alike_with_a_seed():
    def build():
        names = [f"file {number}" for number in range(9)]
        queue = readers.string_input_producer(names, num_epochs=2, seed=11)
        return readers.batch([queue.dequeue()], 3)

    assert _drawn("tf.data", build) == _drawn("queues", build)

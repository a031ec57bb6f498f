"""`engine(…, exact_epochs=True)`: what is left at the end of the data makes a last batch."""

from __future__ import annotations

import pytest
from engine_pipelines import ENGINES, delivered, numbers

from graphkit import readers
from graphkit._tf import tf

# Queues, orders and ends: the same however a graph is rewritten.
pytestmark = pytest.mark.usefixtures("graphs_as_written")

BATCHERS = {
    "batch": lambda number: readers.batch([number], 4),
    "batch_join": lambda number: readers.batch_join([[number]], 4),
    "shuffle_batch": lambda number: readers.shuffle_batch([number], 4, 12, 5),
    "shuffle_batch_join": lambda number: readers.shuffle_batch_join([[number]], 4, 12, 5),
    "maybe_batch": lambda number: readers.maybe_batch([number], number >= 0, 4),
    "maybe_shuffle_batch": lambda number: readers.maybe_shuffle_batch([number], 4, 12, 5, True),
}


def _batches(function, engine, epochs=1, **options):
    with tf.Graph().as_default(), readers.engine(engine, **options):
        batch = BATCHERS[function](numbers(10, epochs=epochs))
        assert batch.shape.as_list() == [None if options.get("exact_epochs") else 4]
        return [part.tolist() for part in delivered(batch)]


def _records(batches):
    return [number for batch in batches for number in batch]


@pytest.mark.parametrize("function", sorted(BATCHERS))
@pytest.mark.parametrize("engine", ENGINES)
def test_every_record_is_delivered(engine, function):
    found = _batches(function, engine, exact_epochs=True)
    assert [len(batch) for batch in found] == [4, 4, 2]
    assert sorted(_records(found)) == list(range(10))


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_end_of_the_last_epoch_is_a_smaller_batch(engine):
    found = _batches("batch", engine, epochs=3, exact_epochs=True)
    assert _records(found) == [*range(10)] * 3
    assert {len(batch) for batch in found[:-1]} == {4}


@pytest.mark.parametrize("engine", ENGINES)
def test_without_it_the_rest_is_lost_as_in_tensorflow_1(engine):
    assert _batches("batch", engine) == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_it_ends_with_the_choice_of_the_engine():
    with readers.engine("tf.data", exact_epochs=True):
        pass
    assert len(_batches("batch", "tf.data")) == 2

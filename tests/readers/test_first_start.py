"""Whoever waits for it is told, once per graph, that queue runners start, whatever starts them."""

from __future__ import annotations

import gc

import pytest

from graphkit import readers
from graphkit._tf import tf

ENGINES = ("queues", "tf.data")


class _Stop(Exception):
    pass


def _batch():
    numbers = readers.range_input_producer(6, num_epochs=1, shuffle=False).dequeue()
    return readers.batch([numbers], 2)


def _by_hand(batch):
    with tf.Session() as session:
        for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS):
            runner.create_threads(session, start=True)


def _by_start_queue_runners(batch):
    with tf.Session() as session:
        tf.train.start_queue_runners(session)


def _by_monitored_session(batch):
    with tf.train.MonitoredSession() as session:
        session.run(batch)


def _by_supervisor(batch):
    with tf.train.Supervisor(logdir=None).managed_session() as session:
        session.run(batch)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "start", [_by_hand, _by_start_queue_runners, _by_monitored_session, _by_supervisor]
)
def test_the_first_start_ends_a_program_that_is_told_to_end(graph, engine, start):
    started = []

    def stop(of):
        started.append(of)
        raise _Stop

    with readers.engine(engine):
        batch = _batch()
    with readers.at_first_start(stop), pytest.raises(_Stop):
        start(batch)
    assert started == [graph]


@pytest.mark.parametrize("engine", ENGINES)
def test_only_the_first_start_of_each_graph_is_told(engine):
    started, graphs = [], [tf.Graph(), tf.Graph()]
    with readers.at_first_start(started.append):
        for graph in graphs:
            with graph.as_default(), readers.engine(engine):
                batch = _batch()
                for _ in range(2):
                    with tf.train.MonitoredSession() as session:
                        assert session.run(batch).tolist() == [0, 1]
    assert started == graphs


def test_a_graph_is_told_again_to_who_asks_again(graph):
    started = []
    batch = _batch()
    for _ in range(2):
        with readers.at_first_start(started.append):
            _by_monitored_session(batch)
    assert started == [graph, graph]


def test_graphs_with_batchers_are_known_as_long_as_they_are_used(graph):
    before = set(readers.graphs_with_batchers())
    _batch()
    with tf.Graph().as_default():
        readers.range_input_producer(3).dequeue()
    with tf.Graph().as_default():
        _batch()
    gc.collect()
    assert [one for one in readers.graphs_with_batchers() if one not in before] == [graph]


def test_nobody_is_told_after_the_with(graph):
    started = []
    batch = _batch()
    with readers.at_first_start(started.append):
        pass
    with tf.train.MonitoredSession() as session:
        session.run(batch)
    assert started == []

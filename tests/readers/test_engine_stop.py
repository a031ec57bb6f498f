"""Coordinators that ask to stop: queues are closed, and what lies in them is still delivered."""

from __future__ import annotations

import threading

import pytest
from engine_pipelines import ENGINES

from graphkit import readers
from graphkit._tf import tf


def _endless():
    return readers.range_input_producer(100, shuffle=False).dequeue()


def _taken(session, batch):
    """How many batches come until the data ends."""
    taken = 0
    try:
        while taken < 10_000:
            session.run(batch)
            taken += 1
    except tf.errors.OutOfRangeError:
        pass
    return taken


@pytest.mark.parametrize("engine", ENGINES)
def test_endless_data_ends_after_what_a_full_queue_holds(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        batch = readers.batch([_endless()], 3, capacity=20)
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        session.run(batch)
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)
        taken = _taken(session, batch)
    assert taken == 6 if engine == "tf.data" else taken <= 6


@pytest.mark.parametrize("engine", ENGINES)
def test_a_step_that_another_thread_stops_ends_by_the_error_of_the_queue(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        batch = readers.shuffle_batch([_endless()], 2, capacity=50, min_after_dequeue=10)
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        session.run(batch)
        threading.Timer(0.2, coordinator.request_stop).start()
        with pytest.raises(tf.errors.OutOfRangeError, match="is closed and has insufficient"):
            while True:
                session.run(batch)
        coordinator.join(threads, stop_grace_period_secs=20)


def test_a_reset_lets_it_go_on_until_it_is_stopped_again():
    with tf.Graph().as_default(), readers.engine("tf.data"), tf.Session() as session:
        batch = readers.batch([_endless()], 5, capacity=20)
        coordinator = tf.train.Coordinator()
        tf.train.start_queue_runners(session, coordinator)
        for _ in range(3):
            assert [session.run(batch)[0] for _ in range(20)] == list(range(0, 100, 5))
            coordinator.request_stop()
            while _taken(session, batch) == 10_000:
                pass
            assert _taken(session, batch) == 0
            readers.reset(session)
        coordinator.request_stop()


def test_an_imported_pipeline_ends_as_well(tmp_path):
    with tf.Graph().as_default():
        readers.batch([_endless()], 4, capacity=8, name="batch")
        tf.train.export_meta_graph(str(tmp_path / "m.meta"))
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.train.import_meta_graph(str(tmp_path / "m.meta"))
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        batch = graph.get_tensor_by_name("batch:0")
        assert session.run(batch).tolist() == [0, 1, 2, 3]
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)
        assert _taken(session, batch) == 2


def test_a_single_element_of_a_producer_ends_with_its_queue():
    with (
        tf.Graph().as_default(),
        readers.engine("tf.data"),
        tf.Session() as session,
    ):
        number = readers.range_input_producer(100, shuffle=False, capacity=7).dequeue()
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert session.run(number) == 0
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)
        assert _taken(session, number) == 7


def test_a_single_record_of_endless_files_ends_after_as_many_as_names_were_queued(tmp_path):
    (tmp_path / "lines").write_text("a\nb\n")
    with tf.Graph().as_default(), readers.engine("tf.data"), tf.Session() as session:
        names = readers.string_input_producer([str(tmp_path / "lines")], capacity=7)
        line = readers.TextLineReader().read(names)[1]
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        assert session.run(line) == b"a"
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)
        assert _taken(session, line) == 7

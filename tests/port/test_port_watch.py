"""A session that waits on an empty queue says so."""

from __future__ import annotations

import threading
import time

import pytest

from graphkit._tf import tf
from graphkit.port._watch import SessionWatch, note_reading_errors, reading_error


@pytest.fixture
def lines():
    return []


@pytest.fixture
def watch(lines):
    made = SessionWatch(tf, lines.append, patience_seconds=0.2)
    made.start()
    yield made
    made.stop()


def wait_for(condition):
    """Waits until something is so; the test's own time limit ends a wait in vain."""
    while not condition():
        time.sleep(0.02)


@pytest.fixture
def queue(graph):
    return tf.FIFOQueue(3, [tf.int32], shapes=[()], name="numbers")


def run_aside(session, fetches):
    """Runs what will wait; the queue is closed at the end."""

    def run():
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(fetches)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("nested", [False, True])
def test_a_runner_that_was_never_started_is_named(graph, session, queue, watch, lines, nested):
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [queue.enqueue(1)]))
    close, value = queue.close(), queue.dequeue() + 1
    thread = run_aside(session, {"a": [value.name, value.op]} if nested else value)
    wait_for(lambda: lines)
    session.run(close)
    thread.join()
    assert lines == [
        "the session has waited 0 s for the queue 'numbers': its runner was never started; call "
        "tf.train.start_queue_runners(sess=sess) before the first run"
    ]


def test_a_runner_that_died_is_named_with_its_error(graph, session, queue, watch, lines):
    broken = tf.py_func(lambda: 1 // 0, [], tf.int32)
    broken.set_shape(())
    runner = tf.train.QueueRunner(queue, [queue.enqueue(broken)])
    tf.train.add_queue_runner(runner)
    close, value = queue.close(), queue.dequeue()
    hook, threading.excepthook = threading.excepthook, lambda _failure: None
    try:
        for started in runner.create_threads(session, start=True):
            started.join()
    finally:
        threading.excepthook = hook
    thread = run_aside(session, value)
    wait_for(lambda: lines)
    session.run(close)
    thread.join()
    assert "queue 'numbers': its runner ended with" in lines[0]
    assert "ZeroDivisionError" in lines[0]


def test_a_runner_that_ended_without_an_error_is_named(graph, session, queue, watch, lines):
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1)])
    tf.train.add_queue_runner(runner)
    close, value = queue.close(), queue.dequeue()
    vars(runner)["_runs_per_session"][session] = 0
    thread = run_aside(session, value)
    wait_for(lambda: lines)
    session.run(close)
    thread.join()
    assert lines[0].endswith("queue 'numbers': its runner has ended")


def test_a_running_runner_and_other_waits_say_nothing(
    graph, session, queue, watch, lines, monkeypatch
):
    runner = tf.train.QueueRunner(queue, [queue.enqueue(1)])
    tf.train.add_queue_runner(runner)
    other = tf.FIFOQueue(3, [tf.int32], name="unused")
    tf.train.add_queue_runner(tf.train.QueueRunner(other, [other.enqueue(1)]))
    close = queue.close(cancel_pending_enqueues=True)
    monkeypatch.setattr(threading, "excepthook", lambda _failure: None)
    threads = runner.create_threads(session, start=True)
    slow = tf.py_func(lambda: time.sleep(0.6) or 1, [], tf.int64)
    with graph.control_dependencies([queue.dequeue()]):
        value = slow + 1
    session.run(value)
    session.run(close)
    for thread in threads:
        thread.join()
    assert lines == []


def test_what_the_session_refuses_it_refuses(graph, session, watch):
    tf.constant(1)
    with pytest.raises(TypeError, match="has invalid type"):
        session.run(object())


def test_a_session_inside_a_session_is_watched_too(graph, session, watch):
    inner = tf.py_func(lambda: session.run(constant), [], tf.int32)
    constant = tf.constant(3)
    assert session.run(inner) == 3
    outer = tf.py_func(lambda: 4, [], tf.int64)
    assert session.run(outer) == 4


def test_a_run_within_a_run_of_one_thread_is_counted(watch):
    class Session:
        graph = None

        def run(self, depth):
            return wrapped(self, depth - 1) if depth else "done"

    wrapped = watch._watched_run(Session.run)
    assert wrapped(Session(), 2) == "done"


def test_the_first_error_of_a_coordinator_is_kept(watch):
    coordinator = tf.train.Coordinator()
    closed = tf.errors.OutOfRangeError(None, None, "closed")
    note_reading_errors([None, closed])
    assert reading_error() is None
    try:
        raise ValueError("bad record")
    except ValueError as error:
        coordinator.request_stop(error)
        coordinator.request_stop((ValueError, KeyError("later"), None))
    assert str(reading_error()) == "bad record"


def test_everything_is_taken_back():
    before = tf.Session.run
    made = SessionWatch(tf, print)
    made.start()
    assert tf.Session.run is not before
    made.stop()
    assert tf.Session.run is before

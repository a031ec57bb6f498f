"""Ctrl-C ends a program whose session waits for ever, and leaves one that computes alone."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from interrupts import until_inside_tensorflow

from graphkit._tf import tf
from graphkit.port._call import Call
from graphkit.port._interrupt import InterruptWatch
from graphkit.port._watch import SessionWatch


@pytest.fixture(autouse=True)
def plain_handler():
    """Python's own handler, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def lines():
    return []


@pytest.fixture
def watch(lines):
    sessions = SessionWatch(tf, print)
    sessions.start()
    interrupts = InterruptWatch(sessions, lines.append)
    interrupts.start()
    yield sessions
    interrupts.stop()
    sessions.stop()


def press(times=1, between=lambda: None):
    """Presses Ctrl-C once the main thread is inside TensorFlow."""

    def wait_and_press():
        until_inside_tensorflow()
        for _ in range(times):
            os.kill(os.getpid(), signal.SIGINT)
            between()

    thread = threading.Thread(target=wait_and_press)
    thread.start()
    return thread


def test_a_session_that_waits_on_an_empty_queue_is_closed(graph, session, watch, lines):
    queue = tf.FIFOQueue(3, [tf.int32], shapes=[()], name="numbers")
    value = queue.dequeue() + 1
    thread = press()
    with pytest.raises(KeyboardInterrupt) as caught:
        session.run(value)
    thread.join()
    assert lines == ["Ctrl-C: the session was waiting for 'numbers'; it is closed"]
    assert caught.value.__suppress_context__
    with pytest.raises(RuntimeError, match="closed Session"):
        session.run(value)


def test_a_step_that_is_no_waiting_is_finished_first(graph, session, watch, lines):
    goes_on = threading.Event()
    value = tf.py_func(lambda: goes_on.wait() or 1, [], tf.bool)

    def until_told():
        while not lines:
            time.sleep(0.01)
        goes_on.set()

    thread = press(between=until_told)
    with pytest.raises(KeyboardInterrupt):
        session.run(value)
    thread.join()
    assert lines == ["Ctrl-C: TensorFlow finishes this step first; press it again to end at once"]
    assert session.run(tf.constant(3)) == 3


def test_the_second_time_the_program_ends_at_once(graph, session, watch, lines, monkeypatch):
    goes_on = threading.Event()
    codes = []

    def leave(code):
        codes.append(code)
        goes_on.set()

    def until_told():
        while not lines:
            time.sleep(0.01)

    monkeypatch.setattr(os, "_exit", leave)
    value = tf.py_func(lambda: goes_on.wait() or 1, [], tf.bool)
    thread = press(times=2, between=until_told)
    with pytest.raises(KeyboardInterrupt):
        session.run(value)
        while not codes:
            time.sleep(0.01)
    thread.join()
    goes_on.wait()
    assert codes == [130]


def test_outside_tensorflow_python_raises_by_itself(watch, lines):
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert lines == []


def test_a_handler_of_the_programs_own_is_respected(graph, session, watch, lines, monkeypatch):
    queue = tf.FIFOQueue(3, [tf.int32], shapes=[()])
    feed, value = queue.enqueue(4), queue.dequeue()
    heard = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    try:
        thread = press(between=lambda: time.sleep(0.7) or session.run(feed))
        assert session.run(value) == 4
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]
    assert lines == []


def test_a_call_that_ends_by_itself_is_not_cut_off(graph, session, watch, lines):
    queue = tf.FIFOQueue(3, [tf.int32], shapes=[()])
    feed, value = queue.enqueue(4), queue.dequeue()
    session.run(feed)  # which takes far longer the first time than after
    session.run(value)
    thread = press(between=lambda: session.run(feed))
    with pytest.raises(KeyboardInterrupt):
        session.run(value)
    thread.join()
    time.sleep(0.6)
    assert lines == []
    assert session.run([feed, queue.size()])[1] in (0, 1)


def test_a_thread_that_gets_no_signals_need_not_listen(watch, lines):
    other = InterruptWatch(watch, lines.append)
    before = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(before)
    thread = threading.Thread(target=other.start)
    thread.start()
    thread.join()
    other.stop()
    after = signal.set_wakeup_fd(before)
    assert after == before


def test_stopping_gives_the_signal_back():
    before = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(before)
    interrupts = InterruptWatch(SessionWatch(tf, print), print)
    interrupts.start()
    interrupts.stop()
    assert signal.set_wakeup_fd(before) == before


def make_dequeue():
    return tf.FIFOQueue(3, [tf.int32], name="a_queue").dequeue()


def make_iterator():
    return tf.data.make_one_shot_iterator(tf.data.Dataset.range(3)).get_next() + 1


def make_reader():
    return tf.TextLineReader(name="a_reader").read(tf.FIFOQueue(3, [tf.string], name="files"))


@pytest.mark.parametrize(
    ("make", "names"),
    [
        (make_dequeue, ["a_queue"]),
        (make_iterator, ["OneShotIterator"]),
        (make_reader, ["a_reader"]),
        (lambda: tf.constant(1) + 2, []),
        (lambda: tf.FIFOQueue(3, [tf.int32], name="a_queue").enqueue(1), ["a_queue"]),
    ],
)
def test_what_a_call_may_wait_for_is_named(graph, session, make, names):
    call = Call(session, make(), 0.0)
    assert SessionWatch(tf, print).waits_on(call) == names

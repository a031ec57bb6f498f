"""A session that waits on an empty queue says so."""

from __future__ import annotations

import re
import threading
import time

import pytest

from graphkit._tf import tf
from graphkit.port._call import Call
from graphkit.port._reading_errors import note_reading_errors, reading_error
from graphkit.port._watch import SessionWatch


@pytest.fixture
def lines():
    return []


@pytest.fixture
def watch(lines):
    made = SessionWatch(tf, lines.append, patience_seconds=0.2, gives_up=False)
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


def told(lines):
    """What was said, with this file's own place put simply."""
    return [re.sub(r"\(built at .+test_port_watch\.py:\d+\)", "(built at HERE)", x) for x in lines]


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
    assert told(lines) == [
        "the session has waited 0 s for the queue 'numbers' (built at HERE): its runner was never "
        "started; call tf.train.start_queue_runners(sess=sess) before the first run"
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
    assert "queue 'numbers' (built at HERE): its runner ended with" in told(lines)[0]
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
    assert told(lines)[0].endswith("queue 'numbers' (built at HERE): its runner has ended")


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
        graph = tf.Graph()

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


def test_a_queue_without_a_runner_is_named_with_what_would_fill_it(
    graph, session, queue, watch, lines
):
    queue.enqueue(1, name="put")
    close, value = queue.close(), queue.dequeue_many(2)
    thread = run_aside(session, tf.reduce_sum(value))
    wait_for(lambda: lines)
    session.run(close)
    thread.join()
    assert told(lines) == [
        "the session has waited 0 s for the queue 'numbers' (built at HERE): no queue runner is "
        "registered for it and no thread runs 'put'"
    ]


def test_a_queue_that_nothing_can_fill_is_named(graph, session, queue, watch, lines):
    close, value = queue.close(), queue.dequeue()
    thread = run_aside(session, value)
    wait_for(lambda: lines)
    session.run(close)
    thread.join()
    assert told(lines)[0].endswith("(built at HERE): nothing in the graph puts anything into it")


def test_the_queue_a_reader_takes_its_files_from_is_named(graph, session, watch, lines):
    files = tf.FIFOQueue(3, [tf.string], shapes=[()], name="files")
    files.enqueue("a.txt", name="put_file")
    close = files.close()
    thread = run_aside(session, tf.WholeFileReader().read(files)[1])
    wait_for(lambda: lines)
    session.run(close)
    thread.join()
    assert "for the queue 'files'" in lines[0]
    assert lines[0].endswith("no thread runs 'put_file'")


def test_a_full_queue_is_named_where_the_program_itself_puts(graph, session, queue, watch, lines):
    put, take = queue.enqueue(1), queue.dequeue(name="take")
    for _ in range(3):
        session.run(put)

    def make_room():
        wait_for(lambda: lines)
        session.run(take)

    thread = threading.Thread(target=make_room)
    thread.start()
    session.run(put)
    thread.join()
    assert told(lines) == [
        "the session has waited 0 s to put into the queue 'numbers' (built at HERE): it is full "
        "and no thread runs 'take'"
    ]


def test_a_full_queue_that_nothing_empties_is_named(graph, session, queue, watch, lines):
    put, close = queue.enqueue(1), queue.close(cancel_pending_enqueues=True)
    for _ in range(3):
        session.run(put)
    thread = threading.Thread(target=lambda: (wait_for(lambda: lines), session.run(close)))
    thread.start()
    with pytest.raises(tf.errors.CancelledError):
        session.run(put)
    thread.join()
    assert told(lines)[0].endswith("it is full and nothing in the graph takes from it")


def test_a_thread_that_fills_a_queue_may_wait(graph, session, queue, watch, lines):
    put, close = queue.enqueue(1), queue.close(cancel_pending_enqueues=True)
    for _ in range(3):
        session.run(put)

    def fill():
        with pytest.raises(tf.errors.CancelledError):
            session.run(put)

    thread = threading.Thread(target=fill)
    thread.start()
    time.sleep(0.6)
    session.run(close)
    thread.join()
    assert lines == []


def test_a_thread_that_may_come_back_with_an_element_is_waited_for(
    graph, session, queue, watch, lines
):
    put, value = queue.enqueue(7), queue.dequeue()
    used, ready = threading.Event(), threading.Event()

    def fill():
        session.run(put)
        used.set()
        ready.wait()
        session.run(put)

    thread = threading.Thread(target=fill)
    thread.start()
    used.wait()
    assert session.run(value) == 7
    threading.Timer(0.6, ready.set).start()
    assert session.run(value) == 7
    thread.join()
    assert lines == []


def test_two_threads_that_wait_for_each_others_nothing_are_told(
    graph, session, queue, watch, lines
):
    queue.enqueue(1, name="put")
    close, value = queue.close(), queue.dequeue()
    threads = [run_aside(session, value) for _ in range(2)]
    wait_for(lambda: len(lines) == 2)
    session.run(close)
    for thread in threads:
        thread.join()
    assert len(set(lines)) == 1


def test_a_step_that_computes_is_not_said_to_wait(graph, session, queue, lines):
    def compute():
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            sum(range(1000))
        return 1

    queue.enqueue(1, name="put")
    session.run(queue.enqueue(1))
    with graph.control_dependencies([queue.dequeue()]):
        step = tf.py_func(compute, [], tf.int64)
    watch = SessionWatch(tf, lines.append, patience_seconds=1.0)
    watch.start()
    try:
        session.run(step)
    finally:
        watch.stop()
    assert lines == []


@pytest.mark.parametrize("shared_name", ["tokens", None])
def test_a_queue_that_other_programs_reach_is_theirs_to_fill(watch, lines, shared_name):
    server = tf.train.Server.create_local_server()
    with tf.Graph().as_default() as graph:
        queue = tf.FIFOQueue(1, [tf.int32], shapes=[()], shared_name=shared_name)
        queue.enqueue(1)
        close, value = queue.close(), queue.dequeue()
    with tf.Session(server.target, graph=graph) as session:
        thread = run_aside(session, value)
        if shared_name is None:
            wait_for(lambda: lines)
        else:
            time.sleep(1.0)  # five times the watch's patience
        session.run(close)
        thread.join()
    assert bool(lines) == (shared_name is None)


@pytest.mark.parametrize(
    ("looks", "expected"),
    [([True], 0), ([True, True], 1), ([True, False, True], 0), ([True, False, True, True], 1)],
)
def test_what_may_be_on_its_way_is_given_another_look(
    graph, session, queue, lines, looks, expected
):
    watch = SessionWatch(tf, lines.append, gives_up=False)
    thread = threading.get_ident()
    call = Call(session, queue.dequeue(), since=0.0)
    watch._calls[thread], watch._users[thread] = call, id(session)
    for idle in looks:
        watch._tell(call, thread, idle)
    assert len(lines) == expected
    assert call.told == bool(expected)

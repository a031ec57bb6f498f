"""Ctrl-C while the main thread waits inside TensorFlow: waits end, and what computes may finish."""

import asyncio
import os
import signal
import sys
import threading
import time

import numpy as np
import pytest
from interrupts import until_inside_tensorflow

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.session import SessionRunner

pytestmark = pytest.mark.skipif(os.name == "nt", reason="os.kill sends no Ctrl-C there")


@pytest.fixture(autouse=True)
def plain_ctrl_c():
    """Ctrl-C raises KeyboardInterrupt, also where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def nothing_is_left_behind():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before
    listening = signal.set_wakeup_fd(-1)
    assert listening == -1


def press(when):
    """Ctrl-C for this process, once `when` returns."""

    def press_then():
        when()
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press_then, daemon=True)
    presser.start()
    return presser


def interrupted(runner, wait, when=until_inside_tensorflow):
    """Lets Ctrl-C end `wait`; what it does not end is ended after all."""
    rescue = threading.Timer(60, runner.session.close)
    rescue.start()
    pressed = press(when)
    try:
        with pytest.raises(KeyboardInterrupt):
            wait()
    finally:
        assert rescue.is_alive(), "the run went on until the session was closed for it"
        rescue.cancel()
        rescue.join()
        pressed.join()


def in_the_run_after(event):
    """For `interrupted`: the main thread sets an event, and then waits in a run."""

    def when():
        event.wait()
        until_inside_tensorflow()

    return when


@pytest.fixture
def slow(graph):
    """A queue whose thread waits for a number itself, and a variable."""
    gate = tf.FIFOQueue(1, tf.float32, [[]], name="gate")
    queue = tf.FIFOQueue(10, tf.float32, [[]], name="numbers")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(gate.dequeue())])
    tf.train.add_queue_runner(runner)
    tf.add(queue.dequeue(), 0.0, name="taken")
    queue.enqueue(5.0, name="fill")
    tf.get_variable("weight", initializer=2.0)
    return graph


def test_wait_for_a_served_queue_ends_and_the_session_lives_on(slow):
    with SessionRunner(slow, grace_seconds=0.3) as runner:
        interrupted(runner, lambda: runner.run("taken"))
        assert runner.should_stop
        assert runner.run("weight") == 2


def test_callable_ends_as_well(slow):
    with SessionRunner(slow, grace_seconds=0.3) as runner:
        interrupted(runner, runner.make_callable("taken"))
        assert runner.run("weight") == 2


@pytest.mark.parametrize("fetch", ["take", "add"])
def test_wait_for_a_queue_of_ones_own_ends_with_the_session(graph, fetch):
    queue = tf.FIFOQueue(1, tf.float32, [[]], name="own")
    add = queue.enqueue(1.0, name="add")
    tf.identity(queue.dequeue(), name="take")
    with SessionRunner(graph) as runner:
        if fetch == "add":
            runner.run(add)
        interrupted(runner, lambda: runner.run(fetch))
        with pytest.raises(RunError, match="the session is closed"):
            runner.run(fetch)


def test_loop_that_waits_writes_its_last_state(slow, tmp_path):
    step = tf.train.get_or_create_global_step()
    value = tf.placeholder_with_default(slow.get_tensor_by_name("taken:0"), [])
    total = tf.get_variable("total", initializer=0.0)
    tf.group(tf.assign_add(total, value), tf.assign_add(step, 1), name="train")
    with SessionRunner(slow, grace_seconds=0.3, checkpoint_dir=tmp_path) as runner:
        last = threading.Event()

        def feed(done):
            if done == 3:
                last.set()
            return {value: 1.0} if done < 3 else None

        steps = runner.steps("train", feed=feed)
        interrupted(runner, lambda: list(steps), in_the_run_after(last))
    assert tf.train.latest_checkpoint(tmp_path).endswith("model.ckpt-3")


def test_loop_whose_session_had_to_be_closed_keeps_the_checkpoint_before(graph, tmp_path):
    queue = tf.FIFOQueue(3, tf.float32, [[]], name="own")
    fill = queue.enqueue_many([[1.0, 1.0]], name="fill")
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([queue.dequeue()]):
        tf.group(tf.assign_add(step, 1), name="train")
    with SessionRunner(graph, checkpoint_dir=tmp_path) as runner:
        runner.run(fill)
        third = threading.Event()

        def feed(done):
            if done == 2:
                third.set()

        steps = runner.steps("train", feed=feed, checkpoint_every=1)
        interrupted(runner, lambda: list(steps), in_the_run_after(third))
    assert tf.train.latest_checkpoint(tmp_path).endswith("model.ckpt-2")


def test_run_that_computes_is_let_finish(graph):
    computed, begun = [], threading.Event()

    def compute():
        begun.set()
        time.sleep(1.5)
        computed.append(1)
        return np.float32(1)

    weight = tf.get_variable("weight", initializer=2.0)
    tf.add(tf.py_func(compute, [], tf.float32), weight, name="sum")
    with SessionRunner(graph) as runner:
        interrupted(runner, lambda: runner.run("sum"), begun.wait)
        assert computed == [1]
        assert runner.run("weight") == 2


def test_ctrl_c_between_runs_closes_nothing(slow):
    with SessionRunner(slow, grace_seconds=0.3) as runner:
        interrupted(runner, lambda: time.sleep(20), lambda: time.sleep(0.3))
        time.sleep(0.7)
        assert not runner.should_stop
        assert runner.run("weight") == 2


def test_ctrl_c_of_another_meaning_is_left_alone(slow):
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    with SessionRunner(slow, grace_seconds=0.3) as runner:
        assert signal.set_wakeup_fd(-1) == -1
        os.kill(os.getpid(), signal.SIGINT)
        assert runner.run("weight") == 2
    assert heard == [1]


def test_meaning_given_later_is_left_alone(slow):
    heard = []
    with SessionRunner(
        slow, grace_seconds=0.3, start_queue_runners=False, watch_queues=False
    ) as runner:
        signal.signal(signal.SIGINT, lambda *_: heard.append(1))
        fill = threading.Timer(1.5, runner.session.run, ("fill",))
        timers = [press(lambda: (until_inside_tensorflow(), fill.start())), fill]
        assert runner.run("taken") == 5
        assert not runner.should_stop
        for timer in timers:
            timer.join()
    assert heard == [1]


def test_asyncio_keeps_its_own_ear(slow):
    async def main():
        with SessionRunner(slow, grace_seconds=0.3) as runner:
            return runner.run("weight")

    assert asyncio.run(main()) == 2


def test_second_runner_leaves_the_first_its_ear(slow):
    with SessionRunner(slow, grace_seconds=0.3) as runner:
        with SessionRunner(slow, grace_seconds=0.3) as second:
            assert second.run("weight") == 2
        interrupted(runner, lambda: runner.run("taken"))


def test_runner_works_in_a_thread_where_no_signal_comes(slow):
    found = []

    def work():
        with SessionRunner(slow, grace_seconds=0.3) as runner:
            found.append(runner.run("weight"))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [2]


def interrupt_at(place):
    """Raises Ctrl-C's error before a line of the code that holds a graph's locks is run."""
    lines = iter(range(place + 1))

    def in_locks(_frame, event, _argument):
        if event == "line" and next(lines, None) == place:
            sys.settrace(None)
            raise KeyboardInterrupt
        return in_locks

    def everywhere(frame, _event, _argument):
        inside = frame.f_code.co_filename.endswith("lock_util.py")
        return in_locks if inside else None

    sys.settrace(everywhere)


def test_runs_go_on_wherever_ctrl_c_came_in_tensorflows_locks(graph):
    """Each line in turn; without care one of them leaves a lock that the next run waits for."""
    number, before = tf.constant(2), sys.gettrace()
    with SessionRunner(graph, finalize=False) as runner:
        for place in range(100):
            interrupt_at(place)
            try:
                runner.run(number)
                break  # the run was over before
            except KeyboardInterrupt:
                pass
            finally:
                sys.settrace(before)
            assert runner.run(number) == 2
            tf.constant(3)  # what adds to a graph waits until no run holds the lock
    assert 10 < place < 99

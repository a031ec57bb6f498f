"""A session that waits on a queue which nobody is left to fill ends with an error."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import textwrap
import threading

import pytest

from graphkit._tf import tf
from graphkit.port._deadlock import History, cannot_end
from graphkit.port._waiting import waits_behind

# Each case is a program of its own thread alone; how a wait ended is printed, with what was said.
CASES = """
import _thread, json, os, sys, threading, time
import numpy as np
from graphkit._tf import tf
from graphkit.port._watch import SessionWatch

def queue(name="numbers", **more):
    return tf.FIFOQueue(3, [tf.int32], shapes=[()], name=name, **more)

def runner(made):
    tf.train.add_queue_runner(tf.train.QueueRunner(made, [made.enqueue(1)]))
    return made

def seconds(length):
    return tf.py_func(lambda: time.sleep(length) or 1, [], tf.int64)

def never_started():
    return runner(queue()).dequeue() + 1

def imported():
    with tf.Graph().as_default() as graph:
        value = never_started()
        meta_graph = tf.train.export_meta_graph(graph=graph)
    tf.train.import_meta_graph(meta_graph)
    return value.name

def nothing_puts():
    return queue().dequeue_many(2)

def of_a_batcher():
    from graphkit import readers
    return readers.batch([readers.range_input_producer(4).dequeue()], 2)

def finalized():
    value = never_started()
    tf.get_default_graph().finalize()
    return value

def with_an_event_writer():
    writers.append(tf.summary.FileWriter(sys.argv[1]))
    return never_started()

def reference():
    made = tf.raw_ops.FIFOQueue(component_types=[tf.int32], shapes=[[]], name="numbers")
    return tf.raw_ops.QueueDequeue(handle=made, component_types=[tf.int32])

def sparse():
    from graphkit import readers
    number = readers.range_input_producer(4).dequeue()
    value = tf.SparseTensor([[0]], tf.reshape(number, [1]), [3])
    return readers.batch([value], 2, name="sparse")

def after_a_python_function_that_is_done():
    fill.append(tf.py_func(lambda: bool(threading.current_thread()), [], tf.bool))
    return never_started()

# None of these may be ended.
def filled_by_hand():
    made = runner(queue())
    fill.append(made.enqueue(5))
    with tf.control_dependencies([made.dequeue()]):
        return seconds(1.5) + 1

def filled_by_a_callable():
    made = runner(queue())
    fills.append(made.enqueue(5))
    with tf.control_dependencies([made.dequeue()]):
        return seconds(1.5) + 1

def filled_by_the_step():
    made = queue()
    with tf.control_dependencies([seconds(1.5)]):
        put = made.enqueue(4)
    with tf.control_dependencies([put]):
        return tf.identity(made.dequeue())

def with_a_time_limit():
    options.append(tf.RunOptions(timeout_in_ms=1500))
    return never_started()

def with_a_time_limit_for_all():
    configs.append(tf.ConfigProto(operation_timeout_in_ms=1500))
    return never_started()

def filled_by_a_thread():
    made = queue()
    put = made.enqueue(3)
    later = lambda: (time.sleep(1.5), sessions[-1].run(put))
    begin.append(threading.Thread(target=later))
    return made.dequeue()

def filled_by_a_timer():
    made = queue()
    put = made.enqueue(6)
    begin.append(threading.Timer(1.5, lambda: sessions[-1].run(put)))
    return made.dequeue()

def filled_by_a_bare_thread():
    made = queue()
    put = made.enqueue(7)
    later = lambda: (time.sleep(1.5), sessions[-1].run(put))
    begin.append(threading.Thread(target=lambda: None))
    begin[0].start = lambda: _thread.start_new_thread(later, ())
    begin[0].join = lambda: None
    return made.dequeue()

def filled_by_a_thread_of_a_library():
    sys.path.insert(0, os.path.join(sys.argv[1], "site-packages"))
    import enqueuing
    made = queue()
    put = made.enqueue(8)
    begin.append(enqueuing.EnqueueThread(lambda: (time.sleep(1.5), sessions[-1].run(put))))
    return made.dequeue()

def filled_by_a_python_function_of_the_step():
    made = queue()
    put = made.enqueue(9)
    fetch = tf.py_func(lambda: (time.sleep(1.5), sessions[-1].run(put)) and 1, [], tf.int64)
    return [made.dequeue(), fetch]

def filled_by_a_condition_of_the_step():
    tf.disable_control_flow_v2()
    made = queue()
    with tf.control_dependencies([seconds(1.5)]):
        is_put = tf.identity(True)
    put = tf.cond(is_put, lambda: made.enqueue(4), tf.no_op)
    with tf.control_dependencies([put]):
        return tf.identity(made.dequeue())

def fed():
    taken = queue().dequeue()
    feeds[taken] = 5
    with tf.control_dependencies([seconds(1.5)]):
        return taken + 1

feeds = {}
fill, fills, writers, options, configs, begin, sessions, said = [], [], [], [], [], [], [], []
watch = SessionWatch(tf, said.append, patience_seconds=0.2)
watch.start()
for case in sys.argv[2:]:
    fill[:], fills[:], options[:], configs[:], begin[:], said[:] = [], [], [], [], [], []
    feeds.clear()
    with tf.Graph().as_default():
        fetches = globals()[case]()
        with tf.Session(config=configs[0] if configs else None) as session:
            sessions.append(session)
            session.run(fill)
            for one in fills:
                session.make_callable(one)()
            for thread in begin:
                thread.start()
            try:
                limit = options[0] if options else None
                ended = str(np.sum(session.run(fetches, feeds, options=limit)))
            except Exception as error:
                ended = f"{type(error).__name__}: {error}"
        for thread in begin:
            thread.join()
    print(json.dumps([case, ended, said]), flush=True)
"""
LIBRARY = """
import threading

class EnqueueThread(threading.Thread):
    def __init__(self, act):
        super().__init__()
        self.act = act

    def run(self):
        self.act()
"""
FILLED = {
    "filled_by_hand": "2",
    "filled_by_a_callable": "2",
    "filled_by_the_step": "4",
    "filled_by_a_thread": "3",
    "filled_by_a_timer": "6",
    "filled_by_a_bare_thread": "7",
    "filled_by_a_thread_of_a_library": "8",
    "filled_by_a_python_function_of_the_step": "10",
    "filled_by_a_condition_of_the_step": "4",
    "fed": "6",
}
LIMITED = ("with_a_time_limit", "with_a_time_limit_for_all")
NEVER_STARTED = "its runner was never started; call tf.train.start_queue_runners(sess=sess) before"
ENDED = {
    "never_started": ("'numbers'", NEVER_STARTED),
    "imported": ("'numbers'", NEVER_STARTED),
    "nothing_puts": ("'numbers'", "nothing in the graph puts anything into it"),
    "of_a_batcher": ("'batch/fifo_queue'", NEVER_STARTED),
    "finalized": ("'numbers'", NEVER_STARTED),
    "with_an_event_writer": ("'numbers'", NEVER_STARTED),
    "reference": ("'numbers'", "nothing in the graph puts anything into it"),
    "sparse": ("'sparse/fifo_queue'", NEVER_STARTED),
    "after_a_python_function_that_is_done": ("'numbers'", NEVER_STARTED),
}


@pytest.fixture(scope="module")
def ends(tmp_path_factory):
    """How each case ended, and what was said."""
    folder = tmp_path_factory.mktemp("events")
    (folder / "site-packages").mkdir()
    (folder / "site-packages" / "enqueuing.py").write_text(LIBRARY)
    words = [str(folder), *ENDED, *FILLED, *LIMITED]
    done = subprocess.run(
        [sys.executable, "-c", CASES, *words], capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {case: (ended, said) for case, ended, said in lines}


@pytest.mark.parametrize("case", ENDED)
def test_a_wait_that_cannot_end_is_an_error(case, ends):
    ended, said = ends[case]
    queue, reason = ENDED[case]
    assert ended.startswith(f"RunError: the session has waited 0 s for the queue {queue}")
    assert reason in ended
    assert ended.endswith("; nothing is left that could fill it")
    assert said == []


@pytest.mark.parametrize("case", FILLED)
def test_a_wait_that_may_end_is_left_alone(case, ends):
    assert ends[case][0] == FILLED[case]


@pytest.mark.parametrize("case", LIMITED)
def test_a_time_limit_is_left_to_end_a_wait(case, ends):
    assert ends[case][0].startswith("DeadlineExceededError")


PROGRAM = """
    import tensorflow as tf
    names = tf.train.string_input_producer(["a", "b"], shuffle=False)
    with tf.Session() as session:
        print(session.run(names.dequeue()))
"""


def test_a_program_that_forgets_its_queue_runners_ends(tmp_path):
    (tmp_path / "forgets.py").write_text(textwrap.dedent(PROGRAM))
    done = subprocess.run(
        [sys.executable, "-m", "graphkit", "run", "forgets.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 1
    assert 'forgets.py", line 5, in <module>' in done.stderr
    assert "has waited 10 s for the queue 'input_producer' (built at" in done.stderr
    assert "its runner was never started; call tf.train.start_queue_runners" in done.stderr


@pytest.mark.parametrize("collecting", [True, False])
def test_no_garbage_is_collected_while_python_counts_its_threads(monkeypatch, graph, collecting):
    """Which may hang Python 3.10 and 3.11: https://github.com/python/cpython/issues/106883."""
    during, frames = [], sys._current_frames

    def counted():
        during.append(gc.isenabled())
        return frames()

    [wait] = waits_behind(graph, tf.FIFOQueue(3, [tf.int32], shapes=[()]).dequeue())
    monkeypatch.setattr(sys, "_current_frames", counted)
    (gc.enable if collecting else gc.disable)()
    try:
        with tf.Session(graph=graph) as session:
            cannot_end(History(), session, wait, threading.get_ident())
        after = gc.isenabled()
    finally:
        gc.enable()
    assert (during, after) == ([False], collecting)

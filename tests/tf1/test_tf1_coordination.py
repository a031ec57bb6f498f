"""Threads of coordinators and supervisors work in the graph, also with eager execution on."""

from __future__ import annotations

import inspect
import threading

import pytest

import graphkit.tf1 as tf

# A thread that never comes to its end fails its test and stops no other.
PATIENCE = 60


@pytest.fixture
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def looped(coordinator, target, **more):
    """Runs a function once in a thread of its own; raises what it raised."""

    def once(*args, **options):
        target(*args, **options)
        coordinator.request_stop()

    thread = tf.train.LooperThread.loop(coordinator, None, once, **more)
    coordinator.join([thread], stop_grace_period_secs=PATIENCE)


def test_a_loop_runs_in_the_graph_of_its_coordinator(graph):
    step = tf.train.create_global_step()
    found = []
    with tf.Session() as session:
        session.run(step.initializer)

        def read(more):
            assert not tf.executing_eagerly()
            found.append((tf.get_default_graph(), tf.train.global_step(session, step) + more))

        looped(tf.train.Coordinator(), read, args=(7,))
    assert found == [(graph, 7)]


def test_a_coordinator_of_no_graph_leaves_its_threads_as_they_are():
    found = []
    looped(tf.train.Coordinator(), lambda: found.append(tf.executing_eagerly()))
    assert found == [tf.executing_eagerly()]


def test_a_graph_that_is_open_stays_open(graph):
    coordinator = tf.train.Coordinator()
    with tf.Graph().as_default() as other, coordinator.stop_on_exception():
        assert tf.get_default_graph() is other
    assert tf.get_default_graph() is graph


def test_each_thread_opens_the_graph_for_itself(graph):
    coordinator, found, meeting = tf.train.Coordinator(), [], threading.Barrier(3, timeout=PATIENCE)

    def work():
        with coordinator.stop_on_exception():
            # Nobody leaves the graph before all have entered it.
            meeting.wait()
            found.append(tf.constant(1.0).graph)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    coordinator.raise_requested_exception()
    assert found == [graph] * 3
    assert len({op.name for op in graph.get_operations()}) == 3


def test_a_failure_stops_all_threads_and_is_raised_by_join(graph):
    coordinator = tf.train.Coordinator()

    def fail():
        raise tf.errors.DataLossError(None, None, "half a record")

    with pytest.raises(tf.errors.DataLossError, match="half a record"):
        looped(coordinator, fail)
    assert coordinator.should_stop()


def test_exceptions_that_end_the_work_are_no_failure(graph):
    coordinator = tf.train.Coordinator([KeyError])

    def end():
        raise KeyError("no more")

    looped(coordinator, end)
    assert coordinator.should_stop()


def test_a_class_of_loops_works_in_the_graph(graph):
    """A class of the program's own, with code before and after the loop."""
    step = tf.train.create_global_step()
    found = []

    class Watcher(tf.train.LooperThread):
        def start_loop(self):
            found.append(("start", tf.get_default_graph() is graph))

        def run_loop(self):
            found.append(("run", tf.train.global_step(session, step)))
            self._coord.request_stop()

        def stop_loop(self):
            found.append(("stop", tf.get_default_graph() is graph))

    with tf.Session() as session:
        session.run(step.initializer)
        watcher = Watcher(tf.train.Coordinator(), None)
        watcher.start()
        watcher.join(PATIENCE)
    assert found == [("start", True), ("run", 0), ("stop", True)]


@pytest.fixture
def supervised(graph, tmp_path):
    """A supervisor of a graph with a counter that is a resource, and with a summary."""
    step = tf.train.create_global_step()
    assert step.handle.dtype == tf.resource
    tf.summary.scalar("step", step)
    more = tf.assign_add(step, 1)
    # Timers that come up once, when the services start.
    every = 10**6
    supervisor = tf.train.Supervisor(
        logdir=str(tmp_path), save_summaries_secs=every, save_model_secs=every
    )
    return supervisor, more


def test_services_save_and_write_in_the_graph(supervised, tmp_path):
    supervisor, more = supervised
    written = threading.Event()
    add_summary = supervisor.summary_writer.add_summary

    def watched(summary, step=None):
        add_summary(summary, step)
        written.set()

    supervisor.summary_writer.add_summary = watched
    session = supervisor.prepare_or_wait_for_session(start_standard_services=False)
    session.run(more)
    services = supervisor.start_standard_services(session)
    assert [type(each).__name__ for each in services] == [
        "SVSummaryThread",
        "SVStepCounterThread",
        "SVTimerCheckpointThread",
    ]
    assert written.wait(PATIENCE)
    supervisor.stop(services)
    session.close()
    # Raises what a service failed of.
    supervisor.coord.raise_requested_exception()
    [events] = tmp_path.glob("events.out.tfevents.*")
    values = [
        (event.step, value.tag, value.simple_value)
        for event in tf.train.summary_iterator(str(events))
        for value in event.summary.value
        if value.tag == "step"
    ]
    assert values == [(1, "step", 1.0)]


def test_a_loop_of_a_supervisor_works_in_its_graph(supervised):
    supervisor, more = supervised
    found = []
    with supervisor.managed_session(start_standard_services=False) as session:
        session.run([more])

        def read():
            found.append((tf.get_default_graph(), tf.train.global_step(session, step_of(more))))
            supervisor.request_stop()

        supervisor.loop(None, read).join(PATIENCE)
    assert found == [(more.graph, 1)]


def step_of(more):
    [step] = more.graph.get_collection(tf.GraphKeys.GLOBAL_STEP)
    return step


def test_a_supervisor_works_in_the_graph_it_is_given(graph, tmp_path):
    with tf.Graph().as_default() as other:
        tf.train.create_global_step()
    supervisor = tf.train.Supervisor(other, logdir=str(tmp_path))
    found = []
    looped(supervisor.coord, lambda: found.append(tf.get_default_graph()))
    assert found == [other]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_slim_trains_beside_the_services_of_its_supervisor(graph, tmp_path):
    slim = tf.contrib.slim
    weight = tf.get_variable("weight", initializer=2.0)
    train = slim.learning.create_train_op(weight**2, tf.train.GradientDescentOptimizer(0.25))
    loss = slim.learning.train(train, str(tmp_path), number_of_steps=3, save_summaries_secs=10**6)
    # Each step halves the weight; a service that fails would have ended the training. Which
    # checkpoint is the latest is left to chance: the service may still be writing an earlier one.
    assert loss == pytest.approx(0.25)
    last = str(tmp_path / "model.ckpt-3")
    assert tf.train.load_variable(last, "weight") == pytest.approx(0.25)


@pytest.mark.parametrize("kind", ["Supervisor", "Coordinator"])
def test_private_paths_and_parameters_are_the_same(kind):
    found = getattr(tf.train, kind)
    assert getattr(getattr(tf.python.training, kind.lower()), kind) is found
    [original] = [each for each in found.__mro__ if each.__module__.startswith("tensorflow.")][:1]
    parameters = inspect.signature(found.__init__).parameters
    assert list(parameters) == list(inspect.signature(original.__init__).parameters)
    assert isinstance(found, type)

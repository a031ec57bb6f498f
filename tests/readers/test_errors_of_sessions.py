"""What goes wrong is an error with its cause, in any session and on either engine; nobody waits."""

from __future__ import annotations

import pytest
from engine_pipelines import ENGINES, numbers, write_records

from graphkit import GraphBuilder, SessionRunner, readers
from graphkit._tf import tf
from graphkit.errors import MissingFileError, NotInitializedError, RunError


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return write_records(tmp_path_factory.mktemp("sessions") / "images.tfrecord")


def _features(path, **features):
    queue = readers.string_input_producer([path], num_epochs=1, shuffle=False)
    serialized = readers.TFRecordReader().read(queue)[1]
    return list(tf.parse_single_example(serialized, features).values())


def _in_session_runner(batch):
    with SessionRunner(tf.get_default_graph()) as runner:
        runner.run(batch)


def _in_monitored_session(batch):
    with tf.train.MonitoredSession() as session:
        session.run(batch)


def _in_plain_session(batch):
    """As programs of then did: what a thread failed with is raised as it is joined."""
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            session.run(batch)
        except tf.errors.OutOfRangeError:
            coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=20)


SESSIONS = {
    "SessionRunner": _in_session_runner,
    "MonitoredSession": _in_monitored_session,
    "tf.Session": _in_plain_session,
}
# Per mistake: the example of a pipeline, and the error with its text.
MISTAKES = {
    "a missing file": (
        lambda path: _features(f"{path}.gone", label=tf.FixedLenFeature([], tf.int64)),
        MissingFileError,
        r"images\.tfrecord\.gone: does not exist",
    ),
    "a pattern of no file": (
        lambda path: list(
            readers.WholeFileReader().read(
                readers.string_input_producer(readers.match_filenames_once(f"{path}-*"))
            )
        ),
        MissingFileError,
        r"images\.tfrecord-\*: no file matches this pattern",
    ),
    "a feature of another name": (
        lambda path: _features(path, lable=tf.FixedLenFeature([], tf.int64)),
        tf.errors.InvalidArgumentError,
        r"Feature: lable \(data type: int64\) is required but could not be found",
    ),
    "a feature of another type": (
        lambda path: _features(path, label=tf.FixedLenFeature([], tf.string)),
        tf.errors.InvalidArgumentError,
        r"label.*Data types don't match.*int64.*string",
    ),
    "a feature of another size": (
        lambda path: _features(path, label=tf.FixedLenFeature([2], tf.int64)),
        tf.errors.InvalidArgumentError,
        r"Key: label.*(Can't parse serialized Example|Number of int64 values != expected)",
    ),
}


@pytest.mark.parametrize("mistake", sorted(MISTAKES))
@pytest.mark.parametrize("session", sorted(SESSIONS))
@pytest.mark.parametrize("engine", ENGINES)
def test_a_mistake_is_an_error_that_names_it(engine, session, mistake, path):
    example, error, text = MISTAKES[mistake]
    with tf.Graph().as_default(), readers.engine(engine):
        batch = readers.batch(example(path), 4)
        with pytest.raises(error, match=f"(?s){text}"):
            SESSIONS[session](batch)


@pytest.mark.parametrize("engine", ENGINES)
def test_counters_without_a_value_are_told_before_the_start(engine):
    with tf.Graph().as_default(), readers.engine(engine), tf.Session() as session:
        readers.batch([numbers(6)], 3)
        with pytest.raises(NotInitializedError, match=r"run tf\.local_variables_initializer\(\)"):
            tf.train.start_queue_runners(session, tf.train.Coordinator())


@pytest.mark.parametrize("engine", ENGINES)
def test_runners_that_were_not_started_are_told_by_the_run(engine):
    text = r"'batch/fifo_queue', which nothing fills: its threads were not started"
    with GraphBuilder() as g, readers.engine(engine):
        batch = readers.batch([numbers(6)], 3)
    with SessionRunner(g, start_queue_runners=False) as runner:
        with pytest.raises(RunError, match=text):
            runner.run(batch)
        runner.start_queue_runners()
        assert runner.run(batch).tolist() == [0, 1, 2]

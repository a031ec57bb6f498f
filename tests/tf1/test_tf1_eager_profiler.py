"""python.eager.profiler records ops and saves them for TensorBoard, as in TensorFlow 1.15."""

from __future__ import annotations

import importlib
import re
import socket

import pytest
from graphkit.tf1.python.eager import context, profiler

import graphkit.tf1 as tf


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


@pytest.fixture
def running():
    profiler.start()
    yield
    try:
        profiler.stop()
    except profiler.ProfilerNotRunningError:
        pass


def parts_of(folder):
    return sorted(path.relative_to(folder).parts for path in folder.rglob("*") if path.is_file())


def test_what_runs_is_recorded(session, running):
    product = tf.matmul(tf.ones([5, 5]), tf.ones([5, 5]), name="remembered_product")
    assert session.run(product)[0, 0] == 5
    recorded = profiler.stop()
    assert isinstance(recorded, bytes)
    assert b"MatMul" in recorded


def test_one_recording_at_a_time(running):
    with pytest.raises(profiler.ProfilerAlreadyRunningError, match=r"^Another profiler is running"):
        profiler.start()
    profiler.stop()
    profiler.start()


def test_a_recording_of_others_is_in_the_way(tmp_path):
    today = importlib.import_module("tensorflow").profiler.experimental
    today.start(str(tmp_path))
    try:
        with pytest.raises(profiler.ProfilerAlreadyRunningError, match="Another profiler"):
            profiler.start()
    finally:
        today.stop()
    profiler.start()
    profiler.stop()


def test_what_does_not_run_is_not_stopped():
    message = re.escape("Cannot stop profiling. No profiler is running.")
    with pytest.raises(profiler.ProfilerNotRunningError, match=f"^{message}$"):
        profiler.stop()
    assert profiler.ProfilerNotRunningError.__bases__ == (Exception,)


def test_a_recording_is_saved_where_tensorboard_looks(tmp_path):
    folder = tmp_path / "new"
    profiler.save(str(folder), b"first")
    events, recording = parts_of(folder)
    assert re.fullmatch(r"events\.out\.tfevents\..*\.profile-empty", events[0])
    assert recording[:2] == ("plugins", "profile")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d", recording[2])
    assert recording[3] == "local.xplane.pb"
    assert folder.joinpath(*recording).read_bytes() == b"first"
    profiler.maybe_create_event_file(str(folder))
    assert parts_of(folder) == [events, recording]


def test_a_block_is_recorded_and_saved(session, tmp_path):
    with profiler.Profiler(str(tmp_path)) as entered:
        session.run(tf.matmul(tf.ones([5, 5]), tf.ones([5, 5])))
    assert entered is None
    assert b"MatMul" in tmp_path.joinpath(*parts_of(tmp_path)[-1]).read_bytes()


def test_a_block_that_fails_is_saved_too(tmp_path):
    with pytest.raises(KeyError), profiler.Profiler(str(tmp_path)):
        raise KeyError
    assert len(parts_of(tmp_path)) == 2
    with pytest.raises(profiler.ProfilerNotRunningError):
        profiler.stop()


def test_others_may_ask_for_a_recording():
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    profiler.start_profiler_server(port)
    socket.create_connection(("localhost", port), timeout=30).close()


def test_the_rest_of_python_eager_is_there():
    assert not context.context().executing_eagerly() or tf.executing_eagerly()
    assert importlib.import_module("graphkit.tf1.python.eager.function").__name__

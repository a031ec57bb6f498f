"""ProfileContext traces and writes as in 1.15.5 (tests/golden/profile_context.json)."""

from __future__ import annotations

import importlib.util
import json
import threading
from pathlib import Path

import pytest

from graphkit import tf1
from graphkit._tf import tf
from graphkit.tf1._namespace import load

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = json.loads((GOLDEN / "profile_context.json").read_text())
_SPEC = importlib.util.spec_from_file_location("cases", GOLDEN / "record_profile_context.py")
RECORDER = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(RECORDER)

ProfileContext = tf1.contrib.tfprof.ProfileContext
BASE = load("tensorflow.python.client.session:BaseSession")


def runs(context, session, fetched, count):
    """Runs steps, and lists those that were traced."""
    traced = []
    context.profiler.add_step = lambda step, metadata: traced.append(step)
    for each in fetched * count:
        session.run(each)
    return traced


@pytest.mark.parametrize("name", sorted(RECORDED["cases"]))
def test_files_and_profiles_are_those_of_before(name):
    assert RECORDER.case(tf1, name) == RECORDED["cases"][name]


def test_misuse_is_refused_as_before():
    assert RECORDER.misuse(tf1) == RECORDED["misuse"]


def test_sessions_are_as_they_were_after_it(tmp_path, graph):
    before = BASE.run
    with pytest.raises(ZeroDivisionError), ProfileContext(str(tmp_path)):
        assert BASE.run is not before
        1 / 0  # noqa: B018
    assert BASE.run is before


def test_steps_are_traced_that_fetch_something_new_after_ten(tmp_path, session):
    one, two = tf.constant(1, name="one"), tf.constant(2, name="two")
    with ProfileContext(str(tmp_path)) as context:
        context.profiler._coverage = 1.0  # nothing by chance
        assert runs(context, session, [one], 13) == [11]
        assert runs(context, session, [one, two, [one, two], [two, one]], 2) == [14, 15]


def test_no_more_than_so_many_steps_are_traced(tmp_path, session):
    one = tf.constant(1)
    with ProfileContext(str(tmp_path), trace_steps=list(range(100)), dump_steps=[]) as context:
        assert runs(context, session, [one], 102) == list(range(100))


def test_the_options_of_a_run_are_left_as_they_are(tmp_path, session):
    options, metadata = tf.RunOptions(timeout_in_ms=9000), tf.RunMetadata()
    with ProfileContext(str(tmp_path), trace_steps=[0], dump_steps=[]):
        session.run(tf.constant(1), options=options, run_metadata=metadata)
    assert options == tf.RunOptions(timeout_in_ms=9000)
    assert metadata.HasField("step_stats")


def test_a_run_that_fails_is_a_step_too(tmp_path, session):
    fed = tf.placeholder(tf.float32, name="fed")
    with ProfileContext(str(tmp_path), trace_steps=[], dump_steps=[1]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="fed"):
            session.run(fed)
        session.run(fed, {fed: 1})
    assert [path.name for path in tmp_path.iterdir()] == ["profile_1"]


def test_a_written_profile_is_one_that_the_profiler_reads(tmp_path, session):
    product = tf.matmul(tf.ones([2, 3]), tf.ones([3, 4]), name="product")
    with ProfileContext(str(tmp_path), trace_steps=[0], dump_steps=[0]):
        session.run(product)
    profile = load("tensorflow.core.profiler.tfprof_log_pb2:ProfileProto")()
    profile.ParseFromString((tmp_path / "profile_0").read_bytes())
    assert "product" in {node.name for node in profile.nodes.values()}


def test_runs_of_other_threads_wait_for_nothing(tmp_path, session):
    inside = []

    def within(value):
        other = threading.Thread(target=lambda: inside.append(session.run(one)))
        other.start()
        other.join()
        return value

    one = tf.constant(1)
    outer = tf.py_func(within, [tf.constant(5)], tf.int32)
    with ProfileContext(str(tmp_path), trace_steps=[], dump_steps=[]):
        assert session.run(outer) == 5
    assert inside == [1]

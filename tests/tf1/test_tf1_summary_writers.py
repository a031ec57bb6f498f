"""Writers of summaries that write no event files: into a data base, and into themselves."""

from __future__ import annotations

import sqlite3
import unittest
from contextlib import closing

import numpy as np
import pytest

import graphkit.tf1 as tf

summary = tf.contrib.summary
FakeSummaryWriter = tf.contrib.testing.FakeSummaryWriter
CASE = unittest.TestCase()


def asked(path, question):
    with closing(sqlite3.connect(path)) as data_base:
        return data_base.execute(question).fetchall()


def test_numbers_are_written_into_a_data_base(session, tmp_path):
    path = str(tmp_path / "runs.db")
    value = tf.placeholder(tf.float32, [])
    step = tf.placeholder(tf.int64, [])
    writer = summary.create_db_writer(path, "tries", "first", "me")
    with writer.as_default(), summary.always_record_summaries():
        summary.scalar("loss", value, step=step)
    session.run(summary.summary_writer_initializer_op())
    for number, at in ((2.5, 3), (1.25, 8)):
        session.run(summary.all_summary_ops(), {value: number, step: at})
    session.run(writer.flush())
    assert asked(path, "SELECT experiment_name FROM Experiments") == [("tries",)]
    assert asked(path, "SELECT run_name FROM Runs") == [("first",)]
    assert asked(path, "SELECT user_name FROM Users") == [("me",)]
    assert asked(path, "SELECT tag_name FROM Tags") == [("loss",)]
    rows = asked(path, "SELECT step, data FROM Tensors WHERE step IS NOT NULL ORDER BY step")
    found = [(at, np.frombuffer(data, np.float32).item()) for at, data in rows]
    assert found == [(3, 2.5), (8, 1.25)]


def test_runs_that_are_not_named_are_told_by_time(session, tmp_path):
    path = str(tmp_path / "runs.db")
    writer = summary.create_db_writer(path, user_name="me")
    with writer.as_default(), summary.always_record_summaries():
        summary.scalar("loss", tf.constant(1.0), step=tf.constant(1, tf.int64))
    session.run(summary.summary_writer_initializer_op())
    session.run([summary.all_summary_ops(), writer.flush()])
    ((experiment,),) = asked(path, "SELECT experiment_name FROM Experiments")
    ((run,),) = asked(path, "SELECT run_name FROM Runs")
    assert [len(part) for part in experiment.split("-")] == [4, 2, 2]
    assert [len(part) for part in run.split(":")] == [2, 2, 2]


@pytest.mark.parametrize("kind", ["experiment_name", "run_name", "user_name"])
def test_names_that_no_data_base_takes_are_refused(graph, tmp_path, kind):
    with pytest.raises(ValueError, match=rf"{kind} \(a\x00b\) must match"):
        summary.create_db_writer(str(tmp_path / "runs.db"), **{kind: "a\0b"})


@pytest.fixture
def installed():
    FakeSummaryWriter.install()
    tf.summary.FileWriterCache.clear()
    yield
    FakeSummaryWriter.uninstall()
    tf.summary.FileWriterCache.clear()


def test_hooks_write_into_the_stand_in(graph, installed, tmp_path):
    step = tf.train.get_or_create_global_step()
    twice = tf.summary.scalar("twice", 2 * step)
    hook = tf.train.SummarySaverHook(1, output_dir=str(tmp_path), summary_op=twice)
    forward = tf.assign_add(step, 1)
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        for _ in range(2):
            session.run(forward)
    writer = tf.summary.FileWriterCache.get(str(tmp_path))
    assert isinstance(writer, FakeSummaryWriter)
    given = [given for every in writer.summaries.values() for given in every]
    assert [given.value[0].tag for given in given] == ["twice", "twice"]
    assert list(tmp_path.iterdir()) == []


def test_what_was_given_is_asserted(graph):
    writer = FakeSummaryWriter("there", graph)
    message = tf.Summary(value=[tf.Summary.Value(tag="a", simple_value=2.0)])
    writer.add_summary(message, 3)
    writer.add_summary(message.SerializeToString(), 3)
    writer.add_graph(graph)
    writer.add_session_log("log", 1)
    writer.assert_summaries(
        CASE,
        expected_logdir="there",
        expected_graph=graph,
        expected_summaries={3: {"a": 2.0}},
        expected_added_graphs=[graph],
        expected_added_meta_graphs=[],
        expected_session_logs=["log"],
    )
    for wrong in (
        {"expected_logdir": "here"},
        {"expected_graph": tf.Graph()},
        {"expected_summaries": {4: {}}},
        {"expected_summaries": {3: {"a": 1.0}}},
        {"expected_added_graphs": []},
        {"expected_session_logs": []},
    ):
        with pytest.raises(AssertionError):
            writer.assert_summaries(CASE, **wrong)


def test_steps_below_zero_and_graph_definitions_are_refused(graph):
    writer = FakeSummaryWriter("there")
    for call in (writer.add_graph, writer.add_meta_graph):
        with pytest.raises(ValueError, match="Invalid global_step -1"):
            call(graph, global_step=-1)
    with pytest.raises(ValueError, match="Invalid global_step -2"):
        writer.add_run_metadata(None, "tag", -2)
    with pytest.raises(ValueError, match="Unexpected graph_def"):
        writer.add_graph(graph, graph_def=graph.as_graph_def())


def test_the_stand_in_is_installed_once(installed):
    with pytest.raises(ValueError, match="already installed"):
        FakeSummaryWriter.install()


def test_what_is_not_installed_cannot_be_taken_back():
    with pytest.raises(ValueError, match="not installed"):
        FakeSummaryWriter.uninstall()


def test_the_projectors_file_describes_its_messages():
    found = tf.contrib.tensorboard.plugins.projector
    assert set(found.DESCRIPTOR.message_types_by_name) >= {"EmbeddingInfo", "ProjectorConfig"}
    assert found.ProjectorConfig.DESCRIPTOR.file is found.DESCRIPTOR

"""Event files written while a session runs."""

import pytest

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.session import SessionRunner
from graphkit.session._events import EventLog


@pytest.fixture
def trained(graph):
    step = tf.train.get_or_create_global_step()
    with tf.control_dependencies([tf.assign_add(step, 1)]):
        tf.no_op(name="train")
    tf.summary.scalar("one", tf.constant(1.0))
    tf.summary.scalar("two", tf.constant(2.0))
    return graph


def events(folder):
    files = sorted(str(path) for path in folder.glob("events.out.tfevents.*"))
    return [event for path in files for event in tf.train.summary_iterator(path)]


def summaries(folder):
    return [
        (event.step, [value.tag for value in event.summary.value])
        for event in events(folder)
        if event.HasField("summary")
    ]


def traces(folder):
    return [e.tagged_run_metadata for e in events(folder) if e.HasField("tagged_run_metadata")]


def test_graph_is_recorded_at_once(trained, tmp_path):
    with SessionRunner(trained, log_dir=tmp_path):
        pass
    graphs = [event.graph_def for event in events(tmp_path) if event.HasField("graph_def")]
    assert "train" in {node.name for node in tf.GraphDef.FromString(graphs[0]).node}


def test_all_summaries_are_recorded_first_and_every_so_many_steps(trained, tmp_path):
    with SessionRunner(trained, log_dir=tmp_path) as runner:
        list(runner.steps("train", max_steps=7, summary_every=3))
        assert summaries(tmp_path) == [(step, ["one", "two"]) for step in (1, 3, 6)]


def test_one_summary_can_be_chosen(trained, tmp_path):
    with SessionRunner(trained, log_dir=tmp_path) as runner:
        list(runner.steps("train", max_steps=2, summary_every=1, summary="two"))
    assert summaries(tmp_path) == [(1, ["two"]), (2, ["two"])]


def test_graph_without_summaries_is_run(graph, tmp_path):
    tf.no_op(name="train")
    with SessionRunner(graph, log_dir=tmp_path) as runner:
        list(runner.steps("train", max_steps=2, summary_every=1))
    assert summaries(tmp_path) == []


def test_merged_summary_is_made_once(trained, tmp_path):
    for _ in range(2):
        with SessionRunner(trained, log_dir=tmp_path) as runner:
            list(runner.steps("train", num_steps=1))
    assert len(trained.get_collection(tf.GraphKeys.SUMMARY_OP)) == 1
    assert len(summaries(tmp_path)) == 2


def test_graph_finalised_without_merged_summary_is_run(trained, tmp_path):
    trained.finalize()
    with SessionRunner(trained, log_dir=tmp_path) as runner:
        list(runner.steps("train", num_steps=1))
    assert summaries(tmp_path) == []


def test_traces_hold_time_per_op(trained, tmp_path):
    with SessionRunner(trained, log_dir=tmp_path) as runner:
        list(runner.steps("train", max_steps=5, trace_every=2))
    found = traces(tmp_path)
    assert [trace.tag for trace in found] == ["step_00000002", "step_00000004"]
    metadata = tf.RunMetadata.FromString(found[0].run_metadata)
    assert any(device.node_stats for device in metadata.step_stats.dev_stats)


def test_step_is_traced_once(graph, tmp_path):
    log = EventLog(str(tmp_path), graph)
    for _ in range(2):
        log.trace(tf.RunMetadata(), 5)
    log.close()
    assert len(traces(tmp_path)) == 1


def test_resumed_run_marks_where_it_starts(trained, tmp_path):
    for last in (2, 4):
        with SessionRunner(
            trained, checkpoint_dir=tmp_path, resume=True, log_dir=tmp_path
        ) as runner:
            list(runner.steps("train", max_steps=last))
    starts = [e for e in events(tmp_path) if e.HasField("session_log")]
    assert [(e.step, e.session_log.status) for e in starts] == [(2, tf.SessionLog.START)]


def test_folder_that_is_a_file_is_told(trained, tmp_path):
    (tmp_path / "log").write_text("")
    told = r"no event file can be written in log_dir '.*log': .* is not a directory"
    with pytest.raises(RunError, match=told):
        SessionRunner(trained, log_dir=tmp_path / "log").__enter__()

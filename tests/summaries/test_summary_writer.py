"""What a SummaryWriter writes, read_events gives back."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from graphkit import summaries
from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UsageError

GOLDEN = Path(__file__).parents[1] / "golden" / "summaries"


@pytest.fixture
def writer(tmp_path):
    with summaries.SummaryWriter(tmp_path / "run") as opened:
        yield opened


@pytest.fixture
def written(writer):
    """The log of what the test wrote."""

    def read():
        writer.close()
        return summaries.read_events(writer.path)

    return read


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.array([0.5]), np.float16(0.5)])
def test_scalars_come_back(writer, written, value):
    writer.add_scalar("loss", value, 1)
    writer.add_scalar("loss", 2, np.int64(7))
    events = written().scalars["loss"]
    assert [(event.step, event.value) for event in events] == [(1, 0.5), (7, 2.0)]
    assert events[0].wall_time <= events[1].wall_time


def test_what_a_session_gives_comes_back(graph, session, writer, written):
    summaries.scalar("loss", tf.constant(0.25))
    summaries.histogram("weights", tf.constant([1.0, 2.0, 2.0]))
    merged = session.run(summaries.merge_all())
    writer.add(merged, 3)
    writer.add(tf.Summary.FromString(merged), 4)
    log = written()
    assert [(event.step, event.value) for event in log.scalars["loss"]] == [(3, 0.25), (4, 0.25)]
    assert log.histograms["weights"][0].count == 3


def test_histograms_come_back_as_buckets(writer, written):
    writer.add_histogram("w", [[1.0, 2.0], [2.0, 4.0]], 5)
    (event,) = written().histograms["w"]
    assert (event.step, event.count) == (5, 4)
    left, right, count = event.buckets.T
    assert (left[0], right[-1]) == (1.0, 4.0)
    assert list(count[count > 0]) == [1, 2, 1]


@pytest.mark.parametrize("case", ["few", "none", "spread"])
def test_histograms_have_the_buckets_of_tensorflow_1(writer, case):
    recorded = json.loads((GOLDEN / "histograms.json").read_text())[case]
    writer.add_histogram("w", np.array(recorded.pop("numbers"), np.float64), 0)
    writer.close()
    event = list(tf.train.summary_iterator(writer.path))[-1]
    histogram = event.summary.value[0].histo
    for field, expected in recorded.items():
        np.testing.assert_allclose(getattr(histogram, field), expected, rtol=1e-12)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_images_come_back_to_the_pixel(writer, written, channels):
    pixels = np.arange(4 * 5 * channels, dtype=np.uint8).reshape(4, 5, channels)
    writer.add_image("picture", pixels, 2)
    (event,) = written().images["picture"]
    assert event.step == 2
    np.testing.assert_array_equal(event.pixels(), pixels)


def test_float_images_lie_between_0_and_1(writer, written):
    writer.add_image("picture", np.array([[[0.0], [0.5], [1.0]]]), 0)
    np.testing.assert_array_equal(written().images["picture"][0].pixels().ravel(), [0, 128, 255])


def test_texts_come_back(writer, written):
    writer.add_text("note", "größer\n\n*soon*", 1)
    (event,) = written().texts["note"]
    assert (event.step, event.value) == (1, "größer\n\n*soon*")


def test_the_graph_comes_back(graph, tmp_path):
    tf.constant(1.0, name="one")
    with summaries.SummaryWriter(tmp_path, graph=graph) as writer:
        pass
    (node,) = summaries.read_events(writer.path).graph.node
    assert node.name == "one"
    assert "_output_shapes" in node.attr


def test_a_graph_def_comes_back(graph, writer, written):
    tf.constant(1.0, name="one")
    writer.add_graph(graph.as_graph_def())
    assert [node.name for node in written().graph.node] == ["one"]


def test_run_metadata_come_back(graph, session, writer, written):
    metadata = tf.RunMetadata()
    traced = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    session.run(tf.constant(1.0) + 1.0, options=traced, run_metadata=metadata)
    writer.add_run_metadata(metadata, "step 8", 8)
    assert written().run_metadata["step 8"] == metadata
    assert metadata.step_stats.dev_stats


def test_tensorflow_reads_the_file(writer):
    writer.add_scalar("a", 1.0, 1)
    writer.flush()
    events = list(tf.train.summary_iterator(writer.path))
    assert events[0].file_version == "brain.Event:2"
    assert events[1].summary.value[0].simple_value == 1.0


def test_an_event_is_on_disk_after_flush_and_stays_after_close(writer):
    writer.add_scalar("a", 1.0, 1)
    before = os.path.getsize(writer.path)
    writer.flush()
    after = os.path.getsize(writer.path)
    writer.close()
    writer.close()
    writer.flush()
    assert before < after == os.path.getsize(writer.path)


def test_no_event_waits_when_flush_secs_is_0(tmp_path):
    with summaries.SummaryWriter(tmp_path, flush_secs=0) as writer:
        writer.add_scalar("a", 1.0, 1)
        assert len(summaries.read_events(writer.path).scalars["a"]) == 1


def test_two_writers_of_one_folder_write_two_files(tmp_path):
    with summaries.SummaryWriter(tmp_path) as one, summaries.SummaryWriter(tmp_path) as other:
        one.add_scalar("a", 1.0, 1)
        other.add_scalar("a", 2.0, 2)
    log = summaries.read_events(tmp_path)
    assert sorted(log.paths) == sorted([one.path, other.path])
    assert sorted(event.value for event in log.scalars["a"]) == [1.0, 2.0]


def test_threads_share_a_writer(writer, written):
    def add(start):
        for step in range(start, start + 50):
            writer.add_scalar("a", step, step)

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 50, 100, 150)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log = written()
    assert sorted(event.value for event in log.scalars["a"]) == list(range(200))
    assert log.warnings == []


def test_the_folder_is_made_below_logs_unless_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with summaries.SummaryWriter() as writer:
        pass
    assert Path(writer.path).parent.parent == Path("logs")
    assert (tmp_path / writer.path).is_file()


def test_a_histogram_of_numbers_whose_squares_are_too_large(writer, written):
    writer.add_histogram("h", [1e200, 1e200], 1)
    assert written().histograms["h"][0].count == 2


def test_a_step_beyond_int64_is_refused(writer):
    with pytest.raises(ArgumentError, match="step must be within the range of int64, got 9223372"):
        writer.add_scalar("a", 1.0, 2**63)


def test_a_closed_writer_refuses_more(writer):
    writer.close()
    with pytest.raises(UsageError, match=r"tfevents.* is closed; nothing can be added"):
        writer.add_scalar("a", 1.0, 1)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        ArgumentError, match=r"log_dir must be a folder .*Not a directory.*file/run"
    ):
        summaries.SummaryWriter(tmp_path / "file" / "run")


def test_a_negative_flush_interval_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match="flush_secs must be 0 or more, got -1"):
        summaries.SummaryWriter(tmp_path / "run", flush_secs=-1)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("add", "arguments", "error", "message"),
    [
        ("add", (b"\xff\xff", 1), ArgumentError, "must be a serialized Summary"),
        ("add", ("loss", 1), ArgumentTypeError, "bytes or a tf.Summary, got str"),
        ("add_scalar", ("a", [1.0, 2.0], 1), ArgumentError, r"add_scalar\('a'\): value .*\[2\]"),
        ("add_scalar", ("a", "x", 1), ArgumentTypeError, "real numbers, got <U1"),
        ("add_scalar", ("a", True, 1), ArgumentTypeError, "real numbers, got bool"),
        ("add_scalar", ("a", 1j, 1), ArgumentTypeError, "real numbers, got complex128"),
        ("add_scalar", ("a", 1.0, 1.5), ArgumentTypeError, "step must be an integer, got float"),
        ("add_histogram", ("a", [1, np.nan], 1), ArgumentError, "must be finite, got nan"),
        ("add_histogram", ("a", [np.inf], 1), ArgumentError, "must be finite, got inf"),
        ("add_histogram", ("a", ["x"], 1), ArgumentTypeError, "values must be real numbers"),
        ("add_image", ("a", np.zeros([2, 2]), 1), ArgumentError, r"\[H, W, C\].*got \[2, 2\]"),
        ("add_image", ("a", np.zeros([2, 2, 2]), 1), ArgumentError, r"got \[2, 2, 2\]"),
        ("add_image", ("a", np.zeros([0, 2, 3]), 1), ArgumentError, r"got \[0, 2, 3\]"),
        ("add_image", ("a", np.full([1, 1, 1], 2.0), 1), ArgumentError, "between 0 and 1 .*2 to 2"),
        ("add_image", ("a", np.full([1, 1, 1], np.nan), 1), ArgumentError, "nan to nan"),
        ("add_image", ("a", np.zeros([1, 1, 1], int), 1), ArgumentTypeError, "got int64"),
        ("add_text", ("a", b"x", 1), ArgumentTypeError, "must be a str, got bytes"),
        ("add_graph", ("g",), ArgumentTypeError, "tf.Graph or tf.GraphDef, got str"),
        ("add_run_metadata", (None, "t", 1), ArgumentTypeError, "RunMetadata, got NoneType"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(writer, written, add, arguments, error, message):
    with pytest.raises(error, match=message):
        getattr(writer, add)(*arguments)
    log = written()
    assert not (log.scalars or log.histograms or log.images or log.texts or log.run_metadata)

"""Reading event files: of TF1, of TF2, cut short, damaged and hostile."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from graphkit import summaries
from graphkit._tf import tf
from graphkit.errors import CorruptFileError, MissingFileError
from graphkit.records import RecordWriter

RECORDED = Path(__file__).parents[1] / "golden" / "summaries" / "run"


@pytest.fixture
def recorded():
    return summaries.read_events(RECORDED)


def _write(path, *events):
    with tf.python_io.TFRecordWriter(str(path)) as writer:
        for event in events:
            writer.write(event if isinstance(event, bytes) else event.SerializeToString())
    return path


def _scalar(step, value=1.0, tag="a"):
    summary = tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)])
    return tf.Event(step=step, wall_time=step, summary=summary)


def _tensor(plugin, value, tag="a", step=0):
    metadata = tf.SummaryMetadata(plugin_data=tf.SummaryMetadata.PluginData(plugin_name=plugin))
    tensor = tf.make_tensor_proto(value)
    entry = tf.Summary.Value(tag=tag, tensor=tensor, metadata=metadata if plugin else None)
    return tf.Event(step=step, summary=tf.Summary(value=[entry]))


def test_scalars_of_tensorflow_1(recorded):
    assert [(e.step, e.value) for e in recorded.scalars["average"]] == [(0, 3.5), (1, 4.5)]


def test_histograms_of_tensorflow_1(recorded):
    first, second = recorded.histograms["values"]
    assert (first.step, first.count, first.buckets[-1, 1]) == (0, 8, 7.0)
    assert (second.step, second.count, second.buckets[0, 0]) == (1, 8, 1.0)


def test_images_of_tensorflow_1(recorded):
    assert sorted(recorded.images) == ["pictures/image/0", "pictures/image/1"]
    first = recorded.images["pictures/image/0"][0]
    # Without negative numbers, TF1 scales an image so that its largest number becomes 255.
    np.testing.assert_array_equal(first.pixels().ravel(), [0, 85, 170, 255])


def test_texts_of_tensorflow_1_after_the_first_step_too(recorded):
    assert [(e.step, e.value) for e in recorded.texts["note"]] == [(0, "**bold**"), (1, "**bold**")]


def test_graph_and_run_metadata_of_tensorflow_1(recorded):
    assert "x" in [node.name for node in recorded.graph.node]
    assert list(recorded.run_metadata) == ["last"]
    assert recorded.run_metadata["last"].step_stats.dev_stats
    assert recorded.warnings == []


def test_scalars_of_tensorflow_2(tmp_path):
    path = _write(tmp_path / "tfevents", _tensor("scalars", np.float32(0.5), step=4))
    assert [(e.step, e.value) for e in summaries.read_events(path).scalars["a"]] == [(4, 0.5)]


def test_histograms_of_tensorflow_2(tmp_path):
    buckets = np.array([[0.0, 1.0, 3.0], [1.0, 2.0, 4.0]])
    path = _write(tmp_path / "tfevents", _tensor("histograms", buckets))
    (event,) = summaries.read_events(path).histograms["a"]
    np.testing.assert_array_equal(event.buckets, buckets)
    assert event.count == 7


def test_several_images_of_tensorflow_2(tmp_path):
    path = _write(tmp_path / "tfevents", _tensor("images", [b"2", b"1", b"one", b"other"]))
    events = summaries.read_events(path).images["a"]
    assert [event.encoded for event in events] == [b"one", b"other"]


def test_a_table_of_texts(tmp_path):
    path = _write(tmp_path / "tfevents", _tensor("text", [["a", "b"], ["c", "\xff"]]))
    (event,) = summaries.read_events(path).texts["a"]
    assert event.strings == ("a", "b", "c", "\xff")
    assert event.value == "a\nb\nc\n\xff"


def test_values_of_other_plugins_are_passed_over(tmp_path):
    path = _write(tmp_path / "tfevents", _tensor("pr_curves", [1.0]), _scalar(1))
    log = summaries.read_events(path)
    assert list(log.scalars) == ["a"]
    assert log.warnings == []


def test_every_step_is_kept(tmp_path):
    path = _write(tmp_path / "tfevents", *[_scalar(step) for step in range(3000)])
    assert [e.step for e in summaries.read_events(path).scalars["a"]] == list(range(3000))


def test_a_folder_with_a_space_is_read_in_the_order_of_its_files(tmp_path):
    folder = tmp_path / "my run"
    folder.mkdir()
    _write(folder / "events.out.tfevents.2", _scalar(2))
    _write(folder / "events.out.tfevents.1", _scalar(1))
    (folder / "checkpoint").write_text("other things lie here too")
    assert [e.step for e in summaries.read_events(folder).scalars["a"]] == [1, 2]


def test_a_file_cut_short_gives_what_is_whole(tmp_path):
    path = _write(tmp_path / "tfevents", _scalar(1), _scalar(2), _scalar(3))
    path.write_bytes(path.read_bytes()[:-5])
    log = summaries.read_events(path)
    assert [e.step for e in log.scalars["a"]] == [1, 2]
    assert len(log.warnings) == 1
    assert "tfevents, byte" in log.warnings[0]


def test_a_damaged_byte_ends_the_file(tmp_path):
    path = _write(tmp_path / "tfevents", _scalar(1), _scalar(2))
    data = bytearray(path.read_bytes())
    data[-8] ^= 1
    path.write_bytes(data)
    log = summaries.read_events(path)
    assert [e.step for e in log.scalars["a"]] == [1]
    assert "what stands before it was read" in log.warnings[0]


def test_one_damaged_file_leaves_the_others(tmp_path):
    _write(tmp_path / "tfevents.1", _scalar(1))
    (tmp_path / "tfevents.2").write_bytes(b"no records")
    log = summaries.read_events(tmp_path)
    assert len(log.scalars["a"]) == 1
    assert "tfevents.2" in log.warnings[0]


def test_a_length_of_exabytes_is_not_believed(tmp_path):
    path = tmp_path / "tfevents"
    with RecordWriter(path) as writer:
        writer.write(_scalar(1).SerializeToString())
    hostile = struct.pack("<Q", 2**62)
    crc = struct.unpack("<I", _crc(hostile))[0]
    path.write_bytes(path.read_bytes() + hostile + struct.pack("<I", crc) + b"x" * 20)
    assert len(summaries.read_events(path).scalars["a"]) == 1


def _crc(data):
    import google_crc32c

    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


@pytest.mark.parametrize(
    "record",
    [
        b"\xff\xff\xff",
        _tensor("histograms", [1.0, 2.0]),
        _tensor("scalars", "words"),
        tf.Event(graph_def=b"\xff\xff"),
    ],
)
def test_a_record_that_is_no_event_is_left_out(tmp_path, record):
    path = _write(tmp_path / "tfevents", record, _scalar(2))
    log = summaries.read_events(path)
    assert [e.step for e in log.scalars["a"]] == [2]
    assert "holds no event and was left out" in log.warnings[0]


@pytest.mark.parametrize("plugin", ["scalars", "histograms", "images", "text"])
def test_a_tensor_that_claims_gigabytes_is_not_unfolded(tmp_path, plugin):
    bomb = _tensor(plugin, [1.0])
    bomb.summary.value[0].tensor.tensor_shape.dim[0].size = 2**40
    log = summaries.read_events(_write(tmp_path / "x.tfevents", _scalar(1), bomb, _scalar(2)))
    assert [event.step for event in log.scalars["a"]] == [1, 2]
    assert len(log.warnings) == 1
    assert "bytes claims 1099511627776 numbers" in log.warnings[0]


def test_pixels_of_what_is_no_image(tmp_path):
    path = _write(tmp_path / "tfevents", _tensor("images", [b"1", b"1", b"no png"], step=9))
    (event,) = summaries.read_events(path).images["a"]
    with pytest.raises(CorruptFileError, match="tfevents: the image of step 9 cannot be decoded"):
        event.pixels()


def test_a_missing_path_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        summaries.read_events(tmp_path / "absent")


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(MissingFileError, match=r"holds no event file \(named \*tfevents\*\)$"):
        summaries.read_events(tmp_path)


def test_a_folder_of_runs_names_them(tmp_path):
    (tmp_path / "first").mkdir()
    _write(tmp_path / "first" / "tfevents", _scalar(1))
    with pytest.raises(MissingFileError, match=r"holds no event file.*below it does: .*first"):
        summaries.read_events(tmp_path)


@pytest.mark.parametrize("content", [b"", b"words", b"\x00" * 64])
def test_a_file_without_a_whole_event_is_refused(tmp_path, content):
    path = tmp_path / "tfevents"
    path.write_bytes(content)
    with pytest.raises(CorruptFileError, match="tfevents: no event can be read"):
        summaries.read_events(path)

"""What inspect_file tells of each kind of file, by content and not by name."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError, UnsafeFileError
from graphkit.export import TensorInfo, freeze_session, inspect_file
from graphkit.records import RecordWriter, encode_example

RECORDED = Path(__file__).parents[1] / "golden" / "export"


@pytest.fixture
def records(tmp_path):
    with RecordWriter(tmp_path / "digits.tfrecord") as writer:
        for label in range(3):
            writer.write(encode_example({"image": b"\0" * 4, "label": label}))
    return tmp_path / "digits.tfrecord"


@pytest.fixture
def checkpoint(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("v", [2, 3])
        tf.get_variable("words", initializer=["a", "b"])
        step = tf.train.get_or_create_global_step()
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "model.ckpt"), step)
    return tmp_path / "model.ckpt-0"


def _write(path, build):
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def test_a_frozen_graph(dense, tmp_path):
    freeze_session(dense, tmp_path / "any.name", outputs=["logits", "y"])
    report = inspect_file(tmp_path / "any.name")
    assert (report.kind, report.bytes) == ("frozen graph", (tmp_path / "any.name").stat().st_size)
    details = report.details
    assert details.inputs == [TensorInfo("x", "float32", (None, 3))]
    assert details.outputs == ["logits", "y"]
    assert details.parameters == 8
    assert details.ops["Const"] == 2
    assert sum(details.ops.values()) == details.nodes
    assert details.producer > 0
    assert (details.pipeline_ops, details.unsafe_ops) == ([], [])


def test_a_text_graph(dense, tmp_path):
    freeze_session(dense, tmp_path / "m.bin", outputs="y", text=True)
    assert inspect_file(tmp_path / "m.bin").kind == "frozen graph"


def test_a_graph_frozen_by_tensorflow_1():
    details = inspect_file(RECORDED / "recurrent.pb").details
    assert details.inputs == [TensorInfo("words", "int64", (None, 5))]
    assert details.outputs == ["strongest", "winner"]
    assert details.parameters == 11 * 4 + (4 + 3) * 12 + 12


def test_a_graph_with_variables_queues_and_file_access(tmp_path):
    def build():
        queue = tf.FIFOQueue(1, [tf.string], name="queue")
        tf.io.read_file(queue.dequeue(name="next"), name="read")
        tf.get_variable("v", [4], use_resource=False)
        tf.split(tf.placeholder(tf.float32, [4], name="x"), 2, name="parts")

    report = inspect_file(_write(tmp_path / "graph.pb", build))
    assert report.kind == "graph"
    assert report.details.pipeline_ops == ["queue (FIFOQueueV2)", "next (QueueDequeueV2)"]
    assert report.details.unsafe_ops == ["read (ReadFile)"]
    assert report.details.parameters == 4


def test_an_output_among_several_of_its_op(graph, session, tmp_path):
    tf.split(tf.placeholder(tf.float32, [4], name="x"), 2, name="parts")
    freeze_session(session, tmp_path / "m.pb", outputs="parts:1")
    assert inspect_file(tmp_path / "m.pb").details.outputs == ["parts:1"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({}, TensorInfo("x", "unknown dtype 0", None)),
        ({"dtype": 99}, TensorInfo("x", "unknown dtype 99", None)),
    ],
)
def test_a_placeholder_that_says_little(tmp_path, attributes, expected):
    node = tf.NodeDef(name="x", op="Placeholder")
    for name, value in attributes.items():
        node.attr[name].type = value
    (tmp_path / "m").write_bytes(tf.GraphDef(node=[node]).SerializeToString())
    assert inspect_file(tmp_path / "m").details.inputs == [expected]


def test_ops_this_tensorflow_does_not_have_are_shown(tmp_path):
    graph_def = tf.GraphDef(node=[tf.NodeDef(name="y", op="MyOwnOp")])
    (tmp_path / "m").write_bytes(graph_def.SerializeToString())
    assert inspect_file(tmp_path / "m").details.ops == {"MyOwnOp": 1}


def test_a_meta_graph():
    report = inspect_file(RECORDED / "convnet" / "model.ckpt-6.meta")
    assert report.kind == "meta graph"
    assert TensorInfo("is_training", "bool", ()) in report.details.inputs


@pytest.mark.parametrize(
    "given",
    ["", "checkpoint", "model.ckpt-0", "model.ckpt-0.index", "model.ckpt-0.data-00000-of-00001"],
)
def test_a_checkpoint_by_any_of_its_names(checkpoint, given):
    report = inspect_file(checkpoint.parent / given)
    assert (report.kind, report.path) == ("checkpoint", checkpoint)
    details = report.details
    assert details.variables == [
        TensorInfo("global_step", "int64", ()),
        TensorInfo("v", "float32", (2, 3)),
        TensorInfo("words", "string", (2,)),
    ]
    assert (details.version, details.parameters, details.global_step) == ("V2", 9, 0)
    assert details.has_graph
    assert 0 < details.bytes == report.bytes


def test_a_checkpoint_of_version_1(tmp_path):
    shutil.copy(RECORDED / "version_1.ckpt", tmp_path / "some file")
    details = inspect_file(tmp_path / "some file").details
    assert (details.version, details.global_step, details.has_graph) == ("V1", 6, False)
    assert TensorInfo("conv/kernel", "float32", (3, 3, 2, 3)) in details.variables


def test_a_checkpoint_without_a_step(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("not_global_step", initializer=1.0)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "m"), write_meta_graph=False)
    assert inspect_file(tmp_path / "m").details.global_step is None


def test_records(records):
    report = inspect_file(records)
    assert (report.kind, report.details.count) == ("TFRecord", 3)
    assert sorted(report.details.features) == ["image", "label"]


def test_compressed_records_under_another_name(records, tmp_path):
    (tmp_path / "data.pb").write_bytes(gzip.compress(records.read_bytes()))
    report = inspect_file(tmp_path / "data.pb")
    assert (report.kind, report.details.compression, report.details.count) == (
        "TFRecord",
        "GZIP",
        3,
    )


def test_every_report_can_be_json_and_text(dense, records, checkpoint, tmp_path):
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    for path, shown in {
        tmp_path / "m.pb": "  x  float32  [None, 3]",
        checkpoint: "  v  float32  [2, 3]",
        records: "  label  int64",
    }.items():
        report = inspect_file(path)
        plain = json.loads(json.dumps(report.to_dict()))
        assert (plain["path"], plain["kind"]) == (str(path), report.kind)
        text = report.to_text()
        assert text.startswith(f"{path}: {report.kind}, {report.bytes:,} bytes\n")
        assert shown in text


def test_ops_that_reach_out_are_told_in_every_version(tmp_path):
    kinds = [
        "CacheDatasetV2",
        "DatasetFromGraph",
        "DebugNumericSummary",
        "DecodeProtoV2",
        "ExperimentalLMDBDataset",
        "GenerateVocabRemapping",
        "LoadAndRemapMatrix",
        "ReadFile",
        "RecordInput",
        "SnapshotDatasetV2",
    ]
    graph_def = tf.GraphDef(node=[tf.NodeDef(name=kind.lower(), op=kind) for kind in kinds])
    graph_def.node.add(name="y", op="DecodePng")
    (tmp_path / "m.pb").write_bytes(graph_def.SerializeToString())
    found = inspect_file(tmp_path / "m.pb").details.unsafe_ops
    assert found == [f"{kind.lower()} ({kind})" for kind in kinds]


@pytest.mark.parametrize("given", [".", "saved_model.pb"])
def test_a_saved_model_tells_its_signatures(graph, session, tmp_path, given):
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.saved_model.simple_save(session, str(tmp_path / "saved"), {"x": x}, {"y": x + 1})
    report = inspect_file(tmp_path / "saved" / given)
    assert report.kind == "SavedModel"
    (signature,) = report.details.signatures
    assert (signature.name, signature.tags) == ("serving_default", ["serve"])
    assert signature.method == "tensorflow/serving/predict"
    assert signature.inputs == {"x": TensorInfo("x:0", "float32", (None,))}
    assert signature.outputs == {"y": TensorInfo("add:0", "float32", (None,))}
    assert report.details.tensorflow == tf.__version__


def test_an_event_file_is_told_from_records(graph, tmp_path):
    with tf.summary.FileWriter(str(tmp_path), graph):
        pass
    report = inspect_file(next(tmp_path.iterdir()))
    assert (report.kind, report.details.count) == ("event file", 3)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        inspect_file(tmp_path / "absent")


def test_a_folder_without_checkpoint_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="holds no checkpoint"):
        inspect_file(tmp_path)


def test_a_folder_of_several_checkpoints_asks_which(checkpoint, tmp_path):
    for file in tmp_path.glob("model.ckpt-0.*"):
        shutil.copy(file, tmp_path / file.name.replace("ckpt-0", "ckpt-1"))
    (tmp_path / "checkpoint").unlink()
    with pytest.raises(ArgumentError, match=r"one of model.ckpt-0, model.ckpt-1 in it"):
        inspect_file(tmp_path)


@pytest.mark.parametrize("content", [b"words", b"\x00" * 100, b"\xff" * 5000, b"\x89PNG\r\n\x1a\n"])
def test_an_unknown_file_lists_what_is_known(tmp_path, content):
    (tmp_path / "thing").write_bytes(content)
    with pytest.raises(CorruptFileError, match=r"thing: is damaged, or not a frozen graph .*TFRe"):
        inspect_file(tmp_path / "thing")


def test_an_empty_file_is_named(tmp_path):
    (tmp_path / "thing").touch()
    with pytest.raises(CorruptFileError, match="thing: is empty"):
        inspect_file(tmp_path / "thing")


def test_a_large_unknown_file_is_not_read(tmp_path):
    with open(tmp_path / "thing", "wb") as file:
        file.write(b"words")
        file.truncate(2**31)
    with pytest.raises(UnsafeFileError, match="thing: larger than 2 GiB, and not a frozen graph"):
        inspect_file(tmp_path / "thing")


def test_records_cut_short_are_damaged_records(records):
    records.write_bytes(records.read_bytes()[:-5])
    with pytest.raises(CorruptFileError, match=r"digits.tfrecord, byte"):
        inspect_file(records)


def test_a_record_of_gigabytes_is_refused(tmp_path):
    length = (2**29).to_bytes(8, "little")
    with open(tmp_path / "thing", "wb") as file:
        file.write(length + _masked_crc(length))
        file.truncate(2**29 + 16)
    with pytest.raises(UnsafeFileError, match="thing, byte 0: this record has 536870912 bytes"):
        inspect_file(tmp_path / "thing")


def _masked_crc(data):
    import google_crc32c

    crc = google_crc32c.value(data)
    return (((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF).to_bytes(4, "little")


def test_values_cut_short_are_noticed(checkpoint):
    data = Path(f"{checkpoint}.data-00000-of-00001")
    data.write_bytes(data.read_bytes()[:20])
    said = r"model.ckpt-0: the checkpoint .*its data is cut short: 20 bytes of model.ckpt-0.data-"
    with pytest.raises(CorruptFileError, match=said):
        inspect_file(checkpoint)


def test_missing_values_are_noticed(checkpoint):
    Path(f"{checkpoint}.data-00000-of-00001").unlink()
    said = r"model.ckpt-0.data-00000-of-00001, which holds its values, is not beside it"
    with pytest.raises(CorruptFileError, match=said):
        inspect_file(checkpoint)


def test_a_damaged_step_counter_is_noticed(checkpoint):
    data = Path(f"{checkpoint}.data-00000-of-00001")
    data.write_bytes(b"\x07" * data.stat().st_size)
    with pytest.raises(CorruptFileError, match="'global_step' cannot be read"):
        inspect_file(checkpoint)


@pytest.mark.parametrize("size", [0, 20, 100])
def test_a_damaged_index_is_noticed(checkpoint, size):
    index = Path(f"{checkpoint}.index")
    index.write_bytes(index.read_bytes()[:size])
    with pytest.raises(CorruptFileError, match="the checkpoint cannot be read"):
        inspect_file(checkpoint)


def test_no_damage_to_a_graph_file_ends_in_anything_but_an_error_of_ours(dense, tmp_path):
    path = tmp_path / "m.pb"
    freeze_session(dense, path, outputs="y")
    whole = bytearray(path.read_bytes())
    random = np.random.default_rng(0)
    for _ in range(150):
        damaged = bytearray(whole)
        for place in random.integers(0, len(whole), 3):
            damaged[place] = random.integers(0, 256)
        path.write_bytes(damaged)
        try:
            json.dumps(inspect_file(path).to_dict())
        except (CorruptFileError, UnsafeFileError):
            continue


def test_the_text_says_nothing_of_what_the_file_leaves_open(graph, tmp_path):
    tf.identity(tf.placeholder(tf.bool, name="x"), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    assert "\n  x  bool\n" in inspect_file(tmp_path / "m.pb").to_text()
    with RecordWriter(tmp_path / "r.tfrecord") as writer:
        writer.write(b"")
    text = inspect_file(tmp_path / "r.tfrecord").to_text()
    assert "None" not in text
    assert "compression" not in text

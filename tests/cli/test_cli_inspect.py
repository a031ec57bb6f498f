"""`graphkit inspect`: what it prints of graphs, SavedModels and checkpoints of 1.15.5."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphkit._tf import tf
from graphkit.records import RecordWriter

GOLDEN = Path(__file__).parents[1] / "golden"
META = GOLDEN / "export" / "convnet" / "model.ckpt-6.meta"
SAVED = GOLDEN / "old_graphs" / "saved_model"
V1 = GOLDEN / "export" / "version_1.ckpt"
OLD = GOLDEN / "stored" / "old"


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (META, "tensorflow: 1.15.5"),
        (META, "parameters: 421"),
        (META, "parameter bytes: 1,688"),
        (META, "  is_training  bool  []"),
        (META, "  ApplyMomentum  5"),
        (META, "  Switch  11"),
        (META, "  /device:CPU:0  3"),
        (META, "  fifo_queue (FIFOQueueV2)"),
        (META, "  save/RestoreV2 (RestoreV2)"),
        (META, "  conv/kernel  float32  [3, 3, 2, 3]"),
        (SAVED, "producer: 134"),
        (SAVED, "signatures: 0"),
        (V1, "version: V1"),
        (V1, "global step: 6"),
        (OLD, "  net/out/weights/Momentum  float32  [3, 2]"),
    ],
)
def test_a_report_has_a_line_for_each_thing(graphkit, file, line):
    outcome = graphkit("inspect", file)
    assert (outcome.code, outcome.err) == (0, "")
    assert line in outcome.out.splitlines()


@pytest.mark.parametrize(
    ("file", "kind"),
    [(META, "meta graph"), (SAVED, "SavedModel"), (V1, "checkpoint"), (OLD, "checkpoint")],
)
def test_json_says_what_it_is(graphkit, file, kind):
    report = json.loads(graphkit("inspect", file, "--json").out)
    assert (report["path"], report["kind"]) == (str(file), kind)
    assert report["bytes"] > 0
    assert report["parameters"] > 0


def test_json_of_a_graph_has_its_weights(graphkit):
    report = json.loads(graphkit("inspect", GOLDEN / "stored" / "new.pb", "--json").out)
    assert report["weights"][0] == {
        "name": "model/first/weights",
        "dtype": "float32",
        "shape": [4, 3],
    }
    assert report["unsafe_ops"] == []
    assert report["training_ops"] == {"Assign": 5}


def test_a_tree_sums_up_scopes(graphkit):
    outcome = graphkit("inspect", OLD, "--tree")
    assert outcome.out.splitlines() == [
        f"{OLD}: checkpoint, 66 parameters",
        "net/  66",
        "  first/  30",
        "    biases  6  float32 [3]",
        "      Momentum  3  float32 [3]",
        "    weights  24  float32 [4, 3]",
        "      Momentum  12  float32 [4, 3]",
        "  out/  12",
        "    weights  12  float32 [3, 2]",
        "      Momentum  6  float32 [3, 2]",
        "  second/  24",
        "    biases  6  float32 [3]",
        "      Momentum  3  float32 [3]",
        "    weights  18  float32 [3, 3]",
        "      Momentum  9  float32 [3, 3]",
    ]


def test_records_have_no_tree(graphkit, tmp_path):
    with RecordWriter(tmp_path / "r.tfrecord") as writer:
        writer.write(b"one")
    outcome = graphkit("inspect", "r.tfrecord", "--tree")
    assert (outcome.code, outcome.out) == (2, "")
    assert "a graph or a checkpoint, which have variables" in outcome.err
    assert len(outcome.err.splitlines()) == 1


def test_a_saved_model_shows_its_signatures(graphkit, graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    tf.saved_model.simple_save(session, "saved", {"images": x}, {"sums": tf.reduce_sum(x, 1)})
    lines = graphkit("inspect", "saved").out.splitlines()
    place = lines.index("signatures: 1")
    assert lines[place + 1].startswith("  serving_default  tags ['serve']")
    assert "images" in lines[place + 1] and "sums" in lines[place + 1]


FLOPS = GOLDEN / "flops" / "network.pb"


def test_operations_are_counted_for_a_batch(graphkit, graph, tmp_path):
    tf.nn.relu(tf.placeholder(tf.float32, [None, None, 1000], name="x"), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    lines = graphkit("inspect", "m.pb", "--batch", 2).out.splitlines()
    assert {"batch: 2", "flops: 0", "uncounted ops: 1"} <= set(lines)
    lines = graphkit("inspect", "m.pb", "--shape", "x=3,2,1000").out.splitlines()
    assert {"batch: 1", "flops: 6,000", "  Relu  6,000", "uncounted ops: 0"} <= set(lines)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--batch", "0"], "--batch"),
        (["--shape", "x"], "'x' is not of the form NAME=SIZES"),
        (["--shape", "x=1,two"], "'1,two' is not of the form 1,224,224,3"),
        (["--shape", "x=-1"], "'-1' is not of the form 1,224,224,3"),
        (["--shape", "x=1", "--shape", "x=2"], "names 'x' twice"),
        (["--shape", "y=1"], "must be the name of a node, such as x, got 'y'"),
    ],
)
def test_shapes_that_cannot_be_are_refused(graphkit, arguments, reason):
    outcome = graphkit("inspect", FLOPS, *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert reason in outcome.err


def test_a_picture_and_a_page_are_written(graphkit, tmp_path):
    outcome = graphkit("inspect", FLOPS, "--svg", "m.svg", "--html", "m.html", "--batch", 3)
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "wrote m.svg\nwrote m.html\n")
    assert (tmp_path / "m.svg").read_text().startswith("<svg ")
    assert "for a batch of 3" in (tmp_path / "m.html").read_text()


def test_a_picture_of_what_is_no_graph_is_refused(graphkit, tmp_path):
    outcome = graphkit("inspect", OLD, "--svg", "m.svg")
    assert (outcome.code, outcome.out) == (2, "")
    assert "a graph; a page (HTML) shows any file" in outcome.err
    assert list(tmp_path.iterdir()) == []

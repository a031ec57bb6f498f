"""What is in the file of a frozen session: nodes, inputs, pins, and the report of it."""

from __future__ import annotations

import numpy as np
import pytest
from frozen_files import check_same, frozen, ops

from graphkit._tf import tf
from graphkit.export import TensorInfo, freeze_session, load_graph


def test_the_report_says_what_was_written(dense, tmp_path):
    path = tmp_path / "my model.pb"
    report = freeze_session(dense, path, outputs=["logits", "y:0"])
    assert report.path == path
    assert report.inputs == [TensorInfo("x", "float32", (None, 3))]
    assert report.outputs == [
        TensorInfo("logits", "float32", (None, 2)),
        TensorInfo("y", "float32", (None, 2)),
    ]
    assert (report.parameters, report.batches_checked) == (8, 2)
    assert report.max_abs_diff <= 1e-6
    assert report.nodes == len(frozen(path).node)
    assert report.bytes == path.stat().st_size


def test_no_variable_and_no_training_node_is_left(dense, tmp_path):
    with dense.graph.as_default():
        optimizer = tf.train.GradientDescentOptimizer(0.1)
        optimizer.minimize(tf.reduce_mean(dense.graph.get_tensor_by_name("y:0")), name="train")
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    kinds = set(ops(tmp_path / "m.pb").values())
    assert kinds - {"Add", "AddV2"} == {"Const", "Identity", "MatMul", "Placeholder", "Softmax"}


def test_nothing_is_added_to_the_session_graph(dense, tmp_path):
    dense.graph.finalize()
    before = dense.graph.as_graph_def()
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    assert dense.graph.as_graph_def() == before


def test_the_file_computes_the_same(dense, batch, tmp_path):
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    check_same(dense, tmp_path / "m.pb", ["y"], {"x": batch})


def test_two_freezes_give_the_same_bytes(dense, tmp_path):
    for name in ("one", "two"):
        freeze_session(dense, tmp_path / name, outputs="y")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_text_form(dense, batch, tmp_path):
    freeze_session(dense, tmp_path / "m.pbtxt", outputs="y", text=True)
    assert (tmp_path / "m.pbtxt").read_text().startswith("node {")
    with load_graph(tmp_path / "m.pbtxt") as loaded:
        expected = dense.run("y:0", {"x:0": batch})
        np.testing.assert_allclose(loaded.run({"x": batch})["y"], expected, atol=1e-6)


@pytest.mark.parametrize("clear", [True, False])
def test_devices_are_cleared_unless_kept(graph, session, tmp_path, clear):
    with tf.device("/cpu:0"):
        tf.add(tf.placeholder(tf.float32, [None], name="x"), 1.0, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", clear_devices=clear)
    (node,) = [node for node in frozen(tmp_path / "m.pb").node if node.name == "y"]
    assert node.device == ("" if clear else "/device:CPU:0")


def test_a_queue_is_cut_at_the_batch(graph, session, tmp_path):
    queue = tf.FIFOQueue(4, [tf.float32, tf.int32], [[2], []])
    images, labels = queue.dequeue_many(2, name="batch")
    tf.add(images, 1.0, name="y")
    tf.subtract(labels, 1, name="z")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", inputs="batch:0")
    assert report.inputs == [TensorInfo("batch", "float32", (2, 2))]
    assert set(ops(tmp_path / "m.pb").values()) <= {"Add", "AddV2", "Const", "Placeholder"}
    both = ["batch:0", "batch:1"]
    report = freeze_session(session, tmp_path / "m.pb", outputs=["y", "z"], inputs=both)
    assert [info.name for info in report.inputs] == ["batch", "batch_1"]
    report = freeze_session(session, tmp_path / "m.pb", outputs="z", inputs="batch:1")
    assert report.inputs == [TensorInfo("batch_1", "int32", (2,))]


def test_an_iterator_is_cut_at_the_batch(graph, session, tmp_path):
    dataset = tf.data.Dataset.from_tensors(np.float32([1, 2]))
    tf.add(tf.data.make_one_shot_iterator(dataset).get_next(), 1.0, name="y")
    unasked = freeze_session(session, tmp_path / "m.pb", outputs="y")
    named = freeze_session(session, tmp_path / "n.pb", outputs="y", inputs="IteratorGetNext")
    assert (unasked.cut, named.cut) == (["IteratorGetNext"], [])
    assert unasked.inputs == named.inputs == [TensorInfo("IteratorGetNext", "float32", (2,))]
    for name in ("m.pb", "n.pb"):
        with load_graph(tmp_path / name) as loaded:
            assert loaded.run({"IteratorGetNext": [5.0, 6.0]})["y"].tolist() == [6.0, 7.0]


def test_a_cut_op_keeps_its_name_where_another_output_is_needed(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [4], name="x")
    left, right = tf.split(x, 2, name="parts")
    taken = tf.placeholder_with_default(0.0, [], name="parts_0")
    with tf.control_dependencies([left]):
        tf.add(left, right + taken, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", inputs=["parts:0", "x"])
    assert sorted(info.name for info in report.inputs) == ["parts_0", "parts_0_1", "x"]
    with load_graph(tmp_path / "m.pb") as loaded:
        given = {"parts_0_1": [10.0, 20.0], "x": [1.0, 2.0, 3.0, 4.0]}
        assert loaded.run(given)["y"].tolist() == [13.0, 24.0]


def test_an_output_of_an_op_with_several(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [4], name="x")
    tf.split(x, 2, name="parts")
    report = freeze_session(session, tmp_path / "m.pb", outputs="parts:1")
    assert report.outputs == [TensorInfo("parts:1", "float32", (2,))]
    with load_graph(tmp_path / "m.pb") as loaded:
        found = loaded.run({"x": [1.0, 2.0, 3.0, 4.0]})
    assert {name: value.tolist() for name, value in found.items()} == {"parts:1": [3.0, 4.0]}


def test_tensors_can_be_given_in_place_of_names(dense, tmp_path):
    graph = dense.graph
    y, x = graph.get_tensor_by_name("y:0"), graph.get_tensor_by_name("x:0")
    report = freeze_session(dense, tmp_path / "m.pb", outputs=y, inputs=[x], feeds={x: [[1, 2, 3]]})
    assert report.batches_checked == 1


def test_a_placeholder_with_default_stays(graph, session, tmp_path):
    x = tf.placeholder(tf.float32, [None], name="x")
    scale = tf.placeholder_with_default(3.0, [], name="scale")
    tf.multiply(x, scale, name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", inputs="x")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [3.0]
        assert loaded.run({"x": [1.0], "scale": 5.0})["y"].tolist() == [5.0]


@pytest.mark.parametrize("default", [True, False])
def test_a_pin_replaces_a_placeholder(graph, session, tmp_path, default):
    x = tf.placeholder(tf.float32, [None], name="x")
    if default:
        scale = tf.placeholder_with_default(tf.constant(3.0), [], name="scale")
    else:
        scale = tf.placeholder(tf.float32, [], name="scale")
    tf.multiply(x, scale, name="y")
    report = freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"scale:0": 5})
    assert [info.name for info in report.inputs] == ["x"]
    assert ops(tmp_path / "m.pb")["scale"] == "Const"
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [5.0]

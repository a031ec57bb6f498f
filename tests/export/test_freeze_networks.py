"""Whole networks of many kinds: frozen, read back and compared with NumPy or with the session."""

from __future__ import annotations

import os
import threading

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, RunError
from graphkit.export import freeze_checkpoint, freeze_session, inspect_file, load_graph
from graphkit.graph import layers


def _pictures():
    images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    hidden = layers.conv2d(images, 4, 3, padding="same", activation=tf.nn.relu)
    hidden = layers.max_pooling2d(hidden, 2)
    hidden = layers.conv2d(hidden, 5, 2, dilation_rate=2)
    hidden = layers.local_contrast_normalization(hidden, window_size=3)
    return layers.dense(layers.flatten(hidden), 3)


def _volumes():
    volumes = tf.placeholder(tf.float32, [None, 4, 4, 4, 1], name="x")
    hidden = layers.conv3d(volumes, 3, 2, activation="tanh")
    return layers.dense(layers.flatten(layers.average_pooling3d(hidden, 2, 1)), 2)


def _sequences():
    words = tf.placeholder(tf.int32, [None, 5], name="x")
    vectors = layers.embedding(words, 2, 3)
    cells = layers.multi_rnn_cell([layers.gru_cell(4), layers.basic_rnn_cell(3)])
    outputs, _ = layers.dynamic_rnn(cells, vectors)
    return layers.dense(outputs[:, -1], 2)


def _normalized():
    x = tf.placeholder(tf.float32, [None, 6], name="x")
    hidden = layers.batch_normalization(layers.dense(x, 4), training=False)
    return layers.dropout(tf.nn.relu(hidden), rate=0.5, training=False)


def _double():
    x = tf.placeholder(tf.float64, [None, 3], name="x")
    return layers.dense(x, 2, activation=tf.nn.softmax)


def _half():
    x = tf.placeholder(tf.float16, [None, 3], name="x")
    return layers.dense(x, 2)


def _complex():
    x = tf.placeholder(tf.complex64, [None, 2], name="x")
    return tf.matmul(x, tf.complex(tf.get_variable("re", [2, 2]), tf.get_variable("im", [2, 2])))


def _text():
    x = tf.placeholder(tf.string, [None], name="x")
    return tf.gather(tf.get_variable("w", [7, 2]), tf.string_to_hash_bucket_fast(x, 7))


def _loop():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", [2, 2])
    return tf.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, tf.matmul(v, w)), (0, x))[1]


def _branch():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", [2])
    return tf.cond(tf.reduce_sum(x) > 0, lambda: x * w, lambda: x - w)


NETWORKS = [
    *(_pictures, _volumes, _sequences, _normalized, _double, _half),
    *(_complex, _text, _loop, _branch),
]


@pytest.fixture(params=NETWORKS, ids=lambda build: build.__name__.strip("_"))
def network(request, graph, session):
    """A session whose variables have values, with the output `y`."""
    tf.set_random_seed(6)
    tf.identity(request.param(), name="y")
    session.run(tf.global_variables_initializer())
    return session


def given(tensor, count=4):
    """A batch for a placeholder."""
    shape = [count, *tensor.shape.as_list()[1:]]
    dtype = tensor.dtype.as_numpy_dtype
    if tensor.dtype == tf.string:
        return np.array([b"a", b"", "ü".encode(), b"\xff"][:count], object)
    if tensor.dtype.is_integer:
        return np.random.RandomState(6).randint(0, 2, shape).astype(dtype)
    return np.random.RandomState(6).normal(size=shape).astype(dtype)


def test_network_computes_the_same_from_its_file(network, tmp_path):
    path = tmp_path / "ein Netz 1.pb"
    report = freeze_session(network, path, outputs="y", tolerance=1e-3)
    x = network.graph.get_tensor_by_name("x:0")
    batch = given(x)
    with load_graph(path) as loaded:
        found = loaded.run({"x": batch})["y"]
        kinds = {op.type for op in loaded.graph.get_operations()}
    np.testing.assert_allclose(found, network.run("y:0", {x: batch}), rtol=1e-3, atol=1e-4)
    assert not kinds & {"VariableV2", "VarHandleOp", "ReadVariableOp", "Assign"}
    assert [info.name for info in report.inputs] == ["x"]
    assert report.bytes == os.path.getsize(path)


def test_report_and_inspection_agree(network, tmp_path):
    report = freeze_session(network, tmp_path / "m.pb", outputs="y", tolerance=1e-3)
    details = inspect_file(tmp_path / "m.pb").details
    assert details.inputs == report.inputs
    assert details.outputs == ["y"]
    assert details.parameters == report.parameters
    wanted = sum(v.shape.num_elements() for v in network.graph.get_collection("variables"))
    assert report.parameters == wanted
    assert not details.unsafe_ops
    assert not details.pipeline_ops


def test_text_and_binary_hold_one_graph(network, tmp_path):
    freeze_session(network, tmp_path / "m.pb", outputs="y", tolerance=1e-3)
    freeze_session(network, tmp_path / "m.pbtxt", outputs="y", text=True, tolerance=1e-3)
    batch = given(network.graph.get_tensor_by_name("x:0"))
    with load_graph(tmp_path / "m.pb") as one, load_graph(tmp_path / "m.pbtxt") as other:
        np.testing.assert_array_equal(one.run({"x": batch})["y"], other.run({"x": batch})["y"])


def test_training_goes_on_after_a_freeze(network, tmp_path):
    nodes = len(network.graph.get_operations())
    variables = network.graph.get_collection("variables")
    before = network.run(variables)
    network.graph.finalize()
    freeze_session(network, tmp_path / "m.pb", outputs="y", tolerance=1e-3)
    assert len(network.graph.get_operations()) == nodes
    for one, other in zip(before, network.run(variables), strict=True):
        np.testing.assert_array_equal(one, other)


def test_checkpoint_and_session_give_the_same_file(network, tmp_path):
    with network.graph.as_default():
        prefix = tf.train.Saver().save(network, str(tmp_path / "мой" / "model"), global_step=3)
    freeze_session(network, tmp_path / "a.pb", outputs="y", tolerance=1e-3)
    freeze_checkpoint(prefix, tmp_path / "b.pb", outputs="y", tolerance=1e-3)
    batch = given(network.graph.get_tensor_by_name("x:0"))
    with load_graph(tmp_path / "a.pb") as one, load_graph(tmp_path / "b.pb") as other:
        np.testing.assert_array_equal(one.run({"x": batch})["y"], other.run({"x": batch})["y"])


@pytest.mark.parametrize("name", ["a b.pb", "-o.pb", "ünï-数.pb", ".pb", "x.y.z", "100%.pb", "m"])
def test_file_may_have_any_name(dense, batch, tmp_path, name):
    freeze_session(dense, tmp_path / name, outputs="y")
    assert os.listdir(tmp_path) == [name]
    with load_graph(tmp_path / name) as loaded:
        np.testing.assert_allclose(loaded.run({"x": batch})["y"].sum(1), 1, rtol=1e-6)


def test_two_threads_freeze_one_session_onto_one_name(dense, batch, tmp_path):
    failures = []

    def freeze():
        try:
            freeze_session(dense, tmp_path / "m.pb", outputs="y")
        except Exception as error:  # told below, where it fails the test
            failures.append(error)

    threads = [threading.Thread(target=freeze) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert os.listdir(tmp_path) == ["m.pb"]
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": batch})["y"].shape == (2, 2)


def test_loaded_graph_serves_many_threads(dense, batch, tmp_path):
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    found = []
    with load_graph(tmp_path / "m.pb") as loaded:
        wanted = loaded.run({"x": batch})["y"]
        threads = [
            threading.Thread(target=lambda: found.append(loaded.run({"x": batch})["y"]))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 8
    for values in found:
        np.testing.assert_array_equal(values, wanted)


@pytest.mark.parametrize("count", [0, 1, 1000])
def test_batches_of_every_size_run(dense, tmp_path, count):
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as loaded:
        assert loaded.run({"x": np.ones([count, 3])})["y"].shape == (count, 2)


@pytest.mark.parametrize("keep", [0, 1, 7, 0.5, 0.99])
def test_file_cut_anywhere_is_refused(dense, tmp_path, keep):
    freeze_session(dense, tmp_path / "m.pb", outputs="y")
    content = (tmp_path / "m.pb").read_bytes()
    size = int(keep * len(content)) if isinstance(keep, float) else keep
    (tmp_path / "m.pb").write_bytes(content[:size])
    with pytest.raises((CorruptFileError, ArgumentError), match=r"m\.pb|outputs|input"):
        with load_graph(tmp_path / "m.pb") as loaded:
            loaded.run({"x": np.ones([1, 3])}, "y")


def test_failing_op_of_a_loaded_graph_is_told_by_its_name(graph, session, tmp_path):
    x = tf.placeholder(tf.int32, [None], name="x")
    table = tf.get_variable("w", initializer=np.float32([1, 2, 3]))
    tf.gather(table, x, name="picked")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="picked")
    with load_graph(tmp_path / "m.pb") as loaded:
        with pytest.raises(RunError, match=r"^picked \(GatherV2.*\): indices\[0\] = 7 is not in"):
            loaded.run({"x": [7]})
        assert loaded.run({"x": [2]})["picked"].tolist() == [3]

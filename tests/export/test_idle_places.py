"""What loops and branches carry for nobody, such as lists for gradients, is not in the file."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from graphkit._tf import keras, tf
from graphkit.export import convert, freeze, freeze_session, load_graph
from graphkit.export._graphs._idle_places import without_idle_places
from graphkit.export._graphs._laid_open import LOOPS
from graphkit.export._graphs._nodes import ops_within

X = np.array([[1.0, 2.0]], np.float32)


def _square_thrice(x):
    """Counter and most turns, the number of the turn, and x: four places."""
    return tf.while_loop(lambda i, _: i < 3, lambda i, v: (i + 1, v * v), [0, x])[1]


def _nested(x):
    def turn(i, v):
        return i + 1, tf.while_loop(lambda j, _: j < 2, lambda j, u: (j + 1, u * u), [0, v])[1]

    return tf.while_loop(lambda i, _: i < 2, turn, [0, x])[1]


def _in_a_branch(x):
    return tf.cond(tf.reduce_sum(x) > 0, lambda: _square_thrice(x), lambda: -x)


def _loop_sizes(graph_def):
    functions = [function.node_def for function in graph_def.library.function]
    found = [n for nodes in (graph_def.node, *functions) for n in nodes if n.op in LOOPS]
    return [len(node.attr["T"].list.type) for node in found]


@pytest.mark.parametrize(
    ("build", "sizes", "expected"),
    [
        (_square_thrice, [4], X**8),
        (_nested, [4, 4], X**16),
        (_in_a_branch, [4], X**8),
    ],
)
def test_a_loop_that_was_differentiated_keeps_no_lists(tmp_path, build, sizes, expected):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        y = tf.identity(build(x), name="y")
        tf.gradients(y, x)
        before = graph.as_graph_def()
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    assert max(_loop_sizes(before)) > 4
    with load_graph(tmp_path / "m.pb") as frozen:
        graph_def = frozen.graph.as_graph_def()
        np.testing.assert_allclose(frozen.run({"x": X})["y"], expected, rtol=1e-5)
    assert _loop_sizes(graph_def) == sizes
    assert not {kind for _, kind in ops_within(graph_def)} & {
        "EmptyTensorList",
        "OptionalFromValue",
        "TensorListPushBack",
    }


def test_what_the_condition_reads_stays_with_all_that_it_comes_from(tmp_path):
    def turn(total, step, _, v):
        return total + step, step * 2.0, v - 1.0, v * 2.0

    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        begin = [tf.constant(0.0), tf.constant(1.0), tf.zeros_like(x), x]
        loop = tf.while_loop(lambda total, *_: total < 5.0, turn, begin)
        tf.identity(loop[3], name="y")
        freeze_session(session, tmp_path / "m.pb", outputs="y")
    with load_graph(tmp_path / "m.pb") as frozen:
        # 0, 1, 3, 7: three turns
        np.testing.assert_array_equal(frozen.run({"x": X})["y"], 8 * X)
        assert _loop_sizes(frozen.graph.as_graph_def()) == [5]  # two count, then 0, 1 and 3


def test_what_two_loops_share_stays_for_the_one_that_needs_it(tmp_path):
    """Both run the same functions; one is read for `u` alone, the other for `v`."""
    turn = lambda i, u, v: (i + 1, u + 1.0, v * 2.0)  # noqa: E731
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2], name="x")
        tf.while_loop(lambda i, *_: i < 3, turn, [0, x, x])
        graph_def = graph.as_graph_def()
    [loop] = [node for node in graph_def.node if node.op in LOOPS]
    other = graph_def.node.add()
    other.CopyFrom(loop)
    other.name = "other"
    for name, source in (("u", f"{loop.name}:3"), ("v", "other:4")):
        graph_def.node.add(name=name, op="Identity", input=[source]).attr["T"].type = 1
    left = without_idle_places(graph_def, graph, ["u", "v"])
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(left, name="")
        u, v = session.run(["u:0", "v:0"], {"x:0": [1.0, 2.0]})
    np.testing.assert_array_equal(u, [4, 5])
    np.testing.assert_array_equal(v, [8, 16])


def test_what_an_op_that_acts_reads_stays():
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [2], name="x")
        count = tf.Variable([0.0, 0.0], use_resource=True, name="count")

        def turn(i, added, v, idle):
            with tf.control_dependencies([count.assign_add(added)]):
                return i + 1, added + 1.0, tf.identity(v * 2.0), idle + 1.0

        loop = tf.while_loop(lambda i, *_: i < 3, turn, [0, x, x, x])
        tf.identity(loop[2], name="y")
        left = without_idle_places(graph.as_graph_def(), graph, ["y", "count"])
    [before], [after] = _loop_sizes(graph.as_graph_def()), _loop_sizes(left)
    assert before - after == 1  # `idle`
    assert "AssignAddVariableOp" in {kind for _, kind in ops_within(left)}
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(left, name="")
        handle = tf.get_default_graph().get_tensor_by_name("count:0")
        session.run(tf.raw_ops.AssignVariableOp(resource=handle, value=[0.0, 0.0]))
        np.testing.assert_array_equal(session.run("y:0", {"x:0": [1.0, 2.0]}), [8, 16])
        counted = session.run(tf.raw_ops.ReadVariableOp(resource=handle, dtype=tf.float32))
    np.testing.assert_array_equal(counted, [1 + 2 + 3, 2 + 3 + 4])


def _without_body(graph_def, loop):
    loop.attr["body"].func.name = "nowhere"


def _with_too_few_types(graph_def, loop):
    del loop.attr["T"].list.type[-1]


def _with_too_few_inputs(graph_def, loop):
    del loop.input[-1]


def _without_a_result(graph_def, loop):
    for function in graph_def.library.function:
        function.ret.clear()


def _that_runs_itself(graph_def, loop):
    body = loop.attr["body"].func.name
    [function] = [f for f in graph_def.library.function if f.signature.name == body]
    again = function.node_def.add()
    again.CopyFrom(loop)
    again.input[:] = [argument.name for argument in function.signature.input_arg]


@pytest.mark.parametrize(
    "damage",
    [
        _without_body,
        _with_too_few_types,
        _with_too_few_inputs,
        _without_a_result,
        _that_runs_itself,
    ],
)
def test_a_damaged_loop_is_left_as_it_is(damage):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        y = tf.identity(_square_thrice(x), name="y")
        tf.gradients(y, x)
        graph_def = graph.as_graph_def()
    [loop] = [node for node in graph_def.node if node.op in LOOPS and node.name == "while"]
    damage(graph_def, loop)
    left = without_idle_places(graph_def, graph, ["y"])
    [after] = [node for node in left.node if node.name == "while"]
    assert after.op == loop.op


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _lstm(sequence, kernel, recurrent, bias):
    h = c = np.zeros((len(sequence), len(recurrent)))
    for x in sequence.transpose(1, 0, 2):
        i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=1)
        c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
        h = _sigmoid(o) * np.tanh(c)
    return h


def _simple(sequence, kernel, recurrent, bias):
    h = np.zeros((len(sequence), len(recurrent)))
    for x in sequence.transpose(1, 0, 2):
        h = np.tanh(x @ kernel + h @ recurrent + bias)
    return h


def _saved(path, *layers, batch=None):
    """A file of Keras 2, and its weights."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras recommends its other format
        given = keras().layers.Input((4, 3), batch_size=batch, name="x")
        model = keras().Sequential([given, *layers])
        random = np.random.default_rng(5)
        model.set_weights([random.normal(size=w.shape) / 2 for w in model.get_weights()])
        model.save(path)
        return model.get_weights()


@pytest.mark.parametrize(("kind", "by_hand"), [("LSTM", _lstm), ("SimpleRNN", _simple)])
def test_a_recurrent_layer_of_keras_is_frozen_without_its_lists(tmp_path, kind, by_hand):
    weights = _saved(tmp_path / "m.h5", getattr(keras().layers, kind)(2, name="last"))
    report = freeze(tmp_path / "m.h5", tmp_path / "m.pb")
    sequence = np.random.default_rng(6).normal(size=(2, 4, 3)).astype(np.float32)
    with load_graph(tmp_path / "m.pb") as frozen:
        kinds = [kind for _, kind in ops_within(frozen.graph.as_graph_def())]
        [found] = frozen.run({report.inputs[0].name: sequence}).values()
    np.testing.assert_allclose(found, by_hand(sequence, *weights), atol=1e-5)
    assert not {"EmptyTensorList", "TensorListPushBack"} & set(kinds)
    assert len(kinds) < 200


@pytest.mark.parametrize(
    ("target", "batch", "layers"),
    [
        ("onnx", None, lambda of: [of.LSTM(2, name="last")]),
        ("onnx", None, lambda of: [of.Bidirectional(of.GRU(2, return_sequences=True))]),
        ("onnx", None, lambda of: [of.Masking(), of.SimpleRNN(2)]),
        ("tflite", 1, lambda of: [of.LSTM(2, name="last")]),
        ("tflite", 1, lambda of: [of.GRU(2, return_sequences=True), of.SimpleRNN(2)]),
    ],
)
def test_recurrent_layers_of_keras_become_other_formats(tmp_path, target, batch, layers):
    if target == "onnx":
        pytest.importorskip("tf2onnx")
        pytest.importorskip("onnxruntime")
    _saved(tmp_path / "m.h5", *layers(keras().layers), batch=batch)
    report = convert(tmp_path / "m.h5", tmp_path / f"m.{target}")
    assert report.max_abs_diff < 1e-5

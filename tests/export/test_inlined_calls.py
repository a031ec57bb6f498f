"""Functions that are called outright: their ops stand in the frozen graph itself."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import freeze_session, load_graph
from graphkit.export._graphs._inline import inline_calls

X = np.array([1.0, 4.0], np.float32)


@tf.function
def doubled(x):
    return tf.multiply(x, 2.0, name="twice")


@tf.function
def doubled_and_more(x, y):
    return doubled(x) + 1.0, tf.identity(y), x


@pytest.fixture
def x(graph):
    return tf.placeholder(tf.float32, [2], name="x")


def inlined(graph, kept=()):
    graph_def = graph.as_graph_def()
    while inline_calls(graph_def, graph, kept):
        pass
    return graph_def


def kinds(graph_def):
    return {node.op for node in graph_def.node}


def computed(graph_def, name):
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name="")
        with tf.Session(graph=graph) as session:
            return session.run(name, {"x:0": X}).tolist()


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: doubled(x), [2, 8]),
        (lambda x: doubled(doubled(x)), [4, 16]),
        (lambda x: doubled_and_more(x, x)[0], [3, 9]),
        (lambda x: doubled_and_more(x, x * x)[1], [1, 16]),
        (lambda x: doubled_and_more(doubled(x), x)[2], [2, 8]),
        (lambda x: tf.multiply(*[doubled(x)] * 2), [4, 64]),
        (lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: doubled(x), lambda: -x), [2, 8]),
        (lambda x: tf.while_loop(lambda v: v[0] < 9, lambda v: doubled(v), [x]), [16, 64]),
    ],
    ids=["one", "in a row", "nested", "second", "passed on", "read twice", "branch", "loop"],
)
def test_the_same_is_computed_without_a_call(graph, x, build, expected):
    tf.identity(build(x), name="y")
    graph_def = inlined(graph)
    assert not kinds(graph_def) & {"PartitionedCall", "StatefulPartitionedCall"}
    assert computed(graph_def, "y:0") == expected


def test_a_call_that_is_asked_for_keeps_its_name(graph, x):
    call = doubled_and_more(x, x)[0].op.name
    graph_def = inlined(graph, [call])
    (kept,) = [node for node in graph_def.node if node.name == call]
    assert kept.op == "IdentityN"
    assert [computed(graph_def, f"{call}:{place}") for place in range(3)] == [
        [3, 9],
        [1, 4],
        [1, 4],
    ]


def test_ops_stand_in_the_scope_of_their_call(graph, x):
    call = doubled(x).op.name
    names = {node.name for node in inlined(graph).node}
    assert f"{call}/twice" in names


def test_first_outputs_are_read_by_the_names_of_their_ops(graph, x):
    tf.multiply(doubled_and_more(doubled(x), x)[0], 3.0, name="y")
    assert not [name for node in inlined(graph).node for name in node.input if name.endswith(":0")]


def test_names_beside_a_call_are_not_taken(graph, x):
    y = doubled(x)
    tf.identity(x, name=f"{y.op.name}/twice")
    tf.identity(y, name="y")
    graph_def = inlined(graph)
    names = [node.name for node in graph_def.node]
    assert len(set(names)) == len(names)
    assert computed(graph_def, f"{y.op.name}/twice:0") == X.tolist()
    assert computed(graph_def, "y:0") == [2, 8]


def test_what_waits_for_a_call_waits_for_its_ops(graph, x):
    y = doubled(x)
    with tf.control_dependencies([y.op]):
        tf.identity(x, name="late")
    (late,) = [node for node in inlined(graph).node if node.name == "late"]
    assert any(name.startswith(f"^{y.op.name}/") for name in late.input)


def test_what_a_call_waits_for_its_ops_wait_for(graph, x):
    first = tf.identity(x, name="first")
    with tf.control_dependencies([first]):
        call = doubled(x).op
    waiting = [node.name for node in inlined(graph).node if "^first" in node.input]
    assert waiting
    assert all(name.startswith(f"{call.name}/") for name in waiting)


@pytest.fixture
def control_flow_v1():
    tf.disable_control_flow_v2()  # which is on in library use
    yield
    tf.enable_control_flow_v2()


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: tf.while_loop(lambda v: v[0] < 9, lambda v: doubled(v), [x]), [16, 64]),
        (lambda x: tf.cond(x[0] > 0, lambda: doubled_and_more(x, x)[0], lambda: x), [3, 9]),
        (lambda x: tf.cond(x[0] > 2, lambda: doubled_and_more(x, x)[0], lambda: x), [1, 4]),
    ],
    ids=["loop", "taken", "not taken"],
)
def test_calls_in_branches_and_loops_of_version_1(control_flow_v1, graph, x, build, expected):
    tf.identity(build(x), name="y")
    graph_def = inlined(graph)
    assert kinds(graph_def) & {"Enter", "Switch"}
    assert not kinds(graph_def) & {"PartitionedCall", "StatefulPartitionedCall"}
    assert computed(graph_def, "y:0") == expected


def test_a_graph_without_calls_is_left_alone(graph, x):
    tf.identity(x, name="y")
    before = graph.as_graph_def()
    after = graph.as_graph_def()
    assert not inline_calls(after, graph, [])
    assert after == before


def test_a_pinned_condition_inside_a_function_is_folded(graph, session, x, tmp_path):
    training = tf.placeholder(tf.bool, [], name="is_training")
    weight = tf.get_variable("w", [2], initializer=tf.ones_initializer())

    def seldom():
        return tf.cond(training, lambda: tf.identity(weight.assign_add([1.0, 1.0])), lambda: x * 3)

    tf.identity(tf.cond(training, lambda: x, seldom), name="y")
    session.run(tf.global_variables_initializer())
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"is_training": False})
    with load_graph(tmp_path / "m.pb") as frozen:
        assert not {op.type for op in frozen.graph.get_operations()} & {"If", "StatelessIf"}
        assert frozen.run({"x": X})["y"].tolist() == [3, 12]


def test_opencv_runs_a_network_whose_switch_was_pinned(graph, session, tmp_path):
    images = tf.placeholder(tf.float32, [1, 4, 4, 2], name="images")
    training = tf.placeholder(tf.bool, [], name="is_training")
    halved = tf.cond(training, lambda: images, lambda: tf.nn.relu(images * 0.5))
    tf.nn.max_pool2d(halved, 2, 2, "VALID", name="y")
    freeze_session(session, tmp_path / "m.pb", outputs="y", pins={"is_training": False})
    net = cv2.dnn.readNetFromTensorflow(str(tmp_path / "m.pb"))
    net.setInput(np.full((1, 2, 4, 4), 3, np.float32))
    assert net.forward().tolist() == np.full((1, 2, 2, 2), 1.5).tolist()

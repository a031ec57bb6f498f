"""The placement report: every op's device, without running any op."""

import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentTypeError, RunError
from graphkit.session import (
    PlacedOp,
    PlacementReport,
    SessionConfig,
    SessionRunner,
    placement_report,
)

FOUR = SessionConfig(cpu_devices=4)


def devices(report):
    return {row.name: row.given for row in report.rows}


def test_every_op_is_reported_with_asked_and_given(graph):
    with tf.device("/cpu:2"):
        x = tf.placeholder(tf.float32, [None], name="x")
    with tf.device("/gpu:0"):
        tf.multiply(x, 2.0, name="twice")
    tf.no_op(name="nothing")
    report = placement_report(graph, config=FOUR)
    assert [row.name for row in report.rows] == [op.name for op in graph.get_operations()]
    rows = {row.name: row for row in report.rows}
    assert rows["x"] == PlacedOp("x", "Placeholder", "/device:CPU:2", "/device:CPU:2")
    assert rows["nothing"] == PlacedOp("nothing", "NoOp", "", "/device:CPU:0")
    assert rows["twice"].asked == "/device:GPU:0"


@pytest.mark.skipif(
    bool(tf.config.list_physical_devices("GPU")), reason="needs a machine without GPU"
)
def test_absent_gpu_is_softly_replaced(graph):
    with tf.device("/gpu:0"):
        tf.constant(1, name="one")
    assert devices(placement_report(graph)) == {"one": "/device:CPU:0"}


def test_impossible_device_is_an_error_without_soft_placement(graph):
    with tf.device("/gpu:5"):
        tf.constant(1, name="one")
    config = SessionConfig(soft_placement=False)
    with pytest.raises(
        RunError,
        match=r"^one \(Const, .*py:\d+\): asked for /device:GPU:5, .* it has /device:CPU:0",
    ) as e:
        placement_report(graph, config=config)
    assert isinstance(e.value, tf.errors.InvalidArgumentError)


def test_report_agrees_with_a_real_run(graph):
    parts = []
    for number in range(4):
        with tf.device(f"/cpu:{number}"):
            parts.append(tf.get_variable(f"w{number}", initializer=1.0) * 2)
    total = tf.add_n(parts, name="total")
    config = FOUR.to_proto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = tf.OptimizerOptions.L0
    told = tf.RunMetadata()
    with tf.Session(graph=graph, config=config) as session:
        session.run(tf.global_variables_initializer())
        options = tf.RunOptions(output_partition_graphs=True)
        session.run(total, options=options, run_metadata=told)
    real = {
        node.name: node.device.removeprefix("/job:localhost/replica:0/task:0")
        for partition in told.partition_graphs
        for node in partition.node
    }
    reported = devices(placement_report(graph, config=FOUR))
    common = real.keys() & reported.keys()
    assert {"total", "w0", "w3", "mul", "mul_3"} <= common
    assert {name: real[name] for name in common} == {name: reported[name] for name in common}


def test_nothing_is_executed(graph):
    called = []
    tf.py_func(lambda: called.append(1), [], [], name="call")
    queue = tf.FIFOQueue(1, [tf.int32], [[]])
    queue.dequeue(name="waits")
    tf.get_variable("v", initializer=1.0)
    tf.while_loop(lambda i: i < 3, lambda i: i + tf.constant(1), [0], name="loop")
    tf.cond(tf.placeholder(tf.bool, []), lambda: tf.constant(1), lambda: tf.constant(2))
    report = placement_report(graph)
    assert len(report.rows) == len(graph.get_operations())
    assert not called


def test_old_control_flow_is_placed(graph):
    enabled = tf.control_flow_v2_enabled()
    tf.disable_control_flow_v2()
    try:
        with tf.device("/cpu:1"):
            x = tf.placeholder(tf.float32, [], name="x")
            _, total = tf.while_loop(
                lambda i, _: i < 3,
                lambda i, t: (i + 1, tf.cond(i > 1, lambda: t * x, lambda: t + tf.constant(1.0))),
                [0, x],
            )
            tf.gradients(total, x)
    finally:
        if enabled:
            tf.enable_control_flow_v2()
    report = placement_report(graph, config=FOUR)
    assert len(report.rows) == len(graph.get_operations())
    assert set(devices(report.filter(asked_only=True)).values()) >= {"/device:CPU:1"}


def test_training_graph_is_placed_and_left_alone(graph):
    with tf.device("/cpu:3"):
        w = tf.get_variable("w", [2, 2], use_resource=False)
    tf.train.AdamOptimizer().minimize(tf.reduce_sum(w**2))
    tf.train.Saver()
    ops = len(graph.get_operations())
    given = devices(placement_report(graph, config=FOUR))
    assert given["w"] == given["w/Adam"] == "/device:CPU:3"
    assert len(graph.get_operations()) == ops


def test_runner_reports_with_its_own_configuration(graph):
    with tf.device("/cpu:3"):
        tf.constant(1, name="one")
    runner = SessionRunner(graph, config=FOUR)
    assert devices(placement_report(runner)) == {"one": "/device:CPU:3"}
    with runner:
        assert devices(placement_report(runner)) == {"one": "/device:CPU:3"}
    assert devices(placement_report(runner, config=SessionConfig())) == {"one": "/device:CPU:0"}


def test_own_name_of_the_probe_is_avoided(graph):
    tf.constant(1, name="placement_probe")
    with tf.name_scope("placement_probe/"):
        tf.constant(1, name="never")
    assert len(placement_report(graph).rows) == 2


def test_empty_graph_has_an_empty_report():
    assert placement_report(tf.Graph()).rows == []


def test_only_a_graph_is_placed():
    with pytest.raises(
        ArgumentTypeError, match=r"placement_report: graph must be a tf.Graph.*got str"
    ):
        placement_report("model.pb")


REPORT = PlacementReport(
    [
        PlacedOp("a/x", "Const", "", "/device:CPU:0"),
        PlacedOp("a/sum", "Add", "/device:GPU:0", "/device:CPU:0"),
        PlacedOp("b", "Add", "", "/device:CPU:1"),
    ]
)


def test_text_is_a_table():
    assert REPORT.to_text() == (
        "op     type   asked          given\n"
        "a/x    Const  -              /device:CPU:0\n"
        "a/sum  Add    /device:GPU:0  /device:CPU:0\n"
        "b      Add    -              /device:CPU:1"
    )


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ({}, ["a/x", "a/sum", "b"]),
        ({"name": "a/*"}, ["a/x", "a/sum"]),
        ({"type": "Add"}, ["a/sum", "b"]),
        ({"device": "cpu:1"}, ["b"]),
        ({"asked_only": True}, ["a/sum"]),
        ({"name": "a/*", "type": "Add"}, ["a/sum"]),
    ],
)
def test_rows_are_filtered(conditions, names):
    assert [row.name for row in REPORT.filter(**conditions).rows] == names

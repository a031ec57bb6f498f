"""Transforms on the way to a frozen file, each compared with the session itself."""

from __future__ import annotations

import json

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, UnknownNameError, VerificationError
from graphkit.export import Step, freeze, inspect_file, load_graph
from graphkit.export._transforms import _step
from graphkit.export._transforms._network import copied

KERNEL = np.random.default_rng(0).standard_normal((3, 3, 3, 4)).astype(np.float32)
SCALE = np.float32([1, 2, -1, 0.5])
PICTURES = np.random.default_rng(1).standard_normal((2, 6, 6, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def trained():
    """y = relu(batch_norm(conv(x))), all of it variables, and logits before the relu."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 6, 6, 3], name="x")
        kernel = tf.get_variable("kernel", initializer=KERNEL)
        scale = tf.get_variable("scale", initializer=SCALE)
        shift = tf.get_variable("shift", initializer=SCALE + 1)
        value = tf.nn.conv2d(x, kernel, padding="SAME", name="conv")
        statistics = {"mean": SCALE / 2, "variance": SCALE**2 + 0.5, "is_training": False}
        normed = tf.nn.fused_batch_norm(value, scale, shift, **statistics)[0]
        tf.nn.relu(tf.identity(normed, name="logits"), name="y")
        session.run(tf.global_variables_initializer())
        yield session


def test_the_file_is_folded_and_computes_what_the_session_does(trained, tmp_path):
    report = freeze(trained, tmp_path / "m.pb", outputs="y", transforms=["fold_batch_norms"])
    [step] = report.steps
    assert (step.name, step.note, step.nodes_after) == ("fold_batch_norms", "", report.nodes)
    ops = inspect_file(report.path).details.ops
    assert "FusedBatchNormV3" not in ops
    assert ops["BiasAdd"] == 1
    wanted = trained.run("y:0", {"x:0": PICTURES})
    with load_graph(report.path) as loaded:
        assert list(loaded.outputs) == ["y"]
        found = loaded.run({"x": PICTURES})["y"]
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_outputs_keep_their_order_and_names(trained, tmp_path):
    """One of them is the op that the batch normalization ends in."""
    steps = ["fold_batch_norms", "remove_nodes", "sort_by_execution_order"]
    report = freeze(trained, tmp_path / "m.pb", outputs=["y", "logits"], transforms=steps)
    assert [step.name for step in report.steps] == steps
    assert [info.name for info in report.outputs] == ["y", "logits"]
    with load_graph(report.path) as loaded:
        assert list(loaded.outputs) == ["y", "logits"]


def test_without_transforms_nothing_is_said_of_any(trained, tmp_path):
    assert freeze(trained, tmp_path / "m.pb", outputs="y").steps == []


def test_rounding_adds_its_tolerance_which_is_written_down(trained, tmp_path):
    step = Step("quantize_weights", {"min_elements": 10, "tolerance": 0.01})
    report = freeze(trained, tmp_path / "m.pb", outputs="y", transforms=[step])
    assert 1e-5 < report.max_abs_diff <= report.steps[0].tolerance == pytest.approx(0.01001)
    told = json.loads((tmp_path / "m.pb.json").read_text())
    assert told["proof"]["tolerance"] == pytest.approx(0.01001)


def test_other_programs_are_given_what_the_transforms_left(trained, tmp_path):
    report = freeze(
        trained,
        tmp_path / "m.pb",
        outputs="y",
        transforms=["fold_batch_norms"],
        targets=["serving"],
    )
    assert max(report.consumers["serving"].values()) <= 1e-5


def spoiled(network):
    graph_def = copied(network.graph_def)
    next(node for node in graph_def.node if node.name == "y").op = "Softplus"
    return network.with_graph(graph_def)


def test_a_step_that_changes_numbers_is_named_and_nothing_is_written(
    trained, tmp_path, monkeypatch
):
    monkeypatch.setitem(_step._KINDS, "spoil", _step._Kind(spoiled))
    steps = ["strip_unused", "spoil", "remove_nodes"]
    with pytest.raises(VerificationError, match=r"the graph after spoil differs .* at 'y:0'"):
        freeze(trained, tmp_path / "m.pb", outputs="y", transforms=steps)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("steps", "error", "message"),
    [
        (["cut:inputs=conv"], ArgumentError, "transforms must be ones that keep inputs"),
        (["rename:old=y,new=z"], ArgumentError, "transforms must be ones that keep inputs"),
        (["rename:old=x,new=z"], ArgumentError, "transforms must be ones that keep inputs"),
        (["insert:after=conv,op=Neg"], ArgumentError, "transforms must be ones that keep inputs"),
        (["fold"], UnknownNameError, "no step named 'fold'"),
        ("fold_batch_norms", ArgumentError, "transforms must be a list of steps"),
    ],
)
def test_steps_that_freezing_does_not_take(trained, tmp_path, steps, error, message):
    with pytest.raises(error) as raised:
        freeze(trained, tmp_path / "m.pb", outputs="y", transforms=steps)
    assert message in str(raised.value)
    assert list(tmp_path.iterdir()) == []

"""What a batch normalization is made of may come by way of ops that only pass it on."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import constant, inputs_of, kinds, network_of, numbers, results, same

import graphkit as gk
from graphkit import export
from graphkit._tf import tf
from graphkit.export._transforms._fold_batch_norms import fold_batch_norms
from graphkit.export._transforms._network import constants

IMAGES = numbers(2, 5, 5, 3, seed=5)
PARTS = {
    "weights": numbers(3, 3, 3, 4),
    "bias": numbers(4, seed=1),
    "scale": numbers(4, seed=2),
    "offset": numbers(4, seed=3),
    "mean": numbers(4, seed=4),
    "variance": np.abs(numbers(4, seed=6)) + 0.1,
}
COPIES = {
    "Identity": tf.raw_ops.Identity,
    "PreventGradient": tf.raw_ops.PreventGradient,
    "Snapshot": tf.raw_ops.Snapshot,
    "StopGradient": tf.raw_ops.StopGradient,
}


def convolution(read):
    """A convolution, its bias and a batch normalization, each part read in its own way."""
    x = tf.placeholder(tf.float32, [None, 5, 5, 3], name="x")
    value = tf.nn.conv2d(x, read("weights"), padding="SAME", name="conv")
    value = tf.nn.bias_add(value, read("bias"))
    statistics = [read(name) for name in ("scale", "offset", "mean", "variance")]
    normed = tf.nn.fused_batch_norm(value, *statistics, is_training=False)[0]
    tf.nn.relu(normed, name="y")


@pytest.mark.parametrize("copied", PARTS)
@pytest.mark.parametrize("copy", COPIES)
def test_each_part_is_found_behind_a_copy(copied, copy):
    def read(name):
        value = tf.constant(PARTS[name], name=name)
        return COPIES[copy](input=value) if name == copied else value

    folded = fold_batch_norms(network_of(lambda: convolution(read)))
    assert sorted(kinds(folded).values()) == [
        "BiasAdd", "Const", "Const", "Conv2D", "Placeholder", "Relu",
    ]  # fmt: skip


def test_all_of_them_are_found_behind_copies_of_copies():
    def read(name):
        return tf.identity(tf.stop_gradient(tf.identity(tf.constant(PARTS[name]))))

    network = network_of(lambda: convolution(read))
    folded = fold_batch_norms(network)
    assert not {"FusedBatchNormV3", "Identity", "StopGradient"} & set(kinds(folded).values())
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


@pytest.mark.parametrize("copy", COPIES)
def test_results_may_be_passed_on_as_well(copy):
    def build():
        x = tf.placeholder(tf.float32, [None, 5, 5, 3], name="x")
        value = tf.nn.conv2d(x, PARTS["weights"], padding="SAME", name="conv")
        tf.nn.relu(COPIES[copy](input=value) * PARTS["scale"], name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    found = constant(folded, inputs_of(folded, "conv")[1])
    np.testing.assert_allclose(found, PARTS["weights"] * PARTS["scale"], rtol=1e-6)
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


def test_a_copy_that_waits_is_none_of_a_constant():
    """It belongs to a branch, as in the graphs TensorFlow 1 makes of `tf.cond`."""
    with tf.Graph().as_default() as graph:
        held = tf.constant(1.0, name="held")
        tf.identity(held, name="free")
        with tf.control_dependencies([tf.no_op(name="first")]):
            tf.identity(held, name="waits")
            tf.constant(2.0, name="late")
    found = constants(graph.as_graph_def())
    assert {name: node.name for name, node in found.items()} == {"held": "held", "free": "held"}


def test_a_network_frozen_for_inference_folds_in_one_step(tmp_path):
    """Its branch of training is gone; what is left of the other reads its statistics by copies."""
    with gk.GraphBuilder(seed=1) as g:
        value = g.placeholder("x", "float32", [None, 8, 8, 3])
        training = g.switch("is_training")
        for filters in (4, 5):
            value = g.layers.conv2d(value, filters, 3, use_bias=False)
            value = tf.nn.relu(g.layers.batch_normalization(value, training=training))
        tf.reduce_mean(value, [1, 2], name="y")
    source = tmp_path / "model.pb"
    with gk.SessionRunner(g) as runner:
        export.freeze_session(runner.session, source, outputs="y", pins={"is_training": False})
    assert export.inspect_file(source).details.ops["FusedBatchNormV3"] == 2
    report = export.transform(source, tmp_path / "folded.pb", ["fold_batch_norms"])
    assert report.steps[0].note == ""
    ops = export.inspect_file(report.path).details.ops
    assert "FusedBatchNormV3" not in ops
    assert ops["BiasAdd"] == 2

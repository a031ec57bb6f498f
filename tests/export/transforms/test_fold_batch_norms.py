"""Batch normalization goes into the weights before it: every form, layout and obstacle."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import constant, inputs_of, kinds, network_of, numbers, results, same

from graphkit._marks import VARIABLE_MARK
from graphkit._tf import tf
from graphkit.export._transforms._fold_batch_norms import fold_batch_norms

CHANNELS = 6
GAMMA, BETA, MEAN = (numbers(CHANNELS, seed=seed) for seed in (1, 2, 3))
VARIANCE = np.abs(numbers(CHANNELS, seed=4)) + 0.1
EPSILON = 1e-3
FACTOR = GAMMA / np.sqrt(VARIANCE + EPSILON)
IMAGES = numbers(2, 5, 5, 3, seed=5)
ROWS = numbers(2, 3, seed=6)


def images():
    return tf.placeholder(tf.float32, [None, 5, 5, 3], name="x")


def fused(value, version=3, data_format="NHWC"):
    op = (tf.raw_ops.FusedBatchNorm, tf.raw_ops.FusedBatchNormV2, tf.raw_ops.FusedBatchNormV3)
    normed = op[version - 1](
        x=value,
        scale=GAMMA,
        offset=BETA,
        mean=MEAN,
        variance=VARIANCE,
        epsilon=EPSILON,
        is_training=False,
        data_format=data_format,
    )
    return normed[0]


def written_out(value):
    """`tf.nn.batch_normalization`, which tf.layers, slim and Keras use where none is fused."""
    read = [tf.identity(tf.constant(part)) for part in (MEAN, VARIANCE, BETA, GAMMA)]
    return tf.nn.batch_normalization(value, *read, EPSILON)


def by_hand(value):
    """As many wrote it: subtract, divide, scale, shift."""
    return GAMMA * ((value - MEAN) / tf.sqrt(VARIANCE + EPSILON)) + BETA


NORMS = {
    "fused": lambda value: fused(value, 1),
    "fused V2": lambda value: fused(value, 2),
    "fused V3": fused,
    "written out": written_out,
    "by hand": by_hand,
}
LINEAR = {
    "convolution": lambda x: tf.nn.conv2d(x, numbers(3, 3, 3, CHANNELS), padding="SAME"),
    "depthwise": lambda x: tf.nn.depthwise_conv2d(x, numbers(3, 3, 3, 2), [1, 1, 1, 1], "SAME"),
    "transposed": lambda x: tf.nn.conv2d_transpose(
        x, numbers(3, 3, CHANNELS, 3), tf.stack([tf.shape(x)[0], 5, 5, CHANNELS]), padding="SAME"
    ),
    "dilated": lambda x: tf.batch_to_space_nd(
        tf.nn.conv2d(
            tf.space_to_batch_nd(x, [2, 2], [[2, 3], [2, 3]]),
            numbers(3, 3, 3, CHANNELS),
            padding="VALID",
        ),
        [2, 2],
        [[0, 1], [0, 1]],
    ),
    "of one dimension": lambda x: tf.squeeze(
        tf.nn.conv2d(x[:, :1], numbers(1, 3, 3, CHANNELS), padding="SAME"), [1]
    ),
}


@pytest.mark.parametrize("with_bias", [False, True], ids=["plain", "with bias"])
@pytest.mark.parametrize("norm", NORMS)
def test_every_form_becomes_one_bias(norm, with_bias):
    def build():
        value = LINEAR["convolution"](images())
        if with_bias:
            value = tf.nn.bias_add(value, numbers(CHANNELS, seed=7))
        tf.nn.relu(NORMS[norm](value), name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    assert sorted(kinds(folded).values()) == [
        "BiasAdd", "Const", "Const", "Conv2D", "Placeholder", "Relu",
    ]  # fmt: skip
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


@pytest.mark.parametrize("linear", LINEAR)
def test_every_linear_op_takes_the_factors(linear):
    def build():
        tf.nn.relu(written_out(LINEAR[linear](images())), name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    assert not {"Mul", "Add", "AddV2", "Sub"} & set(kinds(folded).values())
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


def as_of_2015(network):
    """The same with the op of the first networks, which only graphs of their time may hold."""
    for node in network.graph_def.node:
        if node.op == "FusedBatchNorm":
            value, scale, offset, mean, variance = node.input
            node.ClearField("attr")
            del node.input[:]
            node.op = "BatchNormWithGlobalNormalization"
            node.input.extend([value, mean, variance, offset, scale])
            node.attr["T"].type = tf.float32.as_datatype_enum
            node.attr["variance_epsilon"].f = EPSILON
            node.attr["scale_after_normalization"].b = True
    network.graph_def.ClearField("versions")
    return network


def test_networks_of_2015_become_those_of_today():
    network = network_of(lambda: tf.nn.relu(fused(LINEAR["convolution"](images()), 1), name="y"))
    expected = results(network, {"x": IMAGES})
    folded = fold_batch_norms(as_of_2015(network))
    assert "BatchNormWithGlobalNormalization" not in kinds(folded).values()
    same(results(folded, {"x": IMAGES}), expected)


def test_the_weights_are_what_they_are_by_hand():
    weights, bias = numbers(1, 1, 3, CHANNELS), numbers(CHANNELS, seed=7)

    def build():
        value = tf.nn.conv2d(images(), weights, padding="VALID", name="conv")
        fused(tf.nn.bias_add(value, bias))
        tf.identity(tf.get_default_graph().get_tensor_by_name("FusedBatchNormV3:0"), name="y")

    folded = fold_batch_norms(network_of(build))
    conv, bias_name = inputs_of(folded, "FusedBatchNormV3")
    assert conv == "conv"
    np.testing.assert_allclose(
        constant(folded, inputs_of(folded, "conv")[1]), weights * FACTOR, rtol=1e-6
    )
    expected = BETA + (bias - MEAN) * FACTOR
    np.testing.assert_allclose(constant(folded, bias_name), expected, rtol=1e-6)


@pytest.mark.parametrize("transposed", [False, True])
def test_a_matrix_product_takes_the_factors(transposed):
    def build():
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        shape = (CHANNELS, 3) if transposed else (3, CHANNELS)
        value = tf.matmul(x, numbers(*shape), transpose_b=transposed) + numbers(CHANNELS, seed=7)
        tf.identity(written_out(value), name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    assert sorted(kinds(folded).values()) == [
        "BiasAdd", "Const", "Const", "Identity", "MatMul", "Placeholder",
    ]  # fmt: skip
    same(results(folded, {"x": ROWS}), results(network, {"x": ROWS}))


def channels_first(spread):
    x = tf.placeholder(tf.float32, [None, 3, 5, 5], name="x")
    value = tf.nn.conv2d(x, numbers(1, 1, 3, 5), padding="VALID", data_format="NCHW", name="conv")
    tf.identity(value * numbers(*spread) + 1.0, name="y")


@pytest.mark.parametrize("spread", [(5, 1, 1), (1, 5, 1, 1)])
def test_channels_first_are_scaled_along_their_axis(spread):
    folded = fold_batch_norms(network_of(lambda: channels_first(spread)))
    assert sorted(kinds(folded).values()) == [
        "BiasAdd", "Const", "Const", "Conv2D", "Identity", "Placeholder",
    ]  # fmt: skip
    expected = numbers(1, 1, 3, 5) * numbers(5)
    found = constant(folded, inputs_of(folded, "conv")[1])
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    bias = next(node for node in folded.graph_def.node if node.op == "BiasAdd")
    assert bias.attr["data_format"].s == b"NCHW"


@pytest.mark.parametrize("spread", [(5,), (5, 1), (5, 5, 1)])
def test_factors_that_are_not_by_channel_stay(spread):
    """With the channels first, a vector goes along the columns of a picture."""
    network = network_of(lambda: channels_first(spread))
    assert fold_batch_norms(network).graph_def.node == network.graph_def.node


def test_folding_twice_changes_nothing():
    def build():
        value = fused(LINEAR["convolution"](images()))
        tf.nn.relu(fused(LINEAR["depthwise"](value[..., :3])), name="y")

    once = fold_batch_norms(network_of(build))
    assert fold_batch_norms(once).graph_def == once.graph_def


def test_weights_used_twice_are_scaled_once_for_each():
    def build():
        weights = tf.identity(tf.constant(numbers(3, 3, 3, CHANNELS), name="shared"), name="read")
        x = images()
        one = fused(tf.nn.conv2d(x, weights, padding="SAME"))
        two = tf.nn.conv2d(x * 2.0, weights, padding="SAME")
        three = by_hand(tf.nn.conv2d(x * 3.0, weights, padding="SAME"))
        tf.add_n([one, two, three], name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))
    assert constant(folded, "shared").tolist() == numbers(3, 3, 3, CHANNELS).tolist()
    assert list(kinds(folded).values()).count("BiasAdd") == 2


@pytest.mark.parametrize("other", ["consumer", "output", "control"])
def test_a_result_that_is_needed_elsewhere_too_is_not_scaled(other):
    def build():
        value = tf.identity(LINEAR["convolution"](images()), name="plain")
        normed = fused(value)
        if other == "consumer":
            normed = normed + tf.nn.relu(value)
        with tf.control_dependencies([value] if other == "control" else []):
            tf.square(normed, name="y")

    network = network_of(build, ["y", "plain"] if other == "output" else ["y"])
    folded = fold_batch_norms(network)
    assert "FusedBatchNormV3" in kinds(folded).values()
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


def test_a_normalization_that_is_an_output_keeps_its_name():
    network = network_of(lambda: fused(LINEAR["convolution"](images())), ["FusedBatchNormV3"])
    folded = fold_batch_norms(network)
    assert kinds(folded)["FusedBatchNormV3"] == "BiasAdd"
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


def test_statistics_of_the_batch_stay():
    def build():
        value = LINEAR["convolution"](images())
        normed, *_ = tf.nn.fused_batch_norm(value, GAMMA, BETA, is_training=True)
        tf.identity(normed, name="y")

    assert "FusedBatchNormV3" in kinds(fold_batch_norms(network_of(build))).values()


def test_left_out_attributes_mean_their_defaults():
    def build():
        value = LINEAR["convolution"](images())
        tf.nn.relu(fused(value, 3), name="y")

    network = network_of(build)
    for node in network.graph_def.node:
        if node.op == "FusedBatchNormV3":
            del node.attr["is_training"]  # by default, it trains
        for name in ("data_format", "dilations", "explicit_paddings"):
            node.attr.pop(name, None)
    folded = fold_batch_norms(network)
    assert "FusedBatchNormV3" in kinds(folded).values()
    assert not any("data_format" in node.attr for node in folded.graph_def.node)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_weights_that_are_no_numbers_stay_so(bad):
    weights = numbers(3, 3, 3, CHANNELS)
    weights[0, 0, 0, 0] = bad

    def build():
        tf.identity(fused(tf.nn.conv2d(images(), weights, padding="SAME")), name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))


@pytest.mark.parametrize("variance", [np.nan, 0.0])
def test_factors_that_are_no_numbers_are_left_to_run(variance):
    def build():
        statistics = VARIANCE.copy()
        statistics[0] = variance
        value = LINEAR["convolution"](images())
        tf.identity(tf.nn.batch_normalization(value, MEAN, statistics, BETA, GAMMA, 0.0), name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    assert "Mul" in kinds(folded).values()


def test_what_was_a_variable_counts_as_one():
    network = network_of(lambda: tf.identity(fused(LINEAR["convolution"](images())), name="y"))
    weights = next(n for n in network.graph_def.node if n.name.startswith("Conv2D/filter"))
    weights.attr[VARIABLE_MARK].b = True
    folded = fold_batch_norms(network)
    marked = {n.name for n in folded.graph_def.node if VARIABLE_MARK in n.attr}
    assert marked == {"Conv2D/folded_weights", "Conv2D/folded_bias"}


def test_a_loop_is_left_alone():
    def build():
        x = tf.placeholder(tf.float32, [None, 5, 5, 3], name="x")
        weights = tf.constant(numbers(1, 1, 3, 3))
        scale = tf.constant(numbers(3, seed=8))
        tf.disable_control_flow_v2()
        try:
            step = lambda i, v: (i + 1, tf.nn.conv2d(v, weights, padding="SAME") * scale)  # noqa: E731
            _, value = tf.while_loop(lambda i, _: i < 3, step, [tf.constant(0), x])
        finally:
            tf.enable_control_flow_v2()
        tf.identity(value, name="y")

    network = network_of(build)
    folded = fold_batch_norms(network)
    assert "Mul" in kinds(folded).values()
    same(results(folded, {"x": IMAGES}), results(network, {"x": IMAGES}))

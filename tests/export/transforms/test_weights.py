"""Weights in fewer bits: what is stored, how near it is, what is left alone."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from small_networks import constant, inputs_of, kinds, network_of, numbers, results, same

from graphkit._marks import VARIABLE_MARK
from graphkit._tf import tf
from graphkit.errors import ArgumentError, VerificationError
from graphkit.export import load_graph, transform
from graphkit.export._transforms._weights import quantize_weights, round_weights

WEIGHTS = numbers(40, 30)
ROWS = numbers(2, 40, seed=1)


def build():
    x = tf.placeholder(tf.float32, [None, 40], name="x")
    weights = tf.identity(tf.constant(WEIGHTS, name="weights"), name="read")
    tf.add(tf.matmul(x, weights), tf.constant(numbers(30, seed=2), name="bias"), name="y")


@pytest.fixture(scope="module")
def network():
    return network_of(build)


@pytest.fixture(scope="module")
def file(network, tmp_path_factory):
    path = tmp_path_factory.mktemp("graphs") / "network.pb"
    path.write_bytes(network.graph_def.SerializeToString())
    return path


def test_float16_is_stored_in_two_bytes(network):
    small = quantize_weights(network)
    assert kinds(small)["weights"] == "Cast"
    stored = constant(small, inputs_of(small, "weights")[0])
    assert (stored.dtype, stored.tolist()) == (np.float16, WEIGHTS.astype(np.float16).tolist())
    saved = network.graph_def.ByteSize() - small.graph_def.ByteSize()
    assert saved > 1.9 * WEIGHTS.size
    expected = ROWS @ WEIGHTS.astype(np.float16).astype(np.float32) + numbers(30, seed=2)
    same(results(small, {"x": ROWS}), [expected])


@pytest.mark.parametrize("per_channel", [True, False])
def test_int8_is_stored_in_one_byte_and_a_scale(network, per_channel):
    small = quantize_weights(network, dtype="int8", per_channel=per_channel)
    cast, scale = inputs_of(small, "weights")
    stored, factors = constant(small, inputs_of(small, cast)[0]), constant(small, scale)
    expected = np.abs(WEIGHTS).max(axis=0 if per_channel else None, keepdims=per_channel) / 127
    np.testing.assert_allclose(factors, expected, rtol=1e-6)
    assert (stored.dtype, np.abs(stored).max()) == (np.int8, 127)
    assert np.abs(stored * factors - WEIGHTS).max() <= factors.max() / 2 + 1e-6
    assert network.graph_def.ByteSize() - small.graph_def.ByteSize() > 2.5 * WEIGHTS.size
    same(results(small, {"x": ROWS}), [ROWS @ (stored * factors) + numbers(30, seed=2)])


def test_a_depthwise_weight_has_a_scale_for_each_of_its_channels():
    weights = numbers(3, 3, 5, 2) * np.arange(1, 11, dtype=np.float32).reshape(5, 2)

    def depthwise():
        x = tf.placeholder(tf.float32, [None, 4, 4, 5], name="x")
        kept = tf.constant(weights, name="weights")
        tf.nn.depthwise_conv2d(x, kept, [1, 1, 1, 1], "SAME", name="y")

    small = quantize_weights(network_of(depthwise), dtype="int8", min_elements=50)
    factors = constant(small, inputs_of(small, "weights")[1])
    expected = np.abs(weights).max(axis=(0, 1), keepdims=True) / 127
    np.testing.assert_allclose(factors, expected, rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_doing_it_twice_changes_nothing(network, dtype):
    once = quantize_weights(network, dtype=dtype)
    assert quantize_weights(once, dtype=dtype).graph_def == once.graph_def


@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_small_weights_stay(network, dtype):
    small = quantize_weights(network, dtype=dtype, min_elements=30 * 40 + 1)
    assert small.graph_def == network.graph_def
    assert kinds(quantize_weights(network, dtype=dtype, min_elements=30))["bias"] != "Const"


@pytest.mark.parametrize(
    ("value", "left"),
    [
        (np.nan, {"int8": True, "float16": False}),
        (-np.inf, {"int8": True, "float16": False}),
        (1e6, {"int8": False, "float16": True}),
    ],
)
@pytest.mark.parametrize("dtype", ["float16", "int8"])
def test_what_cannot_be_held_stays_in_float32(value, left, dtype):
    weights = WEIGHTS.copy()
    weights[0, 0] = value
    network = network_of(lambda: tf.abs(tf.constant(weights, name="weights"), name="y"))
    small = quantize_weights(network, dtype=dtype)
    assert (kinds(small)["weights"] == "Const") == left[dtype]
    found = results(small, {})[0]
    np.testing.assert_allclose(found[:, 1:], np.abs(weights[:, 1:]), atol=0.05)
    np.testing.assert_allclose(found[0, 0], abs(value))


def test_weights_of_nothing_but_zeros_stay_zeros():
    zeros = np.zeros((40, 30), np.float32)
    network = network_of(lambda: tf.abs(tf.constant(zeros), name="y"))
    small = quantize_weights(network, dtype="int8")
    assert "Mul" in kinds(small).values()
    assert not results(small, {})[0].any()


def test_other_dtypes_and_outputs_stay():
    def mixed():
        tf.constant(WEIGHTS.astype(np.float64), name="wide")
        tf.constant(np.arange(2000), name="whole")
        tf.constant(WEIGHTS, name="y")

    network = network_of(mixed)
    assert quantize_weights(network).graph_def == network.graph_def


def test_what_was_a_variable_counts_as_one(network):
    marked = network_of(build)
    for node in marked.graph_def.node:
        if node.name == "weights":
            node.attr[VARIABLE_MARK].b = True
    small = quantize_weights(marked)
    assert [n.name for n in small.graph_def.node if VARIABLE_MARK in n.attr] == ["weights/float16"]


def test_a_weight_in_a_branch_stays_in_it():
    def branches():
        go = tf.placeholder(tf.bool, [], name="x")
        tf.disable_control_flow_v2()
        try:
            tf.cond(go, lambda: tf.constant(WEIGHTS) * 2.0, lambda: tf.constant(-WEIGHTS), name="c")
        finally:
            tf.enable_control_flow_v2()

    network = network_of(branches, ["c/Merge"])
    small = quantize_weights(network, dtype="int8")
    assert list(kinds(small).values()).count("Cast") == 2
    for go, expected in ((True, 2 * WEIGHTS), (False, -WEIGHTS)):
        np.testing.assert_allclose(results(small, {"x": go})[0], expected, atol=0.05)


def test_rounded_weights_have_few_values_from_least_to_greatest(network):
    rounded = constant(round_weights(network, levels=16), "weights")
    assert rounded.dtype == np.float32
    assert len(np.unique(rounded)) <= 16
    assert (rounded.min(), rounded.max()) == (WEIGHTS.min(), WEIGHTS.max())
    assert np.abs(rounded - WEIGHTS).max() <= (WEIGHTS.max() - WEIGHTS.min()) / 30 + 1e-6


def test_rounded_weights_pack_better(network):
    def packed(changed):
        return len(gzip.compress(changed.graph_def.SerializeToString()))

    assert packed(round_weights(network, levels=64)) < 0.5 * packed(network)


def test_rounding_twice_changes_nothing(network):
    once = round_weights(network, levels=32)
    assert round_weights(once, levels=32).graph_def == once.graph_def


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_no_numbers_are_not_rounded(value):
    weights = WEIGHTS.copy()
    weights[0, 0] = value
    network = network_of(lambda: tf.abs(tf.constant(weights), name="y"))
    assert round_weights(network).graph_def == network.graph_def


def test_equal_weights_stay():
    network = network_of(
        lambda: tf.abs(tf.fill([40, 30], 0.3) * tf.constant(WEIGHTS * 0), name="y")
    )
    assert round_weights(network).graph_def == network.graph_def


@pytest.mark.parametrize(
    ("apply", "arguments", "message"),
    [
        (quantize_weights, {"dtype": "int4"}, "dtype must be 'float16' or 'int8', got 'int4'"),
        (quantize_weights, {"min_elements": -1}, "min_elements must be 0 or more"),
        (round_weights, {"levels": 1}, "levels must be 2 to 65536, got 1"),
    ],
)
def test_arguments_that_cannot_be(network, apply, arguments, message):
    with pytest.raises(ArgumentError) as raised:
        apply(network, **arguments)
    assert message in str(raised.value)


def test_the_report_tells_how_far_it_is_and_could_be(file, tmp_path):
    report = transform(file, tmp_path / "out.pb", ["quantize_weights:dtype=int8,tolerance=0.2"])
    (step,) = report.steps
    assert step.tolerance == pytest.approx(0.2 + 1e-5)
    assert 0 < step.max_abs_diff < 1
    assert step.bytes_after < 0.4 * step.bytes_before
    with load_graph(tmp_path / "out.pb") as frozen:
        np.testing.assert_allclose(
            frozen.run({"x": ROWS})["y"], ROWS @ WEIGHTS + numbers(30, seed=2), atol=0.3
        )


def test_a_step_that_is_too_coarse_is_refused(file, tmp_path):
    with pytest.raises(VerificationError, match="after quantize_weights differs") as raised:
        transform(file, tmp_path / "out.pb", ["quantize_weights:dtype=int8,tolerance=0.0001"])
    assert raised.value.tolerance == pytest.approx(0.00011)
    assert not (tmp_path / "out.pb").exists()

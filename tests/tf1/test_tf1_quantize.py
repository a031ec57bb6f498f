"""contrib.quantize beyond the recorded programs: what is refused, gradients, learned ranges."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import ArgumentError

pytestmark = pytest.mark.filterwarnings("ignore:`tf.layers")
FAKE = "FakeQuantWithMinMaxVars"

quantize = tf.contrib.quantize
slim = tf.contrib.slim

REWRITINGS = [
    quantize.create_training_graph,
    quantize.create_eval_graph,
    quantize.experimental_create_training_graph,
    quantize.experimental_create_eval_graph,
]


def images():
    return tf.placeholder(tf.float32, [2, 6, 6, 3], name="images")


def layer(weights=((1.0, -2.0), (0.5, 4.0)), **options):
    initial = tf.constant_initializer(np.array(weights, np.float32))
    rows = tf.placeholder(tf.float32, [None, 2], name="rows")
    return rows, tf.layers.dense(
        rows, 2, tf.nn.relu, kernel_initializer=initial, name="fc", **options
    )


def held(session, name):
    """What the variable of that name holds."""
    (variable,) = [v for v in tf.global_variables() if v.op.name == name]
    return session.run(variable)


def fakes(graph):
    return [op.name for op in graph.get_operations() if op.type == FAKE]


@pytest.mark.parametrize("rewrite", REWRITINGS)
def test_weights_and_activation_are_rounded_once(graph, rewrite):
    layer()
    assert rewrite() is None
    assert fakes(graph) == [f"fc/weights_quant/{FAKE}", f"fc/act_quant/{FAKE}"]
    rewrite(input_graph=graph)
    assert len(fakes(graph)) == 2


@pytest.mark.parametrize("rewrite", REWRITINGS)
def test_a_graph_that_is_not_the_current_one_is_rewritten(rewrite):
    other = tf.Graph()
    with other.as_default():
        layer()
    with tf.Graph().as_default() as current:
        rewrite(other)
        assert fakes(current) == []
    assert len(fakes(other)) == 2


@pytest.mark.parametrize("rewrite", REWRITINGS)
@pytest.mark.parametrize("optimizer", ["GradientDescentOptimizer", "AdamOptimizer"])
def test_an_optimizer_that_came_first_is_refused(graph, rewrite, optimizer):
    _, output = layer()
    getattr(tf.train, optimizer)(0.1).minimize(tf.reduce_sum(output))
    with pytest.raises(ArgumentError, match=r"before an optimizer is added to it, got '.*Apply"):
        rewrite()
    assert fakes(graph) == []


def test_a_batch_norm_that_does_not_shift_is_refused_by_name(graph):
    params = {"fused": False, "center": False}
    slim.conv2d(images(), 4, 3, normalizer_fn=slim.batch_norm, normalizer_params=params, scope="c")
    with pytest.raises(ArgumentError, match=r"tf.nn.batch_normalization does, got 'c/BatchNorm/"):
        quantize.create_training_graph()
    assert fakes(graph) == []


@pytest.mark.parametrize("made_of", ["product", "epsilon"])
def test_ops_that_are_no_batch_norm_but_called_so_are_refused(graph, made_of):
    output = tf.layers.conv2d(images(), 4, 3, use_bias=False)
    with tf.name_scope("batchnorm"):
        if made_of == "product":
            output * tf.ones([4])
        else:
            scale = tf.rsqrt(tf.ones([4]) + tf.placeholder(tf.float32, []))
            output * scale + (tf.ones([4]) - tf.ones([4]) * scale)
    with pytest.raises(ArgumentError, match="got 'batchnorm/mul"):
        quantize.create_eval_graph()


def test_an_unfused_batch_norm_without_moving_averages_is_refused_by_name(graph):
    output = tf.layers.conv2d(images(), 4, 3, use_bias=False)
    mean, variance = tf.nn.moments(output, [0, 1, 2])
    tf.nn.relu(tf.nn.batch_normalization(output, mean, variance, tf.zeros([4]), None, 0.1))
    with pytest.raises(ArgumentError, match="moving averages while they are trained, got 'batchn"):
        quantize.create_training_graph()
    quantize.create_eval_graph()
    assert len(fakes(graph)) == 2


def test_a_batch_norm_behind_a_rate_is_refused_by_name(graph):
    output = tf.layers.conv2d(images(), 4, 3, dilation_rate=2, use_bias=False)
    tf.nn.relu(slim.batch_norm(output, fused=True, scope="norm"))
    with pytest.raises(ArgumentError, match=r"convolution with a rate, got 'norm/FusedBatchNorm"):
        quantize.create_training_graph()


def test_a_trained_batch_norm_without_moving_averages_is_refused_by_name(graph):
    output = tf.layers.conv2d(images(), 4, 3, use_bias=False)
    normed, _, _ = tf.nn.fused_batch_norm(output, tf.ones([4]), tf.zeros([4]), name="norm")
    tf.nn.relu(normed)
    with pytest.raises(ArgumentError, match="moving averages while they are trained, got 'norm'"):
        quantize.create_training_graph()


def test_a_batch_norm_that_is_not_used_or_has_no_layer_is_left_alone(graph):
    slim.batch_norm(tf.layers.conv2d(images(), 4, 3, use_bias=False), fused=True)
    tf.nn.relu(slim.batch_norm(images(), fused=True))
    quantize.create_training_graph()
    assert not any("Fold" in op.name for op in graph.get_operations())
    assert fakes(graph) == []


def test_weights_are_rounded_to_whole_steps_of_their_own_range(session):
    rows, output = layer(weights=[[1.27, -1.0], [0.004, 0.006]], use_bias=False)
    quantize.create_training_graph()
    session.run(tf.global_variables_initializer())
    session.run(output, {rows: [[1.0, 0.0]]})
    low, high = held(session, "fc/weights_quant/min"), held(session, "fc/weights_quant/max")
    np.testing.assert_allclose([low, high], [-1.0, 1.27], rtol=1e-6)
    kernel = session.run(f"fc/weights_quant/{FAKE}:0", {rows: [[1.0, 0.0]]})
    step = 2.27 / 254  # the lowest of 256 values is left out for weights
    np.testing.assert_allclose(kernel / step, np.round(kernel / step), atol=1e-3)
    np.testing.assert_allclose(kernel, [[1.27, -1.0], [0.004, 0.006]], atol=step / 2 + 1e-6)


def test_the_range_of_activations_is_a_mean_that_makes_up_for_its_start(session):
    rows, _ = layer(weights=[[1.0, 0.0], [0.0, 1.0]])
    quantize.create_training_graph()
    session.run(tf.global_variables_initializer())
    seen = [4.0, 2.0, 3.0]
    rounded = session.graph.get_tensor_by_name(f"fc/act_quant/{FAKE}:0")
    for value in seen:
        session.run(rounded, {rows: [[value, 1.0]]})
    weights = np.array([0.999**2, 0.999, 1.0])
    assert held(session, "fc/act_quant/min") == 0.0
    expected = float((weights * seen).sum() / weights.sum())
    np.testing.assert_allclose(
        held(session, "fc/act_quant/max"), expected, atol=2e-2
    )  # the kernel is rounded, too


def test_gradients_pass_as_if_nothing_were_rounded(session):
    rows, output = layer(weights=[[1.0, -2.0], [0.5, 4.0]])
    quantize.create_training_graph()
    rounded = session.graph.get_tensor_by_name(f"fc/act_quant/{FAKE}:0")
    assert rounded.shape.as_list() == output.shape.as_list()
    kernel = tf.trainable_variables()[0]
    (gradient,) = tf.gradients(rounded, kernel)
    session.run(tf.global_variables_initializer())
    # The second unit's sum is negative: its relu lets nothing pass.
    found = session.run(gradient, {rows: [[3.0, 1.0]]})
    np.testing.assert_allclose(found, [[3.0, 0.0], [1.0, 0.0]])


def test_nothing_is_rounded_before_its_delay_but_ranges_are_learned(session):
    rows, output = layer(weights=[[1.01, 0.0], [0.0, 0.503]])
    end = tf.identity(output, name="end")
    quantize.create_training_graph(quant_delay=3)
    session.run(tf.global_variables_initializer())
    given = {rows: [[1.003, 0.77]]}
    exact = np.float32([[1.003 * 1.01, 0.77 * 0.503]])
    runs = [session.run(end, given) for _ in range(3)]
    np.testing.assert_allclose(runs[0], exact, rtol=1e-6)
    np.testing.assert_allclose(runs[1], exact, rtol=1e-6)
    assert np.abs(runs[2] - exact).max() > 1e-5
    np.testing.assert_allclose(runs[2], exact, atol=1e-2)
    assert held(session, "fake_quantization_step") == 3
    np.testing.assert_allclose(held(session, "fc/act_quant/max"), exact.max(), rtol=1e-4)


@pytest.mark.parametrize("scale", [True, False])
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_a_folded_batch_norm_computes_what_it_did(session, training, fused, scale):
    values = np.sin(np.arange(216.0)).reshape(2, 6, 6, 3)
    params = {"fused": fused, "is_training": training, "scale": scale}
    place = images()
    output = slim.conv2d(
        place, 4, 3, normalizer_fn=slim.batch_norm, normalizer_params=params, scope="c"
    )
    end = tf.identity(output, name="end")
    session.run(tf.global_variables_initializer())
    before = session.run(end, {place: values})
    # 16 bits, so that folding is what is seen.
    quantize.experimental_create_training_graph(weight_bits=16, activation_bits=16)
    fresh = set(tf.global_variables()) - set(tf.trainable_variables())
    fresh = [v for v in fresh if "_quant" in v.name]
    session.run(tf.variables_initializer(fresh))
    np.testing.assert_allclose(session.run(end, {place: values}), before, atol=2e-3)


def test_variables_are_those_of_the_current_scope_and_not_trained(graph):
    layer()
    quantize.create_training_graph()
    assert [v.op.name for v in tf.trainable_variables()] == ["fc/kernel", "fc/bias"]
    names = {v.op.name for v in tf.global_variables()}
    assert {
        f"fc/{kind}_quant/{end}" for kind in ("weights", "act") for end in ("min", "max")
    } < names
    assert "fc/act_quant/fc/act_quant/max/biased" in names
    assert all(v.dtype.base_dtype == tf.float32 for v in tf.global_variables())


def test_a_rounded_graph_is_saved_and_used_for_eval(tmp_path):
    given = [[1.0, 2.0], [0.3, 0.4]]
    with tf.Graph().as_default(), tf.Session() as session:
        rows, output = layer()
        end = tf.identity(output, name="end")
        quantize.create_training_graph()
        session.run(tf.global_variables_initializer())
        for _ in range(2):
            trained = session.run(end, {rows: given})
        path = tf.train.Saver().save(session, str(tmp_path / "model"))
    with tf.Graph().as_default(), tf.Session() as session:
        rows, output = layer()
        end = tf.identity(output, name="end")
        quantize.create_eval_graph()
        tf.train.Saver().restore(session, path)
        np.testing.assert_allclose(session.run(end, {rows: given}), trained, rtol=1e-6)

"""contrib.quantize against a quantiser in NumPy: layers, ranges, folded norms, gradients."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

pytestmark = pytest.mark.filterwarnings("ignore:`tf.layers")

quantize = tf.contrib.quantize
slim = tf.contrib.slim

X = (2 * np.sin(1.3 * np.arange(12))).astype(np.float32).reshape(4, 3)
KERNEL = np.array([[0.9, -1.1], [0.33, 0.05], [-0.7, 1.4]], np.float32)
BIAS = np.array([0.1, -0.2], np.float32)


def nudged(low, high, bits, narrow):
    """The step, and the range moved so that zero is one of its values."""
    lowest, highest = int(narrow), 2**bits - 1
    step = (high - low) / (highest - lowest)
    zero = np.clip(np.round(lowest - low / step), lowest, highest)
    return step, (lowest - zero) * step, (highest - zero) * step


def rounded(values, low, high, bits=8, narrow=False):
    step, low, high = nudged(low, high, bits, narrow)
    # Half a step goes up.
    return np.floor((np.clip(values, low, high) - low) / step + 0.5) * step + low


def dense(x, activation=tf.nn.relu, **options):
    initial = tf.constant_initializer(KERNEL)
    bias = tf.constant_initializer(BIAS)
    options = {"kernel_initializer": initial, "bias_initializer": bias, "name": "fc", **options}
    return tf.layers.dense(x, 2, activation, **options)


def variable(name):
    (found,) = [v for v in tf.global_variables() if v.op.name == name]
    return found


def set_ranges(session, **ranges):
    session.run(tf.global_variables_initializer())
    for name, (low, high) in ranges.items():
        session.run(variable(f"fc/{name}/min").assign(low))
        session.run(variable(f"fc/{name}/max").assign(high))


def test_half_a_step_goes_up_in_the_quantiser_of_the_test(session):
    values = np.array([-9.0, -0.26, -0.25, 0.0, 0.25, 0.74, 0.75, 9.0], np.float32)
    made = tf.fake_quant_with_min_max_args(values, -1.0, 6.5, 4)
    np.testing.assert_allclose(session.run(made), rounded(values, -1.0, 6.5, 4), atol=1e-6)


@pytest.mark.parametrize(("weight_bits", "activation_bits"), [(8, 8), (4, 8), (2, 6), (16, 16)])
def test_a_layer_in_learned_ranges_is_rounded_as_defined(session, weight_bits, activation_bits):
    end = tf.identity(dense(tf.constant(X)))
    quantize.experimental_create_eval_graph(
        weight_bits=weight_bits, activation_bits=activation_bits
    )
    set_ranges(session, weights_quant=(-1.0, 1.2), act_quant=(0.0, 3.0))
    kernel = rounded(KERNEL, -1.0, 1.2, weight_bits, narrow=True)
    wanted = rounded(np.maximum(X @ kernel + BIAS, 0), 0.0, 3.0, activation_bits)
    # A value on the edge of two steps may fall on either side of it.
    np.testing.assert_allclose(session.run(end), wanted, atol=3.0 / 2**activation_bits + 1e-4)
    assert np.mean(np.abs(session.run(end) - wanted) < 1e-4) > 0.7
    weights = session.graph.get_tensor_by_name("fc/weights_quant/FakeQuantWithMinMaxVars:0")
    np.testing.assert_allclose(session.run(weights), kernel, atol=1e-5)


@pytest.mark.parametrize("rewrite", [quantize.create_eval_graph, quantize.create_training_graph])
def test_ranges_begin_at_six(session, rewrite):
    tf.identity(dense(tf.constant(X)))
    rewrite()
    session.run(tf.global_variables_initializer())
    starts = {
        name: [float(session.run(variable(f"fc/{name}/{end}"))) for end in ("min", "max")]
        for name in ("weights_quant", "act_quant")
    }
    assert starts == {"weights_quant": [-6, 6], "act_quant": [0, 6]}


@pytest.mark.parametrize("kernel", [KERNEL, np.abs(KERNEL), -np.abs(KERNEL)])
def test_weights_are_rounded_in_the_range_they_have_and_zero_is_in_it(session, kernel):
    end = tf.identity(dense(tf.constant(X), kernel_initializer=tf.constant_initializer(kernel)))
    quantize.create_training_graph()
    session.run(tf.global_variables_initializer())
    session.run(end)
    low, high = (session.run(variable(f"fc/weights_quant/{side}")) for side in ("min", "max"))
    assert low == pytest.approx(min(kernel.min(), 0))
    assert high == pytest.approx(max(kernel.max(), 0))
    weights = session.graph.get_tensor_by_name("fc/weights_quant/FakeQuantWithMinMaxVars:0")
    wanted = rounded(kernel, float(low), float(high), narrow=True)
    np.testing.assert_allclose(session.run(weights), wanted, atol=1e-5)


@pytest.mark.parametrize("kernel", [KERNEL, -KERNEL])
def test_symmetric_ranges_of_weights_lie_around_zero(session, kernel):
    end = tf.identity(dense(tf.constant(X), kernel_initializer=tf.constant_initializer(kernel)))
    quantize.experimental_create_training_graph(symmetric=True)
    session.run(tf.global_variables_initializer())
    session.run(end)
    low, high = (session.run(variable(f"fc/weights_quant/{side}")) for side in ("min", "max"))
    assert (low, high) == (pytest.approx(-1.4), pytest.approx(1.4))


def test_symmetric_ranges_of_activations_reach_one_step_further_down(session):
    # tanh is no activation that is rounded, an identity behind the sum is.
    end = tf.identity(tf.nn.relu(dense(tf.constant(X), None)) * 1.0)
    quantize.experimental_create_training_graph(symmetric=True)
    session.run(tf.global_variables_initializer())
    session.run(end)
    low, high = (session.run(variable(f"fc/act_quant/{side}")) for side in ("min", "max"))
    assert low == pytest.approx(-high * 128 / 127, rel=1e-5)


@pytest.mark.parametrize("steps", [1, 2, 10])
def test_ranges_of_activations_follow_what_is_seen(session, steps):
    place = tf.placeholder(tf.float32, [None, 3])
    dense(place)
    quantize.create_training_graph()
    session.run(tf.global_variables_initializer())
    kernel = rounded(KERNEL, KERNEL.min(), KERNEL.max(), narrow=True)
    end = session.graph.get_tensor_by_name("fc/act_quant/FakeQuantWithMinMaxVars:0")
    biased = 0.0
    for step in range(steps):
        scaled = X * (1 + step)
        session.run(end, {place: scaled})
        biased = 0.999 * biased + 0.001 * np.maximum(scaled @ kernel + BIAS, 0).max()
    wanted = biased / (1 - 0.999**steps)
    assert session.run(variable("fc/act_quant/max")) == pytest.approx(wanted, rel=2e-3)
    assert session.run(variable("fc/act_quant/min")) == 0


def test_gradients_pass_inside_a_range_and_not_outside(session):
    x = tf.constant(X)
    dense(x)
    quantize.create_eval_graph()
    end = session.graph.get_tensor_by_name("fc/act_quant/FakeQuantWithMinMaxVars:0")
    (gradient,) = tf.gradients(end, x)
    # The third weight of the second unit is beyond the range of weights, but a gradient by the
    # input asks for its rounded value only.
    set_ranges(session, weights_quant=(-1.0, 1.2), act_quant=(0.0, 1.0))
    kernel = rounded(KERNEL, -1.0, 1.2, narrow=True)
    sums = X @ kernel + BIAS
    passing = (sums > 0) & (sums <= 1.0)
    np.testing.assert_allclose(session.run(gradient), passing @ kernel.T, atol=1e-5)


def test_gradients_by_weights_beyond_their_range_are_zero(session):
    high_bias = tf.constant_initializer(20.0)  # every unit passes its relu
    dense(tf.constant(X), bias_initializer=high_bias)
    quantize.create_eval_graph()
    end = session.graph.get_tensor_by_name("fc/act_quant/FakeQuantWithMinMaxVars:0")
    (gradient,) = tf.gradients(end, tf.trainable_variables()[0])
    set_ranges(session, weights_quant=(-1.0, 1.2), act_quant=(0.0, 50.0))
    _, low, high = nudged(-1.0, 1.2, 8, True)
    inside = (low <= KERNEL) & (high >= KERNEL)
    assert not inside.all()
    wanted = np.repeat(X.sum(0)[:, None], 2, 1) * inside
    np.testing.assert_allclose(session.run(gradient), wanted, atol=1e-4)


@pytest.mark.parametrize(
    ("scope", "wanted"), [("one", ["one"]), ("one/", ["one"]), ("on", []), (None, ["one", "two"])]
)
def test_only_layers_of_a_scope_are_rounded(graph, scope, wanted):
    x = tf.constant(X)
    for name in ("one", "two"):
        with tf.variable_scope(name):
            x = tf.nn.relu(dense(x, None, kernel_initializer=None))
    quantize.experimental_create_training_graph(scope=scope)
    rounded_in = {
        op.name.partition("/")[0]
        for op in graph.get_operations()
        if op.type == "FakeQuantWithMinMaxVars"
    }
    assert sorted(rounded_in) == wanted


def normed(x, training, scale=True, fused=True):
    """A convolution of one pixel behind which a batch norm stands."""
    params = {
        "fused": fused,
        "is_training": training,
        "scale": scale,
        "epsilon": 0.01,
        "decay": 0.9,
        "updates_collections": None,
    }
    params["param_initializers"] = {
        "beta": tf.constant_initializer([0.3, -0.1]),
        "moving_mean": tf.constant_initializer([0.2, 0.4]),
        "moving_variance": tf.constant_initializer([1.5, 0.5]),
        **({"gamma": tf.constant_initializer([1.2, 0.7])} if scale else {}),
    }
    return slim.conv2d(
        x,
        2,
        1,
        weights_initializer=tf.constant_initializer(KERNEL),
        normalizer_fn=slim.batch_norm,
        normalizer_params=params,
        scope="fc",
    )


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_what_is_rounded_are_the_weights_with_the_norm_in_them(session, scale, fused):
    image = X.reshape(1, 2, 2, 3)
    end = tf.identity(normed(tf.constant(image), training=False, scale=scale, fused=fused))
    quantize.create_eval_graph()
    set_ranges(session, weights_quant=(-2.0, 2.0), act_quant=(0.0, 4.0))
    gamma = np.array([1.2, 0.7]) if scale else 1.0
    multiplier = gamma / np.sqrt(np.array([1.5, 0.5]) + 0.01)
    kernel = rounded(KERNEL * multiplier, -2.0, 2.0, narrow=True)
    bias = np.array([0.3, -0.1]) - np.array([0.2, 0.4]) * multiplier
    wanted = rounded(np.maximum(image @ kernel + bias, 0), 0.0, 4.0)
    np.testing.assert_allclose(session.run(end), wanted, atol=4.0 / 255 + 1e-4)
    assert np.mean(np.abs(session.run(end) - wanted) < 1e-4) > 0.7


@pytest.mark.parametrize("fused", [True, False])
def test_a_norm_that_is_trained_is_folded_with_its_moving_variance(session, fused):
    image = X.reshape(1, 2, 2, 3)
    tf.identity(normed(tf.constant(image), training=True, fused=fused))
    quantize.create_training_graph()
    session.run(tf.global_variables_initializer())
    folded = session.graph.get_tensor_by_name("fc/mul_fold:0")
    # 1.5 and 0.5 are the moving variances before the first step.
    multiplier = np.array([1.2, 0.7]) / np.sqrt(np.array([1.5, 0.5]) + 0.01)
    np.testing.assert_allclose(session.run(folded)[0, 0], KERNEL * multiplier, rtol=1e-4)


@pytest.mark.parametrize("fused", [True, False])
def test_moving_averages_stand_still_after_a_delay(session, fused):
    place = tf.placeholder(tf.float32, [1, 2, 2, 3])
    end = tf.identity(normed(place, training=True, fused=fused))
    quantize.experimental_create_training_graph(freeze_bn_delay=3)
    session.run(tf.global_variables_initializer())
    means = []
    for step in range(5):
        session.run(end, {place: X.reshape(1, 2, 2, 3) * (step + 1)})
        means.append(session.run(variable("fc/BatchNorm/moving_mean")))
    assert not np.allclose(means[0], means[1])
    np.testing.assert_array_equal(means[2], means[3])
    np.testing.assert_array_equal(means[3], means[4])

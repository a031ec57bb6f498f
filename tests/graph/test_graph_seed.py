"""What a graph's seed decides: the weights of layers and every op without a seed of its own."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from graphkit._tf import keras, tf
from graphkit.graph import GraphBuilder, set_random_seed

RANDOM = ("RandomUniform", "RandomStandardNormal", "TruncatedNormal")


def drawing(graph):
    """The ops that draw, with their places among the graph's ops."""
    return {place: op for place, op in enumerate(graph.get_operations()) if op.type in RANDOM}


def weights(seed):
    """The weights of a convolution, a product and a cell as a session starts them."""
    with GraphBuilder(seed=seed) as g:
        image = g.placeholder("image", "float32", [None, 6, 6, 3])
        hidden = g.layers.flatten(g.layers.conv2d(image, 4, 3))
        g.layers.dense(hidden, 5)
        g.layers.dynamic_rnn(g.layers.gru_cell(3), tf.reshape(image, [-1, 6, 18]))
    with tf.Session(graph=g.graph) as session:
        session.run(tf.variables_initializer(g.graph.get_collection("variables")))
        values = session.run(g.graph.get_collection("trainable_variables"))
    return [value.tolist() for value in values]


def test_a_builder_with_a_seed_starts_its_layers_alike():
    first = weights(1)
    assert len(first) == 8
    assert first == weights(1)
    assert first[0] != weights(2)[0]


def test_an_op_gets_the_number_of_ops_before_it():
    with tf.Graph().as_default() as graph:
        set_random_seed(7)
        tf.constant(1)
        tf.random_normal([2])
        tf.get_variable("weights", [2, 3])
        tf.truncated_normal([2])
        found = drawing(graph)
        assert len(found) == 3
        for place, op in found.items():
            assert (op.get_attr("seed"), op.get_attr("seed2")) == (7, place)
        before = len(graph.get_operations())
        assert tf.get_seed(None) == tf.get_seed(None) == (7, before)
        assert tf.get_seed(3) == (7, 3)


def test_a_seed_of_zero_is_one_for_the_first_op():
    """Two zeros are no seed for TensorFlow's kernels."""
    with tf.Graph().as_default():
        set_random_seed(0)
        assert tf.get_seed(None) == (0, 2**31 - 1)


def test_seeds_are_whole_numbers_of_31_bits():
    with tf.Graph().as_default():
        set_random_seed(2**31 + 5)
        tf.constant(1)
        assert tf.get_seed(None) == (6, 1)


def started(initializer, graph_seed=None):
    """A matrix of 40 rows and 30 columns as an initializer starts it, and its graph."""
    with GraphBuilder(seed=graph_seed) as g:
        inputs = g.placeholder("inputs", "float32", [None, 40])
        g.layers.dense(inputs, 30, use_bias=False, kernel_initializer=initializer)
    with tf.Session(graph=g.graph) as session:
        (kernel,) = g.graph.get_collection("trainable_variables")
        session.run(kernel.initializer)
        return session.run(kernel), g.graph


# What today's initializers make, as standard deviation and mean where chance decides.
DRAWN = {
    "GlorotNormal": ({}, (2 / 70) ** 0.5, 0),
    "GlorotUniform": ({}, (2 / 70) ** 0.5, 0),
    "HeNormal": ({}, (2 / 40) ** 0.5, 0),
    "HeUniform": ({}, (2 / 40) ** 0.5, 0),
    "LecunNormal": ({}, (1 / 40) ** 0.5, 0),
    "LecunUniform": ({}, (1 / 40) ** 0.5, 0),
    "RandomNormal": ({"mean": 1.0, "stddev": 2.0}, 2, 1),
    "RandomUniform": ({"minval": 2.0, "maxval": 3.0}, 12**-0.5, 2.5),
    "TruncatedNormal": ({"mean": 2.0, "stddev": 1.0}, 0.8796, 2),
    "VarianceScaling": (
        {"scale": 3.0, "mode": "fan_out", "distribution": "uniform"},
        (3 / 30) ** 0.5,
        0,
    ),
}


@pytest.mark.parametrize("name", sorted(DRAWN))
def test_an_initializer_keeps_its_settings_and_its_seed(name):
    settings, spread, middle = DRAWN[name]
    initializer = getattr(keras().initializers, name)(**settings, seed=5)
    values, graph = started(initializer, graph_seed=1)
    assert values.std() == pytest.approx(spread, rel=0.1)
    assert values.mean() == pytest.approx(middle, abs=0.15 * spread)
    (op,) = drawing(graph).values()
    assert (op.get_attr("seed"), op.get_attr("seed2")) == (1, 5)


MADE = {
    "Constant": ({"value": 2.0}, np.full([40, 30], 2.0)),
    "Identity": ({"gain": 2.0}, 2 * np.eye(40, 30)),
    "Ones": ({}, np.ones([40, 30])),
    "Zeros": ({}, np.zeros([40, 30])),
}


@pytest.mark.parametrize("name", sorted(MADE))
def test_an_initializer_that_draws_nothing_makes_what_it_made(name):
    settings, expected = MADE[name]
    values, _ = started(getattr(keras().initializers, name)(**settings))
    assert values.tolist() == expected.tolist()


def test_an_orthogonal_start_follows_the_seed():
    first, again = (started(keras().initializers.Orthogonal(gain=2.0), 3)[0] for _ in range(2))
    assert first.T @ first == pytest.approx(4 * np.eye(30), abs=1e-4)
    assert first.tolist() == again.tolist()


def test_an_initializer_of_the_program_is_called_as_it_is():
    values, _ = started(lambda shape, dtype=None, **_: tf.fill(shape, tf.cast(3, dtype)))
    assert values.tolist() == np.full([40, 30], 3.0).tolist()


def test_layers_of_others_start_as_ever():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        keras().layers.Dense(3)(tf.zeros([2, 4]))
        names = [op.name for op in graph.get_operations() if "stateless_random" in op.name]
        assert names
        assert tf.get_seed(None) == (1, 0)  # the first of the graph's draws, as of today


def test_layers_of_others_follow_a_seed_that_was_set_here():
    found = []
    for _ in range(2):
        with tf.Graph().as_default(), tf.Session() as session:
            set_random_seed(1)
            set_random_seed(1)  # a second time changes nothing
            keras().layers.Dense(3)(tf.zeros([2, 4]))
            session.run(tf.global_variables_initializer())
            found.append(session.run(tf.trainable_variables()[0]).tolist())
    assert found[0] == found[1]


def looped():
    """The weight of a layer in a loop, as a session starts it."""
    with tf.Graph().as_default(), tf.Session() as session:
        set_random_seed(1)
        dense = keras().layers.Dense(1)
        zero = tf.zeros([1, 1])
        tf.while_loop(lambda i: i[0, 0] < 1, lambda i: i + dense(tf.ones([1, 1])), [zero])
        session.run(tf.global_variables_initializer())
        return session.run(tf.trainable_variables()[0]).tolist()


def test_loops_as_functions_start_alike():
    assert tf.control_flow_v2_enabled()
    assert looped() == looped()


def test_a_graph_with_a_seed_ends_with_its_program():
    graph = tf.Graph()
    with graph.as_default():
        set_random_seed(1)
        tf.random_normal([2])
    gone = weakref.ref(graph)
    del graph
    gc.collect()
    assert gone() is None


def test_without_a_graph_the_seed_is_that_of_eager_ops():
    try:
        found = []
        for _ in range(2):
            set_random_seed(4)
            found.append(tf.random_normal([3]).numpy().tolist())
        assert found[0] == found[1]
    finally:
        tf.set_random_seed(None)

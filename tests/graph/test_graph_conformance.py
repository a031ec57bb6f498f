"""What every layer has in common: one table, and one test for each property."""

from __future__ import annotations

import inspect
import warnings
from typing import Any, NamedTuple

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.graph import layers


class Case(NamedTuple):
    """A layer, the sizes of an input after the batch, and the arguments it needs."""

    sizes: list[int]
    arguments: dict[str, Any]


IMAGE, VOLUME = [6, 6, 2], [4, 4, 4, 2]

LAYERS = {
    "average_pooling2d": Case(IMAGE, {"pool_size": 2}),
    "average_pooling3d": Case(VOLUME, {"pool_size": 2}),
    "batch_normalization": Case(IMAGE, {"training": True}),
    "conv2d": Case(IMAGE, {"filters": 3, "kernel_size": 3, "dilation_rate": 2}),
    "conv3d": Case(VOLUME, {"filters": 3, "kernel_size": 2}),
    "dense": Case([4], {"units": 3}),
    "dropout": Case([4], {"rate": 0.5, "training": True}),
    "flatten": Case(IMAGE, {}),
    "local_contrast_normalization": Case(IMAGE, {"window_size": 3}),
    "max_pooling2d": Case(IMAGE, {"pool_size": 2}),
    "max_pooling3d": Case(VOLUME, {"pool_size": 2}),
}

# These take ids, a cell or sizes where the others take a float tensor, and are tested apart.
APART = {
    "RnnOutput",
    "basic_lstm_cell",
    "basic_rnn_cell",
    "dynamic_rnn",
    "embedding",
    "gru_cell",
    "lstm_cell",
    "multi_rnn_cell",
}

# TensorFlow has no float64 kernels for them.
SMALL_FLOATS = {"average_pooling3d", "max_pooling3d"}

every_layer = pytest.mark.parametrize("name", sorted(LAYERS))
every_layer_and_dtype = pytest.mark.parametrize(
    ("name", "dtype"),
    [
        *((name, "float32") for name in sorted(LAYERS)),
        *((name, "float64") for name in sorted(set(LAYERS) - SMALL_FLOATS)),
    ],
)


def input_of(name, dtype="float32", batch=None):
    return tf.placeholder(dtype, [batch, *LAYERS[name].sizes], "x")


def add(layer, x, **more):
    return getattr(layers, layer)(x, **LAYERS[layer].arguments, **more)


def image(name, dtype="float32"):
    return np.random.RandomState(1).uniform(-1, 1, [2, *LAYERS[name].sizes]).astype(dtype)


def test_table_lists_every_layer():
    assert set(LAYERS) | APART == set(layers.__all__)


def test_public_names_are_sorted():
    assert layers.__all__ == sorted(layers.__all__)


@every_layer
def test_name_scope_is_honoured(name, graph):
    x = input_of(name)
    with tf.name_scope("tower"):
        assert add(name, x).op.name.startswith("tower/")


@every_layer
def test_two_calls_give_two_names(name, graph):
    x = input_of(name)
    first, second = add(name, x), add(name, x)
    assert first.op.name.startswith(f"{name}/")
    assert second.op.name.startswith(f"{name}_1/")


@every_layer
def test_name_is_used(name, graph):
    assert add(name, input_of(name), name="mine").op.name.startswith("mine/")


@every_layer
def test_bad_name_is_refused(name, graph):
    with pytest.raises(ValueError, match=rf"{name}: name must be made of .*got 'a b'"):
        add(name, input_of(name), name="a b")


@every_layer
def test_runs_under_a_device_scope(name, graph, session):
    x = input_of(name)
    with tf.device("/cpu:0"):
        y = add(name, x)
    assert y.device == "/device:CPU:0"
    session.run(tf.global_variables_initializer())
    assert np.isfinite(session.run(y, {x: image(name)})).all()


@every_layer_and_dtype
def test_gradient_flows_to_input_and_variables(name, dtype, graph, session):
    x = input_of(name, dtype)
    y = add(name, x)
    assert y.dtype == tf.as_dtype(dtype)
    sources = [x, *tf.trainable_variables()]
    gradients = tf.gradients(tf.reduce_sum(tf.square(y) * 2 + y), sources)
    session.run(tf.global_variables_initializer())
    for source, gradient in zip(
        sources, session.run(gradients, {x: image(name, dtype)}), strict=True
    ):
        assert np.isfinite(gradient).all(), source
        assert np.abs(gradient).max() > 0, source


@pytest.mark.parametrize("name", sorted(SMALL_FLOATS))
def test_float64_without_kernels_is_refused(name, graph):
    with pytest.raises(TypeError, match=rf"{name}: .*float of at most 32 bits, got float64"):
        add(name, input_of(name, "float64"))


@every_layer
def test_batch_may_be_known_or_not(name, graph, session):
    known, unknown = (add(name, input_of(name, batch=batch)).shape for batch in (2, None))
    assert known.is_fully_defined()
    assert known[0] == 2
    assert unknown[0] is None
    assert unknown[1:] == known[1:]


@every_layer
def test_output_has_the_static_shape(name, graph, session):
    x = input_of(name)
    y = add(name, x)
    session.run(tf.global_variables_initializer())
    assert y.shape.is_compatible_with(session.run(y, {x: image(name)}).shape)


@every_layer
def test_graph_need_not_be_current(name, graph):
    x = input_of(name)
    with tf.Graph().as_default() as other:
        assert add(name, x).graph is graph
    assert not other.get_operations()


@every_layer
def test_layer_works_on_an_array_where_a_graph_is_current(name, graph):
    assert add(name, image(name)).graph is graph


@every_layer
def test_no_warning_reaches_the_user(name, graph):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        add(name, input_of(name))
    assert not [w for w in caught if "deprecated" in str(w.message)]


@every_layer
@pytest.mark.parametrize("value", [3.0, [[1.0]], None, "x"])
def test_input_must_be_a_tensor(name, graph, value):
    with pytest.raises(TypeError, match=rf"{name}: inputs .*got {type(value).__name__}"):
        add(name, value)


@every_layer
def test_eager_tensor_is_refused(name):
    with pytest.raises(
        TypeError, match=rf"{name}: inputs must be a tensor of a graph.*EagerTensor"
    ):
        add(name, tf.zeros([2, *LAYERS[name].sizes]))


@every_layer
def test_unknown_rank_is_refused_before_the_first_node(name, graph):
    x = tf.placeholder(tf.float32)
    before = len(graph.get_operations())
    with pytest.raises(ValueError, match=rf"{name}: inputs must be of rank .*'unknown rank'"):
        add(name, x)
    assert len(graph.get_operations()) == before


@pytest.mark.parametrize("name", sorted(set(layers.__all__) - {"RnnOutput"}))
def test_docstring_says_what_goes_in_and_out(name):
    text = inspect.getdoc(getattr(layers, name))
    assert all(f"\n{part}:\n" in text for part in ("Args", "Returns"))
    assert "\nRaises:\n" in text
    assert "https://" in text
    assert "ArgumentError" in text

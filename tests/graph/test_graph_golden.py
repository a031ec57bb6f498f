"""Every layer and cell against what TensorFlow 1.15.5 itself gave, recorded in graph.json."""

from __future__ import annotations

import builtins
import re

import numpy as np
import pytest
from graph_cases import GOLDEN, decoded, fed

from graphkit._tf import tf
from graphkit.errors import GraphkitError
from graphkit.graph import layers

TOLERANCE = {"rtol": 2e-5, "atol": 2e-6}


def build(case, x, **changed):
    """Calls the layer of a case; refused cases leave out what graphkit asks for."""
    return getattr(layers, case["layer"])(x, **decoded({**case["args"], **changed}))


def input_of(case):
    shape = None if case["shape"] == "unknown" else case["shape"]
    return tf.placeholder(case["dtype"], shape, "x")


def assert_recorded(session, tensors, records, feed):
    assert len(tensors) == len(records)
    for tensor, record in zip(tensors, records, strict=True):
        rank = tensor.shape.rank
        assert (None if rank is None else tensor.shape.as_list()) == record["shape"]
        np.testing.assert_allclose(
            np.ravel(session.run(tensor, feed)), record["value"], **TOLERANCE
        )


def assert_variables(session, records):
    found = tf.global_variables()
    assert [v.op.name for v in found] == [r["name"] for r in records]
    trainable = {v.op.name for v in tf.trainable_variables()}
    for variable, record in zip(found, records, strict=True):
        assert variable.shape.as_list() == record["shape"]
        assert (variable.op.name in trainable) == record["trainable"]
        np.testing.assert_allclose(np.ravel(session.run(variable)), record["value"], **TOLERANCE)


def op_family(tensor_name):
    """The layer an op belongs to, without the numbering of ops inside it."""
    return tensor_name.split("/")[0]


@pytest.mark.parametrize("key", sorted(GOLDEN["layers"]))
def test_layer_is_that_of_tensorflow_1(key, graph, session):
    case = GOLDEN["layers"][key]
    recorded = case["result"]
    x = input_of(case)
    y = build(case, x)
    again = build(case, x, name=None)
    session.run(tf.global_variables_initializer())
    assert y.dtype == x.dtype
    assert y.op.name.split("/")[0] == recorded["outputs"][0]["name"].split("/")[0]
    assert op_family(again.op.name) == op_family(recorded["second_name"])
    assert_recorded(session, [y], recorded["outputs"], {x: fed(case)})
    assert_variables(session, recorded["variables"])


@pytest.mark.parametrize("key", sorted(GOLDEN["layers"]))
def test_layer_fills_the_collections_of_tensorflow_1(key, graph, session):
    case = GOLDEN["layers"][key]
    recorded = case["result"]
    x = input_of(case)
    build(case, x)
    build(case, x, name=None)
    session.run(tf.global_variables_initializer())
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert len(updates) == recorded["updates"]
    assert_recorded(session, losses, recorded["losses"], {x: fed(case)})
    if updates:
        session.run(updates, {x: fed(case)})
        assert_variables(session, recorded["updated"])


@pytest.mark.parametrize("key", sorted(set(GOLDEN["layers"]) - {"dropout_noise_shape"}))
def test_output_has_the_name_of_tensorflow_1(key, graph):
    case = GOLDEN["layers"][key]
    recorded = case["result"]["outputs"][0]["name"]
    ours = build(case, input_of(case)).op.name
    renamed = {"dropout/dropout/mul_1": "dropout/dropout/SelectV2"}
    assert ours in (recorded, renamed.get(recorded))


@pytest.mark.parametrize("key", sorted(GOLDEN["refused"]))
def test_refusal_is_of_the_class_tensorflow_1_raised(key, graph):
    case = GOLDEN["refused"][key]
    expected = getattr(builtins, case["error"])
    x = input_of(case)
    before = len(graph.get_operations())
    with pytest.raises(expected, match=rf"^{re.escape(case['layer'])}: ") as caught:
        build(case, x)
    assert isinstance(caught.value, GraphkitError)
    assert len(graph.get_operations()) == before


@pytest.mark.parametrize("key", sorted(GOLDEN["cells"]))
def test_unrolled_cell_is_that_of_tensorflow_1(key, graph, session):
    case = GOLDEN["cells"][key]
    recorded = case["result"]
    x = input_of(case)
    cells = [getattr(layers, name)(**args) for name, args in case["cells"]]
    cell = cells[0] if len(cells) == 1 else layers.multi_rnn_cell(cells)
    start = tf.glorot_uniform_initializer(seed=7)
    with tf.variable_scope(tf.get_variable_scope(), initializer=start):
        outputs, state = layers.dynamic_rnn(cell, x, **case["args"])
    gradient = tf.gradients(tf.reduce_sum(outputs), x)
    session.run(tf.global_variables_initializer())
    feed = {x: fed(case)}
    assert_recorded(session, [outputs], recorded["outputs"], feed)
    assert_recorded(session, tf.nest.flatten(state), recorded["state"], feed)
    assert_recorded(session, gradient, recorded["gradient"], feed)
    assert_variables(session, recorded["variables"])


def test_embedding_is_that_of_tensorflow_1(graph, session):
    case = GOLDEN["embedding"]
    ids = tf.placeholder(tf.int64, [None, None])
    start = tf.glorot_uniform_initializer(seed=7)
    vectors = layers.embedding(ids, 4, 3, initializer=start, name="words")
    session.run(tf.global_variables_initializer())
    assert_recorded(session, [vectors], case["outputs"], {ids: case["ids"]})
    assert_variables(session, case["variables"])

"""Networks put together by chance compute the same frozen, as text, and inside another graph."""

from __future__ import annotations

import random

import numpy as np
import pytest
from frozen_files import ops

from graphkit._tf import tf
from graphkit.export import freeze_session, import_into, inspect_file, load_graph
from graphkit.graph import layers

NETWORKS = range(12)
VARIABLES = {"VarHandleOp", "Variable", "VariableV2", "ReadVariableOp", "Assign"}


def _dense(chance, net):
    return layers.dense(layers.flatten(net), chance.randint(1, 6), activation="tanh")


def _convolved(chance, net):
    kernel = chance.randint(1, 3)
    return layers.conv2d(net, chance.randint(1, 4), kernel, padding="same", activation="relu")


def _pooled(chance, net):
    pool = chance.choice([layers.max_pooling2d, layers.average_pooling2d])
    return pool(net, 2, chance.randint(1, 2), padding="same")


def _normalized(chance, net):
    return layers.batch_normalization(net, training=False, fused=chance.random() < 0.5)


def _shifted(chance, net):
    shift = tf.get_variable(
        f"shift_{chance.random()}",
        initializer=np.float32(chance.random()),
        use_resource=chance.random() < 0.5,
    )
    return net * 2.0 + shift


def _branched(chance, net):
    return tf.cond(tf.reduce_sum(net) > 0, lambda: net - 1.0, lambda: tf.sin(net))


def _looped(chance, net):
    steps = chance.randint(1, 3)
    factor = tf.get_variable(f"factor_{chance.random()}", initializer=0.5, use_resource=True)
    return tf.while_loop(lambda n, _: n < steps, lambda n, x: (n + 1, x * factor + 1.0), [0, net])[
        1
    ]


def _joined(chance, net):
    return tf.concat([net, -net], axis=-1)


ON_IMAGES = (_convolved, _pooled, _normalized, _shifted, _branched, _looped, _joined)
ON_ROWS = (_dense, _shifted, _branched, _looped, _joined)


@pytest.fixture(params=NETWORKS)
def network(request, graph, session):
    """A session on `image` → `scores` and `hidden`, and values for `image`, `[3, 6, 5, 2]`."""
    chance = random.Random(request.param)
    tf.set_random_seed(request.param)
    net = tf.placeholder(tf.float32, [None, 6, 5, 2], "image")
    for _ in range(chance.randint(1, 4)):
        net = chance.choice(ON_IMAGES)(chance, net)
    tf.identity(net, name="hidden")
    net = _dense(chance, net)
    for _ in range(chance.randint(0, 2)):
        net = chance.choice(ON_ROWS)(chance, net)
    tf.identity(net, name="scores")
    session.run(tf.global_variables_initializer())
    return session, np.random.RandomState(request.param).normal(size=[3, 6, 5, 2])


def test_it_computes_the_same_wherever_it_goes(network, tmp_path):
    session, image = network
    expected = session.run(["scores:0", "hidden:0"], {"image:0": image})
    for name, text in [("m.pb", False), ("m.pbtxt", True)]:
        report = freeze_session(session, tmp_path / name, outputs=["scores", "hidden"], text=text)
        assert report.parameters == sum(v.shape.num_elements() for v in tf.global_variables())
        with load_graph(tmp_path / name) as loaded:
            found = loaded.run({"image": image})
        for value, output in zip(expected, ["scores", "hidden"], strict=True):
            np.testing.assert_allclose(found[output], value, atol=1e-5)
    assert VARIABLES.isdisjoint(ops(tmp_path / "m.pb").values())
    assert inspect_file(tmp_path / "m.pb").details.outputs == ["scores", "hidden"]
    with tf.Graph().as_default() as other, tf.Session() as second:
        given = tf.constant(image, tf.float32)
        outputs = import_into(other, tmp_path / "m.pb", {"image:0": given}, prefix="front")
        found = second.run(outputs["front/scores"])
    np.testing.assert_allclose(found, expected[0], atol=1e-5)

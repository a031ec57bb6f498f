"""Networks for the transforms' tests, and what tells what they compute."""

from __future__ import annotations

import numpy as np

from graphkit._tf import tf
from graphkit.export._graphs._surgery import clear_placement
from graphkit.export._transforms._network import Network, copied


def network_of(build, outputs=("y",)):
    """The network of the graph that `build` makes; its placeholders are its inputs."""
    with tf.Graph().as_default() as graph:
        build()
    placeholders = [op.name for op in graph.get_operations() if op.type.startswith("Placeholder")]
    names = tuple(name if ":" in name else f"{name}:0" for name in outputs)
    graph_def = graph.as_graph_def()
    clear_placement(graph_def, devices=False)
    return Network(graph_def, {name: name for name in placeholders}, names)


def results(network, feeds):
    """What a network gives for values of its inputs."""
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(copied(network.graph_def), name="")
    feed = {f"{network.inputs[name]}:0": value for name, value in feeds.items()}
    with tf.Session(graph=graph) as session:
        return session.run(list(network.outputs), feed)


def kinds(network):
    """The op type of each node."""
    return {node.name: node.op for node in network.graph_def.node}


def inputs_of(network, name):
    """What a node reads."""
    return next(list(node.input) for node in network.graph_def.node if node.name == name)


def constant(network, name):
    """The value of a constant."""
    node = next(node for node in network.graph_def.node if node.name == name)
    assert node.op == "Const"
    return tf.make_ndarray(node.attr["value"].tensor)


def numbers(*shape, seed=0):
    """Normally distributed float32 of a shape, the same each time."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def same(one, two, tolerance=1e-5):
    """Compares lists of arrays, numbers above 1 in proportion to them."""
    assert len(one) == len(two)
    for first, second in zip(one, two, strict=True):
        assert first.dtype == second.dtype
        np.testing.assert_allclose(first, second, rtol=tolerance, atol=tolerance)

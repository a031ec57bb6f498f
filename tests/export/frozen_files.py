"""What tests ask of a file that was frozen, and files frozen by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from graphkit._tf import tf


def frozen(path):
    return tf.GraphDef.FromString(Path(path).read_bytes())


def ops(path):
    """Name and type of each node, those of functions too."""
    graph_def = frozen(path)
    nodes = [*graph_def.node, *(n for f in graph_def.library.function for n in f.node_def)]
    return {node.name: node.op for node in nodes}


def check_same(session, path, outputs, feeds):
    """Compares what session and file compute, by a path of its own."""
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(frozen(path), name="")
    with tf.Session(graph=graph) as other:
        names = [f"{name}:0" for name in outputs]
        expected = session.run(names, {f"{key}:0": value for key, value in feeds.items()})
        found = other.run(names, {f"{key}:0": value for key, value in feeds.items()})
    for one, two in zip(expected, found, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


def write_graph(path, build):
    """Writes the graph that `build` makes, as it is."""
    with tf.Graph().as_default() as graph:
        build()
    path.write_bytes(graph.as_graph_def().SerializeToString())
    return path


def add_one():
    tf.add(tf.placeholder(tf.float32, [None], name="x"), 1.0, name="y")

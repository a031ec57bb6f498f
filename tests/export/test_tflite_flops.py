"""Operations and pictures of TFLite models: those of the graphs they were made of."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from graphkit._formats._graph import StoredNode
from graphkit._tf import tf
from graphkit.errors import CorruptFileError, GraphkitError
from graphkit.export import convert, draw_html, draw_svg, inspect_file
from graphkit.export._drawing._kinds import kind_of
from graphkit.export._drawing._tflite_nodes import tflite_nodes
from graphkit.export._inspection._facts import Facts, Unknown
from graphkit.export._inspection._flops import op_flops
from graphkit.export._inspection._tflite import read_tflite_graph
from graphkit.export._inspection._tflite_ops import TFLITE_OPS
from graphkit.export._inspection._tflite_same import same_op

NETWORK = Path(__file__).parents[1] / "golden" / "tflite_files" / "network.tflite"
RANDOM = np.random.default_rng(2)


def _weights(*shape):
    return tf.constant(RANDOM.normal(size=shape).astype(np.float32))


def _build():
    x = tf.placeholder(tf.float32, [None, 8, 8, 3], name="x")
    with tf.name_scope("first"):
        h = tf.nn.relu(
            tf.nn.bias_add(tf.nn.conv2d(x, _weights(3, 3, 3, 4), 1, "SAME"), _weights(4))
        )
        h = tf.nn.max_pool(h, 2, 2, "VALID")
    with tf.name_scope("second"):
        h = tf.nn.depthwise_conv2d(h, _weights(3, 3, 4, 2), [1, 1, 1, 1], "VALID")
        h = tf.nn.relu6(tf.nn.bias_add(h, _weights(8)))
    h = tf.matmul(tf.reshape(h, [-1, 2 * 2 * 8]), _weights(32, 5))
    tf.nn.softmax(tf.nn.bias_add(h, _weights(5)), name="y")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """One network as a `.pb` and as a TFLite model with an open batch."""
    folder = tmp_path_factory.mktemp("models")
    with tf.Graph().as_default() as graph:
        _build()
    (folder / "net.pb").write_bytes(graph.as_graph_def().SerializeToString())
    convert(folder / "net.pb", folder / "net.tflite")
    return folder / "net.pb", folder / "net.tflite"


@pytest.mark.parametrize("batch", [1, 5])
def test_they_take_what_their_graph_took(models, batch):
    before, after = (inspect_file(path, batch=batch).details for path in models)
    assert after.flops == before.flops
    assert after.batch == batch
    assert after.uncounted_ops == {}


def test_operations_are_told_by_op(models):
    """Each with its bias and activation: 8x8x4, then pooled to 4x4, then 2x2x8, then 5."""
    assert inspect_file(models[1]).details.flops_by_op == {
        "CONV_2D": 256 * (2 * 27 + 1 + 1),
        "DEPTHWISE_CONV_2D": 32 * (2 * 9 + 1 + 1),
        "FULLY_CONNECTED": 5 * (2 * 32 + 1),
        "MAX_POOL_2D": 64 * 4,
        "SOFTMAX": 25,
    }


def test_a_model_of_1_15_is_counted():
    """Four windows with two filters and an activation; eight by two hundred; a maximum of them."""
    assert inspect_file(NETWORK).details.flops_by_op == {
        "FULLY_CONNECTED": 200 * (2 * 8 + 1),
        "SOFTMAX": 5 * 200,
        "ARG_MAX": 199,
        "DEPTHWISE_CONV_2D": 8 * (2 * 9 + 1 + 1),
    }


def test_ops_are_drawn_with_their_weights():
    nodes = tflite_nodes(read_tflite_graph(NETWORK))
    assert [(node.op, node.shape, node.parameters) for node in nodes] == [
        ("Placeholder", (1, 4, 4, 1), 0),
        ("DEPTHWISE_CONV_2D", (1, 2, 2, 2), 20),
        ("FULLY_CONNECTED", (1, 200), 1800),
        ("SOFTMAX", (1, 200), 0),
        ("ARG_MAX", (1,), 0),
    ]
    x, first, second, _, _ = (node.name for node in nodes)
    assert [node.sources for node in nodes] == [(), (x,), (first,), (second,), (second,)]
    assert len({node.name for node in nodes}) == len(nodes)


def test_pictures_and_pages_show_the_graph(models):
    picture, page = draw_svg(models[1]), draw_html(models[1])
    assert picture.startswith("<svg")
    for told in ("CONV_2D", "FULLY_CONNECTED", "8\u00d78\u00d74"):
        assert told in picture
        assert told in page


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        ("CONV_2D", "conv"),
        ("FULLY_CONNECTED", "dense"),
        ("LOGISTIC", "activation"),
        ("ADD", "math"),
    ],
)
def test_an_op_has_the_colour_of_the_op_it_is_the_same_as(op, kind):
    assert kind_of(op) == kind_of(same_op(op)) == kind


def test_the_same_ops_are_ops_of_both():
    same = {op: same_op(op) for op in TFLITE_OPS if same_op(op) != op}
    assert len(same) > 80
    assert all(hasattr(tf.raw_ops, name) for name in same.values())
    assert len(set(same.values())) == len(same)


def test_what_is_no_op_of_tensorflow_is_not_counted():
    with pytest.raises(Unknown):
        op_flops(StoredNode("", "HARD_SWISH"), Facts([]), (1,))
    assert op_flops(StoredNode("", "Reshape"), Facts([]), (1,)) == 0


def test_damaged_models_are_drawn_or_refused(tmp_path):
    whole, chance = NETWORK.read_bytes(), random.Random(4)
    refused = 0
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(4):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 255))
        (tmp_path / "m.tflite").write_bytes(data)
        try:
            draw_svg(tmp_path / "m.tflite")
        except GraphkitError:
            refused += 1
    assert refused


def test_tensors_that_are_not_there_are_damage(models, tmp_path):
    graph = read_tflite_graph(models[1])
    place = max(place for op in graph.ops for place in op.outputs)
    data = models[1].read_bytes()
    wanted = (1).to_bytes(4, "little") + place.to_bytes(4, "little", signed=True)
    (tmp_path / "m.tflite").write_bytes(data.replace(wanted, wanted[:4] + b"\xff\xff\xff\x7f"))
    with pytest.raises(CorruptFileError, match=r"is a damaged TFLite model"):
        inspect_file(tmp_path / "m.tflite")

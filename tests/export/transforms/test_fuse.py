"""Padding, resizing, bias and activation become part of the convolution or product beside them."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import constant, inputs_of, kinds, network_of, numbers, results, same

from graphkit._tf import tf
from graphkit.errors import ConversionError
from graphkit.export import freeze, inspect_file, transform
from graphkit.export._transforms._fuse import fuse

KERNEL = numbers(3, 3, 3, 4)
BIAS = numbers(4, seed=1)
BORDER = [[0, 0], [1, 2], [2, 1], [0, 0]]


def image(batch=None, dtype=tf.float32):
    return tf.placeholder(dtype, [batch, 7, 6, 3], name="x")


def conv(value, padding="VALID", **options):
    return tf.nn.conv2d(value, KERNEL, padding=padding, name="conv", **options)


def pad_v2(value, paddings):
    return tf.raw_ops.PadV2(input=value, paddings=paddings, constant_values=0.0)


def fused_same(build, batch=3, shape=(7, 6, 3)):
    """The network after the step, which computes what it did."""
    before = network_of(build)
    after = fuse(before)
    feeds = {"x": numbers(batch, *shape, seed=5)}
    same(results(after, feeds), results(before, feeds))
    return after


def left(network):
    """The types of op that are no constants, and no copies of them."""
    nodes = network.graph_def.node
    held = {node.name for node in nodes if node.op == "Const"}
    return sorted(node.op for node in nodes if not held & {node.name, *node.input[:1]})


@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("dilations", [1, 2])
@pytest.mark.parametrize("pad", [tf.pad, pad_v2])
def test_zeros_become_the_own_padding_of_a_convolution(pad, strides, dilations):
    def build():
        padded = pad(image(), BORDER)
        tf.identity(conv(padded, strides=strides, dilations=dilations), name="y")

    network = fused_same(build)
    assert left(network) == ["Conv2D", "Identity", "Placeholder"]
    assert inputs_of(network, "conv")[0] == "x"


@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("Elu", tf.nn.elu),
        ("LeakyRelu", lambda value, name: tf.nn.leaky_relu(value, alpha=0.4, name=name)),
        ("Relu", tf.nn.relu),
        ("Relu6", tf.nn.relu6),
    ],
)
def test_bias_and_activation_go_into_convolution_and_product(name, activation):
    def build():
        hidden = activation(tf.nn.bias_add(conv(image(), "SAME") * 3.0, BIAS), name="no")
        hidden = activation(tf.nn.bias_add(conv2(hidden), BIAS), name="hidden")
        flat = tf.reshape(hidden, [-1, 4])
        activation(tf.nn.bias_add(tf.matmul(flat, numbers(4, 4, seed=2)), BIAS), name="y")

    network = fused_same(build)
    assert (kinds(network)["hidden"], kinds(network)["y"]) == ("_FusedConv2D", "_FusedMatMul")
    assert kinds(network)["no"] == name  # the product between convolution and bias keeps them apart


def conv2(value):
    return tf.nn.conv2d(value, numbers(2, 2, 4, 4, seed=3), strides=2, padding="SAME")


@pytest.mark.parametrize(
    "add",
    [tf.add, lambda one, two: two + one, lambda one, two: tf.raw_ops.Add(x=one, y=two)],
    ids=["before", "behind", "old"],
)
def test_a_sum_of_each_channel_is_a_bias(add):
    def build():
        product = tf.matmul(tf.reshape(image(), [-1, 3]), numbers(3, 4))
        tf.nn.relu(add(product, BIAS), name="y")

    assert kinds(fused_same(build))["y"] == "_FusedMatMul"


def test_a_transposed_product_stays_transposed():
    def build():
        x = tf.placeholder(tf.float32, [3, None], name="x")
        product = tf.matmul(x, numbers(4, 3), transpose_a=True, transpose_b=True)
        tf.nn.bias_add(product, BIAS, name="y")

    assert kinds(fused_same(build, shape=(5,)))["y"] == "_FusedMatMul"


def test_padding_bias_and_activation_are_one_op():
    def build():
        tf.nn.relu(tf.nn.bias_add(conv(tf.pad(image(), BORDER)), BIAS), name="y")

    assert left(fused_same(build)) == ["Placeholder", "_FusedConv2D"]


@pytest.mark.parametrize("mode", ["REFLECT", "SYMMETRIC"])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("strides", [1, 2])
def test_a_mirrored_border_goes_into_a_convolution_of_one_image(mode, padding, strides):
    def build():
        padded = tf.pad(image(1), BORDER, mode=mode)
        tf.identity(conv(padded, padding, strides=strides), name="y")

    assert left(fused_same(build, 1)) == ["FusedPadConv2D", "Identity", "Placeholder"]


@pytest.mark.parametrize("align", [False, True])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(4, 5), (11, 9)])
def test_resizing_goes_into_a_convolution_of_one_image(align, mirrored, size):
    def build():
        value = tf.image.resize_bilinear(image(1), size, align_corners=align)
        value = tf.pad(value, BORDER, mode="REFLECT") if mirrored else value
        tf.identity(conv(value), name="y")

    network = fused_same(build, 1)
    assert left(network) == ["FusedResizeAndPadConv2D", "Identity", "Placeholder"]
    if not mirrored:
        assert constant(network, "conv/paddings").tolist() == [[0, 0]] * 4


def test_two_resized_images_have_borders_of_their_own():
    def build():
        values = [tf.image.resize_bilinear(image(1), [9, 9]) for _ in range(2)]
        tf.add_n([conv(value) for value in values], name="y")

    names = kinds(fuse(network_of(build)))
    assert {"conv/paddings", "conv_1/paddings"} <= set(names)


def _shared():
    padded = tf.pad(image(), BORDER)
    tf.add(conv(padded), tf.reduce_mean(padded), name="y")


def _twice():
    value = conv(image(), "SAME")
    tf.add(tf.nn.relu(tf.nn.bias_add(value, BIAS)), value, name="y")


def _waiting():
    padded = tf.pad(image(), BORDER)
    with tf.control_dependencies([padded]):
        tf.identity(conv(padded), name="y")


KEPT = {
    "a value at the border that is not 0": lambda: conv(tf.pad(image(), BORDER, constant_values=1)),
    "a border that is computed": lambda: conv(tf.pad(image(), tf.cast(_half(), tf.int32))),
    "an image more": lambda: conv(tf.pad(image(), [[1, 0], [1, 1], [1, 1], [0, 0]])),
    "channels more": lambda: tf.nn.conv2d(
        tf.pad(image(), [[0, 0], [1, 1], [1, 1], [1, 0]]), numbers(2, 2, 4, 2), padding="VALID"
    ),
    "a border of its own": lambda: conv(tf.pad(image(), BORDER), "SAME"),
    "several images mirrored": lambda: conv(tf.pad(image(), BORDER, mode="REFLECT")),
    "several images resized": lambda: conv(tf.image.resize_bilinear(image(), [9, 9])),
    "half a pixel": lambda: conv(
        tf.raw_ops.ResizeBilinear(images=image(1), size=[9, 9], half_pixel_centers=True)
    ),
    "a dilated mirror": lambda: conv(tf.pad(image(1), BORDER, mode="REFLECT"), dilations=2),
    "a border in int64": lambda: conv(
        tf.raw_ops.MirrorPad(input=image(1), paddings=np.int64(BORDER), mode="REFLECT")
    ),
    "another dtype": lambda: tf.nn.bias_add(
        tf.matmul(tf.placeholder(tf.float64, [None, 3], name="x"), numbers(3, 4).astype("d")),
        BIAS.astype("d"),
    ),
    "an activation the fused op has not": lambda: tf.tanh(conv(image())),
    "a sum of each row": lambda: (
        tf.matmul(tf.reshape(image(), [-1, 3]), numbers(3, 1)) + BIAS[:1, None]
    ),
    "a sum that spreads": lambda: tf.matmul(tf.reshape(image(), [-1, 3]), numbers(3, 1)) + BIAS,
    "a bias that is the product": lambda: tf.nn.bias_add(
        image(), tf.matmul(numbers(1, 3), tf.identity(numbers(3, 3)))[0]
    ),
}


def _half():
    return tf.image.resize_images(image(), [4, 2])[0, :, :, 0] * 0


@pytest.mark.parametrize("build", KEPT.values(), ids=KEPT)
def test_what_it_would_not_be_the_same_for_stays(build):
    network = network_of(lambda: tf.identity(build(), name="y"))
    assert fuse(network) is network


@pytest.mark.parametrize("build", [_shared, _twice, _waiting])
def test_what_is_needed_elsewhere_too_stays(build):
    network = network_of(build)
    assert fuse(network) is network


def test_an_output_keeps_its_value():
    def build():
        value = tf.nn.bias_add(conv(image(), "SAME"), BIAS, name="sum")
        tf.nn.relu(value, name="y")

    network = fuse(network_of(build, ["sum", "y"]))
    assert {name: kinds(network)[name] for name in ("sum", "y")} == {
        "sum": "_FusedConv2D",
        "y": "Relu",
    }


def test_the_file_runs_in_plain_tensorflow_and_is_proven(tmp_path):
    with tf.Graph().as_default() as graph:
        hidden = tf.nn.relu(tf.nn.bias_add(conv(tf.pad(image(), BORDER)), BIAS))
        logits = tf.matmul(tf.reduce_mean(hidden, [1, 2]), numbers(4, 2, seed=4))
        tf.nn.relu(logits + numbers(2, seed=6), name="y")
    source, target = tmp_path / "source.pb", tmp_path / "fused.pb"
    source.write_bytes(graph.as_graph_def().SerializeToString())
    report = transform(source, target, ["fuse", "fuse"])
    assert report.batches_checked == 2
    assert [step.note for step in report.steps] == ["", "found nothing to fuse"]
    assert report.steps[0].nodes_before - report.steps[0].nodes_after >= 6
    with tf.Graph().as_default() as plain:
        tf.import_graph_def(tf.GraphDef.FromString(target.read_bytes()), name="")
    rows = numbers(2, 7, 6, 3, seed=8)
    with tf.Session(graph=plain) as one, tf.Session(graph=graph) as other:
        same([one.run("y:0", {"x:0": rows})], [other.run("y:0", {"x:0": rows})])


def test_what_is_fused_counts_as_it_did_before(tmp_path):
    def build():
        hidden = tf.nn.relu(tf.nn.bias_add(conv(image(), "SAME"), BIAS))
        tf.nn.bias_add(tf.matmul(tf.reshape(hidden, [-1, 4]), numbers(4, 4)), BIAS, name="y")

    network = network_of(build)
    counts = []
    for number, one in enumerate((network, fuse(network))):
        path = tmp_path / f"{number}.pb"
        path.write_bytes(one.graph_def.SerializeToString())
        details = inspect_file(path, batch=2).details
        assert not details.uncounted_ops
        counts.append(sum(details.flops_by_op.values()))
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("target", ["opencv", "tflite"])
def test_a_program_without_fused_ops_refuses_and_names_the_step(target, tmp_path):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.identity(conv(tf.pad(image(1), BORDER, mode="REFLECT")), name="y")
        wanted = rf"{target} cannot take .*'conv' \(FusedPadConv2D\).* before that step; nothing"
        with pytest.raises(ConversionError, match=wanted):
            freeze(session, tmp_path / "m.pb", outputs="y", transforms=["fuse"], targets=[target])
    assert graph.get_operation_by_name("conv").type == "Conv2D"
    assert list(tmp_path.iterdir()) == []

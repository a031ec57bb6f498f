"""What each op does to the channels of its input, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._transforms._channelwise import Layout, affine_of, passes_channels

LAST, FIRST = Layout(4, 2, 3), Layout(4, 2, 1)
VECTOR = np.float32([2, 4])


def node(op, inputs, **attributes):
    made = tf.NodeDef(name="op", op=op, input=inputs)
    for name, value in attributes.items():
        if isinstance(value, bytes):
            made.attr[name].s = value
        elif isinstance(value, list):
            made.attr[name].list.i.extend(value)
        elif isinstance(value, bool):
            made.attr[name].b = value
        else:
            made.attr[name].f = value
    return made


def constants_of(**values):
    found = {name: tf.NodeDef() for name in values}
    for name, value in values.items():
        make_constant(found[name], name, value)
    return found


@pytest.mark.parametrize(
    ("op", "inputs", "scale", "offset"),
    [
        ("Mul", ["x", "c"], [2, 4], [0, 0]),
        ("Mul", ["c", "x"], [2, 4], [0, 0]),
        ("RealDiv", ["x", "c"], [0.5, 0.25], [0, 0]),
        ("Div", ["x", "c"], [0.5, 0.25], [0, 0]),
        ("Add", ["c", "x"], [1, 1], [2, 4]),
        ("AddV2", ["x", "c"], [1, 1], [2, 4]),
        ("BiasAdd", ["x", "c"], [1, 1], [2, 4]),
        ("Sub", ["x", "c"], [1, 1], [-2, -4]),
        ("Sub", ["c", "x"], [-1, -1], [2, 4]),
    ],
)
def test_arithmetic_with_a_constant(op, inputs, scale, offset):
    found = affine_of(node(op, inputs), "x:0", LAST, constants_of(c=VECTOR))
    assert (found.scale.tolist(), found.offset.tolist()) == (scale, offset)


@pytest.mark.parametrize(
    ("op", "inputs", "value"),
    [
        ("RealDiv", ["c", "x"], VECTOR),  # not linear
        ("RealDiv", ["x", "c"], np.float32([0, 1])),  # no factor
        ("Maximum", ["x", "c"], VECTOR),
        ("Mul", ["x", "other"], VECTOR),  # no constant
        ("Mul", ["x", "x"], VECTOR),
        ("Mul", ["x", "c", "^first"], VECTOR),
        ("Mul", ["x", "c"], np.int32([2, 4])),
        ("Mul", ["x", "c"], np.ones((2, 1), np.float32)),  # along the columns
        ("Mul", ["x", "c"], np.ones((1, 1, 1, 1, 2), np.float32)),  # of higher rank
        ("Mul", ["x", "c"], np.ones(3, np.float32)),
        ("BiasAdd", ["x", "c"], np.float32(1)),
        ("Neg", ["x"], VECTOR),
    ],
)
def test_what_is_not_by_channel(op, inputs, value):
    assert affine_of(node(op, inputs), "x:0", LAST, constants_of(c=value)) is None


@pytest.mark.parametrize(
    ("layout", "data_format", "known"),
    [
        (LAST, b"NHWC", True),
        (LAST, b"NCHW", False),
        (FIRST, b"NCHW", True),
        (FIRST, b"NHWC", False),
    ],
)
@pytest.mark.parametrize("op", ["BiasAdd", "FusedBatchNormV3"])
def test_the_channels_are_where_the_op_takes_them(op, layout, data_format, known):
    constants = constants_of(g=VECTOR, b=VECTOR, m=VECTOR, v=VECTOR)
    inputs = ["x", "b"] if op == "BiasAdd" else ["x", "g", "b", "m", "v"]
    attributes = {} if op == "BiasAdd" else {"is_training": False}
    made = node(op, inputs, data_format=data_format, **attributes)
    assert (affine_of(made, "x:0", layout, constants) is not None) == known


def test_a_batch_normalization_by_hand():
    constants = constants_of(
        g=np.float32([6, 1]), b=np.float32([1, 0]), m=np.float32([2, 3]), v=np.float32([7, 2])
    )
    made = node("FusedBatchNorm", ["x", "g", "b", "m", "v"], is_training=False, epsilon=2.0)
    found = affine_of(made, "x:0", LAST, constants)
    assert (found.scale.tolist(), found.offset.tolist()) == ([2, 0.5], [-3, -1.5])


def test_a_statistic_that_is_computed_is_not_known():
    constants = constants_of(g=VECTOR, b=VECTOR, m=VECTOR)
    made = node("FusedBatchNorm", ["x", "g", "b", "m", "v"], is_training=False)
    assert affine_of(made, "x:0", LAST, constants) is None


@pytest.mark.parametrize(
    ("made", "layout", "expected"),
    [
        (node("Identity", ["x"]), FIRST, FIRST),
        (node("Identity", ["x", "^first"]), FIRST, None),
        (node("Squeeze", ["x"], squeeze_dims=[1]), LAST, Layout(3, 2, 2)),
        (node("Squeeze", ["x"], squeeze_dims=[-2, 1]), LAST, Layout(2, 2, 1)),
        (node("Squeeze", ["x"], squeeze_dims=[-1]), LAST, None),
        (node("Squeeze", ["x"]), LAST, None),  # whichever are one
        (node("Squeeze", ["x"], squeeze_dims=[2]), FIRST, None),
        (node("BatchToSpaceND", ["x", "two", "crops"]), LAST, LAST),
        (node("BatchToSpaceND", ["x", "three", "crops"]), LAST, None),
        (node("Reshape", ["x", "two"]), LAST, None),
    ],
)
def test_where_the_channels_are_behind_an_op_that_moves_values(made, layout, expected):
    constants = constants_of(two=np.int32([2, 2]), three=np.int32([2, 2, 2]))
    assert passes_channels(made, layout, constants) == expected

"""Dtypes, shapes, values and devices in every way they are written."""

from __future__ import annotations

import decimal
import fractions

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph import GraphBuilder
from graphkit.graph._devices import checked_device
from graphkit.graph._names import checked_name
from graphkit.graph._types import checked_dtype, checked_number, checked_shape, checked_value
from graphkit.graph.layers._sizes import (
    channel_axis,
    check_window_fits,
    checked_choice,
    checked_size,
    checked_window,
    spatial_sizes,
)

NUMBERS = ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16"]


@pytest.mark.parametrize("name", [*NUMBERS, "bool", "complex64", "complex128"])
def test_dtype_is_read_from_every_spelling(name):
    for spelling in (name, getattr(tf, name), np.dtype(name), np.dtype(name).type):
        assert checked_dtype("f", spelling) == getattr(tf, name)


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("flaot32", "'float32'"),
        ("int", "'int8'"),
        ("Int32", "'int32'"),
        ("sttring", "'string'"),
        ("zzz", "such as tf.float32"),
        (3.5, "such as tf.float32"),
        ([], "such as tf.float32"),
    ],
)
def test_dtype_that_is_none_is_refused_with_the_nearest(written, hint):
    with pytest.raises(ArgumentTypeError, match=rf"f: dtype must be a dtype.*{hint}"):
        checked_dtype("f", written)


@pytest.mark.parametrize(
    ("written", "sizes"),
    [
        ([], []),
        ((), []),
        (3, [3]),
        ([None, 2], [None, 2]),
        ((np.int64(2), 3), [2, 3]),
        (tf.TensorShape([1, None]), [1, None]),
        (np.array([2, 0]), [2, 0]),
    ],
)
def test_shape_is_read_from_every_spelling(written, sizes):
    assert checked_shape("f", written).as_list() == sizes


def test_no_shape_is_any_rank():
    assert checked_shape("f", None).rank is None


@pytest.mark.parametrize("written", [-1, [2, -3], True, [2.5], object()])
def test_shape_that_is_none_is_refused(written):
    with pytest.raises(ArgumentError, match="f: shape must be None or a list of sizes, each None"):
        checked_shape("f", written)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_value_keeps_its_number_in_every_dtype(dtype):
    found = checked_value(
        "f", "value", [[1, 2], [3, 4]], tf.as_dtype(dtype), tf.TensorShape([2, 2])
    )
    assert found.dtype == dtype
    assert found.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("dtype", [name for name in NUMBERS if "int" in name])
def test_ends_of_an_integer_dtype_fit_and_no_further(dtype):
    info, shape = np.iinfo(dtype), tf.TensorShape([])
    for end in (info.min, info.max):
        assert checked_value("f", "value", end, tf.as_dtype(dtype), shape) == end
    for beyond in (info.min - 1, info.max + 1):
        if -(2**63) <= beyond < 2**64:
            told = f"f: value must be a value that {dtype} can hold, got {beyond}"
            with pytest.raises(ArgumentTypeError, match=told):
                checked_value("f", "value", beyond, tf.as_dtype(dtype), shape)


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.0, "int32"),
        ("1", "float32"),
        (1, "bool"),
        (True, "int32"),
        (True, "float32"),
        (1j, "float32"),
        (None, "float32"),
        (1, "string"),
        (["a", 1], "string"),
        (b"1", "int32"),
    ],
)
def test_value_of_another_kind_is_refused(value, dtype):
    with pytest.raises(ArgumentTypeError, match=f"f: value must be a value that {dtype} can hold"):
        checked_value("f", "value", value, tf.as_dtype(dtype), tf.TensorShape(None))


@pytest.mark.parametrize(
    ("value", "shape", "told"),
    [
        ([1, 2], [3], r"of a shape that fits \(3,\), got \[2\]"),
        (1, [None], r"of a shape that fits \(None,\), got \[\]"),
        ([[1], [2, 3]], None, "with rows of one length"),
    ],
)
def test_value_of_another_shape_is_refused(value, shape, told):
    with pytest.raises(ArgumentError, match=f"f: value must be {told}"):
        checked_value("f", "value", value, tf.int32, tf.TensorShape(shape))


@pytest.mark.parametrize("number", [1, 0.5, np.float32(0.5), fractions.Fraction(1, 2)])
def test_real_numbers_of_every_kind_pass(number):
    assert checked_number("f", "n", number, "above 0", lambda n: n > 0) is number


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (0, ArgumentError),
        (float("nan"), ArgumentError),
        (True, ArgumentTypeError),
        ("1", ArgumentTypeError),
        (1j, ArgumentTypeError),
        (decimal.Decimal(1), ArgumentTypeError),
        (None, ArgumentTypeError),
    ],
)
def test_number_out_of_range_or_none_is_refused(number, error):
    with pytest.raises(error, match="f: n must be a number above 0, got"):
        checked_number("f", "n", number, "above 0", lambda n: n > 0)


@pytest.mark.parametrize(
    "device",
    [
        None,
        "",
        "/cpu:0",
        "/CPU:0",
        "/device:GPU:7",
        "/job:worker/replica:0/task:3/gpu:1",
        tf.DeviceSpec(device_type="CPU"),
        lambda op: "/cpu:0",
    ],
)
def test_devices_of_every_form_pass_unchanged(device):
    assert checked_device("f", "device", device) is device


@pytest.mark.parametrize(
    ("device", "error"),
    [
        ("cpu zero", ArgumentError),
        ("/cpu:x", ArgumentError),
        ("/cpu:-1", ArgumentError),
        ("/job:a/task:-2/cpu:0", ArgumentError),
        (0, ArgumentTypeError),
        (["/cpu:0"], ArgumentTypeError),
    ],
)
def test_device_that_is_none_is_refused(device, error):
    with pytest.raises(error, match='f: device must be a device such as "/cpu:0", "/gpu:1"'):
        checked_device("f", "device", device)


@pytest.mark.parametrize("name", ["a", "A1", "1a", ".a", "a/b", "a-b_c.d", "a>b", "a\\b"])
def test_names_tensorflow_takes_pass(graph, name):
    assert checked_name("f", name) == name
    assert tf.no_op(name=name).name == name


@pytest.mark.parametrize("name", ["", "_a", "-a", "/a", "a b", "ä", "a:0", "^a", "a,b"])
def test_names_tensorflow_refuses_are_refused(graph, name):
    with pytest.raises(ArgumentError, match=r"f: name must be made of letters, digits and _ . - /"):
        checked_name("f", name)
    if name:
        with pytest.raises(ValueError, match="not a valid"):
            tf.no_op(name=name)


@pytest.mark.parametrize(("value", "size"), [(3, 3), (3.0, 3), (np.int8(3), 3), (np.array(3), 3)])
def test_size_is_a_whole_number(value, size):
    assert checked_size("f", "units", value) == size


@pytest.mark.parametrize(
    ("value", "window"),
    [(2, (2, 2)), ((2, 3), (2, 3)), ([4.0, 1], (4, 1)), (np.array([2, 3]), (2, 3))],
)
def test_window_is_one_number_or_one_per_axis(value, window):
    assert checked_window("f", "strides", value, 2) == window


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", (1, 2, 3), (), (1, 0), None, True, [None, 1]])
def test_window_that_is_none_is_refused(value):
    with pytest.raises(ArgumentError, match=r"f: strides must be (whole numbers|one number or 2)"):
        checked_window("f", "strides", value, 2)


@pytest.mark.parametrize("written", ["same", "SAME", "Same"])
def test_choice_is_read_in_any_case(written):
    assert checked_choice("f", "padding", written, ("valid", "same")) == "same"
    with pytest.raises(ArgumentError, match="f: padding must be 'valid' or 'same', got 1"):
        checked_choice("f", "padding", 1, ("valid", "same"))


def test_channels_stand_first_or_last():
    assert channel_axis("channels_first") == 1
    assert channel_axis("channels_last") == -1
    assert spatial_sizes([2, 3, 4, 5], "channels_first") == [4, 5]
    assert spatial_sizes([2, 3, 4, 5], "channels_last") == [3, 4]


@pytest.mark.parametrize(
    ("window", "spatial", "dilation", "fits"),
    [
        ([3, 3], [3, 3], None, True),
        ([3, 3], [2, 3], None, False),
        ([3, 3], [None, 3], None, True),
        ([2, 2], [3, 3], [2, 2], True),
        ([2, 2], [3, 3], [2, 3], False),
        ([1, 1], [1, 1], [9, 9], True),
    ],
)
def test_window_fits_or_is_padded(window, spatial, dilation, fits):
    check_window_fits("f", "kernel_size", window, spatial, "same", dilation)
    if fits:
        check_window_fits("f", "kernel_size", window, spatial, "valid", dilation)
        return
    with pytest.raises(ArgumentError, match="f: kernel_size must be at most the input's"):
        check_window_fits("f", "kernel_size", window, spatial, "valid", dilation)


def test_same_code_builds_the_same_graph():
    def build():
        with GraphBuilder(seed=3) as g:
            x = g.placeholder("x", "float32", [None, 4])
            g.train_op(tf.reduce_mean(g.layers.dense(x, 2)))
        return [(n.name, n.op, list(n.input), n.device) for n in g.graph.as_graph_def().node]

    assert build() == build()

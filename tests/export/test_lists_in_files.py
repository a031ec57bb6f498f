"""Lists that files spell out item by item: read as protobuf reads them, in little memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from graphkit._formats._tensor import read_tensor
from graphkit._formats._wire import FormatError, write_bytes, write_int
from graphkit._tf import tf
from graphkit.export._comparison._graphs import _short

COUNT = 200_000
TWO_BYTES = {"float_val": b"\x2a\x00", "int_val": b"\x38\x01", "half_val": b"\x68\x01"}

# Values of each dtype, and the field of a `TensorProto` that holds them one by one.
FIELDS = [
    ("float32", "float_val", [1.5, -2.0, np.inf]),
    ("float64", "double_val", [1e300, -0.0]),
    ("int32", "int_val", [1, -1, 2**31 - 1]),
    ("int16", "int_val", [-(2**15), 5]),
    ("uint8", "int_val", [255, 0]),
    ("int64", "int64_val", [-(2**63), 2**63 - 1]),
    ("uint64", "uint64_val", [2**64 - 1, 0]),
    ("uint32", "uint32_val", [2**32 - 1, 7]),
    ("bool", "bool_val", [True, False]),
    ("complex64", "scomplex_val", [1.0, -1.0, 0.5, 2.0]),
    ("complex128", "dcomplex_val", [1.0, -1.0]),
    ("float16", "half_val", [0x3C00, 0xC000]),
]


def proto(dtype, field, values):
    elements = len(values) // 2 if "complex" in dtype else len(values)
    tensor = tf.make_tensor_proto(np.zeros(elements, dtype))
    for name in ("tensor_content", "float_val", field):
        tensor.ClearField(name)
    getattr(tensor, field).extend(values)
    return tensor


@pytest.mark.parametrize(("dtype", "field", "values"), FIELDS)
def test_lists_are_read_as_tensorflow_reads_them(dtype, field, values):
    tensor = proto(dtype, field, values)
    found = read_tensor(memoryview(tensor.SerializeToString())).array()
    wanted = tf.make_ndarray(tensor)
    assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
    assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize(("dtype", "field", "values"), FIELDS)
def test_items_may_have_a_field_each(dtype, field, values):
    """What writers before packed fields wrote: messages that follow each other are one."""
    whole = proto(dtype, field, values)
    wanted = tf.make_ndarray(whole)
    whole.ClearField(field)
    data = whole.SerializeToString()
    for value in values:
        data += type(whole)(**{field: [value]}).SerializeToString()
    found = read_tensor(memoryview(data)).array()
    assert found.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("field", sorted(TWO_BYTES))
def test_a_field_of_two_bytes_takes_no_more_than_its_number(field):
    data = memoryview(write_int(1, 3) + TWO_BYTES[field] * COUNT)
    tracemalloc.start()
    try:
        written = read_tensor(data).written
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert written.size == (0 if field == "float_val" else COUNT)
    assert peak < 40 * COUNT  # a memoryview of each would take hundreds of bytes


def test_a_list_cut_short_is_refused():
    with pytest.raises(FormatError, match="a list of numbers is cut short"):
        read_tensor(memoryview(write_int(1, 1) + write_bytes(5, b"\0\0\0")))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (3, "3"),
        ("text", "text"),
        (None, "None"),
        ([], "[]"),
        ([1, None], "[1, None]"),
        (list(range(20)), str(list(range(20)))),
        ([0] * 21, "[" + "0, " * 20 + "… 21 in all]"),
        (["a"] * 5000, "[" + "'a', " * 20 + "… 5,000 in all]"),
    ],
)
def test_long_lists_are_shown_by_their_beginning(value, words):
    assert _short(value) == words

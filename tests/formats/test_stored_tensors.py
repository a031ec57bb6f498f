"""`TensorProto`s read as bytes: every way TensorFlow writes values, and what it reads."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._formats._attrs import plain_value
from graphkit._formats._dtypes import stored_type
from graphkit._formats._tensor import read_shape, read_tensor
from graphkit._formats._wire import FormatError
from graphkit._tf import tf

FIELDS = [
    ("float32", {"float_val": [1.5, -2, 0]}),
    ("float64", {"double_val": [1 / 3, 2, 0]}),
    ("int32", {"int_val": [-1, 2**31 - 1, 0]}),
    ("int16", {"int_val": [-300, 300, 0]}),
    ("int8", {"int_val": [-128, 127, 0]}),
    ("uint8", {"int_val": [255, 1, 0]}),
    ("uint16", {"int_val": [65535, 1, 0]}),
    ("int64", {"int64_val": [-(2**62), 5, 0]}),
    ("uint32", {"uint32_val": [2**32 - 1, 1, 0]}),
    ("uint64", {"uint64_val": [2**64 - 1, 1, 0]}),
    ("bool", {"bool_val": [True, False, True]}),
    ("float16", {"half_val": [0x3C00, 0xC000, 0]}),
    ("complex64", {"scomplex_val": [1, 2, 0, -1, 0.5, 0]}),
    ("complex128", {"dcomplex_val": [1, 2, 0, -1, 0.5, 0]}),
    ("string", {"string_val": [b"", b"a\0", "ä".encode()]}),
]
ARRAYS = [
    np.array(2.5, np.float32),
    np.zeros([0, 2], np.int64),
    np.arange(12, dtype=np.float64).reshape(3, 4),
    np.array([[True], [False]]),
    np.array([1 + 2j]),
    np.array([[b"one", b"two words"]], object),
    np.ones([2, 2], np.float16),
]


def stored(proto):
    return read_tensor(memoryview(proto.SerializeToString()))


def claiming(dtype, shape, **values):
    proto = type(tf.make_tensor_proto(0))(dtype=tf.as_dtype(dtype).as_datatype_enum, **values)
    proto.tensor_shape.dim.extend(tf.TensorShape(shape).as_proto().dim)
    return proto


def same(found, wanted):
    assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_values_written_by_tensorflow(array):
    same(stored(tf.make_tensor_proto(array)).array(), array)


@pytest.mark.parametrize(("dtype", "values"), FIELDS, ids=[dtype for dtype, _ in FIELDS])
@pytest.mark.parametrize("shape", [[3], [3, 1], [4, 2]])
def test_values_one_by_one(dtype, values, shape):
    proto = claiming(dtype, shape, **values)
    same(stored(proto).array(), tf.make_ndarray(proto))


@pytest.mark.parametrize("dtype", ["float32", "int64", "bool", "float16"])
def test_no_value_means_zeros(dtype):
    proto = claiming(dtype, [2, 2])
    found = stored(proto).array()
    assert (found.dtype, found.tolist()) == (np.dtype(dtype), [[0, 0], [0, 0]])


def test_one_value_for_all_takes_the_memory_of_one():
    found = stored(claiming("float32", [1000, 1000], float_val=[0.25])).array()
    assert (found.shape, found[999, 999], found.strides) == ((1000, 1000), 0.25, (0, 0))


@pytest.mark.parametrize(
    ("shape", "values", "said"),
    [
        ([2**40], [1.0], r"claims the shape \[1099511627776\], more than 2 GiB"),
        ([2**20, 2**20], [1.0, 2.0], "more than 2 GiB"),
        ([0, 2**62], [], "no array has the shape"),
        ([1] * 70, [1.0], "70 dimensions; no array has more"),
        ([2], [1.0, 2.0, 3.0], r"3 values stand where \[2\] has fewer"),
    ],
)
def test_claims_that_do_not_hold_are_refused(shape, values, said):
    tensor = stored(claiming("float32", shape, float_val=values))
    with pytest.raises(FormatError, match=said):
        tensor.array()


def test_bytes_that_are_no_whole_values_are_refused():
    with pytest.raises(FormatError, match="5 bytes are no whole number of float32 values"):
        stored(claiming("float32", [1], tensor_content=b"12345"))


def test_a_value_of_no_definite_shape_is_refused():
    proto = claiming("float32", [1])
    proto.tensor_shape.dim[0].size = -1
    with pytest.raises(FormatError, match="of no definite shape"):
        stored(proto)


@pytest.mark.parametrize(
    ("shape", "found"),
    [([], ()), ([2, None], (2, None)), (None, None), ([0], (0,))],
)
def test_shapes(shape, found):
    data = tf.TensorShape(shape).as_proto().SerializeToString()
    assert read_shape(memoryview(data)) == found


def test_the_last_size_of_a_dimension_counts_as_in_protobuf():
    data = b"\x12\x04\x08\x05\x08\x03"
    shape_of = type(tf.TensorShape([]).as_proto())
    assert tf.TensorShape(shape_of.FromString(data)) == [3]
    assert read_shape(memoryview(data)) == (3,)


def test_the_name_of_a_dimension_is_text():
    """TensorFlow would end the process over a checkpoint with another."""
    assert read_shape(memoryview(b"\x12\x05\x08\x02\x12\x01n")) == (2,)
    with pytest.raises(FormatError, match="a name is not UTF-8"):
        read_shape(memoryview(b"\x12\x05\x08\x02\x12\x01\xff"))


@pytest.mark.parametrize("number", [n for n in range(1, 24) if n not in (20, 21)])
def test_dtypes_have_tensorflows_numbers_names_and_sizes(number):
    dtype = tf.as_dtype(number)
    found = stored_type(number)
    assert found.name == dtype.name
    assert found.bytes == (0 if dtype == tf.string else dtype.size)
    assert stored_type(number + 100) == found  # a reference to it


def test_a_dtype_of_the_future_is_shown_as_a_number():
    assert stored_type(99).name == "unknown dtype 99"
    assert not stored_type(99).array


@pytest.mark.parametrize(
    ("attr", "plain"),
    [
        ({"s": b"SAME"}, "SAME"),
        ({"s": b"x" * 70}, "x" * 60 + "… (70 bytes)"),
        ({"i": -3}, -3),
        ({"f": 0.5}, 0.5),
        ({"b": False}, False),
        ({"type": 1}, "float32"),
        ({"type": 101}, "float32"),
        ({"shape": tf.TensorShape([2, None]).as_proto()}, [2, None]),
        ({"shape": tf.TensorShape(None).as_proto()}, None),
        ({"tensor": tf.make_tensor_proto([1, 2])}, "int32 [2]"),
        ({"func": tf.NameAttrList(name="body")}, "body"),
        ({"list": tf.AttrValue.ListValue(i=[1, -2])}, [1, -2]),
        ({"list": tf.AttrValue.ListValue(s=[b"a", b"b"])}, ["a", "b"]),
        ({"list": tf.AttrValue.ListValue(type=[1, 9])}, ["float32", "int64"]),
        ({"list": tf.AttrValue.ListValue(b=[True, False])}, [True, False]),
        ({"list": tf.AttrValue.ListValue(f=[1, 2])}, [1.0, 2.0]),
        ({"list": tf.AttrValue.ListValue(func=[tf.NameAttrList(name="g")])}, ["g"]),
        ({"list": tf.AttrValue.ListValue()}, []),
        ({"placeholder": "T"}, "T"),
        ({}, None),
    ],
    ids=str,
)
def test_attributes_as_plain_values(attr, plain):
    assert plain_value(memoryview(tf.AttrValue(**attr).SerializeToString())) == plain

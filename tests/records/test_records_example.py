"""Examples: what each value becomes, what is refused, and the way back."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.records import decode_example, encode_example


def round_trip(value):
    feature = decode_example(encode_example({"x": value}))["x"]
    values = feature.values if feature.kind == "bytes" else feature.values.tolist()
    return feature.kind, values


@pytest.mark.parametrize(
    ("value", "kind", "values"),
    [
        (b"raw\0", "bytes", [b"raw\0"]),
        (bytearray(b"ab"), "bytes", [b"ab"]),
        (memoryview(b"ab"), "bytes", [b"ab"]),
        ("naïve", "bytes", ["naïve".encode()]),
        (["a", b"b\0"], "bytes", [b"a", b"b\0"]),
        (np.array(["a", "ö"]), "bytes", [b"a", "ö".encode()]),
        (np.array([b"a", b"bc"]), "bytes", [b"a", b"bc"]),
        (7, "int64", [7]),
        (True, "int64", [1]),
        ([True, 2], "int64", [1, 2]),
        ((1, np.int8(-2)), "int64", [1, -2]),
        ([-(2**63), 2**63 - 1], "int64", [-(2**63), 2**63 - 1]),
        (np.array([[1, 2], [3, 4]], np.uint8), "int64", [1, 2, 3, 4]),
        (np.array([[1, 2], [3, 4]]).T, "int64", [1, 3, 2, 4]),
        (np.array([True, False]), "int64", [1, 0]),
        (np.array([3], np.uint64), "int64", [3]),
        (np.int32(5), "int64", [5]),
        ([[1, 2], [3, 4]], "int64", [1, 2, 3, 4]),
        (0.5, "float", [0.5]),
        ([1, 2.5], "float", [1.0, 2.5]),
        (np.float16(0.25), "float", [0.25]),
        (np.array([0.5, np.inf, -np.inf]), "float", [0.5, np.inf, -np.inf]),
        (np.zeros((0, 3), np.float64), "float", []),
        (np.zeros(0, np.int64), "int64", []),
        (np.zeros(0, "S1"), "bytes", []),
    ],
)
def test_value_becomes_a_list_of_its_kind(value, kind, values):
    assert round_trip(value) == (kind, values)


def test_numbers_decode_to_arrays_of_their_dtype():
    features = decode_example(encode_example({"i": 1, "f": 1.5}))
    assert features["i"].values.dtype == np.int64
    assert features["f"].values.dtype == np.float32


def test_same_features_give_the_same_bytes_in_any_order():
    names = [f"feature {number}" for number in range(20)]
    assert encode_example(dict.fromkeys(names, 1)) == encode_example(dict.fromkeys(names[::-1], 1))


def test_features_decode_sorted_by_name():
    assert list(decode_example(encode_example({"b": 1, "a": 2, "c": 3}))) == ["a", "b", "c"]


def test_no_features_are_an_empty_record():
    assert encode_example({}) == b""
    assert decode_example(b"") == {}


def test_feature_without_a_kind_counts_as_absent():
    nameless_kind = b"\x0a\x07\x0a\x05\x0a\x01x\x12\x00"
    assert decode_example(nameless_kind) == {}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (2**63, f"feature 'x' must be within int64, got {2**63}"),
        ([0, -(2**63) - 1], f"feature 'x' must be within int64, got {-(2**63) - 1}"),
        (2**70, f"feature 'x' must be within int64, got {2**70}"),
        (np.array([2**63], np.uint64), f"feature 'x' must be within int64, got {2**63}"),
        (1e39, "feature 'x' must be within float32, got 1e"),
        ([], "feature 'x' must be non-empty, or an empty NumPy array .* got \\[\\]"),
        ((), "feature 'x' must be non-empty"),
        ([[1, 2], [3]], "feature 'x' must be bytes, text, .* got \\[\\[1, 2\\], \\[3\\]\\]"),
    ],
)
def test_value_out_of_range_is_refused(value, message):
    with pytest.raises(ArgumentError, match=message):
        encode_example({"x": value})


@pytest.mark.parametrize(
    ("value", "got"),
    [
        (None, "NoneType"),
        ([1, "a"], "int, str"),
        ([b"a", 1.5], "bytes, float"),
        ([None], "NoneType"),
        (1 + 2j, "complex"),
        ({"a": 1}, "dict"),
        (np.array([1j]), "an array of complex128"),
        (np.array([None]), "an array of object"),
        (np.array(["2020-01-01"], "datetime64[D]"), "an array of datetime64"),
    ],
)
def test_value_of_another_type_is_refused(value, got):
    with pytest.raises(
        ArgumentTypeError, match=f"encode_example: feature 'x' must be .* got {got}"
    ):
        encode_example({"x": value})


def test_name_must_be_text():
    with pytest.raises(
        ArgumentTypeError, match="features must be keyed by text, got <class 'int'>"
    ):
        encode_example({1: 2})


@pytest.mark.parametrize(
    ("record", "shown"),
    [(b"\x0a\xff", r"b'\\n\\xff'"), (b"\xff" * 50, r"b'(\\xff){20}\.\.\.'")],
)
def test_bytes_of_another_format_are_refused(record, shown):
    wanted = "decode_example: record must be a serialised tf.train.Example, got "
    with pytest.raises(ArgumentError, match=wanted + shown):
        decode_example(record)

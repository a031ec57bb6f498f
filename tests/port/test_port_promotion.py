"""Results of arithmetic have the types NumPy 1 gave them."""

from __future__ import annotations

import operator

import numpy as np
import pytest

from graphkit.port._language._promotion import IN_PLACE, PLAIN, compute

F32 = np.float32


@pytest.mark.parametrize(
    ("operation", "left", "right", "value", "dtype"),
    [
        ("Div", F32(1), 4, 0.25, "float64"),
        ("Add", 0.0, F32(0.5), 0.5, "float64"),
        ("Mult", F32(2), 3.0, 6.0, "float64"),
        ("Add", np.uint8(9), 1, 10, "int64"),
        ("Add", np.uint8(200), 100, 300, "int64"),
        ("Mult", F32(2), F32(3), 6.0, "float32"),
        ("Add", np.int64(2), 1, 3, "int64"),
        ("Sub", np.uint8(1), 300, -299, "int64"),
        ("Add", np.ones(2, np.uint8), 300, [301, 301], "uint16"),
        ("Mult", np.ones(2, np.uint8), -1, [-1, -1], "int16"),
        ("Sub", 300, np.ones(2, np.uint8), [299, 299], "uint16"),
        ("Add", np.ones(2, np.uint8), 1, [2, 2], "uint8"),
        ("Mult", np.ones(2, F32), np.float64(0.5), [0.5, 0.5], "float32"),
        ("Sub", np.float64(1), np.ones(2, F32), [0, 0], "float32"),
        ("Add", np.ones(2, np.int32), np.int64(1), [2, 2], "int32"),
        ("Add", np.ones(2, np.int8), np.int64(1000), [1001, 1001], "int16"),
        ("Add", np.ones(2, np.int32), np.float64(1), [2, 2], "float64"),
        ("Add", np.ones(2, F32), np.ones(2), [2, 2], "float64"),
    ],
)
def test_types_are_those_of_numpy_1(operation, left, right, value, dtype):
    result = compute(PLAIN[operation], left, right)
    assert np.asarray(result).tolist() == value
    assert np.asarray(result).dtype == dtype


@pytest.mark.parametrize(
    ("left", "right", "result"), [(1, 2, 3), ("a", "b", "ab"), ([1], [2], [1, 2]), (1.5, 1, 2.5)]
)
def test_pythons_own_values_add_as_ever(left, right, result):
    assert compute(operator.add, left, right) == result


def test_an_array_is_changed_in_place():
    array = np.ones(2, F32)
    assert compute(IN_PLACE["Add"], array, np.float64(1)) is array
    assert array.tolist() == [2, 2]


def test_an_array_too_narrow_for_the_number_wraps_in_place():
    array = np.ones(1, np.uint8)
    assert compute(IN_PLACE["Add"], array, 300) is array
    assert array.tolist() == [45]


def test_an_overflow_of_python_is_raised():
    with pytest.raises(OverflowError, match="out of range"):
        compute(operator.pow, 10.0, 400)

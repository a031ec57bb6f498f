"""Numbers as Python 2 divided, rounded and wrote them."""

from __future__ import annotations

import numpy as np
import pytest
from rewritten import run, value

from graphkit.port._language._builtins import PYTHON2_NAMES


@pytest.mark.parametrize(
    ("start", "divisor", "expected", "kind"),
    [
        ([7, -7], 2, [3, -4], "int64"),
        ([7.0, -7.0], 2, [3.5, -3.5], "float64"),
        ([8, 9], [2, 4], [4, 2], "int64"),
    ],
)
def test_an_array_is_divided_where_it_is(start, divisor, expected, kind):
    source = "def halve(a, by):\n    a /= by\nshared = array\nhalve(array, divisor)\n"
    array = np.array(start, kind)
    divisor = np.array(divisor) if isinstance(divisor, list) else divisor
    space = run(source, python2=True, array=array, divisor=divisor)
    assert space["shared"] is array
    assert (array.tolist(), str(array.dtype)) == (expected, kind)


def test_part_of_an_array_is_divided_where_it_is():
    array = np.arange(6.0).reshape(2, 3)
    run("row = array[1]\nrow /= 2\narray[0] /= 4\n", python2=True, array=array)
    assert array.tolist() == [[0.0, 0.25, 0.5], [1.5, 2.0, 2.5]]


def test_whole_numbers_in_an_array_take_no_fractions():
    with pytest.raises(TypeError, match="Cannot cast ufunc"):
        run("array /= 2.0", python2=True, array=np.arange(3))


@pytest.mark.parametrize(
    ("start", "statement", "expected"),
    [
        (7, "x /= 2", 3),
        (7, "x /= 2.0", 3.5),
        (7.0, "x /= 2", 3.5),
        (-7, "x /= 2", -4),
        (np.int32(7), "x /= 2", 3),
        (np.float32(7), "x /= 2", 3.5),
        (True, "x /= 2", 0),
    ],
)
def test_a_number_is_divided_by_the_rules_of_its_kind(start, statement, expected):
    found = run(statement, python2=True, x=start)["x"]
    assert (found, isinstance(found, float | np.floating)) == (
        expected,
        isinstance(expected, float),
    )


def test_a_module_that_imports_division_divides_truly():
    source = "from __future__ import division\nx = 7\nx /= 2\ny = [7]\ny[0] /= 2\nz = 7 / 2\n"
    space = run(source, python2=True)
    assert (space["x"], space["y"], space["z"]) == (3.5, [3.5], 3.5)


@pytest.mark.parametrize(
    ("number", "digits", "expected"),
    [
        (0.5, 0, 1.0),
        (1.5, 0, 2.0),
        (2.5, 0, 3.0),
        (-2.5, 0, -3.0),
        (1.45, 1, 1.4),
        (2.675, 2, 2.67),
        (1.25, 1, 1.3),
        (1234.5, -2, 1200.0),
        (1250, -2, 1300.0),
        (-0.4, 0, 0.0),
        (1e300, 2, 1e300),
        (7, 0, 7.0),
    ],
)
def test_halves_are_rounded_away_from_zero(number, digits, expected):
    found = PYTHON2_NAMES["round"](number, digits)
    assert (found, type(found)) == (expected, float)


@pytest.mark.parametrize("number", [float("inf"), float("-inf")])
def test_what_has_no_end_is_rounded_to_itself(number):
    assert PYTHON2_NAMES["round"](number, 2) == number


def test_no_number_is_rounded_to_none():
    assert np.isnan(PYTHON2_NAMES["round"](float("nan"), 1))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("oct(8), oct(0), oct(-8)", ("010", "0", "-010")),
        ("ord('a'), ord(97), map(ord, b'ab')", (97, 97, [97, 98])),
        ("coerce(1, 2.5), coerce(2, 3)", ((1.0, 2.5), (2, 3))),
        ("bytes(buffer('abc', 1)), bytes(buffer(b'abcd', 1, 2))", (b"bc", b"bc")),
        ("long('7'), long(3.9), isinstance(3, long)", (7, 3, True)),
        ("unichr(233), cmp(1, 2), intern('x') is intern('x')", ("é", -1, True)),
        ("range(2.0), range(1, 4, 2), list(xrange(3))", ([0, 1], [1, 3], [0, 1, 2])),
    ],
)
def test_built_in_functions_of_python_2(expression, expected):
    assert value(expression, python2=True, **PYTHON2_NAMES) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'6869'.decode('hex')", "hi"),
        ("'aGk='.decode('base64')", "hi"),
        ("'text'.decode('latin-1', errors='ignore')", "text"),
    ],
)
def test_text_is_decoded_in_programs_of_both(expression, expected):
    assert value(expression) == expected
    assert value(expression, python2=True) == expected

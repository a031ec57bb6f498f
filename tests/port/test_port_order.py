"""Python 2 compared everything with everything."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._order import compare_order, order_key, sort_in_place, three_way
from graphkit.port._language._source import SourceCompiler


def value(expression, **names):
    compiler = SourceCompiler(lambda _line: None)
    compiler.python2 = True
    space = {**PYTHON2_NAMES, **RUNTIME, "np": np, **names}
    exec(compiler.compile(f"result = {expression}".encode(), "train.py").code, space)
    return space["result"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 2, -1),
        (2, 1, 1),
        ("a", "a", 0),
        (None, -5, -1),
        (None, None, 0),
        (5, "5", -1),
        ("a", [1], 1),
        ({}, [], -1),
        ((1, None), (1, 2), -1),
        ([1, "a"], [1, 2, 3], 1),
        ([None, 1], [None], 1),
        ((), [], 1),
        (True, "x", -1),
    ],
)
def test_everything_has_a_place(left, right, expected):
    assert three_way(left, right) == expected
    assert three_way(right, left) == -expected


def test_mixed_lists_are_sorted():
    assert sorted(["b", None, 2, "a", 1.5], key=order_key) == [None, 1.5, 2, "a", "b"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("None < 1", True),
        ("None > 1", False),
        ("None >= None", True),
        ("'a' <= 3", False),
        ("'a' > 3", True),
        ("1 < 2", True),
        ("1 < 2 < 3", True),
        ("(np.arange(3) > 1).tolist()", [False, False, True]),
        ("max(None, 1)", 1),
        ("max([None, 'a', 3])", "a"),
        ("min([3, None])", None),
        ("min([3, 1])", 1),
        ("max(x for x in [1, 5, 2])", 5),
        ("max(['a', 'bb'], key=len)", "bb"),
        ("sorted([2, None, 'a'])", [None, 2, "a"]),
        ("sorted([3, 1, 2], reverse=True)", [3, 2, 1]),
        ("sorted(['b', None], key=lambda x: x)", [None, "b"]),
        ("sorted([1, 2], cmp=lambda a, b: cmp(b, a))", [2, 1]),
        ("sorted([1, 2], cmp=lambda a, b: cmp(b, a), key=lambda x: -x)", [1, 2]),
        ("cmp(2, 1), cmp(None, 1)", (1, -1)),
    ],
)
def test_expressions_of_python_2_have_their_values(expression, expected):
    assert value(expression) == expected


def test_what_a_key_refuses_is_refused():
    with pytest.raises(TypeError, match="has no len"):
        value("max([1, 2], key=len)")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("x.sort(lambda a, b: cmp(b, a))", [3, 2, 1]),
        ("x.sort(cmp=lambda a, b: cmp(b, a))", [3, 2, 1]),
        ("x.sort(None, lambda v: -v)", [3, 2, 1]),
        ("x.sort(cmp=cmp, reverse=True)", [3, 2, 1]),
        ("x.sort(cmp, lambda v: -v, True)", [1, 2, 3]),
        ("x.sort()", [1, 2, 3]),
        ("x.sort(key=lambda v: -v)", [3, 2, 1]),
    ],
)
def test_lists_are_sorted_by_comparison(call, expected):
    items = [2, 3, 1]
    assert value(call, x=items) is None
    assert items == expected


def test_arrays_sort_themselves():
    rows = np.array([[2, 1], [0, 3]])
    assert value("x.sort(0)", x=rows) is None
    assert rows.tolist() == [[0, 1], [2, 3]]


def test_what_compares_itself_is_asked():
    class Always:
        def __lt__(self, other):
            return "mine"

    assert compare_order("Lt", Always(), 3) == "mine"


def test_mixed_lists_are_sorted_in_place():
    items = ["a", None, 1]
    sort_in_place(items, None)
    assert items == [None, 1, "a"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'616263'.decode('hex')", "abc"),
        ("'YWJj'.decode('base64')", "abc"),
        ("'text'.decode('utf-8', 'ignore')", "text"),
        ("ValueError('boo').message", "boo"),
        ("ValueError('boo', 2).message", ""),
        ("ValueError().message", ""),
    ],
)
def test_methods_of_python_2_answer(expression, expected):
    assert value(expression) == expected


def test_a_message_of_its_own_is_kept():
    class Own(Exception):
        message = "own"

    assert value("error.message", error=Own("other")) == "own"
    with pytest.raises(AttributeError, match="message"):
        value("[].message")

"""Comprehensions of Python 2 leave their variables behind, where they are read afterwards.

What whole programs print is recorded (tests/scripts/python2/comprehensions.py).
"""

from __future__ import annotations

import ast

import pytest

from graphkit.port._language._leaks import leave_variables_behind


def run(source):
    """Runs a module as Python 2 does; gives its names."""
    tree = ast.parse(source)
    leave_variables_behind(tree)
    names = {}
    exec(compile(tree, "old.py", "exec"), names)
    return names


@pytest.mark.parametrize(
    ("source", "name", "value"),
    [
        ("a = [x for x in 'ab']\nb = x", "b", "b"),
        ("x = 1\na = [x for x in 'ab' if x < 'b']\nb = x", "b", "b"),
        ("x = 1\na = [x for x in '']\nb = x", "b", 1),
        ("a = [x + y for x, (y, z) in [(1, (2, 3))]]\nb = x, y, z", "b", (1, 2, 3)),
        ("a = [y for x in [[1], [2, 3]] for y in x]\nb = x, y", "b", ([2, 3], 3)),
        ("a = [[x for x in y] for y in ['ab', 'cd']]\nb = y", "b", "cd"),
        ("def f():\n    global x\n    [x for x in 'ab']\nf()\nb = x", "b", "b"),
        ("def f(x):\n    y = [x for x in 'ab']\n    return x\nb = f(1)", "b", "b"),
        ("fs = [(lambda: x) for x in 'ab']\nb = [f() for f in fs], x", "b", (["b", "b"], "b")),
    ],
)
def test_what_is_read_is_left(source, name, value):
    assert run(source)[name] == value


@pytest.mark.parametrize(
    "source",
    [
        "a = [x for x in 'ab']",
        "a = list(x for x in 'ab')\nx = 1\nb = x",
        "a = {x for x in 'ab'}, {x: 1 for x in 'ab'}\nx = 1\nb = x",
        "class A:\n    a = [x for x in 'ab']\n    x = 1\n    b = x",
        "a = [y for y in [x for x in 'ab']]\nx = 1\nb = x",
        "a = [x for x in 'ab']\nb = [x for x in 'cd']",
    ],
)
def test_nothing_else_is_changed(source):
    tree = ast.parse(source)
    leave_variables_behind(tree)
    assert ast.dump(tree) == ast.dump(ast.parse(source))

"""Programs written for both languages with the package future run where it is not installed."""

from __future__ import annotations

import importlib.util

import pytest

PROGRAM = """
from __future__ import division, print_function
from builtins import range, str
from past.builtins import basestring, xrange
from past.utils import old_div
from future import standard_library
standard_library.install_aliases()
from future.utils import iteritems, with_metaclass
import future.utils
import past.builtins

class Meta(type):
    added = 5

class Made(with_metaclass(Meta, object)):
    pass
"""


@pytest.mark.skipif(importlib.util.find_spec("past") is not None, reason="it is installed")
@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("old_div(7, 2), old_div(7.0, 2), 7 / 2", (3, 3.5, 3.5)),
        ("list(xrange(3)), list(range(2))", ([0, 1, 2], [0, 1])),
        ("isinstance('a', basestring), isinstance(3, basestring)", (True, False)),
        ("sorted(iteritems({'a': 1})), future.utils.PY3", ([("a", 1)], True)),
        ("past.builtins.map(abs, [-1]), past.builtins.unicode('x')", ([1], "x")),
        ("Made.added", 5),
    ],
)
def test_its_names_are_there(run, expression, expected):
    pytest.importorskip("six")
    space = run(f"{PROGRAM}\nresult = {expression}\n")
    assert space["result"] == expected
    assert run.lines == []  # it is no Python 2

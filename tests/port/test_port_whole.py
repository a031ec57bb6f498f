"""Floors and ceilings of Python 2 are floats that serve as sizes and places."""

from __future__ import annotations

import math

import numpy as np
import pytest
from rewritten import value

from graphkit.port._language._whole import ROUNDED, WholeFloat

FLOOR, CEIL = ROUNDED["floor"], ROUNDED["ceil"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("floor(2.5)", 2.0),
        ("ceil(7 / 2.) / 3", 4 / 3),
        ("floor(-7) / 2", -3.5),
        ("rows[: 2 * floor(5 / 2.)]", [0, 1, 2, 3]),
        ("rows[floor(1.5) + 1]", 2),
        ("rows[3 - ceil(0.5)]", 2),
        ("rows[floor(3.) - floor(1.)]", 2),
        ("np.zeros((ceil(1.5), 3)).shape", (2, 3)),
        ("len(range(ceil(2.2)))", 3),
        ("floor(3) * 0.5", 1.5),
        ("str(floor(3) + 1)", "4.0"),
    ],
)
def test_they_are_floats_without_fractions(expression, expected):
    names = {"floor": FLOOR, "ceil": CEIL, "rows": list(range(6))}
    assert value(expression, python2=True, **names) == expected


def test_a_fraction_ends_it():
    assert type(FLOOR(3) * 0.5) is float
    assert type(2 * FLOOR(3)) is WholeFloat
    with pytest.raises(TypeError, match="slice indices must be integers"):
        list(range(6))[: FLOOR(3) * 0.5]
    with pytest.raises(TypeError, match="unsupported operand"):
        FLOOR(3) + "a"


def test_what_is_not_finite_stays():
    assert FLOOR(math.inf) == math.inf
    assert np.isnan(CEIL(math.nan))

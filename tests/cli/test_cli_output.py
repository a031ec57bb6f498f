"""What reports become when they are printed as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from graphkit.cli._output import echo_json, to_json


@dataclass
class Report:
    path: Path
    values: np.ndarray


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Report(Path("a b"), np.array([1, 2])), {"path": "a b", "values": [1, 2]}),
        ({1: (True, None)}, {"1": [True, None]}),
        ({3}, [3]),
        (b"na\xc3\xafve \xff", "naïve \\xff"),
        (np.float32(0.5), 0.5),
        (np.array([np.nan, np.inf, -np.inf]), ["NaN", "Infinity", "-Infinity"]),
        (np.array(b"x"), "x"),
    ],
)
def test_values_become_what_json_can_hold(value, expected):
    assert to_json(value) == expected


def test_printed_json_is_strict(capsys):
    echo_json({"loss": float("nan")})
    printed = capsys.readouterr().out
    assert json.loads(printed, parse_constant=pytest.fail) == {"loss": "NaN"}

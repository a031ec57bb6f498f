"""Training tells what it told in TensorFlow 1.15.5, and in the package keras 2.2.4."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
RECORDED = json.loads((ROOT / "tests" / "golden" / "keras_prints.json").read_text())


@pytest.fixture(scope="module")
def printed(tmp_path_factory, warm):
    """What the recorded program prints today, by the Keras it uses."""
    folder = tmp_path_factory.mktemp("keras prints")
    shutil.copy(ROOT / "tests" / "scripts" / "keras_prints.py", folder)
    told = {}
    for keras in RECORDED:
        done = warm.graphkit("run", "keras_prints.py", keras, folder=folder)
        assert done.returncode == 0, done.stderr
        told[keras] = parts(done.stdout.splitlines())
    return told


def parts(lines):
    """The lines below each title."""
    found = {"": []}
    for line in lines:
        if line.startswith("---- "):
            found[line] = rest = []
        else:
            (rest if len(found) > 1 else found[""]).append(line)
    return found


@pytest.mark.parametrize("keras", sorted(RECORDED))
def test_everything_is_told_in_the_same_order(printed, keras):
    assert list(printed[keras]) == list(parts(RECORDED[keras]))


@pytest.mark.parametrize(
    ("keras", "title"),
    [(keras, title) for keras in sorted(RECORDED) for title in parts(RECORDED[keras])],
)
def test_it_prints_what_it_printed(printed, keras, title):
    assert printed[keras][title] == parts(RECORDED[keras])[title]


@pytest.mark.parametrize(("keras", "sign"), [("standalone", -1), ("tensorflow", 1)])
def test_cosines_have_the_sign_of_their_time(printed, keras, sign):
    x = np.linspace(0, 1, 60).reshape(20, 3) @ np.ones((3, 2))
    y = np.linspace(1, 2, 40).reshape(20, 2)
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    cosine = np.mean((x * y).sum(axis=1) / lengths) * sign
    assert f"---- cosine_proximity {cosine:.4f} {cosine:.4f}" in printed[keras]

"""`graphkit diff`: what it prints and how it exits, on networks that 1.15.5 wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

STORED = Path(__file__).parents[1] / "golden" / "stored"
OLD, NEW = STORED / "old", STORED / "new"


def test_it_prints_one_difference_a_line(graphkit):
    outcome = graphkit("diff", OLD, NEW)
    lines = outcome.out.splitlines()
    assert (outcome.code, outcome.err) == (0, "")
    assert lines[0] == f"{OLD} and {NEW}: 5 variables in both"
    assert lines[1] == "renamed: 4"
    assert lines[2] == "  net/first/biases -> model/first/biases  (the same values)"
    assert lines[6] == "changed: 2"
    assert lines[7] == "  net/out/weights  shape: [3, 2], then [3, 5]"
    assert lines[9] == f"only in {OLD}: 5"
    assert len(lines) == 15


def test_long_lists_are_cut_unless_all_is_asked_for(graphkit):
    files = STORED / "old.pb", STORED / "new.pb"
    short = graphkit("diff", *files).out.splitlines()
    assert "  … and 67 more" in short
    whole = graphkit("diff", *files, "--all").out.splitlines()
    assert not any(line.startswith("  … and") for line in whole)
    assert len(whole) > 87


def test_json_says_the_same(graphkit):
    report = json.loads(graphkit("diff", OLD, NEW, "--json").out)
    assert (report["same"], report["kind"], report["compared"]) == (False, "checkpoint", 5)
    assert report["renamed"][0] == {
        "old": "net/first/biases",
        "new": "model/first/biases",
        "reason": "the same values",
    }
    assert report["changed"][0]["words"] == "[3, 2], then [3, 5]"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((OLD, NEW), 0),
        ((OLD, NEW, "--exit-code"), 1),
        ((OLD, OLD, "--exit-code"), 0),
        ((OLD, STORED / "new.pb", "--exit-code"), 1),
        ((OLD, STORED / "loop.pb"), 2),
        ((OLD, STORED / "none"), 2),
        ((STORED / "old.pb", STORED / "kinds.npz"), 1),
    ],
)
def test_exit_codes(graphkit, arguments, code):
    outcome = graphkit("diff", *arguments)
    assert outcome.code == code
    assert len(outcome.err.splitlines()) == (not outcome.out)


def test_files_that_do_not_differ(graphkit):
    outcome = graphkit("diff", STORED / "kinds_v2", STORED / "kinds_v2")
    assert outcome.out.splitlines()[-1] == "no difference"

"""How differences are worded and shown: values, lists that are cut, text and JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from graphkit.export import Change, FileDifference, Lone, Rename
from graphkit.export._comparison._checkpoints import values_in_words

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        ([1.0, 2.0], [1.0, 2.0], ""),
        ([1.0, 2.0], [1.0, 2.5], "1 of 2 differ, by 0.5 at most"),
        ([1.0, 2.0, 3.0], [2.0, 2.0, 1.0], "2 of 3 differ, by 2 at most"),
        ([NAN], [NAN], ""),
        ([NAN, 1.0], [0.0, 2.0], "2 of 2 differ, by 1 at most"),
        ([INF, 1.0], [1.0, 1.0], "1 of 2 differ"),
        ([INF], [-INF], "1 of 1 differ"),
        ([NAN, 1.0], [NAN, 2.0], "1 of 2 differ, by 1 at most"),
        ([0.0, 1.0], [-0.0, 1.0], "1 of 2 differ"),
        ([], [], ""),
        ([1e-30], [2e-30], "1 of 1 differ, by 1e-30 at most"),
    ],
)
def test_numbers_are_compared_bit_by_bit(one, two, words):
    assert values_in_words(np.array(one), np.array(two), "float64") == words


@pytest.mark.parametrize(
    ("dtype", "one", "two", "words"),
    [
        ("uint8", [250, 3], [5, 3], "1 of 2 differ, by 245 at most"),
        ("int8", [-128], [127], "1 of 1 differ, by 255 at most"),
        ("int64", [-(2**62)], [2**62], "1 of 1 differ, by 9.22337e+18 at most"),
        ("bool", [True, False], [False, False], "1 of 2 differ, by 1 at most"),
        ("complex64", [3 + 4j], [0], "1 of 1 differ, by 5 at most"),
        ("float16", [60000], [-60000], "1 of 1 differ, by 120000 at most"),
    ],
)
def test_differences_do_not_overflow_their_dtype(dtype, one, two, words):
    before, after = np.array(one).astype(dtype), np.array(two).astype(dtype)
    assert values_in_words(before, after, dtype) == words


def test_bfloat16_is_compared_by_what_its_bits_mean():
    one, two = np.array([0x3F80, 0x4000], np.uint16), np.array([0x3F80, 0x4080], np.uint16)
    assert values_in_words(one, two, "bfloat16") == "1 of 2 differ, by 2 at most"  # 2 and 4


def test_texts_are_counted():
    one = np.array([[b"a", b"b"], [b"c", b""]], object)
    two = np.array([[b"a", b"x"], [b"c", b"y"]], object)
    assert values_in_words(one, two, "string") == "2 of 4 texts"
    assert values_in_words(one, one.copy(), "string") == ""


def test_texts_of_the_same_bytes_cut_elsewhere_differ():
    one, two = np.array([b"ab", b"c"], object), np.array([b"a", b"bc"], object)
    assert values_in_words(one, two, "string") == "2 of 2 texts"


def difference(**parts):
    given = {"removed": [], "added": [], "renamed": [], "changed": []} | parts
    return FileDifference(Path("a.pb"), Path("b.pb"), "graph", 1234, **given)


LONE = [Lone(f"n{number}", "Const") for number in range(5)]


@pytest.mark.parametrize(
    "parts",
    [
        {"removed": LONE},
        {"added": LONE},
        {"renamed": [Rename("a", "b", "why")]},
        {"changed": [Change("a", "op", "Add, then Sub")]},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_anything_is_a_difference(parts):
    assert not difference(**parts).same
    assert "no difference" not in difference(**parts).to_text()


def test_no_difference_is_said():
    assert difference().same
    assert difference().to_text() == "a.pb and b.pb: 1,234 nodes in both\nno difference"


def test_everything_has_its_line():
    whole = difference(
        removed=LONE[:1],
        added=LONE[1:2],
        renamed=[Rename("old", "new", "the same values")],
        changed=[Change("c", "shape", "[1], then [2]")],
    )
    assert whole.to_text().splitlines()[1:] == [
        "renamed: 1",
        "  old -> new  (the same values)",
        "changed: 1",
        "  c  shape: [1], then [2]",
        "only in a.pb: 1",
        "  n0  Const",
        "only in b.pb: 1",
        "  n1  Const",
    ]


@pytest.mark.parametrize(
    ("limit", "shown", "last"),
    [
        (None, 5, "  n4  Const"),
        (5, 5, "  n4  Const"),
        (2, 2, "  … and 3 more"),
        (0, 0, "  … and 5 more"),
    ],
)
def test_lists_are_cut_where_asked(limit, shown, last):
    lines = difference(removed=LONE).to_text(limit).splitlines()
    assert sum(line.startswith("  n") for line in lines) == shown
    assert lines[-1] == last


def test_plain_values_say_all_of_it():
    whole = difference(removed=LONE[:1], renamed=[Rename("old", "new", "why")])
    plain = whole.to_dict()
    assert plain["same"] is False
    assert plain["removed"] == [{"name": "n0", "words": "Const"}]
    assert plain["renamed"] == [{"old": "old", "new": "new", "reason": "why"}]
    assert json.loads(json.dumps(plain, default=str))["first"] == "a.pb"

"""Which names are taken for renamed, and why: what is equal first, then what was learnt."""

from __future__ import annotations

import pytest

from graphkit.export._comparison import _renames
from graphkit.export._comparison._renames import Rename, Thing, find_renames


def things(**listed):
    """Things by name, each given as kind and content; `__` stands for a slash."""
    return {name.replace("__", "/"): thing(*given) for name, given in listed.items()}


def thing(kind, content=None):
    return Thing(kind, content, f"also a {kind}", "equal")


def pairs(before, after):
    return {rename.old: rename.new for rename in find_renames(before, after)}


def reasons(before, after):
    return {rename.old: rename.reason for rename in find_renames(before, after)}


def test_nothing_is_renamed_where_one_side_has_nothing():
    assert find_renames({}, {}) == []
    assert find_renames(things(a=("w", 1)), {}) == []
    assert find_renames({}, things(a=("w", 1))) == []


def test_what_is_equal_was_renamed():
    found = find_renames(things(a=("w", 1), b=("w", 2)), things(x=("w", 2), y=("w", 1)))
    assert found == [Rename("a", "y", "equal"), Rename("b", "x", "equal")]


def test_what_is_of_another_kind_was_not():
    assert pairs(things(a=("w", 1)), things(b=("v", 1))) == {}


def test_of_several_equal_things_the_names_decide():
    before = things(net__a__bias=("b", 0), net__b__bias=("b", 0), net__c__beta=("b", 0))
    after = things(new__c__beta=("b", 0), new__b__bias=("b", 0), new__a__bias=("b", 0))
    assert pairs(before, after) == {
        "net/a/bias": "new/a/bias",
        "net/b/bias": "new/b/bias",
        "net/c/beta": "new/c/beta",
    }


def test_of_several_equal_things_with_strange_names_the_order_decides():
    before = things(a=("b", 0), b=("b", 0), c=("b", 0))
    after = things(x=("b", 0), y=("b", 0), z=("b", 0))
    assert pairs(before, after) == {"a": "x", "b": "y", "c": "z"}


@pytest.mark.parametrize(
    ("learnt", "old", "new", "words"),
    [
        (("net/a", "model/a"), "net/b", "model/b", "'net' became 'model' in other names too"),
        (("a/w", "a/kernel"), "b/w", "b/kernel", "'w' became 'kernel' in other names too"),
        (("a/x/w", "a/y/w"), "b/x/v", "b/y/v", "'x' became 'y' in other names too"),
        (("tower/a", "a"), "tower/b", "b", "'tower' was left out in other names too"),
        (("a", "tower/a"), "b", "tower/b", "'tower' was put before other names too"),
        (("a/b/w", "c/w"), "a/b/v", "c/v", "'a/b' became 'c' in other names too"),
    ],
)
def test_what_became_of_words_is_learnt(learnt, old, new, words):
    before = {learnt[0]: thing("w", 1), old: thing("v", 2), "other": thing("v", 3)}
    after = {learnt[1]: thing("w", 1), new: thing("v", 4), "another": thing("v", 5)}
    found = find_renames(before, after)
    assert Rename(old, new, f"also a v, and {words}") in found


def test_the_more_frequent_change_is_tried_first():
    before = {f"net/{n}": thing("w", n) for n in range(3)} | {"net/x": thing("v", 8)}
    after = {"old/0": thing("w", 0), "new/1": thing("w", 1), "new/2": thing("w", 2)}
    after |= {"old/x": thing("v", 6), "new/x": thing("v", 7)}
    assert pairs(before, after)["net/x"] == "new/x"


def test_one_of_a_kind_in_a_scope_is_taken_for_the_one_there():
    before = things(a__weights=("w", 1), a__biases=("b", 2), c__weights=("w", 3))
    after = things(a__kernel=("w", 4), a__bias=("b", 5), d__kernel=("w", 6))
    found = reasons(before, after)
    assert found["a/weights"] == "also a w, and no other is in 'a' on either side"
    assert found["a/biases"] == "also a b, and no other is in 'a' on either side"
    assert found["c/weights"] == "also a w, and no other is on either side"


def test_two_of_a_kind_in_a_scope_are_not_told_apart_by_it():
    before = things(a__x=("w", 1), a__y=("w", 2))
    after = things(a__p=("w", 3), a__q=("w", 4))
    assert pairs(before, after) == {}


def test_names_that_end_alike_are_paired_last():
    before = things(a__b__kernel=("w", 1), a__c__kernel=("w", 2))
    after = things(x__c__kernel=("w", 3), x__b__kernel=("w", 4))
    assert reasons(before, after) == {
        "a/b/kernel": "also a w, and both names end in 'kernel'",
        "a/c/kernel": "also a w, and both names end in 'kernel'",
    }
    assert pairs(before, after) == {"a/b/kernel": "x/b/kernel", "a/c/kernel": "x/c/kernel"}


def test_things_of_unknown_content_are_not_equal():
    before, after = things(a=("w", None), b=("w", None)), things(x=("w", None), y=("w", None))
    assert pairs(before, after) == {}


@pytest.mark.parametrize("count", [1, 10, 600])
def test_no_name_is_used_twice(count):
    before = {f"net/{n}/w": thing("w", n % 7) for n in range(count)}
    after = {f"new/{n}/w": thing("w", n % 5) for n in range(count)}
    found = find_renames(before, after)
    assert len({rename.old for rename in found}) == len(found)
    assert len({rename.new for rename in found}) == len(found)
    assert {rename.old for rename in found} <= set(before)
    assert {rename.new for rename in found} <= set(after)


def test_a_whole_network_in_another_scope_is_found_whatever_its_size():
    names = [f"layer_{n}/{part}" for n in range(700) for part in ("kernel", "bias")]
    before = {f"net/{name}": thing(name[-4:], 0) for name in names}
    after = {f"model/{name}": thing(name[-4:], 0) for name in names}
    assert pairs(before, after) == {f"net/{name}": f"model/{name}" for name in names}


def test_the_result_is_in_the_order_of_the_first_file():
    before = things(c=("w", 1), a=("w", 2), b=("w", 3))
    after = things(x=("w", 3), y=("w", 1), z=("w", 2))
    assert [rename.old for rename in find_renames(before, after)] == ["c", "a", "b"]


def test_the_search_stays_short_where_everything_was_renamed_otherwise(monkeypatch):
    """No change of words holds twice, so that trying each on each name would take a square."""
    tried = []
    original = _renames._changed
    monkeypatch.setattr(
        _renames, "_changed", lambda name, change: tried.append(1) or original(name, change)
    )
    before = {f"s{n}/y{n}": thing("w", n) for n in range(2000)}
    before |= {f"p{n}/u{n}": thing("v", n) for n in range(2000)}
    after = {f"t{n}/z{n}": thing("w", n) for n in range(2000)}
    after |= {f"q{n}/x{n}": thing("v", -n - 1) for n in range(2000)}
    found = pairs(before, after)
    assert {old: new for old, new in found.items() if old.startswith("s")} == {
        f"s{n}/y{n}": f"t{n}/z{n}" for n in range(2000)
    }
    assert len(tried) <= 2 * 250_000


def test_many_groups_are_compared_as_little_as_one_large_one(monkeypatch):
    monkeypatch.setattr(_renames, "_MOST_IN_ALL", 10_000)
    compared = []
    original = _renames._unlikeness
    monkeypatch.setattr(
        _renames, "_unlikeness", lambda old, new: compared.append(1) or original(old, new)
    )
    before = {f"a{group}/x{n}": thing(group, 0) for group in range(15) for n in range(30)}
    after = {f"b{group}/y{n}": thing(group, 0) for group in range(15) for n in range(30)}
    found = pairs(before, after)
    assert len(compared) == 11 * 30 * 30
    assert found == {f"a{g}/x{n}": f"b{g}/y{n}" for g in range(15) for n in range(30)}


def test_a_change_seen_often_is_tried_however_much_is_left():
    before = {f"net/a{n}": thing("w", n) for n in range(10)}
    before |= {f"net/b{n}": thing("v", n) for n in range(1500)}
    after = {f"new/a{n}": thing("w", n) for n in range(10)}
    after |= {f"new/b{n}": thing("v", -n - 1) for n in range(1500)}
    assert pairs(before, after) == {name: name.replace("net", "new") for name in before}

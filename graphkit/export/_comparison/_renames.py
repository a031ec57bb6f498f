"""What was probably renamed: names that one side alone has, paired with those of the other.

Two names can only mean the same thing where the things are alike: variables of one dtype and shape,
nodes of one op type. Among those, the ones that are equal (the same values; the same computation)
are paired first, and what became of the words between the slashes is learnt from them. The rest is
paired by what was learnt, then where neither side has another of the kind, then by how names end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["Rename", "Thing", "find_renames"]

# How many pairs of names one group may have, and all groups together, to be compared; beyond that,
# names are paired in their order. As many changes of words are tried.
_MOST_COMPARED, _MOST_IN_ALL = 250_000, 1_000_000


@dataclass(frozen=True)
class Rename:
    """A probable rename.

    Attributes:
        old: The name in the first file.
        new: The name in the second.
        reason: What speaks for it, in words.
    """

    old: str
    new: str
    reason: str


@dataclass(frozen=True)
class Thing:
    """What stands under a name.

    Attributes:
        kind: What has to be the same for two names to mean the same thing.
        content: What makes two things equal; None if it is not known.
        kind_in_words: What `kind` says, for people.
        content_in_words: What it means that `content` is the same.
    """

    kind: Hashable
    content: Hashable | None
    kind_in_words: str
    content_in_words: str


_Parts: TypeAlias = "tuple[str, ...]"
_Key: TypeAlias = Callable[[str, Thing], Hashable]
_Change: TypeAlias = "tuple[_Parts, _Parts]"


def find_renames(before: Mapping[str, Thing], after: Mapping[str, Thing]) -> list[Rename]:
    """Pairs names that one side alone has.

    Args:
        before: What only the first file has, by name.
        after: What only the second has.

    Returns:
        The pairs, in the order of `before`; each name at most once.
    """
    search = _Search(dict(before), dict(after))
    search.pair_equal()
    search.pair_by_words()
    search.pair_in_scope()
    search.pair_the_only_ones()
    search.pair_by_words()
    search.pair_by_ending()
    return [search.found[name] for name in before if name in search.found]


class _Search:
    """The pairs found so far, and what is left on both sides."""

    def __init__(self, before: dict[str, Thing], after: dict[str, Thing]) -> None:
        self._before, self._after = before, after
        self._changes: Counter[_Change] = Counter()
        self._left = _MOST_IN_ALL
        self.found: dict[str, Rename] = {}

    def pair_equal(self) -> None:
        """Pairs what is equal; where several are, those whose names are most alike."""
        for old, new in self._pairs(lambda _, thing: (thing.kind, thing.content)):
            thing = self._before[old]
            if thing.content is not None:
                self._pair(old, new, thing.content_in_words)

    def pair_by_words(self) -> None:
        """Pairs names that differ in what other names differ in too."""
        tried = max(1, _MOST_COMPARED // max(1, len(self._before)))
        likeliest = [change for change, _ in self._changes.most_common(tried)]
        for old, thing in list(self._before.items()):
            for change in likeliest:
                new = _changed(old, change)
                if new in self._after and self._after[new].kind == thing.kind:
                    self._pair(old, new, f"{thing.kind_in_words}, and {_in_words(change)}")
                    break

    def pair_in_scope(self) -> None:
        """Pairs alike things of one scope, where it holds no other of the kind on either side."""
        for olds, news in self._groups(lambda name, thing: (_scope(name), thing.kind)):
            if len(olds) == len(news) == 1:
                words = self._before[olds[0]].kind_in_words
                where = f"no other is in {_scope(olds[0]) or 'the root'!r} on either side"
                self._pair(olds[0], news[0], f"{words}, and {where}")

    def pair_the_only_ones(self) -> None:
        """Pairs two alike things where neither side has another of the kind."""
        for olds, news in self._groups(lambda _, thing: thing.kind):
            if len(olds) == len(news) == 1:
                words = self._before[olds[0]].kind_in_words
                self._pair(olds[0], news[0], f"{words}, and no other is on either side")

    def pair_by_ending(self) -> None:
        """Pairs alike things whose names end in the same word."""
        for old, new in self._pairs(lambda _, thing: thing.kind):
            last = old.rpartition("/")[2]
            if last == new.rpartition("/")[2]:
                words = self._before[old].kind_in_words
                self._pair(old, new, f"{words}, and both names end in {last!r}")

    def _pair(self, old: str, new: str, reason: str) -> None:
        self.found[old] = Rename(old, new, reason)
        del self._before[old], self._after[new]
        self._changes[_change_of(old, new)] += 1

    def _groups(self, key: _Key) -> list[tuple[list[str], list[str]]]:
        groups: dict[Hashable, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, things in enumerate((self._before, self._after)):
            for name, thing in things.items():
                groups[key(name, thing)][side].append(name)
        return [group for group in groups.values() if all(group)]

    def _pairs(self, key: _Key) -> Iterator[tuple[str, str]]:
        for olds, news in self._groups(key):
            pairs = len(olds) * len(news)
            if pairs > min(_MOST_COMPARED, self._left):
                yield from zip(olds, news, strict=False)
            else:
                self._left -= pairs
                yield from _most_alike(olds, news)


def _scope(name: str) -> str:
    return name.rpartition("/")[0]


def _most_alike(olds: list[str], news: list[str]) -> Iterator[tuple[str, str]]:
    """Pairs names, the most alike first; where nothing tells them apart, by their order."""
    ranked = sorted(
        (_unlikeness(old, new), abs(i - j), i, j)
        for i, old in enumerate(olds)
        for j, new in enumerate(news)
    )
    left, right = set(range(len(olds))), set(range(len(news)))
    for _, _, i, j in ranked:
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            yield olds[i], news[j]


def _unlikeness(old: str, new: str) -> tuple[int, float]:
    """How many words at the end are the same, then how many anywhere; less is more alike."""
    one, two = old.split("/"), new.split("/")
    shared = len(set(one) & set(two)) / len({*one, *two})
    return -_common(one[::-1], two[::-1]), -shared


def _common(one: list[str], two: list[str]) -> int:
    """How many words are the same from the start."""
    count = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        count += 1
    return count


def _change_of(old: str, new: str) -> _Change:
    """The words that differ, without those before and after them that do not."""
    one, two = old.split("/"), new.split("/")
    start = _common(one, two)
    one, two = one[start:], two[start:]
    end = _common(one[::-1], two[::-1])
    return tuple(one[: len(one) - end]), tuple(two[: len(two) - end])


def _changed(name: str, change: _Change) -> str:
    """The name with these words replaced; words that were added are added at its start."""
    old, new = change
    parts = tuple(name.split("/"))
    for place in range(len(parts) - len(old) + 1):
        if parts[place : place + len(old)] == old:
            return "/".join((*parts[:place], *new, *parts[place + len(old) :]))
    return ""


def _in_words(change: _Change) -> str:
    old, new = map("/".join, change)
    if not old:
        return f"{new!r} was put before other names too"
    return f"{old!r} {f'became {new!r}' if new else 'was left out'} in other names too"

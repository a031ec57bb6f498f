"""How rows of the tables give names back."""

from __future__ import annotations

import sys
import types

import pytest

from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._rows import (
    Neighbour,
    constants,
    found_in,
    provided_by,
    renamed,
    with_keywords,
)


@pytest.fixture
def package(monkeypatch):
    """A package of two modules, loaded."""
    top, inner = types.ModuleType("old_pack"), types.ModuleType("old_pack.inner")
    top.inner = inner
    monkeypatch.setitem(sys.modules, "old_pack", top)
    monkeypatch.setitem(sys.modules, "old_pack.inner", inner)
    return top


def restored(module, names, wraps=False):
    Neighbours((Neighbour(module, "gone", names, wraps),)).welcome("old_pack")


def test_values_are_given_as_they_are(package):
    restored("old_pack", constants(answer=42, nothing=None))
    assert (package.answer, package.nothing) == (42, None)


def test_other_names_are_read_through_dots(package):
    package.inner.new = 3
    restored("old_pack", renamed(old="inner.new"))
    assert package.old == 3


def test_names_come_from_another_module(package):
    restored("old_pack", provided_by("math", "gcd"))
    assert package.gcd(4, 6) == 2


def test_a_module_below_is_welcomed_with_its_package(package):
    restored("old_pack.inner", constants(x=1))
    assert package.inner.x == 1


def test_a_module_that_is_not_loaded_waits(package, monkeypatch):
    neighbours = Neighbours((Neighbour("old_pack.late", "gone", constants(x=1)),))
    neighbours.welcome("old_pack")
    late = types.ModuleType("old_pack.late")
    monkeypatch.setitem(sys.modules, "old_pack.late", late)
    neighbours.welcome("elsewhere")
    assert not hasattr(late, "x")
    neighbours.welcome("old_pack.inner")
    assert late.x == 1


def test_what_is_lacking_is_looked_up_when_touched(package):
    restored("old_pack", found_in("math", "string"), wraps=True)
    assert package.floor(2.5) == 2
    assert package.digits == "0123456789"
    with pytest.raises(AttributeError, match="module 'old_pack' has no attribute 'nowhere'"):
        _ = package.nowhere
    with pytest.raises(AttributeError, match="__loader_of_math__"):
        _ = package.__loader_of_math__


def test_the_modules_own_way_to_look_up_comes_after(package):
    vars(package)["__getattr__"] = lambda name: f"lazy {name}"
    restored("old_pack", found_in("math"), wraps=True)
    assert (package.gcd(4, 6), package.other) == (2, "lazy other")


def function(x, *, size=1):
    """Keeps its documentation."""
    return x, size


@pytest.mark.parametrize(
    ("kwargs", "expected"),
    [
        ({}, (0, 1)),
        ({"size": 3}, (0, 3)),
        ({"length": 4}, (0, 4)),
        ({"doubled": 4}, (0, 8)),
        ({"verbose": True}, (0, 1)),
    ],
)
def test_keywords_of_before_are_taken(package, kwargs, expected):
    package.function = function
    names = with_keywords(
        "function", "verbose", length="size", doubled=lambda value: {"size": 2 * value}
    )
    restored("old_pack", names, wraps=True)
    assert package.function(0, **kwargs) == expected
    assert package.function.__doc__ == "Keeps its documentation."


def test_keywords_that_never_were_are_refused(package):
    package.function = function
    restored("old_pack", with_keywords("function", "verbose"), wraps=True)
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        package.function(0, colour=1)


def test_methods_take_them_as_well(package):
    class Thing:
        def __init__(self, size=1):
            self.size = size

    package.Thing = Thing
    restored("old_pack", with_keywords("Thing.__init__", length="size"), wraps=True)
    assert package.Thing(length=5).size == 5


def test_a_function_that_is_gone_altogether_is_left_out(package):
    restored("old_pack", with_keywords("gone", "verbose"), wraps=True)
    assert not hasattr(package, "gone")

"""What a converter throws away goes while it works, and Python collects as before afterwards."""

from __future__ import annotations

import gc
import weakref

import pytest

from graphkit.export._targets._garbage import collected_often


class _Model:
    """An object that holds itself, as those of a model hold each other."""

    def __init__(self):
        self.itself = self


def _thrown_away(count):
    """How many of some models are still there, once a little else was made after each."""
    models = []
    for _ in range(count):
        models.append(weakref.ref(_Model()))
        _others = [[] for _ in range(3000)]
    return sum(model() is not None for model in models)


@pytest.fixture
def _settled():
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("_settled")
def test_garbage_goes_while_the_converter_works():
    gc.set_threshold(10**6, 10, 10)
    assert _thrown_away(20) == 20
    with collected_often():
        assert _thrown_away(20) <= 2


@pytest.mark.usefixtures("_settled")
@pytest.mark.parametrize("frozen", [False, True])
def test_afterwards_python_collects_as_before(frozen):
    if frozen:
        gc.freeze()
    before = gc.get_threshold(), bool(gc.get_freeze_count())
    with pytest.raises(ZeroDivisionError), collected_often():
        raise ZeroDivisionError
    assert (gc.get_threshold(), bool(gc.get_freeze_count())) == before

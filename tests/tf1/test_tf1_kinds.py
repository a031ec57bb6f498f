"""Every public name of TensorFlow 1.15.5 is the kind of thing it was, or is refused with advice."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from types import ModuleType

import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError
from graphkit.tf1._entries import Refusal
from graphkit.tf1._tables import AREAS

KINDS = json.loads((Path(__file__).parents[1] / "golden" / "kinds.json").read_text())
# Made by a function today where 1.15 had a class, or the other way round; called in the same way.
OTHERWISE_MADE = {
    "contrib.estimator": {
        "binary_classification_head",
        "logistic_regression_head",
        "multi_class_head",
        "multi_head",
        "multi_label_head",
    },
    "contrib.slim": {"ProblemType"},
    "keras.initializers": {"he_normal", "he_uniform", "lecun_normal", "lecun_uniform"},
    "keras.regularizers": {"l1", "l2"},
    "keras.utils": {"custom_object_scope"},
}
# Refused besides: names of other releases, and of private modules that lead to these.
BESIDES = {
    "contrib": {"gan"},
    "contrib.layers": {"DataFrameColumn"},
}
# What a module of contrib happened to import.
IMPORTED = {"contrib.grid_rnn": {"namedtuple"}}


def names_of(path):
    return {name for names in KINDS[path].values() for name in names}


def kind(value):
    if inspect.isclass(value):
        return "class"
    if isinstance(value, ModuleType):
        return "module"
    return "function" if callable(value) else "value"


def found(path):
    """What is at a path of the namespace; None where it is refused."""
    value = tf
    try:
        for part in filter(None, path.split(".")):
            value = getattr(value, part)
    except RefusedNameError:
        return None
    return value


@pytest.mark.parametrize("path", sorted(KINDS))
def test_every_name_of_1_15_is_what_it_was_or_refused(path):
    module = found(path)
    if module is None:
        return
    lost, others = set(), set()
    for then, names in KINDS[path].items():
        for name in names if then != "folder" else ():
            try:
                value = getattr(module, name)
            except RefusedNameError as refusal:
                assert refusal.was, name
                assert refusal.instead, name
            except AttributeError:
                lost.add(name)
            else:
                if kind(value) != then:
                    others.add(name)
    assert lost == IMPORTED.get(path, set())
    assert others == OTHERWISE_MADE.get(path, set())


@pytest.mark.parametrize("path", sorted(set(KINDS) & set(AREAS)))
def test_only_names_that_existed_are_refused(path):
    refused = {name for name, entry in AREAS[path].names.items() if isinstance(entry, Refusal)}
    assert refused - names_of(path) == BESIDES.get(path, set())


@pytest.mark.parametrize("path", sorted({path for path in KINDS if path and path.count(".") < 1}))
def test_every_name_is_listed_where_it_can_be_touched(path):
    module = found(path)
    if not isinstance(module, ModuleType):
        return
    listed = set(dir(module))
    beside = IMPORTED.get(path, set()) | set(KINDS[path].get("folder", ()))
    for name in names_of(path) - beside:
        try:
            getattr(module, name)
        except RefusedNameError:
            assert name not in AREAS[path].names or name not in listed
        else:
            assert name in listed, name


def test_what_was_recorded_is_the_whole_namespace():
    assert sum(len(names_of(path)) for path in KINDS) > 4000
    assert {"", "train", "nn", "contrib.layers", "keras.layers"} <= set(KINDS)
    assert "placeholder" in KINDS[""]["function"]
    assert "Session" in KINDS[""]["class"]
    assert "AUTO_REUSE" in KINDS[""]["value"]

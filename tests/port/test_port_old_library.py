"""An installed library that was written for TensorFlow 1 is found out, unless that helps nobody."""

from __future__ import annotations

import importlib
import sys

import pytest

from graphkit.port import _ownership
from graphkit.port._failure import describe_failure
from graphkit.port._old_library import find_old_library

LOST = "module 'tensorflow' has no attribute 'placeholder'"


@pytest.fixture
def library(tmp_path, monkeypatch):
    """Installs a library that fails with a message of one's choice."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "failing_library.py").write_text("def fail(text): raise AttributeError(text)\n")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(_ownership, "_adopted", [])
    yield importlib.import_module("failing_library")
    del sys.modules["failing_library"]
    _ownership.is_own.cache_clear()


def failure(call, *args):
    with pytest.raises(AttributeError) as caught:
        call(*args)
    return caught.value


def test_the_library_is_found(library):
    assert find_old_library(failure(library.fail, LOST)) == "failing_library"


def test_a_library_that_fails_for_another_reason_is_not(library):
    assert find_old_library(failure(library.fail, "no attribute 'x'")) is None


def test_a_library_that_was_named_is_not_named_again(library):
    _ownership.adopt("failing_library")
    assert find_old_library(failure(library.fail, LOST)) is None


@pytest.mark.parametrize("name", ["tf_slim.ops", "tensorflow_estimator.python", "graphkit.tf1"])
def test_packages_graphkit_stands_on_are_not_blamed(library, name):
    space = {"__name__": name, "library": library}
    exec(f"def call(): raise AttributeError({LOST!r})", space)
    assert find_old_library(failure(space["call"])) is None


@pytest.mark.parametrize(
    "lost",
    [
        LOST,
        "module 'tensorflow.nn' has no attribute 'rnn_cell'",
        "No module named 'tensorflow.contrib'",
        "cannot import name 'slim' from 'tensorflow.contrib'",
    ],
)
def test_every_way_to_miss_a_name_counts(library, lost):
    assert find_old_library(failure(library.fail, lost)) == "failing_library"


@pytest.mark.parametrize(
    "kept", ["module 'numpy' has no attribute 'float'", "No module named 'tensorboard.plugins'"]
)
def test_names_of_other_packages_do_not(library, kept):
    assert find_old_library(failure(library.fail, kept)) is None


def test_the_program_itself_is_no_library(library):
    space = {"__name__": "train"}
    exec(compile(f"def call(): raise AttributeError({LOST!r})", "/home/me/train.py", "exec"), space)
    assert find_old_library(failure(space["call"])) is None


def test_an_error_that_was_never_raised_has_no_library():
    assert find_old_library(AttributeError(LOST)) is None


def test_a_failure_names_the_library_and_the_option(library):
    error = failure(library.fail, LOST)
    text = describe_failure(error, error.__traceback__)
    assert text.endswith(
        "graphkit: the installed library failing_library was written for TensorFlow 1\n"
        "          what helps: graphkit run --old-library failing_library\n"
    )

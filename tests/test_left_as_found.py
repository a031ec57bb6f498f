"""The guard that keeps the order of the tests from mattering sees what a test leaves behind."""

from __future__ import annotations

import os
import sys
from types import ModuleType

import numpy as np
import pytest
from left_as_found import ProcessState


def test_a_process_left_alone_has_no_changes():
    assert ProcessState().changes() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda patch: patch.setattr(np, "sum", None), "numpy.sum changed"),
        (lambda patch: patch.delattr(np, "sum"), "numpy.sum changed"),
        (lambda patch: patch.setattr(np, "float", float, raising=False), "numpy.float changed"),
        (
            lambda patch: patch.setitem(sys.modules, "numpy", ModuleType("numpy")),
            "sys.modules['numpy'] is another module",
        ),
    ],
    ids=["another value", "a name gone", "a name put back", "a stand-in"],
)
def test_what_a_program_would_find_changed_is_told(change, told):
    before = ProcessState()
    with pytest.MonkeyPatch.context() as patch:
        change(patch)
        assert before.changes() == [told]
    assert before.changes() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda patch, folder: patch.chdir(folder), "the working directory"),
        (lambda patch, folder: patch.setenv("TF_CONFIG", "{}"), "os.environ"),
        (lambda patch, folder: patch.setattr(sys, "argv", ["train.py"]), "sys.argv"),
        (lambda patch, folder: patch.syspath_prepend(folder), "sys.path"),
        (lambda patch, folder: patch.setattr(sys, "excepthook", print), "sys.excepthook"),
    ],
    ids=["folder", "variable", "arguments", "path", "hook"],
)
def test_settings_are_told_with_both_values(change, told, tmp_path):
    before = ProcessState()
    with pytest.MonkeyPatch.context() as patch:
        change(patch, tmp_path)
        (found,) = before.changes()
    assert found.startswith(f"{told}: ")
    assert " became " in found


def test_tensorflows_switches_are_told_once_it_is_loaded(graph):
    before = ProcessState()
    from graphkit._tf import tf

    enabled = tf.control_flow_v2_enabled()
    tf.disable_control_flow_v2() if enabled else tf.enable_control_flow_v2()
    try:
        assert before.changes() == [f"v2 control flow: {enabled} became {not enabled}"]
    finally:
        tf.enable_control_flow_v2() if enabled else tf.disable_control_flow_v2()


def test_a_submodule_may_be_imported_at_any_time(monkeypatch):
    before = ProcessState()
    monkeypatch.setattr(np, "_a_part_of_it", ModuleType("numpy._a_part_of_it"), raising=False)
    assert before.changes() == []


def test_variables_that_libraries_set_are_theirs(monkeypatch):
    before = ProcessState()
    monkeypatch.setenv("A_LIBRARYS_OWN", "1")
    assert os.environ["A_LIBRARYS_OWN"] == "1"
    assert before.changes() == []

"""The one door to TensorFlow: what it holds back of native code's log, and what it lets through."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from graphkit import _tf

LOG_LINES = [
    b"2026-01-31 12:34:56.789012: I tensorflow/core/platform.cc:42] rebuild with flags\n",
    b"E0131 12:34:56.789012 1234 cuda_dnn.cc:8310] no factory\n",
    b"W0131 12:34:56.789012 1234 computation.cc:18] twice\n",
    b"WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n",
    b"To enable the following instructions: AVX2, rebuild\n",
]
OTHER_LINES = [b"Traceback (most recent call last):\n", b"F0131 fatal\n", b"2026 was a year\n"]


@pytest.mark.parametrize("line", LOG_LINES)
def test_log_lines_of_native_code_are_held_back(capfd, line):
    with _tf.without_log_lines():
        os.write(2, line)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("line", OTHER_LINES)
def test_other_lines_come_through(capfd, line):
    with _tf.without_log_lines():
        os.write(2, line)
    assert capfd.readouterr().err == line.decode()


def test_lines_come_through_in_their_order_also_when_the_import_fails(capfd):
    def fail():
        with _tf.without_log_lines():
            os.write(2, b"first\n" + LOG_LINES[0] + b"second\n")
            raise ImportError("no such library")

    with pytest.raises(ImportError, match="no such library"):
        fail()
    assert capfd.readouterr().err == "first\nsecond\n"


def test_what_is_written_afterwards_is_not_held_back(capfd):
    with _tf.without_log_lines():
        pass
    os.write(2, LOG_LINES[0])
    assert capfd.readouterr().err == LOG_LINES[0].decode()


def test_python_may_have_no_standard_error(capfd, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with _tf.without_log_lines():
        os.write(2, b"told\n")
    assert capfd.readouterr().err == "told\n"


def test_the_process_may_have_no_standard_error(capfd):
    kept = os.dup(2)
    os.close(2)
    try:
        with _tf.without_log_lines():
            ran = True
    finally:
        os.dup2(kept, 2)
        os.close(kept)
    assert ran


@pytest.mark.parametrize("level", ["0", None])
def test_tensorflow_that_is_there_already_is_taken_as_it_is(monkeypatch, level):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    if level is not None:
        monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", level)
    verbosity = _tf.tf.logging.get_verbosity()
    assert _tf._import_tensorflow() is _tf.tf
    assert os.environ.get("TF_CPP_MIN_LOG_LEVEL") == level
    assert _tf.tf.logging.get_verbosity() == verbosity


@pytest.mark.parametrize(("level", "quiet"), [("3", True), ("1", True), ("", True), ("0", False)])
def test_a_log_level_of_the_users_is_kept_and_makes_no_noise(level, quiet):
    words = "import os, graphkit._tf; print(repr(os.environ['TF_CPP_MIN_LOG_LEVEL']))"
    given = os.environ | {"TF_CPP_MIN_LOG_LEVEL": level}
    done = subprocess.run(
        [sys.executable, "-c", words], env=given, capture_output=True, text=True, timeout=120
    )
    assert done.stdout == f"{level!r}\n"
    assert (done.stderr == "") == quiet


@pytest.mark.parametrize("collecting", [True, False])
def test_garbage_is_collected_afterwards_only_if_it_was_before(collecting):
    before = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        with _tf._without_collections():
            assert not gc.isenabled()
        assert gc.isenabled() == collecting
    finally:
        (gc.enable if before else gc.disable)()

"""What a program's output is spared, and what comes through."""

from __future__ import annotations

import logging
import os
import warnings

import pytest

from graphkit.port._quiet import quieten, quieten_session_end


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    """Puts logging, warnings and the environment back."""
    log = logging.getLogger("tensorflow")
    monkeypatch.setattr(log, "filters", [])
    for name in ("TF_CPP_MIN_LOG_LEVEL", "GRPC_VERBOSITY"):
        monkeypatch.setenv(name, "kept")
        monkeypatch.delenv(name)
    with warnings.catch_warnings():
        yield


def comes_through(message, *arguments):
    record = logging.makeLogRecord({"msg": message, "args": arguments})
    return bool(logging.getLogger("tensorflow").filter(record))


@pytest.mark.parametrize(
    "message",
    [
        "From train.py:3: Session (from tensorflow) is deprecated and will be removed",
        "Instructions for updating:\nUse tf.function instead.",
        "The name tf.Session is deprecated. Please use tf.compat.v1.Session instead.",
        "non-resource variables are not supported in the long term",
        "AutoGraph could not transform <function f> and will run it as-is.",
        "Using a `tf.Session` with several devices",
    ],
)
def test_notes_about_old_names_are_dropped(message):
    assert comes_through(message)
    quieten()
    assert not comes_through(message)


@pytest.mark.parametrize(
    "message",
    [
        "Error reported to Coordinator: bad record",
        "loss = 0.25, step = 100 (0.5 sec)",
        "Restoring parameters from model.ckpt-5",
        "deprecated",
    ],
)
def test_what_the_program_has_to_know_comes_through(message):
    quieten()
    quieten_session_end()
    assert comes_through(message)


def test_a_message_is_judged_with_its_values_filled_in():
    quieten()
    assert not comes_through("%s is deprecated", "tf.Session")
    assert comes_through("%s is fine", "tf.Session")


def test_the_end_of_a_session_is_dropped_in_any_case():
    quieten_session_end()
    assert not comes_through("Exception in QueueRunner: Enqueue operation was cancelled")
    assert comes_through("The name tf.Session is deprecated")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (DeprecationWarning, "np.float is old"),
        (PendingDeprecationWarning, "soon"),
        (FutureWarning, "will change"),
        (SyntaxWarning, '"is" with a literal'),
        (UserWarning, "`layer.apply` is deprecated and will be removed in a future version."),
        (UserWarning, "The `lr` argument is deprecated, use `learning_rate` instead."),
        (UserWarning, "You are saving your model as an HDF5 file via `model.save()`."),
    ],
)
def test_warnings_about_old_code_are_dropped(kind, message):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quieten()
        warnings.warn(message, kind, stacklevel=1)
    assert caught == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [(UserWarning, "the data has no labels"), (RuntimeWarning, "overflow in exp")],
)
def test_warnings_about_the_run_come_through(kind, message):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        quieten()
        warnings.warn(message, kind, stacklevel=1)
    assert [str(warning.message) for warning in caught] == [message]


def test_native_messages_are_left_to_graphkits_own_door(monkeypatch):
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "0")
    quieten()
    assert "TF_CPP_MIN_LOG_LEVEL" not in os.environ
    assert os.environ["GRPC_VERBOSITY"] == "ERROR"


def test_what_the_user_chose_for_grpc_stays(monkeypatch):
    monkeypatch.setenv("GRPC_VERBOSITY", "INFO")
    quieten()
    assert os.environ["GRPC_VERBOSITY"] == "INFO"

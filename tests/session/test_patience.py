"""Computations in a thread of their own: what they give, and Ctrl-C while they go on."""

from __future__ import annotations

import logging
import os
import signal
import threading

import pytest

from graphkit._tf import tf
from graphkit.session import _patience
from graphkit.session._patience import leave_if_computing, patiently


@pytest.fixture(autouse=True)
def plain_ctrl_c():
    """Ctrl-C raises KeyboardInterrupt, also where a shell started the tests in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_is_computed_is_returned_and_what_fails_is_raised():
    assert patiently(lambda: 7, "it") == 7
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 // 0, "it")


def test_other_threads_compute_themselves():
    found = []
    other = threading.Thread(target=lambda: found.append(patiently(threading.current_thread, "it")))
    other.start()
    other.join()
    assert found == [other]


def test_who_waits_long_is_told_for_what(monkeypatch, caplog):
    told = threading.Event()
    handler = logging.Handler()
    handler.emit = lambda _record: told.set()
    logging.getLogger("graphkit").addHandler(handler)
    monkeypatch.setattr(_patience, "_TOLD_AFTER", (0.0,))
    try:
        assert patiently(lambda: told.wait(60), "model.pb") is True
    finally:
        logging.getLogger("graphkit").removeHandler(handler)
    [record] = caplog.records
    assert record.getMessage().startswith("model.pb has been computing for 0 s; Ctrl-C ends it")


@pytest.mark.skipif(os.name == "nt", reason="os.kill sends no Ctrl-C there")
def test_ctrl_c_is_heard_and_the_session_is_left_to_what_goes_on(session):
    goes_on, begun = threading.Event(), threading.Event()

    def endless():
        begun.set()
        goes_on.wait(60)

    def press():
        begun.wait(60)
        os.kill(os.getpid(), signal.SIGINT)

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(KeyboardInterrupt):
        patiently(endless, "it")
    presser.join()
    nothing, other = tf.no_op(), tf.Session()
    leave_if_computing(other)
    with pytest.raises(RuntimeError, match="closed Session"):
        other.run(nothing)
    goes_on.set()
    _patience._left[0].ended.wait(60)
    leave_if_computing(session)
    assert session.run(nothing) is None

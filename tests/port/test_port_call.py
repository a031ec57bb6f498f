"""A call of `Session.run` that another thread ends."""

from __future__ import annotations

import threading
import time

import pytest

from graphkit._tf import tf
from graphkit.port._call import Call
from graphkit.port._watch import SessionWatch


class _SlowToClose(tf.Session):
    is_closed = False

    def close(self):
        super().close()
        time.sleep(0.3)
        self.is_closed = True


@pytest.fixture
def watch():
    made = SessionWatch(tf, print)
    made.start()
    yield made
    made.stop()


def test_the_program_goes_on_once_its_session_is_closed(graph, watch):
    value = tf.FIFOQueue(3, [tf.int32], shapes=[()]).dequeue()
    session = _SlowToClose()

    def end():
        while (call := watch.call_of(threading.main_thread())) is None:
            time.sleep(0.01)
        call.end(KeyError("enough"))

    thread = threading.Thread(target=end)
    thread.start()
    with pytest.raises(KeyError, match="enough"):
        session.run(value)
    assert session.is_closed
    thread.join()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (((),), ()),
        (({"a:0": 1},), ("a:0",)),
        ((5,), ()),
    ],
)
def test_what_is_fed_are_the_keys_of_a_dict(given, expected):
    assert Call.of(None, [], *given).fed == expected


@pytest.mark.parametrize(("limit", "expected"), [(None, False), (0, False), (5, True)])
def test_a_time_limit_ends_it(limit, expected):
    options = None if limit is None else tf.RunOptions(timeout_in_ms=limit)
    assert Call.of(None, [], options=options).ends_in_time == expected

"""Sees to it that a program that waits on an empty queue says so, or adds to its graph in a loop.

A session that waits on a queue whose runner was never started, or died, waits for ever in
TensorFlow 1, without a word. Where nobody is left who could end the wait, it is an error here.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from graphkit.errors import RunError
from graphkit.port._call import Call
from graphkit.port._deadlock import History, cannot_end
from graphkit.port._growth import GrowthWatch
from graphkit.port._reading_errors import forget_reading_errors, reading_error, recording_stop
from graphkit.port._waiting import Wait, built_at, filled_by, sources_behind

__all__ = ["SessionWatch", "run_graphs"]

_PATIENCE_SECONDS = 10.0
_IDLE_SHARE = 0.1  # of the time between two looks: less processor time, and nothing is computed

_RUN_GRAPHS: WeakKeyDictionary[Any, None] = WeakKeyDictionary()  # in order, unlike a WeakSet


def run_graphs() -> list[Any]:
    """Lists the graphs that sessions of the program ran and that are still in use."""
    return list(_RUN_GRAPHS)


class SessionWatch:
    """Notices calls of `Session.run` that wait too long on a queue.

    Args:
        tensorflow: `tensorflow.compat.v1`.
        say: Tells the user one line.
        patience_seconds: How long a call may wait before its queues are looked at.
        gives_up: Whether a wait that cannot end is an error, after its session was closed.
    """

    def __init__(
        self,
        tensorflow: Any,
        say: Callable[[str], None],
        patience_seconds: float = _PATIENCE_SECONDS,
        *,
        gives_up: bool = True,
    ) -> None:
        self._tf = tensorflow
        self._gives_up = gives_up
        self._history = History()
        self._say = say
        self._patience = patience_seconds
        self._calls: dict[int, Call] = {}
        self._users: dict[int, int] = {}  # the id of the session each thread used last
        self._undo: list[tuple[type, str, Any]] = []
        self._stopped = threading.Event()
        self._growth = GrowthWatch(say)

    def start(self) -> None:
        """Begins to watch, until `stop`."""
        self._wrap(self._tf.Session.__mro__[1], "run", self._watched_run)
        for name in ("make_callable", "partial_run_setup"):
            self._wrap(self._tf.Session.__mro__[1], name, self._noted)
        self._wrap(self._tf.train.Coordinator, "request_stop", recording_stop)
        threading.Thread(target=self._look_around, name="graphkit-watch", daemon=True).start()

    def stop(self) -> None:
        """Ends watching and takes back what `start` changed."""
        self._stopped.set()
        for owner, name, before in self._undo:
            setattr(owner, name, before)
        forget_reading_errors()
        _RUN_GRAPHS.clear()

    def call_of(self, thread: threading.Thread) -> Call | None:
        """Says which call of `Session.run` a thread is in.

        Args:
            thread: The thread.

        Returns:
            The innermost call, or None.
        """
        return self._calls.get(thread.ident or 0)

    def waits_on(self, call: Call) -> list[str]:
        """Names what a call may wait for: queues, readers, iterators, messages.

        Args:
            call: A call under way.

        Returns:
            The names of their ops, sorted.
        """
        return sorted(set(sources_behind(call.session.graph, call.fetches, call.fed)))

    def _wrap(self, owner: type, name: str, wrapper: Callable[[Any], Any]) -> None:
        before = getattr(owner, name)
        self._undo.append((owner, name, before))
        setattr(owner, name, wrapper(before))

    def _watched_run(self, real: Any) -> Any:
        @functools.wraps(real)
        def run(session: Any, fetches: Any, *args: Any, **kwargs: Any) -> Any:
            thread = threading.get_ident()
            outer = self._calls.get(thread)
            self._users[thread] = id(session)
            self._growth.note(session.graph)
            self._history.note(session, fetches)
            _RUN_GRAPHS[session.graph] = None
            call = self._calls[thread] = Call.of(session, fetches, *args, **kwargs)
            try:
                return real(session, fetches, *args, **kwargs)
            except BaseException:  # what TensorFlow says of a session closed here is no news
                if call.ending is not None:
                    raise call.ending from None
                raise
            finally:
                if call.closed is not None:  # Python aborts if it ends while a thread closes it
                    call.closed.wait()
                if outer is None:
                    del self._calls[thread]
                else:
                    self._calls[thread] = outer

        return run

    def _noted(self, real: Any) -> Any:
        @functools.wraps(real)
        def prepare(session: Any, fetches: Any, *args: Any, **kwargs: Any) -> Any:
            self._history.note(session, fetches)
            return real(session, fetches, *args, **kwargs)

        return prepare

    def _look_around(self) -> None:
        pause = self._patience / 10
        spent = time.process_time()
        while not self._stopped.wait(pause):
            before, spent = spent, time.process_time()
            idle = spent - before < _IDLE_SHARE * pause
            for thread, call in list(self._calls.items()):
                if not call.told and time.monotonic() - call.since > self._patience:
                    self._tell(call, thread, idle)

    def _tell(self, call: Call, thread: int, idle: bool) -> None:
        """Says what a call waits for, if that will not come.

        It has to look so twice in a row: what ended the wait may be on its way to the caller.
        """
        runners: dict[str, list[Any]] = {}
        for runner in call.session.graph.get_collection(self._tf.GraphKeys.QUEUE_RUNNERS):
            runners.setdefault(filled_by(runner), []).append(runner)
        found, stuck = [], []
        for wait in call.waits:
            filling = runners.get(wait.queue.name, ()) if wait.takes else ()
            if reason := self._reason(call, wait, thread, idle, filling):
                aim = "for" if wait.takes else "to put into"
                stuck.append(wait)
                found.append(
                    f"the session has waited {self._patience:.0f} s {aim} the queue "
                    f"{wait.queue.name!r}{_place(wait.queue)}: {reason}"
                )
        if found and call.suspected == tuple(found):
            call.told = True
            gives_up = self._gives_up and not call.ends_in_time
            if gives_up and any(cannot_end(self._history, call.session, w, thread) for w in stuck):
                call.end(RunError("; ".join(found) + "; nothing is left that could fill it"))
                return
            for line in found:
                self._say(line)
        call.suspected = tuple(found)

    def _reason(self, call: Call, wait: Wait, thread: int, idle: bool, filling: Any) -> str:
        """Says why a wait will not end; nothing if it may."""
        if filling:
            states = [_state(runner, call.session) for runner in filling]
            return states[0] if all(states) else ""
        # A thread that fills a queue may well wait until somebody takes from it.
        stands = wait.takes or thread == threading.main_thread().ident
        return _missing(wait) if idle and stands and self._is_alone(wait, thread) else ""

    def _is_alone(self, wait: Wait, thread: int) -> bool:
        """Says whether no thread that has used the session is about to end the wait."""
        if _is_shared(wait.queue, self._calls[thread].session):
            return False  # another program may
        session = self._users[thread]
        alive = {other.ident or 0 for other in threading.enumerate()} - {thread}
        for other in alive & {user for user, used in list(self._users.items()) if used == session}:
            call = self._calls.get(other)
            if call is None:
                return False  # it may come back with an element
            if any(
                theirs.queue is wait.queue and theirs.takes != wait.takes for theirs in call.waits
            ):
                return False
        return True


def _is_shared(queue: Any, session: Any) -> bool:
    """Says whether other programs reach a queue: it lies in a server, under a name of its own."""
    return bool(session.sess_str) and bool(queue.get_attr("shared_name"))


def _place(queue: Any) -> str:
    built = built_at(queue)
    return f" (built at {built})" if built else ""


def _missing(wait: Wait) -> str:
    """Says who would have to end a wait, where no runner is to."""
    others = wait.counterparts()
    if wait.takes:
        if not others:
            return "nothing in the graph puts anything into it"
        names = " or ".join(map(repr, others[:3]))
        return f"no queue runner is registered for it and no thread runs {names}"
    if not others:
        return "it is full and nothing in the graph takes from it"
    return f"it is full and no thread runs {' or '.join(map(repr, others[:3]))}"


def _state(runner: Any, session: Any) -> str:
    """Says why a runner does not fill its queue; nothing if it does."""
    running = vars(runner)["_runs_per_session"].get(session)
    if running:
        return ""
    if running is None:
        return (
            "its runner was never started; call tf.train.start_queue_runners(sess=sess) before "
            "the first run"
        )
    errors = [*runner.exceptions_raised, reading_error()]
    if errors[0] is not None:
        return f"its runner ended with {type(errors[0]).__name__}: {errors[0]}"
    return "its runner has ended"

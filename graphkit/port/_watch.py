"""Sees to it that a program that waits on an empty queue says so.

A session that waits on a queue whose runner was never started, or died, waits for ever in
TensorFlow 1, without a word. The first error of a reading thread is kept as well: it is the cause
of the `OutOfRangeError` that the program sees.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

__all__ = ["Call", "SessionWatch", "note_reading_errors", "reading_error"]

_PATIENCE_SECONDS = 10.0
_DEQUEUE = ("QueueDequeue", "ReaderRead")
_WAITING = (
    *_DEQUEUE,
    "QueueEnqueue",
    "AccumulatorTakeGradient",
    "BarrierTakeMany",
    "IteratorGetNext",
    "MapUnstage",
    "OrderedMapUnstage",
    "StackPop",
    "Unstage",
)

_READING_ERRORS: list[BaseException] = []


def reading_error() -> BaseException | None:
    """Returns the first error that ended a reading thread, if there was one."""
    return _READING_ERRORS[0] if _READING_ERRORS else None


@dataclass
class Call:
    """One call of `Session.run` that is under way."""

    session: Any
    fetches: Any
    since: float
    told: bool = False
    interrupted: bool = False


class SessionWatch:
    """Notices calls of `Session.run` that wait too long on a queue.

    Args:
        tensorflow: `tensorflow.compat.v1`.
        say: Tells the user one line.
        patience_seconds: How long a call may wait before its queues are looked at.
    """

    def __init__(
        self,
        tensorflow: Any,
        say: Callable[[str], None],
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self._tf = tensorflow
        self._say = say
        self._patience = patience_seconds
        self._calls: dict[int, Call] = {}
        self._undo: list[tuple[type, str, Any]] = []
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begins to watch, until `stop`."""
        self._wrap(self._tf.Session.__mro__[1], "run", self._watched_run)
        self._wrap(self._tf.train.Coordinator, "request_stop", _recording_stop)
        threading.Thread(target=self._look_around, name="graphkit-watch", daemon=True).start()

    def stop(self) -> None:
        """Ends watching and takes back what `start` changed."""
        self._stopped.set()
        for owner, name, before in self._undo:
            setattr(owner, name, before)
        _READING_ERRORS.clear()

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
        return sorted(set(_sources_behind(call.session.graph, call.fetches)))

    def _wrap(self, owner: type, name: str, wrapper: Callable[[Any], Any]) -> None:
        before = getattr(owner, name)
        self._undo.append((owner, name, before))
        setattr(owner, name, wrapper(before))

    def _watched_run(self, real: Any) -> Any:
        @functools.wraps(real)
        def run(session: Any, fetches: Any, *args: Any, **kwargs: Any) -> Any:
            thread = threading.get_ident()
            outer = self._calls.get(thread)
            call = self._calls[thread] = Call(session, fetches, time.monotonic())
            try:
                return real(session, fetches, *args, **kwargs)
            except BaseException:
                if call.interrupted:  # what TensorFlow says of its closed session is no news
                    raise KeyboardInterrupt from None
                raise
            finally:
                if outer is None:
                    del self._calls[thread]
                else:
                    self._calls[thread] = outer

        return run

    def _look_around(self) -> None:
        while not self._stopped.wait(self._patience / 10):
            for call in list(self._calls.values()):
                if not call.told and time.monotonic() - call.since > self._patience:
                    call.told = True
                    self._tell(call)

    def _tell(self, call: Call) -> None:
        behind = set(_queues_behind(call.session.graph, call.fetches))
        for runner in call.session.graph.get_collection(self._tf.GraphKeys.QUEUE_RUNNERS):
            queue = runner.queue.name.partition(":")[0]
            state = _state(runner, call.session)
            if queue in behind and state:
                waited_for = f"{self._patience:.0f} s for the queue {queue!r}"
                self._say(f"the session has waited {waited_for}: {state}")


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
    errors = runner.exceptions_raised or _READING_ERRORS
    if errors:
        return f"its runner ended with {type(errors[0]).__name__}: {errors[0]}"
    return "its runner has ended"


def _queues_behind(graph: Any, fetches: Any) -> Iterator[str]:
    """Names the queues that fetched values are taken from."""
    for op in _ops_behind(graph, fetches):
        if op.type.startswith(_DEQUEUE):
            yield from (tensor.op.name for tensor in op.inputs if "Queue" in tensor.op.type)


def _sources_behind(graph: Any, fetches: Any) -> Iterator[str]:
    """Names whatever a fetched value may have to wait for."""
    for op in _ops_behind(graph, fetches):
        if op.type.startswith(_WAITING):
            holders = [tensor.op for tensor in op.inputs if "resource" in tensor.dtype.name]
            holders += [tensor.op for tensor in op.inputs if "Queue" in tensor.op.type]
            yield (holders or [op])[0].name


def _ops_behind(graph: Any, fetches: Any) -> Iterator[Any]:
    """Walks over the ops that fetched values depend on."""
    seen: set[Any] = set()
    waiting = [getattr(element, "op", element) for element in _elements(graph, fetches)]
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        yield op
        waiting += [tensor.op for tensor in op.inputs]
        waiting += list(op.control_inputs)


def _elements(graph: Any, fetches: Any) -> Iterator[Any]:
    """Walks nested fetches down to tensors and operations."""
    if isinstance(fetches, dict):
        fetches = list(fetches.values())
    if isinstance(fetches, list | tuple):
        for part in fetches:
            yield from _elements(graph, part)
        return
    try:
        yield graph.as_graph_element(fetches)
    except (TypeError, ValueError, KeyError):
        return  # the session itself refuses it


def _recording_stop(real: Any) -> Any:
    @functools.wraps(real)
    def request_stop(coordinator: Any, ex: Any = None) -> Any:
        error = ex[1] if isinstance(ex, tuple) else ex
        note_reading_errors([error])
        return real(coordinator, ex)

    return request_stop


def note_reading_errors(errors: Iterable[Any]) -> None:
    """Keeps what ended a reading thread, unless it only saw its queue or session closed.

    Args:
        errors: Exceptions, or None.
    """
    for error in errors:
        kinds = {kind.__name__ for kind in type(error).__mro__}
        ended = kinds & {"OutOfRangeError", "CancelledError"} or "closed Session" in str(error)
        if isinstance(error, Exception) and not ended:
            _READING_ERRORS.append(error)

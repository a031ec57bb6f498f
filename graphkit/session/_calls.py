"""Running a session: names resolved, silence watched for, every refusal and failure translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic, sleep
from typing import Any, TypeAlias

from graphkit._tf import Graph, renew_locks, tf
from graphkit.errors import GraphkitError, RunError
from graphkit.session._interrupt import in_main_thread
from graphkit.session._mistakes import (
    check_feed,
    check_fetches,
    known_elements,
    refused_call,
    unfed_placeholders,
)
from graphkit.session._names import NameTable
from graphkit.session._queues import QueueThreads
from graphkit.session._translate import op_of, translated, translated_op_error
from graphkit.session._unreadable import readable_errors

__all__ = ["CLOSED_QUEUE", "SessionCalls"]

# What a consumer sees when its queue was closed, whatever the reason was.
CLOSED_QUEUE = (tf.errors.OutOfRangeError, tf.errors.CancelledError, tf.errors.AbortedError)
_REFUSED = (TypeError, ValueError, OverflowError)
# Seconds: how long after Ctrl-C the queues are closed, and after that the session.
_SOON, _LATER, _PAUSE = 0.5, 2.0, 0.02

# What a call fetches and feeds.
_Run: TypeAlias = tuple[Any, Mapping[Any, Any] | None]


class SessionCalls:
    """The calls into one open session.

    Args:
        session: The session.
        graph: Its graph.
        queues: Its queue threads.
        watch: Look for queues that nothing fills before each new kind of run.

    Attributes:
        cut_off: Whether Ctrl-C could end a run only by closing the session.
    """

    def __init__(self, session: Any, graph: Graph, queues: QueueThreads, *, watch: bool) -> None:
        self._session = session
        self._graph = graph
        self._queues = queues
        self._watch = watch
        self._names = NameTable(graph)
        self._running: _Run | None = None
        self._ended: _Run | None = None
        self.cut_off = False

    def run(
        self,
        fetches: Any,
        feed: Mapping[Any, Any] | None = None,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """`tf.Session.run`, with names and with errors in plain words."""
        fetches, fed = self._names.fetches(fetches), self._names.feed(feed)
        check_feed(self._graph, fed)
        if self._watch:
            self._queues.check_started(*known_elements(self._graph, fetches, fed))
        return self._guarded(
            lambda: self._session.run(fetches, fed, options, run_metadata), fetches, fed
        )

    def make_callable(self, fetches: Any, feeds: Sequence[Any]) -> Callable[..., Any]:
        """`tf.Session.make_callable`, with names and with errors in plain words."""
        fetches = self._names.fetches(fetches)
        keys = [self._names.tensor(key) if isinstance(key, str) else key for key in feeds]
        if self._watch:
            unfed = dict.fromkeys(keys)
            self._queues.check_started(*known_elements(self._graph, fetches, unfed))
        check_fetches(self._graph, fetches)
        ready = self._session.make_callable(fetches, feed_list=keys)

        def call(*values: Any) -> Any:
            fed = dict(zip(keys, values, strict=False))
            check_feed(self._graph, fed)
            return self._guarded(lambda: ready(*values), fetches, fed)

        return call

    def end_waiting(self) -> None:
        """Ends the main thread's run if it goes on after Ctrl-C; called from another thread.

        Queues whose threads run are closed, which ends a wait for them. A run that waits for a
        queue of the program's own ends only with the session. One that computes is left to finish.
        """
        run = self._running
        if run is None or self._ends(run, within=_SOON):
            return
        self._ended = run
        self._queues.coordinator.request_stop()
        if self._ends(run, within=_LATER):
            return
        if self._queues.left_alone(*known_elements(self._graph, *run)):
            self.cut_off = True
            self._session.close()

    def _ends(self, run: _Run, *, within: float) -> bool:
        deadline = monotonic() + within
        while self._running is run and monotonic() < deadline:
            sleep(_PAUSE)
        return self._running is not run

    def _guarded(self, run: Callable[[], Any], fetches: Any, fed: Mapping[Any, Any] | None) -> Any:
        this = (fetches, fed)
        interruptible = in_main_thread()
        if interruptible:
            self._running = this
        try:
            with readable_errors():
                return run()
        except KeyboardInterrupt:
            renew_locks(self._graph)
            raise
        except Exception as error:
            if self._ended is this:  # TensorFlow lost Python's own while it made this error
                raise KeyboardInterrupt from error
            told = self._told(error, fetches, fed)
            raise told from (told.__cause__ or error)
        finally:
            if interruptible:
                self._running = None

    def _told(
        self, error: Exception, fetches: Any, feed: Mapping[Any, Any] | None
    ) -> GraphkitError | Exception:
        if isinstance(error, tf.errors.OpError):
            return self._failed_run(error, fetches, feed)
        if isinstance(error, _REFUSED):
            return refused_call(error, self._graph, fetches, feed)
        if isinstance(error, RuntimeError) and "closed Session" in str(error):
            return translated(error, "the session is closed; run inside the runner's `with` block")
        if isinstance(error, RuntimeError) and "graph is empty" in str(error):
            reason = (
                "the graph of this session is empty: the fetched tensor belongs to another graph"
            )
            return translated(error, f"{reason}. Give SessionRunner the graph it was built in")
        return error

    def _failed_run(self, error: Any, fetches: Any, feed: Mapping[Any, Any] | None) -> RunError:
        if isinstance(error, CLOSED_QUEUE):
            failure = self._queues.failure()
            if failure is not None:
                return failure
        op = op_of(error, self._graph)
        if op is not None and op.type == "Placeholder" and "You must feed" in error.message:
            missing = unfed_placeholders(self._graph, fetches, feed)
            return translated(error, f"{op.name}: a placeholder without a value; {missing}")
        return translated_op_error(error, self._graph)

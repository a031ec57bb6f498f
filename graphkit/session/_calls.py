"""Running a session: names resolved, silence watched for, every refusal and failure translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.errors import GraphkitError, RunError
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

__all__ = ["CLOSED_QUEUE", "SessionCalls"]

# What a consumer sees when its queue was closed, whatever the reason was.
CLOSED_QUEUE = (tf.errors.OutOfRangeError, tf.errors.CancelledError, tf.errors.AbortedError)
_REFUSED = (TypeError, ValueError, OverflowError)


class SessionCalls:
    """The calls into one open session.

    Args:
        session: The session.
        graph: Its graph.
        queues: Its queue threads.
        watch: Look for queues that nothing fills before each new kind of run.
    """

    def __init__(self, session: Any, graph: Graph, queues: QueueThreads, *, watch: bool) -> None:
        self._session = session
        self._graph = graph
        self._queues = queues
        self._watch = watch
        self._names = NameTable(graph)

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
        try:
            return self._session.run(fetches, fed, options, run_metadata)
        except Exception as error:
            told = self._told(error, fetches, fed)
            raise told from (told.__cause__ or error)

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
            try:
                return ready(*values)
            except Exception as error:
                told = self._told(error, fetches, fed)
                raise told from (told.__cause__ or error)

        return call

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

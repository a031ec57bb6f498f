"""The threads that fill a graph's queues: started together, watched, and stopped for good.

TensorFlow 1 left three traps here. A program that forgot to start the threads waited for ever; one
whose thread failed saw only "closed and has insufficient elements"; one that ended early left
threads behind that print at exit. Here the first is an error before the run, the second is told by
the thread's own error, and on leaving every queue is closed before its threads are joined.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Thread
from time import monotonic
from typing import Any

from graphkit._tf import Graph, Operation, tf
from graphkit.errors import RunError
from graphkit.session._ancestors import executed_ops
from graphkit.session._origin import describe
from graphkit.session._translate import cause_of, op_of, translated

__all__ = ["QueueThreads"]

_WAITS_FOR_DATA = ("QueueDequeue", "ReaderRead")
_WAITS_FOR_ROOM = ("QueueEnqueue",)


class QueueThreads:
    """The queue threads of one session.

    Args:
        session: The session the threads run in.
        graph: Its graph; its collection `QUEUE_RUNNERS` says what to start.
        grace_seconds: How long stopping waits for the threads to end.
    """

    def __init__(self, session: Any, graph: Graph, *, grace_seconds: float) -> None:
        self.coordinator = _Coordinator()
        self._session = session
        self._graph = graph
        self._grace = grace_seconds
        self._runners = list(graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS))
        self.told = False

    def start(self) -> None:
        """Starts every registered runner that is not running yet."""
        for runner in self._runners:
            runner.create_threads(self._session, coord=self.coordinator, daemon=True, start=True)

    def check_started(self, targets: Iterable[Any], fed: Iterable[Any]) -> None:
        """Refuses a run that would wait for ever.

        Args:
            targets: The fetched tensors and ops.
            fed: The fed tensors.

        Raises:
            RunError: The run takes from a queue whose threads were never started.
        """
        asleep = {runner.name for runner in self._runners if not self._started(runner)}
        if not asleep:
            return
        for op in executed_ops(targets, fed):
            if not op.type.startswith(_WAITS_FOR_DATA):
                continue
            queue = next((t.op.name for t in op.inputs if t.op.name in asleep), None)
            if queue is not None:
                raise RunError(
                    f"{describe(op)} takes from the queue {queue!r}, which nothing fills: its "
                    "threads were not started, so this run would wait for ever. Call "
                    "start_queue_runners() first, or open SessionRunner with "
                    "start_queue_runners=True; if you fill the queue yourself, with "
                    "watch_queues=False"
                )

    def left_alone(self, targets: Iterable[Any], fed: Iterable[Any]) -> bool:
        """Whether a run may wait for a queue that no thread of this session serves.

        Args:
            targets: The fetched tensors and ops.
            fed: The fed tensors.

        Returns:
            Whether closing the served queues may not be enough to end it.
        """
        served = {runner.name for runner in self._runners if self._started(runner)}
        return any(
            served.isdisjoint(tensor.op.name for tensor in op.inputs)
            for op in executed_ops(targets, fed)
            if op.type.startswith((*_WAITS_FOR_DATA, *_WAITS_FOR_ROOM)) and not _is_at_gate(op)
        )

    def _started(self, runner: Any) -> bool:
        # TensorFlow says nowhere in public whether a runner was started for a session, and threads
        # of the user's own `tf.train.start_queue_runners` count as well.
        return self._session in getattr(runner, "_runs_per_session", {self._session})

    def failure(self) -> RunError | None:
        """The first error of a queue thread; `told` is true once it was asked for.

        Returns:
            The translated error, or `None` when no thread failed.
        """
        try:
            self.coordinator.raise_requested_exception()
        except Exception as error:
            self.told = True
            told = self._translated(error)
            told.__cause__ = error
            return told
        return None

    def _translated(self, error: Exception) -> RunError:
        if not isinstance(error, tf.errors.OpError):
            return translated(error, f"a queue thread failed: {error}")
        op = op_of(error, self._graph)
        origin = f"{describe(op)}: " if op is not None else ""
        return translated(
            error, f"{origin}{cause_of(error, self._graph)} (in a thread that fills a queue)"
        )

    def stop(self) -> None:
        """Closes the queues, joins the threads and closes the session.

        Raises:
            RunError: A thread is still alive after the grace period.
        """
        self.coordinator.request_stop()
        self._join()
        # What is still blocked waits in an op of a queue nobody registered. Closing cancels such
        # ops, but waits for those that cannot be cancelled, so it must not hold up this thread.
        closing = Thread(target=self._session.close, name="close session", daemon=True)
        closing.start()
        closing.join(self._grace)
        self._join()
        alive = [thread.name for thread in self.coordinator.threads if thread.is_alive()]
        if alive:
            raise RunError(
                f"threads still run {self._grace:g} s after they were told to stop: "
                f"{', '.join(alive)}; an op of theirs does not return"
            )

    def _join(self) -> None:
        deadline = monotonic() + self._grace
        for thread in self.coordinator.threads:
            if thread.is_alive():
                thread.join(max(0.0, deadline - monotonic()))


class _Coordinator(tf.train.Coordinator):  # type: ignore[misc]
    """A coordinator that knows its threads.

    TensorFlow's own forgets them when it joins, and a thread that fails after that prints.
    """

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[Thread] = []

    def register_thread(self, thread: Thread) -> None:
        """Remembers a thread, which `create_threads` registers by itself."""
        self.threads.append(thread)
        super().register_thread(thread)


def _is_at_gate(op: Operation) -> bool:
    """Whether it waits for the start of a pipeline on tf.data, as the batch itself does."""
    return any("_graphkit_gate" in tensor.op.node_def.attr for tensor in op.inputs)

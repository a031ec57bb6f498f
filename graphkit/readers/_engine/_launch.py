"""What starts a pipeline on tf.data in a session, and why it may not."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from threading import Lock
from typing import Any
from weakref import WeakSet

from graphkit._tf import Operation, Tensor
from graphkit.readers._engine._controls import Controls
from graphkit.readers._engine._position import Beginning
from graphkit.readers._engine._sources import taking_for
from graphkit.readers._engine._takers import fills_a_queue
from graphkit.readers._runner import fills_of, queues_of, readers_of, taken_from

__all__ = ["COLLECTED", "Launch"]

COLLECTED = "a queue collects its single elements"


class Launch:
    """Starts a pipeline once per session, whichever of the runners of its queues does it first.

    It does not where something else in the graph looks at the queues, or at the producers and
    readers behind them, which are filled then; nor where a queue collects single elements, since
    what waits there would be lost to a run that goes on from a checkpoint.

    Args:
        controls: What begins and ends it.
        beginning: Where it begins; None for the beginning.

    Attributes:
        at_reason: Called as a reason is found.
    """

    def __init__(self, controls: Controls, beginning: Beginning | None = None) -> None:
        self.controls = controls
        self.beginning = beginning
        self.at_reason: Callable[[], None] = lambda: None
        self._reason = ""
        self._watched: dict[Tensor, tuple[str, frozenset[Operation]]] = {}
        self._sessions: WeakSet[Any] = WeakSet()
        self._lock = Lock()
        self._searched = -1  # the version of the graph in which no queue collected them

    @property
    def initializer(self) -> Operation:
        """The op that makes the pipeline."""
        return self.controls.initializer

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return str(self.initializer.name.rpartition("/tf_data/")[0])

    def watch(self, runner: Any) -> None:
        """Lets nobody else look at the queues of a runner, and at what these are filled from.

        Nor at readers that take from the queues.
        """
        for handle in queues_of(runner):
            self._watched[handle] = "its queue", frozenset(handle.consumers())
            for reader in readers_of(handle):
                self._watched[reader] = "its reader", frozenset(reader.consumers())
        for handle in taken_from(fills_of(runner)):
            known = "what it takes from", frozenset(handle.consumers())
            self._watched.setdefault(handle, known)

    def reason(self) -> str:
        """Why the queues are filled instead; empty where tf.data delivers."""
        for tensor, (words, known) in self._watched.items():
            users = [op for op in tensor.consumers() if op not in known and not _is_reset(op)]
            if users and not self._reason:
                self.give_back(f"{users[0].name} ({users[0].type}): it looks at {words}")
        if not self._reason and self._is_collected():
            self.give_back(COLLECTED)
        return self._reason

    def _is_collected(self) -> bool:
        """Whether single elements go into a queue; looked up again as ops were added."""
        graph = self.initializer.graph
        if self._searched == graph.version:
            return False
        self._searched = graph.version
        try:
            delivers = graph.get_operation_by_name(self.name)
        except KeyError:  # a batcher whose name is its scope's alone
            return False
        return taking_for(delivers) is not None and fills_a_queue(delivers)

    def give_back(self, reason: str) -> None:
        """Lets the queues be filled instead, in the sessions that are started from now on."""
        if self._sessions and not self._reason:
            warnings.warn(
                f"{self.name} goes on with tf.data in sessions that were started before, where its "
                f"queues are empty ({reason}); build that before the queue runners are started",
                stacklevel=2,
            )
        self._reason = self._reason or reason
        self.at_reason()

    def started(self, sess: Any) -> bool:
        """Whether the pipeline was started in a session."""
        return sess in self._sessions

    def start(self, sess: Any) -> None:
        """Starts the pipeline in a session, unless it was started there before."""
        with self._lock:
            if self.started(sess):
                return
            if self.beginning is not None:
                self.beginning.go(sess, self.name)
            sess.run(self.initializer)
            sess.run(self.controls.begin)
            self._sessions.add(sess)

    def restart(self, sess: Any) -> None:
        """Starts the pipeline from the beginning, in a session in which it was started before."""
        if self.started(sess):
            if self.beginning is not None:
                sess.run(self.beginning.again)
            sess.run([self.initializer, self.controls.endless])


def _is_reset(op: Operation) -> bool:
    """Whether it is one of the ops that `readers.reset` adds."""
    return op.type == "DestroyResourceOp" or (op.type == "ReaderResetV2" and "reset/" in op.name)

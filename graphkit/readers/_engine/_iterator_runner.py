"""What starts a pipeline on tf.data, as the queue runners of its graph are started."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import Any

from graphkit._tf import Operation, Tensor, register_proto_function, tf
from graphkit.readers._engine._position import Beginning
from graphkit.readers._engine._standby import queue_behind
from graphkit.readers._queues import without_deprecation_warnings
from graphkit.readers._runner import CheckedQueueRunner
from graphkit.readers._starts import announce_start

__all__ = ["IteratorRunner"]

# Sorts behind that of the queue runners, which a MetaGraph's import therefore adds first.
_COLLECTION = "tf_data_runners"


class IteratorRunner(CheckedQueueRunner):
    """The runner of a batcher's queue; it starts a tf.data pipeline instead of filling the queue.

    It fills the queue after all where something else in the graph looks at the queue, or at the
    producers and readers behind it. In a MetaGraph it is a queue runner and, beside it, what this
    class is made of; where graphkit was not imported, the queue is filled.

    Args:
        runner: The queue runner that would fill the queue.
        initializer: The op that makes the pipeline.
        begin: The op that lets steps take from it.
        beginning: Where it begins; None for the beginning.
        behind: The queues and readers behind it.
    """

    def __init__(
        self,
        runner: Any,
        initializer: Operation,
        begin: Operation,
        beginning: Beginning | None = None,
        behind: Sequence[Tensor] = (),
    ) -> None:
        with without_deprecation_warnings():
            super().__init__(runner)
        self.initializer = initializer
        self.beginning = beginning
        self._begin = begin
        self._reason = ""
        watched = {self.queue.queue_ref: "its queue", **dict.fromkeys(behind, "what it takes from")}
        self._watched = [
            (tensor, words, frozenset(tensor.consumers())) for tensor, words in watched.items()
        ]

    def register(self) -> None:
        """Adds it to the collections of the current graph."""
        for collection in (tf.GraphKeys.QUEUE_RUNNERS, _COLLECTION):
            tf.add_to_collection(collection, self)

    @property
    def pipeline(self) -> str:
        """The pipeline's name."""
        return str(self.initializer.name.rpartition("/tf_data/")[0])

    def reason(self) -> str:
        """Why the queue is filled instead; empty where tf.data delivers."""
        for tensor, words, known in self._watched:
            users = [op for op in tensor.consumers() if op not in known and not _is_reset(op)]
            if users and not self._reason:
                self._reason = f"{users[0].name} ({users[0].type}): it looks at {words}"
        return self._reason

    def give_back(self, reason: str) -> None:
        """Lets the queue be filled instead, in the sessions that are started from now on."""
        self._reason = self._reason or reason
        self.initializer.graph.get_collection_ref(_COLLECTION).remove(self)

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[Thread]:
        """Starts the pipeline, once per session; its threads are TensorFlow's own.

        With `start=False` the thread returned does it, once it is started.
        """
        if self.reason():
            return super().create_threads(sess, coord, daemon, start)
        announce_start(self.queue.queue_ref.graph)
        if sess in self._runs_per_session:
            return []
        if not start:
            return [Thread(target=self._start, args=(sess,), daemon=daemon)]
        self.check_all(sess)
        self._start(sess)
        return []

    def _start(self, sess: Any) -> None:
        """Starts it in a session in which it was not started before."""
        if self.beginning is not None:
            self.beginning.go(sess, self.pipeline)
        sess.run(self.initializer)
        sess.run(self._begin)
        self._runs_per_session[sess] = 1

    def restart(self, sess: Any) -> None:
        """Starts the pipeline from the beginning, in a session in which it was started before."""
        if sess in self._runs_per_session:
            if self.beginning is not None:
                sess.run(self.beginning.again)
            sess.run(self.initializer)


def _is_reset(op: Operation) -> bool:
    """Whether it is one of the ops that `readers.reset` adds."""
    return op.type == "DestroyResourceOp" or (op.type == "ReaderResetV2" and "reset/" in op.name)


def _to_proto(runner: IteratorRunner, export_scope: str | None = None) -> Any:
    """Writes down what a runner is made of; None for one outside of what is exported."""
    parts: list[Any] = [runner.queue.queue_ref.op, runner.initializer, runner._begin]  # noqa: SLF001
    parts += [] if runner.beginning is None else list(runner.beginning)
    scope = f"{export_scope}/" if export_scope else ""
    if runner.reason() or not runner.initializer.name.startswith(scope):
        return None
    return tf.train.BytesList(value=[part.name.removeprefix(scope).encode() for part in parts])


def _from_proto(proto: Any, import_scope: str | None = None) -> IteratorRunner:
    """Makes the runner again, in the place of the queue runner that stood for it."""
    graph = tf.get_default_graph()
    scope = f"{import_scope}/" if import_scope else ""
    queue, *parts = [graph.as_graph_element(scope + name.decode()) for name in proto.value]
    initializer, begin, *beginning = parts
    runners = graph.get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
    (place,) = (place for place, one in enumerate(runners) if one.queue is queue)
    plain = runners[place]
    plain._queue = queue_behind(queue)  # noqa: SLF001  # an imported one knows the op only
    runners[place] = runner = IteratorRunner(
        plain, initializer, begin, Beginning(*beginning) if beginning else None
    )
    return runner


register_proto_function(_COLLECTION, tf.train.BytesList, _to_proto, _from_proto)

"""What starts a pipeline on tf.data, as the queue runners of its graph are started."""

from __future__ import annotations

from threading import Thread
from typing import Any

from graphkit._tf import Operation, register_proto_function, tf
from graphkit.readers._engine._position import Beginning
from graphkit.readers._queues import without_deprecation_warnings
from graphkit.readers._starts import announce_start

__all__ = ["IteratorRunner"]

# Sorts behind that of the queue runners, which a MetaGraph's import therefore adds first.
_COLLECTION = "tf_data_runners"


class IteratorRunner(tf.train.QueueRunner):  # type: ignore[misc]  # TensorFlow is untyped
    """Stands among the graph's queue runners and starts a tf.data pipeline as they are started.

    In a MetaGraph it is a queue runner and, beside it, what this class is made of; where graphkit
    was imported, that takes the queue runner's place. Elsewhere the queue runner's thread fails,
    saying what to run instead.

    Args:
        initializer: The op that starts the pipeline.
        refusal: The op that fails with that message.
        nothing: An op that does nothing.
        beginning: Where it begins; None for the beginning.
    """

    def __init__(
        self,
        initializer: Operation,
        refusal: Operation,
        nothing: Operation,
        beginning: Beginning | None = None,
    ) -> None:
        with without_deprecation_warnings():
            super().__init__(initializer, [refusal], close_op=nothing, cancel_op=nothing)
        self.initializer = initializer
        self.beginning = beginning

    @classmethod
    def of(cls, scope: str, initializer: Operation, beginning: Beginning | None) -> IteratorRunner:
        """Adds a runner, and its refusal, to the current graph.

        Args:
            scope: The pipeline's name scope.
            initializer: The op that starts the pipeline.
            beginning: Where it begins; None for the beginning.
        """
        name = scope.rstrip("/")
        message = (
            f"{name} is a pipeline on tf.data, which no thread fills: import graphkit.readers "
            f"before the MetaGraph is imported, or run the op {initializer.name} instead of "
            "starting the queue runners"
        )
        refusal = tf.raw_ops.Assert(condition=False, data=[message], name="not_by_threads")
        runner = cls(initializer, refusal, tf.no_op(), beginning)
        for collection in (tf.GraphKeys.QUEUE_RUNNERS, _COLLECTION):
            tf.add_to_collection(collection, runner)
        return runner

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return str(self.initializer.name.rpartition("/tf_data/")[0])

    def remove(self) -> None:
        """Takes it out of its graph's collections."""
        for collection in (tf.GraphKeys.QUEUE_RUNNERS, _COLLECTION):
            self.initializer.graph.get_collection_ref(collection).remove(self)

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[Thread]:
        """Starts the pipeline, once per session; its threads are TensorFlow's own."""
        announce_start(self.initializer.graph)
        if sess not in self._runs_per_session:
            if self.beginning is not None:
                self.beginning.go(sess, self.name)
            sess.run(self.initializer)
            self._runs_per_session[sess] = 0
        return []

    def restart(self, sess: Any) -> None:
        """Starts the pipeline from the beginning, in a session in which it was started before."""
        if sess in self._runs_per_session:
            if self.beginning is not None:
                sess.run(self.beginning.again)
            sess.run(self.initializer)


def _to_proto(runner: IteratorRunner, export_scope: str | None = None) -> Any:
    """Writes down what a runner is made of; None for one outside of what is exported."""
    parts: list[Any] = [runner.initializer, *runner.enqueue_ops, runner.close_op]
    parts += [] if runner.beginning is None else list(runner.beginning)
    scope = f"{export_scope}/" if export_scope else ""
    if not runner.initializer.name.startswith(scope):
        return None
    return tf.train.BytesList(value=[part.name.removeprefix(scope).encode() for part in parts])


def _from_proto(proto: Any, import_scope: str | None = None) -> IteratorRunner:
    """Makes the runner again, in the place of the queue runner that stood for it."""
    graph = tf.get_default_graph()
    scope = f"{import_scope}/" if import_scope else ""
    initializer, refusal, nothing, *rest = [
        graph.as_graph_element(scope + name.decode()) for name in proto.value
    ]
    runner = IteratorRunner(initializer, refusal, nothing, Beginning(*rest) if rest else None)
    runners = graph.get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
    runners[:] = [runner if one.queue is initializer else one for one in runners]
    return runner


register_proto_function(_COLLECTION, tf.train.BytesList, _to_proto, _from_proto)

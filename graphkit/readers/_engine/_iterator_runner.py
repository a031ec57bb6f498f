"""What starts a pipeline on tf.data, as the queue runners of its graph are started."""

from __future__ import annotations

from threading import Thread
from typing import Any

from graphkit._tf import register_proto_function, tf
from graphkit.readers._engine._controls import Controls
from graphkit.readers._engine._launch import Launch
from graphkit.readers._engine._position import Beginning
from graphkit.readers._engine._standby import queue_behind
from graphkit.readers._queues import without_deprecation_warnings
from graphkit.readers._runner import CheckedQueueRunner
from graphkit.readers._starts import announce_start

__all__ = ["IteratorRunner"]

# Sorts behind that of the queue runners, which a MetaGraph's import therefore adds first.
_COLLECTION = "tf_data_runners"


class IteratorRunner(CheckedQueueRunner):
    """A runner of queues; it starts a tf.data pipeline instead of filling them.

    In a MetaGraph it is a queue runner and, beside it, what its pipeline is started by; where
    graphkit was not imported, the queues are filled.

    Args:
        runner: The queue runner that would fill a queue.
        launch: What starts the pipeline, of all its runners.
    """

    def __init__(self, runner: Any, launch: Launch) -> None:
        with without_deprecation_warnings():
            super().__init__(runner, files_checked=getattr(runner, "files_checked", True))
        self.launch = launch
        launch.watch(self)

    def register(self, place: int | None = None) -> None:
        """Adds it to the collections of the current graph.

        Args:
            place: The place of the queue runner whose part it takes; None for the last.
        """
        runners = tf.get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
        if place is None:
            runners.append(self)
        else:
            runners[place] = self
        tf.add_to_collection(_COLLECTION, self)

    def unregister(self) -> None:
        """Leaves it in the collection of the queue runners only."""
        self.queue.queue_ref.graph.get_collection_ref(_COLLECTION).remove(self)

    def reason(self) -> str:
        """Why the queue is filled instead; empty where tf.data delivers."""
        return self.launch.reason()

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[Thread]:
        """Starts the pipeline, once per session; its threads are TensorFlow's own.

        With `start=False` the first thread returned does it, once it is started. With a coordinator
        another one waits until it asks to stop.
        """
        if self.reason():
            return super().create_threads(sess, coord, daemon, start)
        announce_start(self.queue.queue_ref.graph)
        if sess in self._runs_per_session:
            return []
        self.coordinators[sess] = coord
        threads = self.ending_on_stop(sess, coord, daemon)
        if not start:
            return [Thread(target=self._start, args=(sess,), daemon=daemon), *threads]
        self.check_all(sess)
        self._start(sess)
        for thread in threads:
            thread.start()
        return threads

    def ending_on_stop(self, sess: Any, coord: Any, daemon: bool) -> list[Thread]:
        """Makes the thread that ends what is delivered once a coordinator asks to stop."""
        if coord is None:
            return []
        args = (sess, self.launch.controls.end, coord)
        name = f"QueueRunnerThread-{self.name}-close_on_stop"  # programs tell it by its name
        thread = Thread(target=self._close_on_stop, args=args, name=name, daemon=daemon)
        coord.register_thread(thread)
        return [thread]

    def _start(self, sess: Any) -> None:
        self.launch.start(sess)
        self._runs_per_session[sess] = 1


def _to_proto(runner: IteratorRunner, export_scope: str | None = None) -> Any:
    """Writes down what a runner is made of; None for one outside of what is exported."""
    launch = runner.launch
    parts: list[Any] = [runner.queue.queue_ref.op, *launch.controls]
    parts += [] if launch.beginning is None else list(launch.beginning)
    scope = f"{export_scope}/" if export_scope else ""
    if runner.reason() or not launch.initializer.name.startswith(scope):
        return None
    return tf.train.BytesList(value=[part.name.removeprefix(scope).encode() for part in parts])


def _from_proto(proto: Any, import_scope: str | None = None) -> IteratorRunner:
    """Makes the runner again, in the place of the queue runner that stood for it."""
    graph = tf.get_default_graph()
    # An open name scope comes with a slash, one that was asked for without.
    scope = f"{import_scope.removesuffix('/')}/" if import_scope else ""
    queue, *parts = [graph.as_graph_element(scope + name.decode()) for name in proto.value]
    controls, beginning = Controls(*parts[:4]), parts[4:]
    runners = graph.get_collection_ref(tf.GraphKeys.QUEUE_RUNNERS)
    (place,) = (place for place, one in enumerate(runners) if one.queue is queue)
    plain = runners[place]
    plain._queue = queue_behind(queue)  # noqa: SLF001  # an imported one knows the op only
    launches = [one.launch for one in runners if isinstance(one, IteratorRunner)]
    launch = next((one for one in launches if one.controls == controls), None)
    if launch is None:
        launch = Launch(controls, Beginning(*beginning) if beginning else None)
    runners[place] = runner = IteratorRunner(plain, launch)
    return runner


register_proto_function(_COLLECTION, tf.train.BytesList, _to_proto, _from_proto)

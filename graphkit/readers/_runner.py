"""A queue runner that looks before it starts.

TensorFlow's queue runner starts its threads whatever they will find, and what goes wrong in a
thread surfaces late (`OutOfRangeError` from some queue downstream) or never (a hang). This one
first checks, in the thread of the caller, what would make it fail: epoch counters without a value
and files that are not there.
"""

from __future__ import annotations

import weakref
from threading import Thread
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.errors import MissingFileError, NotInitializedError
from graphkit.readers._files import check_files
from graphkit.readers._starts import announce_start

__all__ = [
    "CheckedQueueRunner",
    "ancestors",
    "fills_of",
    "is_queue",
    "names_before_shuffling",
    "queue_of",
    "queues_of",
    "readers_of",
    "taken_from",
    "variable_of",
]

_FILE_READERS = {
    "FixedLengthRecordReader",
    "FixedLengthRecordReaderV2",
    "TFRecordReader",
    "TFRecordReaderV2",
    "TextLineReader",
    "TextLineReaderV2",
    "WholeFileReader",
    "WholeFileReaderV2",
}
_COUNTERS = {"CountUpTo", "ResourceCountUpTo"}
_KEEPS_NAMES = {"Identity", "RandomShuffle"}
_TAKERS = ("QueueDequeue", "ReaderRead")
_VARIABLE_READS = {"ReadVariableOp", "VarHandleOp", "Variable", "VariableV2"}
_INITIALIZERS = {
    tf.GraphKeys.LOCAL_VARIABLES: "tf.local_variables_initializer()",
    tf.GraphKeys.GLOBAL_VARIABLES: "tf.global_variables_initializer()",
}


class CheckedQueueRunner(tf.train.QueueRunner):  # type: ignore[misc]  # TensorFlow is untyped
    """A `tf.train.QueueRunner` whose checks run when its threads are started.

    With `start=False` (the caller starts the threads later) nothing is checked, as the program may
    still initialise its variables and write its files.

    Args:
        runner: The queue runner whose queue and ops this one takes over.
        files_checked: False leaves out the check of file names.

    Attributes:
        files_checked: Whether file names are checked.
        coordinators: By session, the coordinator that the threads were started with.
        watching: By session, the coordinators for which a thread waits to close the queue.
    """

    def __init__(self, runner: Any, *, files_checked: bool = True) -> None:
        super().__init__(
            queue=runner.queue,
            enqueue_ops=runner.enqueue_ops,
            close_op=runner.close_op,
            cancel_op=runner.cancel_op,
            queue_closed_exception_types=runner.queue_closed_exception_types,
        )
        self.files_checked = files_checked
        self.coordinators: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self.watching: weakref.WeakKeyDictionary[Any, set[Any]] = weakref.WeakKeyDictionary()
        self._checked_in: weakref.WeakSet[Any] = weakref.WeakSet()

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[Thread]:
        """Checks every runner of the graph once per session, then creates the threads.

        All runners are checked by the first, so that a failure leaves none of them running.

        Args:
            sess: The session the enqueue ops will run in.
            coord: The coordinator that stops the threads, if any.
            daemon: Whether the threads may outlive the program.
            start: Whether to start the threads too.

        Returns:
            The threads, none if they already run for this session.

        Raises:
            MissingFileError: A file to be read is absent, unreadable or a folder.
            NotInitializedError: An epoch counter or a list of file names has no value yet.
        """
        announce_start(self.queue.queue_ref.graph)
        if start:
            self.check_all(sess)
        self.coordinators[sess] = coord
        threads: list[Thread] = super().create_threads(sess, coord, daemon, start)
        return threads

    def _close_on_stop(self, sess: Any, cancel_op: Any, coord: Any) -> None:
        """Waits to close the queue; one thread does, however often the others were started."""
        with self._lock:
            watching = self.watching.setdefault(sess, set())
            if coord in watching:
                return
            watching.add(coord)
        try:
            super()._close_on_stop(sess, cancel_op, coord)
        finally:
            watching.discard(coord)

    def check_all(self, sess: Any) -> None:
        """Checks this and every other runner of its graph."""
        collected = self.queue.queue_ref.graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        peers = [runner for runner in collected if isinstance(runner, CheckedQueueRunner)]
        for runner in [self, *peers]:
            runner.check(sess)

    def check(self, sess: Any) -> None:
        """Raises what would fail in this runner's threads in that session; once per session."""
        if sess in self._checked_in:
            return
        enqueues = fills_of(self)
        for operation in ancestors(enqueues):
            if operation.type in _COUNTERS:
                _require_value(sess, operation.inputs[0].op)
        if self.files_checked and not sess.sess_str and self._feeds_file_reader():
            for operation in enqueues:
                _check_names(sess, names_before_shuffling(operation.inputs[1]))
        self._checked_in.add(sess)

    def _feeds_file_reader(self) -> bool:
        """Whether a reader that opens files takes its work from this runner's queue."""
        return any(
            consumer.type.startswith("ReaderRead") and consumer.inputs[0].op.type in _FILE_READERS
            for consumer in self.queue.queue_ref.consumers()
        )


def ancestors(operations: list[Operation]) -> list[Operation]:
    """Lists the operations and everything they are computed from."""
    found: dict[str, Operation] = {}
    waiting = list(operations)
    while waiting:
        operation = waiting.pop()
        if operation.name not in found:
            found[operation.name] = operation
            waiting += [tensor.op for tensor in operation.inputs]
            waiting += operation.control_inputs
    return list(found.values())


def is_queue(operation: Operation) -> bool:
    """Whether an operation makes a queue, or a barrier."""
    return str(operation.type).removesuffix("V2").endswith(("Barrier", "Queue"))


def queue_of(runner: Any) -> Operation:
    """The op of a runner's own queue, which is all that an imported runner knows of it."""
    queue = runner.queue
    return queue if isinstance(queue, tf.Operation) else queue.queue_ref.op


def queues_of(runner: Any) -> list[Tensor]:
    """Lists the queues of a runner: its own, and others that it closes as it ends."""
    ends = ancestors([runner.close_op, runner.cancel_op])
    closes = [op for op in ends if op.type.startswith("QueueClose")]
    return [runner.queue.queue_ref, *(op.inputs[0] for op in closes)]


def readers_of(queue: Tensor) -> list[Tensor]:
    """Lists the readers that take their work from a queue."""
    return [op.inputs[0] for op in queue.consumers() if op.type.startswith("ReaderRead")]


def fills_of(runner: Any) -> list[Operation]:
    """Lists the ops by which a runner fills its queue, each once."""
    return list(dict.fromkeys(getattr(op, "op", op) for op in runner.enqueue_ops))


def taken_from(operations: list[Operation]) -> list[Tensor]:
    """Lists the queues and readers that elements pass through on their way to some ops."""
    found: dict[Tensor, None] = {}
    while operations:
        takers = [op for op in ancestors(operations) if op.type.startswith(_TAKERS)]
        given = dict.fromkeys(tensor for op in takers for tensor in op.inputs)
        new = [one for one in given if not (one.dtype.is_integer or one in found)]  # no number
        found.update(dict.fromkeys(new))
        users = [user for handle in new for user in handle.consumers()]
        operations = [user for user in users if user.type.startswith("QueueEnqueue")]
    return list(found)


def variable_of(operation: Operation) -> tuple[Any, str]:
    """Returns the variable the operation belongs to and what initialises it; None if unknown."""
    for collection, initializer in _INITIALIZERS.items():
        for variable in operation.graph.get_collection(collection):
            if getattr(variable, "op", None) is operation:
                return variable, initializer
    return None, ""


def _require_value(sess: Any, operation: Operation) -> None:
    """Raises if the variable of that operation has no value in the session."""
    variable, initializer = variable_of(operation)
    if variable is None:
        return
    try:
        sess.run(variable)
    except (tf.errors.FailedPreconditionError, tf.errors.NotFoundError) as error:
        remedy = f"run {initializer} before the queue runners are started"
        raise NotInitializedError(operation.name, remedy) from error


def names_before_shuffling(tensor: Tensor) -> Tensor:
    """Goes back from what is enqueued to the list of names it is made from."""
    while tensor.op.type in _KEEPS_NAMES:
        tensor = tensor.op.inputs[0]
    return tensor


def _check_names(sess: Any, names: Tensor) -> None:
    """Checks the files of a list of names, computing it if that has no side effect."""
    values = tf.get_static_value(names)
    if values is not None:
        check_files(values.ravel().tolist())
        return
    above = ancestors([names.op])
    sources = [op for op in above if op.type in _VARIABLE_READS and not op.inputs]
    if any(op.type.startswith("Placeholder") for op in above) or any(
        op.op_def.is_stateful and op.type not in _VARIABLE_READS for op in above
    ):
        return
    for source in sources:
        _require_value(sess, source)
    found = sess.run(names).ravel().tolist()
    if not found:
        raise MissingFileError(*_empty_list(names, above, sources))
    check_files(found)


def _empty_list(names: Tensor, above: list[Operation], sources: list[Operation]) -> tuple[str, str]:
    """Says which pattern an empty list of names came from, if one can be told."""
    variables = [variable_of(source)[0] for source in sources]
    searched = above + ancestors([v.initial_value.op for v in variables if v is not None])
    for operation in searched:
        if operation.type == "MatchingFiles":
            patterns = tf.get_static_value(operation.inputs[0])
            if patterns is not None:
                shown = ", ".join(p.decode(errors="replace") for p in patterns.ravel().tolist())
                return shown, "no file matches this pattern"
    return names.name, "this list of file names is empty"

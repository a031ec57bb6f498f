"""Passes over the data: pipelines that have ended, or not, begin anew in the same session.

TensorFlow 1 closes a queue at the end of its data for good, so that a program that evaluates after
each epoch needs a graph, or a session, for each. Here the queues are taken out of the session, the
readers and the counters of epochs set back, and the same runners started again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError, RunError
from graphkit.readers._engine._iterator_runner import IteratorRunner
from graphkit.readers._runner import ancestors, queues_of, variable_of
from graphkit.readers._serving import fillers, handle, on_tf_data, serving

__all__ = ["reset"]

_COUNTERS = {"CountUpTo", "ResourceCountUpTo"}
_GRACE = 60  # seconds
_WAIT = 0.002
_WANTED = "what pipelines of the session's graph deliver, a tensor or a nesting of tensors"
# What has been made for an op, once per graph; a key that is no text stays out of MetaGraphs.
_COLLECTION = ("graphkit", "resets")


def reset(session: Any, batches: Any = None, *, coordinator: Any = None) -> None:
    """Lets pipelines begin anew in a session, at the beginning of their first epoch.

    What was started there is started again, with the coordinator it had; one that was asked to
    stop goes on. With a seed, tf.data delivers what it delivered before, in the same order.
    The first call adds ops to the graph, also to one that was finalised.

    Args:
        session: A `tf.Session`, `MonitoredSession` or `SessionRunner`.
        batches: What the pipelines deliver, a tensor or any nesting of tensors; None for all
            pipelines of the graph. Those that share a producer begin anew together.
        coordinator: The `tf.train.Coordinator` of the threads; the one they were started with
            unless given.

    Raises:
        ArgumentError: No pipeline delivers the batches.
        RunError: A thread of a queue does not end.
        OpError: A thread has failed, which its coordinator was told of.
    """
    session = _plain(session)
    ops, runners = _concerned(session.graph, batches)
    served = [runner for runner in runners if _is_served(runner, session)]
    queues = [runner for runner in runners if runner not in served]
    started = [runner for runner in queues if session in runner._runs_per_session]  # noqa: SLF001
    coordinators = {runner: coordinator or _coordinator(runner, session) for runner in started}
    for one in coordinators.values():
        if one is not None:
            one.raise_requested_exception()
    begins_anew = _set_back(session.graph, ops, queues)
    if batches is not None and not served and not begins_anew:
        raise ArgumentError("reset", "batches", batches, _WANTED)
    _stop(session, started)
    session.run(begins_anew)
    _restart(session, served, coordinator)
    for runner, one in coordinators.items():
        if one is not None:
            one.clear_stop()
        runner.create_threads(session, coord=one, daemon=True, start=True)


def _restart(session: Any, served: list[IteratorRunner], coordinator: Any) -> None:
    """Lets tf.data begin anew where it was started; what a coordinator ended goes on."""
    while any(_is_ending(runner, session) for runner in served):
        sleep(_WAIT)
    for launch in dict.fromkeys(runner.launch for runner in served):
        launch.restart(session)
    for runner in served:
        one = coordinator or _coordinator(runner, session)
        if one is not None and runner.launch.started(session):
            one.clear_stop()
            for thread in runner.ending_on_stop(session, one, daemon=True):
                thread.start()


def _is_served(runner: Any, session: Any) -> bool:
    """Whether tf.data delivers, whatever looks at the queue of the runner since it was started."""
    if isinstance(runner, IteratorRunner) and runner.launch.started(session):
        return True
    return on_tf_data(runner)


def _plain(session: Any) -> Any:
    """The session of TensorFlow inside of another."""
    if hasattr(session, "run_step_fn"):
        return session.run_step_fn(lambda step_context: step_context.session)
    return session if isinstance(session, tf.Session) else session.session


def _coordinator(runner: Any, session: Any) -> Any:
    return getattr(runner, "coordinators", {}).get(session)


def _concerned(graph: Graph, batches: Any) -> tuple[list[Operation], list[Any]]:
    """What belongs to the pipelines: their ops and their runners."""
    everything = graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    if batches is None:
        return graph.get_operations(), everything
    tensors = tf.nest.flatten(batches, expand_composites=True)
    if not tensors or not all(tf.is_tensor(tensor) for tensor in tensors):
        raise ArgumentError("reset", "batches", batches, _WANTED)
    ends = [tensor.op for tensor in tensors]
    while True:
        ops, runners = serving(ends)
        handles = {handle(runner) for runner in runners}
        sharing = [
            runner
            for runner in everything
            if runner not in runners and not handles.isdisjoint(ancestors(fillers(runner)))
        ]
        if not sharing:
            return ops, runners
        ends += [op for runner in sharing for op in (handle(runner), *fillers(runner))]


def _stop(session: Any, runners: list[Any]) -> None:
    """Closes the queues and waits until nobody fills them."""
    with _expecting_closed_queues(runners):
        for runner in runners:
            try:
                session.run(runner.cancel_op)
            except tf.errors.CancelledError:  # it is closed already
                pass
        deadline = monotonic() + _GRACE
        while alive := [one.name for one in runners if _is_busy(one, session)]:
            if monotonic() > deadline:
                raise RunError(
                    f"reset: threads still fill {', '.join(alive)} {_GRACE} s after it was closed; "
                    "an op of theirs does not return"
                )
            sleep(_WAIT)


def _is_busy(runner: Any, session: Any) -> bool:
    """Whether a thread fills the queue, or is about to close it as its coordinator has stopped."""
    # The last thread closes the queue under this lock, after it has counted itself out.
    with runner._lock:  # noqa: SLF001
        filling = bool(runner._runs_per_session[session])  # noqa: SLF001
    return filling or _is_ending(runner, session)


def _is_ending(runner: Any, session: Any) -> bool:
    watching = getattr(runner, "watching", {}).get(session, ())
    return any(coordinator.should_stop() for coordinator in tuple(watching))


@contextmanager
def _expecting_closed_queues(runners: list[Any]) -> Iterator[None]:
    """Lets threads end quietly that find a queue closed."""
    before = [runner.queue_closed_exception_types for runner in runners]
    for runner, types in zip(runners, before, strict=True):
        runner._queue_closed_exception_types = (*types, tf.errors.CancelledError)  # noqa: SLF001
    try:
        yield
    finally:
        for runner, types in zip(runners, before, strict=True):
            runner._queue_closed_exception_types = types  # noqa: SLF001


def _set_back(graph: Graph, ops: Iterable[Operation], queues: Iterable[Any]) -> list[Operation]:
    """The ops that set back queues, readers and counters of epochs."""
    handles: dict[Operation, Tensor] = {
        handle.op: handle for runner in queues for handle in queues_of(runner)
    }
    counters = []
    for op in ops:
        if op.type.startswith("ReaderRead"):
            handles[op.inputs[0].op] = op.inputs[0]
        if op.type == "Identity":
            counters += [control for control in op.control_inputs if control.type in _COUNTERS]
    variables = [variable_of(counter.inputs[0].op)[0] for counter in counters]
    initializers = [variable.initializer for variable in variables if variable is not None]
    return [*_made(graph, handles), *initializers]


def _made(graph: Graph, handles: dict[Operation, Tensor]) -> list[Operation]:
    """What takes queues out of the session, and lets readers forget; made when first needed."""
    known = graph.get_collection_ref(_COLLECTION)
    made = known[0] if known else {}
    if missing := [op for op in handles if op not in made]:
        finalized = graph.finalized
        graph._unsafe_unfinalize()  # noqa: SLF001  # there is no public way
        with graph.as_default(), tf.control_dependencies(None), tf.name_scope("reset"):
            for op in missing:
                is_reader = "Reader" in op.type
                kind = tf.raw_ops.ReaderResetV2 if is_reader else tf.raw_ops.DestroyResourceOp
                argument = "reader_handle" if is_reader else "resource"
                with tf.device(op.device):
                    made[op] = kind(**{argument: handles[op]})
        known[:] = [made]
        if finalized:
            graph.finalize()
    return [made[op] for op in handles]

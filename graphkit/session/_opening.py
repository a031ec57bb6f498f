"""Opening a session: what was asked for, checked, and then everything in its order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.session._calls import SessionCalls
from graphkit.session._checkpoints import Checkpoints
from graphkit.session._config import SessionConfig
from graphkit.session._events import merged_summary
from graphkit.session._graphs import graph_of
from graphkit.session._interrupt import InterruptBell
from graphkit.session._opened import OpenSession
from graphkit.session._queues import QueueThreads

__all__ = ["RunnerPlan", "open_session"]


@dataclass(frozen=True, kw_only=True)
class RunnerPlan:
    """The arguments of `SessionRunner`, which documents them; `graph` becomes the graph itself.

    Raises:
        ArgumentError: A value is out of range, or `resume` without `checkpoint_dir`.
        ArgumentTypeError: `graph` is not a graph, or `config` no configuration.
    """

    graph: Any
    config: Any
    checkpoint_dir: str | os.PathLike[str] | None
    resume: bool
    log_dir: str | os.PathLike[str] | None
    initialize: bool
    init_feed: Mapping[Any, Any] | None
    start_queue_runners: bool
    watch_queues: bool
    finalize: bool
    saver: Any
    keep_checkpoints: int
    grace_seconds: float

    def __post_init__(self) -> None:
        """Refuses what would fail with the session half open."""
        object.__setattr__(self, "graph", graph_of(self.graph, "SessionRunner"))
        if self.config is not None and not isinstance(self.config, SessionConfig):
            wanted = "a SessionConfig or None"
            raise ArgumentTypeError("SessionRunner", "config", type(self.config).__name__, wanted)
        if self.resume and self.checkpoint_dir is None:
            raise ArgumentError("SessionRunner", "checkpoint_dir", None, "given with resume=True")
        if self.keep_checkpoints < 1:
            kept = self.keep_checkpoints
            raise ArgumentError("SessionRunner", "keep_checkpoints", kept, "1 or more")
        if not self.grace_seconds > 0:
            raise ArgumentError("SessionRunner", "grace_seconds", self.grace_seconds, "above 0")

    @property
    def settings(self) -> SessionConfig:
        """What the session may use of the machine."""
        return self.config or SessionConfig()


def open_session(plan: RunnerPlan) -> OpenSession:
    """Opens a session and all that belongs to it; nothing stays behind when a step fails.

    Args:
        plan: What was asked for.

    Returns:
        The open session, whose stack closes it.
    """
    graph = plan.graph
    summary = merged_summary(graph)
    folder = None if plan.checkpoint_dir is None else os.fspath(plan.checkpoint_dir)
    checkpoints = Checkpoints(graph, folder, plan.saver, keep=plan.keep_checkpoints)
    if plan.finalize:
        graph.finalize()
    with ExitStack() as stack:
        opened = _begun(plan, stack, checkpoints, summary)
        opened.initialise(plan.init_feed, fresh=plan.initialize, resume=plan.resume)
        if plan.log_dir is not None:
            opened.record(os.fspath(plan.log_dir))
        if plan.start_queue_runners:
            opened.queues.start()
        stack.callback(opened.close_loops)
        opened.stack = stack.pop_all()
    return opened


def _begun(
    plan: RunnerPlan, stack: ExitStack, checkpoints: Checkpoints, summary: Any
) -> OpenSession:
    """The session with its queues and calls; no variable has a value yet."""
    graph = plan.graph
    session = stack.enter_context(tf.Session(graph=graph, config=plan.settings.to_proto()))
    queues = QueueThreads(session, graph, grace_seconds=plan.grace_seconds)
    stack.callback(queues.stop)
    watch = plan.watch_queues and not plan.start_queue_runners
    calls = SessionCalls(session, graph, queues, watch=watch)
    bell = InterruptBell(calls.end_waiting)
    bell.hang()
    stack.callback(bell.take_down)
    return OpenSession(
        graph=graph,
        session=session,
        calls=calls,
        queues=queues,
        checkpoints=checkpoints,
        summary=summary,
        stack=stack,
    )

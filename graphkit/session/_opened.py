"""An open session with everything that belongs to it, from first initialiser to last thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakSet

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError
from graphkit.graph import find_global_step
from graphkit.session._calls import SessionCalls
from graphkit.session._checkpoints import Checkpoints, step_of
from graphkit.session._events import EventLog
from graphkit.session._plan import StepPlan
from graphkit.session._queues import QueueThreads
from graphkit.session._steps import LoopPorts, Step, loop_steps

__all__ = ["OpenSession"]

_DEFAULT_CHECKPOINT_SECONDS = 600.0


@dataclass(kw_only=True)
class OpenSession:
    """What lives between opening and closing a runner.

    Args:
        graph: The graph.
        session: The plain session.
        calls: The translated way into it.
        queues: Its queue threads.
        checkpoints: Where its variables are written.
        summary: The graph's merged summary, or `None`.
        stack: Closes all of it.
    """

    graph: Graph
    session: Any
    calls: SessionCalls
    queues: QueueThreads
    checkpoints: Checkpoints
    summary: Any
    stack: ExitStack

    def __post_init__(self) -> None:
        """Nothing is written or looped yet."""
        self._events: EventLog | None = None
        self._loops: WeakSet[Any] = WeakSet()
        self._ports = LoopPorts(
            run=self.calls.run,
            save=self._save if self.checkpoints.automatic else None,
            stopped=self.queues.coordinator.should_stop,
            failure=self.queues.failure,
        )

    def initialise(self, feed: Mapping[Any, Any] | None, *, fresh: bool, resume: bool) -> None:
        """Gives variables their values: initial ones, then those of the latest checkpoint.

        Args:
            feed: Values that initial values depend on.
            fresh: Run the initialisers; locals and tables after restoring, as they may depend
                on what was restored.
            resume: Restore the latest checkpoint, if there is one.
        """
        keys = tf.GraphKeys
        if fresh:
            self._run_all(self._initializers(keys.GLOBAL_VARIABLES), feed)
        latest = self.checkpoints.latest() if resume else None
        if latest is not None:
            self.restore(latest)
        if fresh:
            self._run_all(self._initializers(keys.LOCAL_VARIABLES), feed)
            self._run_all(self.graph.get_collection(keys.TABLE_INITIALIZERS), feed)

    def record(self, log_dir: str) -> None:
        """Opens the event file.

        Args:
            log_dir: Its folder.
        """
        self._events = self._ports.events = EventLog(log_dir, self.graph)
        self.stack.callback(self._events.close)
        step = self.global_step()
        if step > 0:
            self._events.resume(step)

    def restore(self, path: str) -> None:
        """Reads a checkpoint; a graph without a global step takes it from the name.

        Args:
            path: The checkpoint's prefix.
        """
        self.checkpoints.restore(self.session, path)
        self._ports.done = step_of(path)

    def save(self, path: str | None) -> str:
        """Writes a checkpoint.

        Args:
            path: Its prefix, or `None` for one named after the step.

        Returns:
            The prefix.
        """
        return self.checkpoints.save(self.session, path, self.global_step())

    def global_step(self) -> int:
        """The steps done so far, by the graph's global step where it has one."""
        variable = find_global_step(self.graph)
        if variable is None:
            return self._ports.done
        return int(self.calls.run(variable))

    def loop(self, plan: StepPlan) -> Iterator[Step]:
        """A checked training loop.

        Args:
            plan: What the caller asked for; what it left open is filled in.

        Returns:
            The loop, closed with the session at the latest.
        """
        steps = loop_steps(self._completed(plan), self._ports)
        self._loops.add(steps)
        return steps

    def close_loops(self) -> None:
        """Ends every loop that is still open, with its last checkpoint.

        Raises:
            RunError: The last checkpoint of a loop that was left early could not be written.
        """
        for loop in list(self._loops):
            loop.close()
        if self._ports.unheard is not None:
            raise self._ports.unheard

    def _completed(self, plan: StepPlan) -> StepPlan:
        timed = plan.checkpoint_every is not None or plan.checkpoint_seconds is not None
        if self.checkpoints.folder is None and timed:
            argument = "checkpoint_every" if plan.checkpoint_every else "checkpoint_seconds"
            wanted = "left out, because the runner has no checkpoint_dir"
            raise ArgumentError("steps", argument, getattr(plan, argument), wanted)
        if self._events is None and (plan.summary is not None or plan.trace_every):
            argument = "trace_every" if plan.trace_every else "summary"
            wanted = "left out, because the runner has no log_dir"
            raise ArgumentError("steps", argument, getattr(plan, argument), wanted)
        if plan.summary is None and self._events is not None:
            plan = replace(plan, summary=self.summary)
        if plan.global_step is None:
            plan = replace(plan, global_step=find_global_step(self.graph))
        return plan if timed else replace(plan, checkpoint_seconds=_DEFAULT_CHECKPOINT_SECONDS)

    def _save(self, step: int) -> None:
        if self.calls.cut_off:  # with the session the values are gone; the last checkpoint stays
            return
        self.checkpoints.save(self.session, None, step)

    def _initializers(self, key: str) -> list[Any]:
        return [variable.initializer for variable in self.graph.get_collection(key)]

    def _run_all(self, ops: list[Any], feed: Mapping[Any, Any] | None) -> None:
        if ops:
            self.calls.run(ops, feed)

"""A training loop: steps counted, fed, summarised, checkpointed and ended cleanly."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import monotonic, perf_counter
from typing import Any

import numpy as np
from tqdm import tqdm

from graphkit._tf import tf
from graphkit.session._events import EventLog
from graphkit.session._plan import Feed, StepPlan

__all__ = ["LoopPorts", "Step", "loop_steps"]


@dataclass(frozen=True)
class Step:
    """One step of a training loop.

    Args:
        step: The global step after it.
        epoch: The epoch it belongs to, from 0; `None` when no `epoch_size` was given.
        values: What was fetched, in the nesting of `fetches`; `None` without fetches.
        seconds: How long the run took.
    """

    step: int
    epoch: int | None
    values: Any
    seconds: float


@dataclass(kw_only=True)
class LoopPorts:
    """What a loop needs of the runner it belongs to.

    Args:
        run: Runs fetches with a feed, options and run metadata.
        save: Writes a checkpoint, given the step; `None` when there is no folder for them.
        stopped: Whether a stop was requested.
        failure: The error of a queue thread that stopped the run, if any.
        events: The event file, or `None`.
        done: Steps done so far in a graph that keeps no global step.
        unheard: The error of a last checkpoint that nobody could be told of, if any.
    """

    run: Callable[..., Any]
    save: Callable[[int], None] | None
    stopped: Callable[[], bool]
    failure: Callable[[], Exception | None]
    events: EventLog | None = None
    done: int = 0
    unheard: Exception | None = None


def loop_steps(plan: StepPlan, ports: LoopPorts) -> Iterator[Step]:
    """Runs the plan, one step for each item asked for.

    Args:
        plan: What to run, and what to do how often.
        ports: The runner's side.

    Yields:
        Each step once it is done.
    """
    loop = _Loop(plan, ports)
    intact, left = True, False
    try:
        while loop.wanted():
            step = loop.advance()
            if step is None:
                break
            yield step
        if (failure := ports.failure()) is not None:
            raise failure
    except GeneratorExit:
        left = True
        raise
    except Exception:
        intact = loop.feeding  # what fails before its run has changed no variable
        raise
    finally:
        try:
            loop.finish(intact=intact)
        except Exception as error:
            if not left:
                raise
            # Python only prints what is raised here after a `break`; the runner raises it.
            ports.unheard = error


class _Bar(tqdm):  # type: ignore[type-arg]
    """A progress bar without tqdm's monitor thread, which would outlive the run."""

    monitor_interval = 0


class _Loop:
    """Where a running loop stands."""

    def __init__(self, plan: StepPlan, ports: LoopPorts) -> None:
        self._plan = plan
        self._ports = ports
        self._fetches = {"train": plan.train_op}
        if plan.fetches is not None:
            self._fetches["values"] = plan.fetches
        self._start = self._read_global_step()
        if plan.max_steps is not None and self._start >= plan.max_steps:
            warnings.warn(
                f"no step is made: max_steps={plan.max_steps} counts all steps, and"
                f" {self._start} were made before; num_steps counts those of one loop",
                stacklevel=3,
            )
        self._position = self._saved_at = self._start
        self._stride = 0
        self._count = 0
        self.feeding = False
        self._saved_time = monotonic()
        self._bar = _Bar(
            total=plan.last_step(self._start),
            initial=self._start,
            desc=plan.description,
            unit="step",
            file=sys.stderr,
            disable=None if plan.progress is None else not plan.progress,
        )

    def wanted(self) -> bool:
        """Whether another step is to be made."""
        last = self._plan.last_step(self._start)
        return (last is None or self._position < last) and not self._ports.stopped()

    def advance(self) -> Step | None:
        """Makes one step; `None` at the end of the data."""
        try:
            feed = self._feed()
        except StopIteration:
            self.feeding = False
            return None
        before, after = self._position, self._position + max(self._stride, 1)
        began = perf_counter()
        try:
            fetched = self._run(feed, before, after)
        except tf.errors.OutOfRangeError:
            self._resynchronise()
            return None
        seconds = perf_counter() - began
        self._count_step()
        self._record(fetched, before)
        size = self._plan.epoch_size
        epoch = None if size is None else before // size
        return Step(self._position, epoch, fetched.get("values"), seconds)

    def finish(self, *, intact: bool) -> None:
        """Writes what is due at the end: nothing of a state that an error may have spoilt."""
        self._bar.close()
        try:
            if intact and self._plan.checkpoint:
                self._save()
        finally:
            if self._ports.events is not None:
                self._ports.events.flush()

    def _feed(self) -> Any:
        feed: Feed = self._plan.feed
        if not callable(feed):
            return feed
        self.feeding = True
        made = feed(self._position)
        self.feeding = False
        return made

    def _run(self, feed: Any, before: int, after: int) -> dict[str, Any]:
        plan, fetches = self._plan, self._fetches
        first = self._count == 0
        if plan.summary is not None and (first or _crossed(before, after, plan.summary_every)):
            fetches = {**fetches, "summary": plan.summary}
        if not _crossed(before, after, plan.trace_every):
            return dict(self._ports.run(fetches, feed))
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        metadata = tf.RunMetadata()
        fetched = self._ports.run(fetches, feed, options, metadata)
        return {**fetched, "trace": metadata}

    def _count_step(self) -> None:
        self._count += 1
        if self._count == 1:
            self._stride = self._read_global_step() - self._start
        # A train op that leaves the global step alone is counted here.
        self._position = self._start + self._count * max(self._stride, 1)
        self._ports.done = self._position

    def _resynchronise(self) -> None:
        """Reads the global step again: a run that met the end may have counted before it did."""
        if self._stride > 0:
            self._position = self._ports.done = self._read_global_step()

    def _record(self, fetched: dict[str, Any], before: int) -> None:
        events = self._ports.events
        if events is not None and "summary" in fetched:
            events.add(fetched["summary"], self._position)
        if events is not None and "trace" in fetched:
            events.trace(fetched["trace"], self._position)
        plan = self._plan
        late = monotonic() - self._saved_time >= (plan.checkpoint_seconds or float("inf"))
        if late or _crossed(before, self._position, plan.checkpoint_every):
            self._save()
        if not self._bar.disable:
            self._bar.set_postfix(_scalars(fetched.get("values")), refresh=False)
        self._bar.update(self._position - before)

    def _save(self) -> None:
        if self._ports.save is not None and self._position != self._saved_at:
            self._ports.save(self._position)
            self._saved_at, self._saved_time = self._position, monotonic()

    def _read_global_step(self) -> int:
        global_step = self._plan.global_step
        return self._ports.done if global_step is None else int(self._ports.run(global_step))


def _crossed(before: int, after: int, every: int | None) -> bool:
    return every is not None and after // every > before // every


def _scalars(values: Any) -> dict[str, float]:
    """The numbers worth showing beside the bar."""
    if not isinstance(values, Mapping):
        return {}
    return {
        str(key): float(v) for key, v in values.items() if isinstance(v, int | float | np.number)
    }

"""contrib.tfprof's ProfileContext: profiles of the session runs within a `with` block."""

from __future__ import annotations

import os
import random
import sys
import threading
from collections.abc import Collection, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["ProfileContext"]

_BaseSession: Any = load("tensorflow.python.client.session:BaseSession")
_FetchMapper: Any = load("tensorflow.python.client.session:_FetchMapper")

_WARM_UP = 10
_MOST = 100  # traces, and the step at which a profile is written unless the caller says
# What orders a profile, and the profiler's method that makes it.
_COMMANDS = {
    "graph": "profile_graph",
    "scope": "profile_name_scope",
    "op": "profile_operations",
    "code": "profile_python",
}


class ProfileContext:
    """Traces some of the runs of all sessions, and profiles them.

    Within the `with` block every `Session.run` is a step. Unless steps are named, those are traced
    after the tenth that fetch what no traced one did, and a few more.

    Args:
        profile_dir: Where profiles are written, as `profile_STEP`.
        trace_steps: The steps that are traced, 100 at most.
        dump_steps: The steps after which a profile is written; 100 unless given.
        enabled: Whether anything is done.
        debug: Whether each trace is written as text as well, and told on stderr.

    Raises:
        ValueError: There is no folder, or more than 100 steps to trace.
    """

    def __init__(
        self,
        profile_dir: str,
        trace_steps: Sequence[int] | None = None,
        dump_steps: Sequence[int] | None = None,
        enabled: bool = True,
        debug: bool = False,
    ) -> None:
        self._enabled, self._debug = enabled, debug
        if enabled and not profile_dir:
            raise ValueError("Must have a directory for profile.")
        if enabled and len(trace_steps or ()) > _MOST:
            raise ValueError("Only support tracing up to 100 steps.")
        self._folder = profile_dir
        self._chooses = trace_steps is None
        self._trace_steps = set(trace_steps or ())
        self._dump_steps = {_MOST} if dump_steps is None else set(dump_steps)
        self._traces_next = self._dumps_next = False
        self._step = self._traced = 0
        self._seen: set[str] = set()
        self._random = random.Random(111)
        self._asked: list[tuple[str, Any, Collection[int]]] = []
        self._found: dict[str, dict[int, Any]] = {}
        self._profiler: Any = None
        self._lock = threading.Lock()

    @property
    def profiler(self) -> Any:
        """The `tf.profiler.Profiler` with all traces; None where nothing is done."""
        if self._enabled and self._profiler is None:
            self._profiler = tf.profiler.Profiler(tf.get_default_graph())
        return self._profiler

    def get_profiles(self, cmd: str) -> dict[int, Any]:
        """Gives what `add_auto_profiling` asked for.

        Args:
            cmd: The command: "scope", "graph", "op" or "code".

        Returns:
            Step to profile: a GraphNodeProto, for "op" and "code" a MultiGraphNodeProto.

        Raises:
            ValueError: No step was profiled so.
        """
        if cmd not in self._found:
            raise ValueError(f"No autoprofiler for command: {cmd}, was run")
        return self._found[cmd]

    def add_auto_profiling(self, cmd: str, options: Any, profile_steps: Sequence[int]) -> None:
        """Profiles some steps.

        Args:
            cmd: How a profile is ordered: "scope", "graph", "op" or "code".
            options: What it shows, of `tf.profiler.ProfileOptionBuilder`.
            profile_steps: The steps, which are traced too.
        """
        if self._enabled:
            self._asked.append((cmd, options, set(profile_steps)))
            self._trace_steps |= set(profile_steps)

    def trace_next_step(self) -> None:
        """Traces the next step."""
        self._traces_next = self._enabled

    def dump_next_step(self) -> None:
        """Writes a profile after the next step."""
        self._dumps_next = self._enabled

    def __enter__(self) -> ProfileContext:
        """Begins to count.

        Raises:
            tf.errors.InternalError: It is within another one.
        """
        if self._enabled:
            if hasattr(_BaseSession.run, "_unprofiled"):
                raise tf.errors.InternalError(
                    None, None, "Already in context or context not cleaned."
                )
            _BaseSession.run = self._profiling(_BaseSession.run)
        return self

    def __exit__(self, *failure: object) -> None:
        """Ends it; the profiler with its traces goes, found profiles stay."""
        if self._enabled:
            _BaseSession.run = _BaseSession.run._unprofiled  # noqa: SLF001  # its own mark
            self._profiler = None

    def _profiling(self, run: Any) -> Any:
        def profiled(
            session: Any,
            fetches: Any,
            feed_dict: Any = None,
            options: Any = None,
            run_metadata: Any = None,
        ) -> Any:
            alone = self._lock.acquire(blocking=False)
            try:
                if not alone:  # another thread runs a step; this one is only counted
                    return run(session, fetches, feed_dict, options, run_metadata)
                if self._is_traced(session.graph, fetches):
                    options, run_metadata = _full_trace(options), run_metadata or tf.RunMetadata()
                    values = run(session, fetches, feed_dict, options, run_metadata)
                    self._keep(session.graph, run_metadata)
                else:
                    values = run(session, fetches, feed_dict, options, run_metadata)
                self._write()
                self._profile()
                return values
            finally:
                self._step += 1
                self._traces_next = self._dumps_next = False
                if alone:
                    self._lock.release()

        profiled._unprofiled = run  # type: ignore[attr-defined]  # noqa: SLF001
        return profiled

    def _is_traced(self, graph: Any, fetches: Any) -> bool:
        wanted = self._traces_next or self._step in self._trace_steps
        if not wanted and self._chooses and self._step > _WARM_UP:
            wanted = self._is_chosen(graph, fetches)
        if self._traced > _MOST or not wanted:
            return False
        self._traced += 1
        return True

    def _is_chosen(self, graph: Any, fetches: Any) -> bool:
        """Whether what is fetched is new, or the traces have told of few ops yet."""
        with graph.as_default():
            unique = _FetchMapper.for_fetch(fetches).unique_fetches()
        names = "-".join(sorted(graph.as_graph_element(each).name for each in unique))
        if names not in self._seen:
            self._seen.add(names)
            return True
        low = self.profiler._coverage < 0.5  # noqa: SLF001  # there is no public way
        return low and self._step < _MOST and self._random.randint(0, 10) < 2

    def _keep(self, graph: Any, run_metadata: Any) -> None:
        if self._debug:
            sys.stderr.write(f"debug: tracing step: {self._step}\n")
            tf.gfile.MakeDirs(self._folder)
            with tf.gfile.GFile(os.path.join(self._folder, f"run_meta_{self._step}"), "w") as file:
                file.write(str(run_metadata))
        self.profiler._graph = graph  # noqa: SLF001  # there is no public way
        self.profiler.add_step(self._step, run_metadata)

    def _write(self) -> None:
        if self._dumps_next or self._step in self._dump_steps:
            tf.gfile.MakeDirs(self._folder)
            with tf.gfile.GFile(os.path.join(self._folder, f"profile_{self._step}"), "wb") as file:
                file.write(self.profiler.serialize_to_string())

    def _profile(self) -> None:
        for command, options, steps in self._asked:
            if self._step in steps:
                if command not in _COMMANDS:
                    raise ValueError(f"Unknown cmd: {command}; there are {', '.join(_COMMANDS)}")
                found = getattr(self.profiler, _COMMANDS[command])(options)
                self._found.setdefault(command, {})[self._step] = found


def _full_trace(options: Any) -> Any:
    """The options of a run, tracing; the caller's are left as they are."""
    traced = tf.RunOptions()
    if options is not None:
        traced.CopyFrom(options)
    traced.trace_level = tf.RunOptions.FULL_TRACE
    return traced

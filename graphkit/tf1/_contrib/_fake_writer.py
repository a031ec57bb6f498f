"""contrib.testing's stand-in for the writer of summaries, which keeps what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["FakeSummaryWriter"]

# Who makes writers for others inside TensorFlow.
_MAKERS: Any = tuple(
    load(f"tensorflow.python.summary.writer.{name}") for name in ("writer", "writer_cache")
)


class FakeSummaryWriter:
    """Keeps summaries, graphs and logs instead of writing them.

    Args:
        logdir: Where a writer would write.
        graph: The graph a writer would write.
    """

    _replaced_summary_writer: ClassVar[Any] = None

    @classmethod
    def install(cls) -> None:
        """Lets TensorFlow make this class where it made writers.

        Raises:
            ValueError: It does already.
        """
        if cls._replaced_summary_writer:
            raise ValueError("FakeSummaryWriter already installed.")
        cls._replaced_summary_writer = _MAKERS[0].FileWriter
        for maker in _MAKERS:
            maker.FileWriter = FakeSummaryWriter

    @classmethod
    def uninstall(cls) -> None:
        """Lets TensorFlow make writers again.

        Raises:
            ValueError: It does already.
        """
        if not cls._replaced_summary_writer:
            raise ValueError("FakeSummaryWriter not installed.")
        for maker in _MAKERS:
            maker.FileWriter = cls._replaced_summary_writer
        cls._replaced_summary_writer = None

    def __init__(self, logdir: str, graph: Any = None) -> None:
        self._logdir = logdir
        self._graph = graph
        self._summaries: dict[Any, list[Any]] = {}
        self._added: dict[str, list[Any]] = {"graphs": [], "meta_graphs": [], "session_logs": []}
        self._run_metadata: dict[str, Any] = {}

    @property
    def summaries(self) -> dict[Any, list[Any]]:
        """Step to the summaries of it."""
        return self._summaries

    def assert_summaries(
        self,
        test_case: Any,
        expected_logdir: str | None = None,
        expected_graph: Any = None,
        expected_summaries: Mapping[Any, Mapping[str, float]] | None = None,
        expected_added_graphs: list[Any] | None = None,
        expected_added_meta_graphs: list[Any] | None = None,
        expected_session_logs: list[Any] | None = None,
    ) -> None:
        """Asserts what the writer was given.

        Args:
            test_case: The test.
            expected_logdir: Where it would write.
            expected_graph: The graph it was made with.
            expected_summaries: Step to the values by tag; those of other steps are not looked at.
            expected_added_graphs: The graphs it was given.
            expected_added_meta_graphs: The MetaGraphDefs it was given.
            expected_session_logs: The logs it was given.

        Raises:
            AssertionError: It was given something else.
        """
        if expected_logdir is not None:
            test_case.assertEqual(expected_logdir, self._logdir)
        if expected_graph is not None:
            test_case.assertIs(expected_graph, self._graph)
        for step, values in (expected_summaries or {}).items():
            test_case.assertIn(step, self._summaries)
            test_case.assertEqual(values, self._values(step))
        for kind, wanted in (
            ("graphs", expected_added_graphs),
            ("meta_graphs", expected_added_meta_graphs),
            ("session_logs", expected_session_logs),
        ):
            if wanted is not None:
                test_case.assertEqual(wanted, self._added[kind])

    def _values(self, step: Any) -> dict[str, float]:
        # A supervisor's thread may or may not have written its own measurement.
        return {
            value.tag: value.simple_value
            for summary in self._summaries[step]
            for value in summary.value
            if value.tag != "global_step/sec"
        }

    def add_summary(self, summ: Any, current_global_step: Any) -> None:
        """Keeps a summary, a message or its bytes."""
        summary = tf.Summary.FromString(summ) if isinstance(summ, bytes) else summ
        self._summaries.setdefault(current_global_step, []).append(summary)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Keeps a graph; a negative step and a GraphDef are a ValueError."""
        _require_step(global_step)
        if graph_def is not None:
            raise ValueError(f"Unexpected graph_def {graph_def}.")
        self._added["graphs"].append(graph)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Keeps a MetaGraphDef; a negative step is a ValueError."""
        _require_step(global_step)
        self._added["meta_graphs"].append(meta_graph_def)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Keeps a log."""
        self._added["session_logs"].append(session_log)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Keeps what a run told; a negative step is a ValueError."""
        _require_step(global_step)
        self._run_metadata[tag] = run_metadata

    def flush(self) -> None:
        """Nothing waits to be written."""

    def reopen(self) -> None:
        """Nothing was closed."""

    def close(self) -> None:
        """Nothing is open."""


def _require_step(global_step: Any) -> None:
    if global_step is not None and global_step < 0:
        raise ValueError(f"Invalid global_step {global_step}.")

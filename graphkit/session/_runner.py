"""`SessionRunner`: a session that is opened whole and closed without a trace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from graphkit._tf import Graph
from graphkit.errors import RunError
from graphkit.session._calls import CLOSED_QUEUE
from graphkit.session._config import SessionConfig
from graphkit.session._opened import OpenSession
from graphkit.session._opening import RunnerPlan, open_session
from graphkit.session._origin import raising_line
from graphkit.session._plan import Feed, StepPlan
from graphkit.session._steps import Step
from graphkit.session._translate import translated

__all__ = ["SessionRunner"]

_FINALIZED = "Graph is finalized and cannot be modified"


class SessionRunner:
    """Opens a session on a graph, ready to run, and leaves nothing behind.

    Entering the `with` adds what a run needs (a saver, the merged summary), finalises the graph,
    initialises global variables, local variables and tables, restores the latest checkpoint when
    asked, and starts the queue threads. Leaving it writes what is due, closes every queue, joins
    every thread and closes the session. Inside, the session is the default one, so
    `tensor.eval()` and plain `tf.Session` code work beside `run` and `steps`.

    A finalised graph refuses new nodes. An error about that which leaves the `with` says which line
    tried to add one; one caught inside it is TensorFlow's own.

        with SessionRunner(graph, checkpoint_dir="logs/run", resume=True) as runner:
            for step in runner.steps(train_op, fetches={"loss": loss}, max_steps=1000):
                if step.step % 100 == 0:
                    print(step.step, step.values["loss"])

    Args:
        graph: A `tf.Graph`, or anything with one as its attribute `graph`.
        config: What the session may use of the machine; `None` is `SessionConfig()`.
        checkpoint_dir: Where `steps` and `save` write checkpoints.
        resume: Restore the latest checkpoint of `checkpoint_dir`; when it holds none, start fresh.
        log_dir: Where event files for TensorBoard go; the graph is recorded at once.
        initialize: Run the initialisers of all variables and tables.
        init_feed: Values for placeholders that initial values depend on.
        start_queue_runners: Start the threads that fill the graph's queues.
        watch_queues: Refuse a run that takes from a queue whose threads were never started,
            because it would wait for ever.
        finalize: Finalise the graph, so that a loop cannot make it grow.
        saver: The `tf.train.Saver` to use; `None` takes the graph's own or makes one.
        keep_checkpoints: How many checkpoints stay on disk when the runner makes the saver.
        grace_seconds: How long leaving waits for queue threads to end.

    Raises:
        ArgumentError: A value is out of range, or `resume` without `checkpoint_dir`.
        ArgumentTypeError: `graph` is not a graph, or `config` no configuration.
    """

    def __init__(
        self,
        graph: Any,
        *,
        config: Any = None,
        checkpoint_dir: str | os.PathLike[str] | None = None,
        resume: bool = False,
        log_dir: str | os.PathLike[str] | None = None,
        initialize: bool = True,
        init_feed: Mapping[Any, Any] | None = None,
        start_queue_runners: bool = True,
        watch_queues: bool = True,
        finalize: bool = True,
        saver: Any = None,
        keep_checkpoints: int = 5,
        grace_seconds: float = 30.0,
    ) -> None:
        arguments = {name: value for name, value in locals().items() if name != "self"}
        self._plan = RunnerPlan(**arguments)
        self._opened: OpenSession | None = None

    def __enter__(self) -> SessionRunner:
        """Opens the session."""
        if self._opened is not None:
            raise RunError("this runner is open already; make another one for a second session")
        self._opened = open_session(self._plan)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes everything; the first error of a queue thread is raised unless it was before."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        opened.stack.__exit__(kind, error, trace)
        told, failure = opened.queues.told, opened.queues.failure()
        if failure is not None and not told and (error is None or isinstance(error, CLOSED_QUEUE)):
            raise failure
        if isinstance(error, RuntimeError) and _FINALIZED in str(error):
            raise _growth(error) from error

    @property
    def graph(self) -> Graph:
        """The graph that is run."""
        return self._plan.graph

    @property
    def config(self) -> SessionConfig:
        """What the session may use of the machine."""
        return self._plan.settings

    @property
    def session(self) -> Any:
        """The plain `tf.Session`."""
        return self._open("session").session

    @property
    def coordinator(self) -> Any:
        """The `tf.train.Coordinator` of the queue threads; `request_stop` ends `steps` as well."""
        return self._open("coordinator").queues.coordinator

    @property
    def should_stop(self) -> bool:
        """Whether a stop was requested, by the program or by a queue thread that failed."""
        return bool(self.coordinator.should_stop())

    def start_queue_runners(self) -> None:
        """Starts the queue threads of a runner opened with `start_queue_runners=False`."""
        self._open("start_queue_runners").queues.start()

    def run(
        self,
        fetches: Any,
        feed: Mapping[Any, Any] | None = None,
        *,
        options: Any = None,
        run_metadata: Any = None,
    ) -> Any:
        """Computes tensors and runs ops, as `tf.Session.run` does.

        Every tensor and op may also be given by name: `"loss"` is the only output of that op (the
        op itself when it has none; a variable's value for its name), `"loss:0"` one output in
        full. Unlike in TensorFlow 1, a bare name fetches the value, not the op. What may be fed is
        what TensorFlow 1 takes, with its conversions.

        Args:
            fetches: A tensor, op, variable or name, or any nesting of dicts, lists and tuples.
            feed: Values by tensor, variable or name.
            options: A `tf.RunOptions`.
            run_metadata: A `tf.RunMetadata` to fill.

        Returns:
            The values in the same nesting; `None` for an op.

        Raises:
            UnknownNameError: A name that the graph does not have.
            ArgumentError: A feed of the wrong shape, or an element of another graph.
            ArgumentTypeError: A feed or fetch of the wrong type.
            RunError: The run failed; also an instance of TensorFlow's own class, such as
                `tf.errors.OutOfRangeError`. When a queue thread failed first, its error.
            KeyboardInterrupt: Ctrl-C, also while the run waits for a queue.
        """
        return self._open("run").calls.run(fetches, feed, options, run_metadata)

    def make_callable(self, fetches: Any, feeds: Sequence[Any] = ()) -> Callable[..., Any]:
        """A function that runs the same fetches again and again with little overhead.

        Args:
            fetches: As for `run`.
            feeds: The tensors, or names, that the function's arguments feed, in order.

        Returns:
            A function of the fed values; arrays should have the tensors' own dtypes.

        Raises:
            UnknownNameError: A name that the graph does not have.
            ArgumentError: An element of another graph.
        """
        return self._open("make_callable").calls.make_callable(fetches, feeds)

    def steps(
        self,
        train_op: Any,
        *,
        fetches: Any = None,
        feed: Feed = None,
        max_steps: int | None = None,
        num_steps: int | None = None,
        global_step: Any = None,
        epoch_size: int | None = None,
        summary: Any = None,
        summary_every: int = 100,
        checkpoint: bool = True,
        checkpoint_every: int | None = None,
        checkpoint_seconds: float | None = None,
        progress: bool | None = None,
        trace_every: int | None = None,
        description: str | None = None,
    ) -> Iterator[Step]:
        """A training loop: each item is one run of `train_op`.

        It ends by itself at `max_steps`, at the end of the data, when `feed` raises
        `StopIteration`, or when the coordinator is asked to stop. However it ends, also by `break`
        or Ctrl-C, the last state is written to `checkpoint_dir`, unless a run failed: then the
        last good checkpoint stays the latest.

        Args:
            train_op: What makes a step: an op, tensor or name, or a nesting of them.
            fetches: What each step returns, computed in the same run.
            feed: A feed for every run, or a function that makes one from the number of steps done.
            max_steps: The global step to end at, counting what a resumed run did before; a warning
                says so if it was reached before the loop.
            num_steps: End after so many steps of this loop.
            global_step: The variable that counts; `None` takes the graph's own. The first run
                tells by how much it moves. A step that leaves it alone, or a graph that has none,
                is counted by the loop; so are the runs of a step that moves it only now and then
                (gradients gathered over several runs), where every number here means runs.
            epoch_size: Steps per epoch, for `Step.epoch`.
            summary: The summary tensor to record; `None` is all summaries of the graph.
            summary_every: Record it in the first step and every so many.
            checkpoint: Write a checkpoint at the end.
            checkpoint_every: Write one every so many steps.
            checkpoint_seconds: Write one after so many seconds; 600 when neither is given.
            progress: Show a progress bar; `None` shows it on a terminal only.
            trace_every: Record time and memory per op every so many steps; traced steps are slow.
            description: What the bar says.

        Returns:
            An iterator of `Step`; nothing runs before its first item.

        Raises:
            ArgumentError: A number out of range, or a record asked for that has no folder.
            ArgumentTypeError: A value of the wrong type.
            RunError: While iterating: a run or a queue thread failed.
        """
        plan = {name: value for name, value in locals().items() if name != "self"}
        return self._open("steps").loop(StepPlan(**plan))

    def save(self, path: str | os.PathLike[str] | None = None) -> str:
        """Writes all variables to a checkpoint.

        Args:
            path: The prefix to write; `None` is `checkpoint_dir/model.ckpt-STEP`.

        Returns:
            The prefix, for `restore`.

        Raises:
            ArgumentError: The path is a folder or a checkpoint's file, or there is none.
            RunError: The graph has nothing to save, or writing failed.
        """
        return self._open("save").save(None if path is None else os.fspath(path))

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Reads all variables from a checkpoint.

        Args:
            path: The prefix, such as `logs/model.ckpt-500`.

        Raises:
            ArgumentError: The path is a folder or one of the checkpoint's files.
            MissingFileError: There is no such checkpoint.
            CorruptFileError: The checkpoint is damaged.
            RunError: It lacks variables of the graph; likely renames are named.
        """
        self._open("restore").restore(os.fspath(path))

    def _open(self, where: str) -> OpenSession:
        if self._opened is None:
            raise RunError(f"{where}: the session is not open; use the runner inside its `with`")
        return self._opened


def _growth(error: RuntimeError) -> RunError:
    """Says which line of the user's tried to add a node, and what to do."""
    line = raising_line(error.__traceback__)
    return translated(
        error,
        f"{line or 'a call'} adds a node to a graph that is being run and therefore finalised. "
        "Build it before the runner is opened and run it here; a graph that grows in a loop "
        "becomes slower with every step (finalize=False allows it)",
    )

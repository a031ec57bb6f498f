"""contrib.learn.graph_actions.evaluate: tensors of a restored graph, measured step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["evaluate"]

_global_step: Any = load("graphkit.tf1.contrib.framework:assert_or_get_global_step")


def evaluate(
    graph: tf.Graph,
    output_dir: str,
    checkpoint_path: str | None,
    eval_dict: Mapping[str, Tensor],
    update_op: Any = None,
    global_step_tensor: Any = None,
    supervisor_master: str = "",
    log_every_steps: int = 10,
    feed_fn: Callable[[], Mapping[Any, Any]] | None = None,
    max_steps: int | None = None,
) -> tuple[dict[str, Any] | None, Any]:
    """Measures until the last step or the end of the inputs, and writes the results.

    Args:
        graph: The graph.
        output_dir: Where the results are written.
        checkpoint_path: A folder with checkpoints, or a checkpoint; variables are initialised
            where there is none.
        eval_dict: Name to tensor.
        update_op: Run in each step; the tensors are, unless given.
        global_step_tensor: The global step; the graph's unless given.
        supervisor_master: The session's target.
        log_every_steps: How often the results are logged.
        feed_fn: Gives what is fed in each step.
        max_steps: How many steps.

    Returns:
        Name to the value of the last step, and the global step of the checkpoint.

    Raises:
        ValueError: There is no folder.
    """
    if not output_dir:
        raise ValueError(f"Output directory should be non-empty {output_dir}.")
    with graph.as_default():
        step = _global_step(global_step_tensor)
        saver = tf.train.Saver() if tf.global_variables() else None
        start = tf.group(tf.local_variables_initializer(), tf.tables_initializer())
        manager = tf.train.SessionManager(
            local_init_op=start, ready_op=tf.report_uninitialized_variables()
        )
        session, is_ready = manager.recover_session(
            supervisor_master, saver, checkpoint_dir=checkpoint_path
        )
        with session:
            if not is_ready:
                tf.logging.warning("Failed to initialize from %s.", checkpoint_path)
                session.run([tf.global_variables_initializer(), start])
                if checkpoint_path and saver:
                    saver.restore(session, checkpoint_path)
            number = session.run(step)
            coordinator = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(session, coordinator)
            fetches = dict(eval_dict) if update_op is None else update_op
            try:
                found = _measured(session, fetches, eval_dict, feed_fn, max_steps, log_every_steps)
            finally:
                coordinator.request_stop()
                coordinator.join(threads, stop_grace_period_secs=10)
    _write(output_dir, found or {}, number)
    return found, number


def _measured(
    session: Any, fetches: Any, eval_dict: Any, feed_fn: Any, max_steps: Any, log_every: int
) -> dict[str, Any] | None:
    """Runs steps; what is measured, after the last if they only update."""
    found, feed, done = None, None, 0
    updates = fetches is not None and not isinstance(fetches, dict)
    try:
        while max_steps is None or done < max_steps:
            feed = feed_fn() if feed_fn else None
            result = session.run(fetches, feed)
            found = None if updates else result
            done += 1
            if done % log_every == 0:
                tf.logging.info("Results after %d steps: %s.", done, found)
    except (tf.errors.OutOfRangeError, StopIteration) as end:
        tf.logging.info("The inputs of the measurement have ended: %s", end)
    if found is None:
        found = session.run(dict(eval_dict), feed)
    return dict(found)


def _write(folder: str, found: Mapping[str, Any], step: Any) -> None:
    numbers = {name: value for name, value in found.items() if getattr(value, "ndim", 0) == 0}
    summary = tf.Summary(
        value=[
            tf.Summary.Value(tag=name, simple_value=float(value))
            for name, value in numbers.items()
            if value is not None
        ]
    )
    writer = tf.summary.FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    writer.flush()

"""contrib.learn.graph_actions: running tensors once or more times, and writers of summaries."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "clear_summary_writers",
    "get_summary_writer",
    "infer",
    "run_feeds",
    "run_feeds_iter",
    "run_n",
]


def clear_summary_writers() -> None:
    """Closes the writers of summaries, so that new ones are made."""
    tf.summary.FileWriterCache.clear()


def get_summary_writer(logdir: str) -> Any:
    """Gives the one writer of summaries of a folder.

    Args:
        logdir: The folder.

    Returns:
        The writer.
    """
    return tf.summary.FileWriterCache.get(logdir)


def infer(
    restore_checkpoint_path: str | None,
    output_dict: Mapping[str, Tensor],
    feed_dict: Mapping[Any, Any] | None = None,
) -> dict[str, Any]:
    """Runs tensors once.

    Args:
        restore_checkpoint_path: A checkpoint; variables are initialised unless given.
        output_dict: Name to tensor, all of one graph.
        feed_dict: The feed.

    Returns:
        Name to value.
    """
    return run_feeds(output_dict, [feed_dict], restore_checkpoint_path)[0]


def run_feeds_iter(
    output_dict: Mapping[str, Tensor],
    feed_dicts: Iterable[Mapping[Any, Any] | None],
    restore_checkpoint_path: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Runs tensors once for each feed, with queue runners.

    Args:
        output_dict: Name to tensor, all of one graph.
        feed_dicts: The feeds.
        restore_checkpoint_path: A checkpoint; variables are initialised unless given.

    Yields:
        Name to value.

    Raises:
        ValueError: There are no tensors.
    """
    if not output_dict:
        raise ValueError(f"output_dict is invalid: {output_dict}.")
    graph = next(iter(output_dict.values())).graph
    with graph.as_default(), tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run(tf.tables_initializer())
        if restore_checkpoint_path:
            tf.train.Saver().restore(session, restore_checkpoint_path)
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        try:
            for feed in feed_dicts:
                yield session.run(dict(output_dict), feed)
        finally:
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=10)


def run_feeds(
    output_dict: Mapping[str, Tensor],
    feed_dicts: Iterable[Mapping[Any, Any] | None],
    restore_checkpoint_path: str | None = None,
) -> list[dict[str, Any]]:
    """Runs tensors once for each feed, and gives everything at the end.

    Args:
        output_dict: Name to tensor, all of one graph.
        feed_dicts: The feeds.
        restore_checkpoint_path: A checkpoint; variables are initialised unless given.

    Returns:
        For each feed, name to value.
    """
    return list(run_feeds_iter(output_dict, feed_dicts, restore_checkpoint_path))


def run_n(
    output_dict: Mapping[str, Tensor],
    feed_dict: Mapping[Any, Any] | None = None,
    restore_checkpoint_path: str | None = None,
    n: int = 1,
) -> list[dict[str, Any]]:
    """Runs tensors several times with one feed.

    Args:
        output_dict: Name to tensor, all of one graph.
        feed_dict: The feed.
        restore_checkpoint_path: A checkpoint; variables are initialised unless given.
        n: How many times.

    Returns:
        For each time, name to value.
    """
    return run_feeds(output_dict, itertools.repeat(feed_dict, n), restore_checkpoint_path)

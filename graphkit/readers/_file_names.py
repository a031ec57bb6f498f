"""The producer of file names, which knows that its strings may have to exist as files.

TensorFlow 1's names, signatures, op names and values
(https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/string_input_producer).
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from graphkit._tf import Variable, tf
from graphkit.errors import ArgumentError
from graphkit.readers._checks import require_graph, require_producer_arguments
from graphkit.readers._producer_queue import ProducerQueue
from graphkit.readers._queues import built_by_queues, without_deprecation_warnings

__all__ = ["match_filenames_once", "string_input_producer"]


def match_filenames_once(pattern: Any, name: str | None = None) -> Variable:
    """Makes a local variable that holds the names of the files matching a pattern, in order.

    The pattern is matched when the variable is initialised, not when the graph is built. Unlike in
    TensorFlow 1, a pattern that matches no file is an error at the start of the queue runners.

    Args:
        pattern: A glob pattern (string, scalar), or several (string, `[P]`).
        name: Name of the variable, "matching_filenames" unless given.

    Returns:
        The variable (string, `[files]`).

    Raises:
        NoGraphError: No graph is current.
    """
    require_graph("match_filenames_once")
    with without_deprecation_warnings():
        return tf.train.match_filenames_once(pattern, name=name)


def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
    *,
    check_files: bool = True,
) -> Any:
    """Makes a queue that a queue runner fills with strings, as a rule file names.

    Unlike in TensorFlow 1, when a reader that opens files reads from the queue, every file is
    checked as the queue runners are started (`tf.train.start_queue_runners`, `MonitoredSession`,
    …): a missing one is an error there, and nothing has been started. TensorFlow 1 hangs or ends
    with an `OutOfRangeError` that names no file. Names that the graph computes are checked too if
    computing them has no side effect. In a session on another machine nothing is checked.

    Args:
        string_tensor: The strings (string, `[N]`): a list, an array, a tensor, or the variable of
            `match_filenames_once`. Paths (`os.PathLike`) are taken as well.
        num_epochs: How often each string is produced before `tf.errors.OutOfRangeError`; None for
            ever.
        shuffle: Whether each epoch has an order of its own.
        seed: Seed of the shuffling.
        capacity: How many strings the queue holds; negative for no bound.
        shared_name: Name under which several sessions share the queue.
        name: Name of the queue, "input_producer" unless given.
        cancel_op: The op that cancels the queue, if not the queue's own.
        check_files: False for TensorFlow 1's way: files may also appear after the start.

    Returns:
        A `tf.FIFOQueue` of strings; its `CheckedQueueRunner` is in the graph's `QUEUE_RUNNERS`.

    Raises:
        ArgumentError: There is no string, a lone string instead of a list, `num_epochs` is below
            1, or `capacity` is 0.
        ArgumentTypeError: `num_epochs` or `capacity` is no number.
        NoGraphError: No graph is current.
        TypeError: The elements are not strings.
    """
    where = "string_input_producer"
    require_producer_arguments(where, num_epochs, capacity)
    queue = built_by_queues(
        where,
        _strings(where, string_tensor),
        num_epochs=num_epochs,
        shuffle=shuffle,
        seed=seed,
        capacity=capacity,
        shared_name=shared_name,
        name=name,
        cancel_op=cancel_op,
        files_checked=check_files,
    )
    return ProducerQueue.of(queue)


def _strings(where: str, strings: Any) -> Any:
    """Brings what names the strings into a form TensorFlow takes; refuses a lone or no string."""
    wanted = "a list of at least one string"
    if isinstance(strings, (str, bytes, os.PathLike)):
        raise ArgumentError(where, "string_tensor", strings, wanted)
    if tf.is_tensor(strings):
        return tf.convert_to_tensor(strings)  # TensorFlow 2.16 to 2.21 refuse a variable here
    if isinstance(strings, np.ndarray):
        strings = strings.tolist()
    if not strings:
        raise ArgumentError(where, "string_tensor", strings, wanted)
    if not isinstance(strings, (list, tuple)):
        return strings
    return [os.fspath(item) if isinstance(item, os.PathLike) else item for item in strings]

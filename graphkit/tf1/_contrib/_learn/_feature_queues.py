"""contrib.learn's readers of parsed Examples, which wait in a queue of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._example_queues import (
    read_keyed_batch_examples,
    read_keyed_batch_examples_shared_queue,
)

__all__ = [
    "queue_parsed_features",
    "read_batch_features",
    "read_batch_record_features",
    "read_keyed_batch_features",
    "read_keyed_batch_features_shared_queue",
]


def read_keyed_batch_features(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    reader_num_threads: int = 1,
    feature_queue_capacity: int = 100,
    num_enqueue_threads: int = 2,
    parse_fn: Callable[[Tensor], Any] | None = None,
    name: str | None = None,
    read_batch_size: int | None = None,
) -> tuple[Tensor, dict[str, Any]]:
    """Reads batches of parsed Examples from files, with their keys.

    Args:
        file_pattern: The files, a glob or a list of globs.
        batch_size: B.
        features: What is parsed: feature name to FixedLenFeature, VarLenFeature …
        reader: Makes a reader, such as `tf.TFRecordReader`.
        randomize_input: Whether files and Examples come in random order.
        num_epochs: How often the files are read, counted in a local variable; no end unless given.
        queue_capacity: How many Examples wait.
        reader_num_threads: How many readers there are; one where the order matters.
        feature_queue_capacity: How many parsed batches wait.
        num_enqueue_threads: How many threads parse; one where the order matters.
        parse_fn: Changes what was read before it waits.
        name: The name scope.
        read_batch_size: How many Examples are read at once; B unless given.

    Returns:
        The keys `[B]`, file and place in it; and feature name to its batch.

    Raises:
        ValueError: No file matches, or a number is not positive, or `batch_size` not below
            `queue_capacity`.
    """
    with tf.name_scope(name, "read_batch_features") as scope:
        keys, examples = read_keyed_batch_examples(
            file_pattern,
            batch_size,
            reader,
            randomize_input,
            num_epochs,
            queue_capacity,
            reader_num_threads,
            batch_size if read_batch_size is None else read_batch_size,
            parse_fn,
            name=scope,
        )
        parsed = tf.parse_example(examples, features)
        return queue_parsed_features(
            parsed, keys, feature_queue_capacity, num_enqueue_threads, name=scope
        )


def read_keyed_batch_features_shared_queue(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    reader_num_threads: int = 1,
    feature_queue_capacity: int = 100,
    num_queue_runners: int = 2,
    parse_fn: Callable[[Tensor], Any] | None = None,
    name: str | None = None,
) -> tuple[Tensor, dict[str, Any]]:
    """Reads batches of parsed Examples from files that several workers share.

    Args: as for `read_keyed_batch_features`; `num_queue_runners` threads parse, and the epochs are
        counted in global variables.

    Returns:
        The keys `[B]`, file and place in it; and feature name to its batch.

    Raises:
        ValueError: as for `read_keyed_batch_features`.
    """
    with tf.name_scope(name, "read_batch_features") as scope:
        keys, examples = read_keyed_batch_examples_shared_queue(
            file_pattern,
            batch_size,
            reader,
            randomize_input,
            num_epochs,
            queue_capacity,
            reader_num_threads,
            batch_size,
            parse_fn,
            name=scope,
        )
        parsed = tf.parse_example(examples, features)
        return queue_parsed_features(
            parsed, keys, feature_queue_capacity, num_queue_runners, name=scope
        )


def read_batch_features(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    feature_queue_capacity: int = 100,
    reader_num_threads: int = 1,
    num_enqueue_threads: int = 2,
    parse_fn: Callable[[Tensor], Any] | None = None,
    name: str | None = None,
    read_batch_size: int | None = None,
) -> dict[str, Any]:
    """Reads batches of parsed Examples from files.

    Args: as for `read_keyed_batch_features`.

    Returns:
        Feature name to its batch.

    Raises:
        ValueError: as for `read_keyed_batch_features`.
    """
    _, parsed = read_keyed_batch_features(
        file_pattern,
        batch_size,
        features,
        reader,
        randomize_input,
        num_epochs,
        queue_capacity,
        reader_num_threads,
        feature_queue_capacity,
        num_enqueue_threads,
        parse_fn,
        name,
        read_batch_size,
    )
    return parsed


def read_batch_record_features(
    file_pattern: str | list[str],
    batch_size: Any,
    features: Mapping[str, Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    reader_num_threads: int = 1,
    name: str = "dequeue_record_examples",
) -> dict[str, Any]:
    """Reads batches of parsed Examples from TFRecord files.

    Args: as for `read_keyed_batch_features`.

    Returns:
        Feature name to its batch.

    Raises:
        ValueError: as for `read_keyed_batch_features`.
    """
    return read_batch_features(
        file_pattern,
        batch_size,
        features,
        tf.TFRecordReader,
        randomize_input,
        num_epochs,
        queue_capacity,
        reader_num_threads=reader_num_threads,
        name=name,
    )


def queue_parsed_features(
    parsed_features: Mapping[str, Any],
    keys: Tensor | None = None,
    feature_queue_capacity: int = 100,
    num_enqueue_threads: int = 2,
    name: str | None = None,
) -> tuple[Tensor | None, dict[str, Any]]:
    """Lets parsed features wait in a queue, so that parsing does not hold up what uses them.

    Args:
        parsed_features: Name to tensor or SparseTensor.
        keys: Their keys.
        feature_queue_capacity: How many batches wait.
        num_enqueue_threads: How many threads parse; one where the order matters.
        name: The name scope.

    Returns:
        The keys, None without; and name to what left the queue.
    """
    with tf.name_scope(name, "queue_parsed_features"):
        ordered = {key: parsed_features[key] for key in sorted(parsed_features)}
        packed = [ordered, [] if keys is None else [keys]]
        waiting = tf.nest.flatten(packed, expand_composites=True)
        queue = tf.FIFOQueue(feature_queue_capacity, [part.dtype for part in waiting])
        tf.summary.scalar(
            f"queue/parsed_features/{queue.name}/fraction_of_{feature_queue_capacity}_full",
            tf.cast(queue.size(), tf.float32) * (1.0 / feature_queue_capacity),
        )
        # One runner for all threads: the last batch must not be lost when the first of them ends.
        ends = tf.errors.OutOfRangeError, tf.errors.CancelledError
        enqueue = [queue.enqueue(waiting) for _ in range(num_enqueue_threads)]
        runner = tf.train.QueueRunner(queue, enqueue, queue_closed_exception_types=ends)
        tf.train.add_queue_runner(runner)
        left = tf.nest.flatten(queue.dequeue())
        for part, as_before in zip(left, waiting, strict=True):
            part.set_shape(as_before.shape)
        found, left_keys = tf.nest.pack_sequence_as(packed, left, expand_composites=True)
        return (left_keys[0] if left_keys else None), found

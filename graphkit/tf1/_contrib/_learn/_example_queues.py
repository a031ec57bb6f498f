"""contrib.learn's readers of files of Examples: a queue of files, and one of Examples."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._input_pipeline import seek_next

__all__ = [
    "KEY_FEATURE_NAME",
    "read_batch_examples",
    "read_keyed_batch_examples",
    "read_keyed_batch_examples_shared_queue",
]

KEY_FEATURE_NAME = "__key__"


def read_batch_examples(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    num_threads: int = 1,
    read_batch_size: int = 1,
    parse_fn: Callable[[Tensor], Any] | None = None,
    name: str | None = None,
    seed: int | None = None,
) -> Any:
    """Reads batches of Examples from files.

    Args:
        file_pattern: The files, a glob or a list of globs.
        batch_size: B, an int or a scalar.
        reader: Makes a reader, such as `tf.TFRecordReader`.
        randomize_input: Whether files and Examples come in random order.
        num_epochs: How often the files are read, counted in a local variable; no end unless given.
        queue_capacity: How many Examples wait.
        num_threads: How many readers there are; one where the order matters.
        read_batch_size: How many Examples are read at once.
        parse_fn: Changes what was read before it waits.
        name: The name scope.
        seed: For the random order.

    Returns:
        Strings `[B]`, the serialized Examples; or batches of what `parse_fn` returns.

    Raises:
        ValueError: No file matches, or a number is not positive, or `batch_size` not below
            `queue_capacity`.
    """
    _, examples = read_keyed_batch_examples(
        file_pattern,
        batch_size,
        reader,
        randomize_input,
        num_epochs,
        queue_capacity,
        num_threads,
        read_batch_size,
        parse_fn,
        name,
        seed,
    )
    return examples


def read_keyed_batch_examples(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    num_threads: int = 1,
    read_batch_size: int = 1,
    parse_fn: Callable[[Tensor], Any] | None = None,
    name: str | None = None,
    seed: int | None = None,
) -> tuple[Tensor, Any]:
    """Reads batches of Examples from files, with their keys.

    Args: as for `read_batch_examples`.

    Returns:
        The keys `[B]`, file and place in it; and the Examples `[B]`, or batches of what `parse_fn`
        returns.

    Raises:
        ValueError: as for `read_batch_examples`.
    """
    return _pipeline(
        _own_files,
        file_pattern,
        batch_size,
        reader,
        randomize_input,
        num_epochs,
        queue_capacity,
        num_threads,
        read_batch_size,
        parse_fn,
        name,
        seed,
    )


def read_keyed_batch_examples_shared_queue(
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool = True,
    num_epochs: int | None = None,
    queue_capacity: int = 10000,
    num_threads: int = 1,
    read_batch_size: int = 1,
    parse_fn: Callable[[Tensor], Any] | None = None,
    name: str | None = None,
    seed: int | None = None,
) -> tuple[Tensor, Any]:
    """Reads batches of Examples from files that several workers share, each file by one of them.

    Args: as for `read_batch_examples`; the epochs are counted in global variables.

    Returns:
        The keys `[B]`, file and place in it; and the Examples `[B]`, or batches of what `parse_fn`
        returns.

    Raises:
        ValueError: as for `read_batch_examples`.
    """
    return _pipeline(
        _shared_files,
        file_pattern,
        batch_size,
        reader,
        randomize_input,
        num_epochs,
        queue_capacity,
        num_threads,
        read_batch_size,
        parse_fn,
        name,
        seed,
    )


def _files(file_pattern: str | list[str], randomize_input: bool) -> list[str]:
    patterns = file_pattern if isinstance(file_pattern, list) else [file_pattern]
    if not patterns:
        raise ValueError("No files given to dequeue_examples.")
    files = [file for pattern in patterns for file in tf.gfile.Glob(pattern)]
    if not files:
        raise ValueError(f"No files match {file_pattern}.")
    # Those in random order are shuffled later on.
    return files if randomize_input else sorted(files)


def _check(
    batch_size: Any, capacity: int, num_threads: int, read_batch_size: Any, num_epochs: int | None
) -> None:
    if not capacity or capacity <= 0:
        raise ValueError(f"Invalid queue_capacity {capacity}.")
    if not tf.is_tensor(batch_size) and not 0 < (batch_size or 0) < capacity:
        raise ValueError(f"Invalid batch_size {batch_size}, with queue_capacity {capacity}.")
    positive = {"read_batch_size": read_batch_size, "num_threads": num_threads}
    if num_epochs is not None:
        positive["num_epochs"] = num_epochs
    for name, number in positive.items():
        if not number or number <= 0:
            raise ValueError(f"Invalid {name} {number}.")


def _own_files(
    files: list[str], shuffle: bool, num_epochs: int | None, seed: int | None, scope: str
) -> Any:
    names = tf.constant(files, name="input")
    return tf.train.string_input_producer(names, num_epochs, shuffle, seed, name=scope)


def _shared_files(
    files: list[str], shuffle: bool, num_epochs: int | None, seed: int | None, scope: str
) -> Any:
    queue = tf.FIFOQueue(1, [tf.string], shapes=[[]])
    enqueue = queue.enqueue(seek_next(files, shuffle, seed, num_epochs))
    tf.train.add_queue_runner(tf.train.QueueRunner(queue, [enqueue]))
    return queue


def _pipeline(
    file_queue: Callable[..., Any],
    file_pattern: str | list[str],
    batch_size: Any,
    reader: Callable[[], Any],
    randomize_input: bool,
    num_epochs: int | None,
    queue_capacity: int,
    num_threads: int,
    read_batch_size: int,
    parse_fn: Callable[[Tensor], Any] | None,
    name: str | None,
    seed: int | None,
) -> tuple[Tensor, Any]:
    """Ties a queue of files, readers and a queue of Examples together."""
    files = _files(file_pattern, randomize_input)
    _check(batch_size, queue_capacity, num_threads, read_batch_size, num_epochs)
    batch = _batching(batch_size, randomize_input, queue_capacity, seed)
    with tf.name_scope(name, "read_batch_examples") as scope:
        with tf.name_scope("file_name_queue") as queue_scope:
            queue = file_queue(files, randomize_input, num_epochs, seed, queue_scope)
        with tf.name_scope("read"):
            parts = [_read(reader(), queue, read_batch_size, parse_fn) for _ in range(num_threads)]
        batches = batch(
            parts,
            enqueue_many=read_batch_size > 1,
            allow_smaller_final_batch=num_epochs is not None,
            name=scope,
        )
    if isinstance(batches, dict):
        return batches.pop(KEY_FEATURE_NAME), batches
    keys, examples = batches
    return keys, examples


def _read(reader: Any, queue: Any, count: int, parse_fn: Callable[[Tensor], Any] | None) -> Any:
    keys, examples = reader.read_up_to(queue, count) if count > 1 else reader.read(queue)
    parsed = parse_fn(examples) if parse_fn else examples
    # A batch is of tensors by name, or of tensors in a row.
    return {**parsed, KEY_FEATURE_NAME: keys} if isinstance(parsed, dict) else (keys, parsed)


def _batching(
    batch_size: Any, randomize_input: bool, capacity: int, seed: int | None
) -> Callable[..., Any]:
    if not randomize_input:
        return partial(tf.train.batch_join, batch_size=batch_size, capacity=capacity)
    if tf.is_tensor(batch_size):
        least = int(capacity * 0.4)
    else:
        least = max(capacity - 3 * batch_size, batch_size)
    return partial(
        tf.train.shuffle_batch_join,
        batch_size=batch_size,
        capacity=capacity,
        min_after_dequeue=least,
        seed=seed,
    )

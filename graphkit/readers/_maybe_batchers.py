"""Batchers that leave examples out: the `maybe_` forms, with a condition computed in the graph.

What is left out never enters the queue.

TensorFlow 1's names, signatures, op names and values
(https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/maybe_batch).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit.readers._engine import built_batcher

__all__ = ["maybe_batch", "maybe_batch_join", "maybe_shuffle_batch", "maybe_shuffle_batch_join"]


def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects the examples to keep into batches, in the order they come.

    Args:
        tensors: As for `batch`.
        keep_input: Which examples to keep (bool, `[]`, or `[N]` with `enqueue_many`).
        batch_size: As for `batch`.
        num_threads: As for `batch`.
        capacity: As for `batch`.
        enqueue_many: As for `batch`.
        shapes: As for `batch`.
        dynamic_pad: As for `batch`.
        allow_smaller_final_batch: As for `batch`.
        shared_name: As for `batch`.
        name: As for `batch`.

    Returns:
        The batches, as `batch` gives them; it raises what `batch` raises.
    """
    return built_batcher("maybe_batch", locals())


def maybe_batch_join(
    tensors_list: Sequence[Any],
    keep_input: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects the examples to keep from several sources into batches.

    Args:
        tensors_list: As for `batch_join`.
        keep_input: Which examples to keep (bool, `[]`, or `[N]` with `enqueue_many`).
        batch_size: As for `batch_join`.
        capacity: As for `batch_join`.
        enqueue_many: As for `batch_join`.
        shapes: As for `batch_join`.
        dynamic_pad: As for `batch_join`.
        allow_smaller_final_batch: As for `batch_join`.
        shared_name: As for `batch_join`.
        name: As for `batch_join`.

    Returns:
        The batches, as `batch_join` gives them; it raises what `batch_join` raises.
    """
    return built_batcher("maybe_batch_join", locals())


def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects the examples to keep into batches, in random order.

    Args:
        tensors: As for `shuffle_batch`.
        batch_size: As for `shuffle_batch`.
        capacity: As for `shuffle_batch`.
        min_after_dequeue: As for `shuffle_batch`.
        keep_input: Which examples to keep (bool, `[]`, or `[N]` with `enqueue_many`).
        num_threads: As for `shuffle_batch`.
        seed: As for `shuffle_batch`.
        enqueue_many: As for `shuffle_batch`.
        shapes: As for `shuffle_batch`.
        allow_smaller_final_batch: As for `shuffle_batch`.
        shared_name: As for `shuffle_batch`.
        name: As for `shuffle_batch`.

    Returns:
        The batches, as `shuffle_batch` gives them; it raises what `shuffle_batch` raises.
    """
    return built_batcher("maybe_shuffle_batch", locals())


def maybe_shuffle_batch_join(
    tensors_list: Sequence[Any],
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects the examples to keep from several sources into batches in random order.

    Args:
        tensors_list: As for `shuffle_batch_join`.
        batch_size: As for `shuffle_batch_join`.
        capacity: As for `shuffle_batch_join`.
        min_after_dequeue: As for `shuffle_batch_join`.
        keep_input: Which examples to keep (bool, `[]`, or `[N]` with `enqueue_many`).
        seed: As for `shuffle_batch_join`.
        enqueue_many: As for `shuffle_batch_join`.
        shapes: As for `shuffle_batch_join`.
        allow_smaller_final_batch: As for `shuffle_batch_join`.
        shared_name: As for `shuffle_batch_join`.
        name: As for `shuffle_batch_join`.

    Returns:
        The batches, as `shuffle_batch_join` gives them; it raises what `shuffle_batch_join` raises.
    """
    return built_batcher("maybe_shuffle_batch_join", locals())

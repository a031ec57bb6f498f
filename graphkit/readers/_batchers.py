"""Batchers: from examples, one at a time, to batches.

A queue collects the examples, filled by threads of their own while the program works on earlier
batches.

TensorFlow 1's names, signatures, op names and values
(https://www.tensorflow.org/api_docs/python/tf/compat/v1/train/batch).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit.readers._engine import built_batcher

__all__ = ["batch", "batch_join", "shuffle_batch", "shuffle_batch_join"]


def batch(
    tensors: Any,
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
    """Collects examples into batches, in the order they come.

    Args:
        tensors: The tensors of one example (any dtypes, `[…]`), or of many with
            `enqueue_many`: a list or a dict; sparse tensors are taken too.
        batch_size: Examples per batch (int, or an int32 scalar tensor).
        num_threads: How many threads fill the queue; with more than one the order varies.
        capacity: How many examples the queue holds; negative for no bound.
        enqueue_many: Whether the tensors hold many examples along their first axis.
        shapes: The shape of each example tensor, where the tensors do not tell.
        dynamic_pad: Whether unknown dimensions are padded to the longest of the batch.
        allow_smaller_final_batch: Whether what is left at the end makes a last batch.
        shared_name: Name under which several sessions share the queue.
        name: Name of the operations, "batch" unless given.

    Returns:
        The batches, in a list or dict like `tensors` (same dtypes, `[batch_size, …]`, or
        `[None, …]` where the last may be smaller); a lone tensor instead of a list of one.

    Raises:
        ArgumentError: `batch_size` or `num_threads` is below 1, `capacity` is 0.
        ArgumentTypeError: A number is of another type.
        NoGraphError: No graph is current.
        ValueError: There is no tensor, or a shape is needed and not known.
    """
    return built_batcher("batch", locals())


def batch_join(
    tensors_list: Sequence[Any],
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects examples from several sources, a thread each, into batches.

    Args:
        tensors_list: One list or dict of tensors per thread, all of the same dtypes; a thread
            each fills the queue. Components that the first list has no place for are left out.
        batch_size: Examples per batch (int, or an int32 scalar tensor).
        capacity: How many examples the queue holds; negative for no bound.
        enqueue_many: Whether the tensors hold many examples along their first axis.
        shapes: The shape of each example tensor, where the tensors do not tell.
        dynamic_pad: Whether unknown dimensions are padded to the longest of the batch.
        allow_smaller_final_batch: Whether what is left at the end makes a last batch.
        shared_name: Name under which several sessions share the queue.
        name: Name of the operations, "batch_join" unless given.

    Returns:
        The batches, in a list or dict like `tensors_list[0]` (same dtypes, `[batch_size, …]`, or
        `[None, …]` where the last may be smaller); a lone tensor instead of a list of one.

    Raises:
        ArgumentError: `batch_size` is below 1, `capacity` is 0.
        ArgumentTypeError: A number is of another type.
        NoGraphError: No graph is current.
        ValueError: There is no tensor, a shape is needed and not known, or a list has fewer
            components than the first.
        TypeError: The lists differ in their dtypes.
    """
    return built_batcher("batch_join", locals())


def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects examples into batches, in random order.

    Args:
        tensors: The tensors of one example (any dtypes, `[…]`), or of many with
            `enqueue_many`: a list or a dict; sparse tensors are taken too.
        batch_size: Examples per batch (int, or an int32 scalar tensor).
        capacity: How many examples the queue holds; more than `min_after_dequeue`.
        min_after_dequeue: How many examples stay behind as a stock to shuffle from.
        num_threads: How many threads fill the queue; with more than one the order varies.
        seed: Seed of the shuffling.
        enqueue_many: Whether the tensors hold many examples along their first axis.
        shapes: The shape of each example tensor, where the tensors do not tell.
        allow_smaller_final_batch: Whether what is left at the end makes a last batch.
        shared_name: Name under which several sessions share the queue.
        name: Name of the operations, "shuffle_batch" unless given.

    Returns:
        The batches, in a list or dict like `tensors` (same dtypes, `[batch_size, …]`, or
        `[None, …]` where the last may be smaller); a lone tensor instead of a list of one.

    Raises:
        ArgumentError: `batch_size` or `num_threads` is below 1, `min_after_dequeue` is
            negative or not below `capacity`.
        ArgumentTypeError: A number is of another type.
        NoGraphError: No graph is current.
        ValueError: There is no tensor, or a shape is needed and not known.
    """
    return built_batcher("shuffle_batch", locals())


def shuffle_batch_join(
    tensors_list: Sequence[Any],
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Collects examples from several sources, a thread each, into batches in random order.

    Args:
        tensors_list: One list or dict of tensors per thread, all of the same dtypes; a thread
            each fills the queue. Components that the first list has no place for are left out.
        batch_size: Examples per batch (int, or an int32 scalar tensor).
        capacity: How many examples the queue holds; more than `min_after_dequeue`.
        min_after_dequeue: How many examples stay behind as a stock to shuffle from.
        seed: Seed of the shuffling.
        enqueue_many: Whether the tensors hold many examples along their first axis.
        shapes: The shape of each example tensor, where the tensors do not tell.
        allow_smaller_final_batch: Whether what is left at the end makes a last batch.
        shared_name: Name under which several sessions share the queue.
        name: Name of the operations, "shuffle_batch_join" unless given.

    Returns:
        The batches, in a list or dict like `tensors_list[0]` (same dtypes, `[batch_size, …]`, or
        `[None, …]` where the last may be smaller); a lone tensor instead of a list of one.

    Raises:
        ArgumentError: `batch_size` is below 1, `min_after_dequeue` is
            negative or not below `capacity`.
        ArgumentTypeError: A number is of another type.
        NoGraphError: No graph is current.
        ValueError: There is no tensor, a shape is needed and not known, or a list has fewer
            components than the first.
        TypeError: The lists differ in their dtypes.
    """
    return built_batcher("shuffle_batch_join", locals())

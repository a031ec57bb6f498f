"""One example of contrib.training's state saver: a sequence, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._training._sequence_checks import (
    checked_names,
    checked_scalar,
    checked_values,
    with_check,
)

__all__ = ["Example", "check_dictionaries", "checked_example", "with_room"]


@dataclass(frozen=True)
class Example:
    """One sequence with what belongs to it, before it is cut."""

    length: Tensor
    key: Tensor
    padded_length: Tensor
    sequences: dict[str, Tensor]
    context: dict[str, Tensor]
    states: dict[str, Tensor]


def checked_example(
    length: Any, key: Any, sequences: Any, context: Any, states: Any, num_unroll: int
) -> Example:
    """Makes tensors of all parts, which fail when they are read and do not fit each other.

    Args:
        length: How many steps count.
        key: The key.
        sequences: Name to tensor `[N, …]`.
        context: Name to tensor.
        states: Name to tensor.
        num_unroll: How many steps a piece has.

    Returns:
        The example.

    Raises:
        TypeError: The length or the key has another dtype.
        ValueError: A shape is not known, or a scalar is none.
    """
    length = checked_scalar(length, "length", tf.int32)
    key = checked_scalar(key, "key", tf.string)
    states = checked_values(states, "state")
    context = checked_values(context, "context")
    sequences = checked_values(sequences, "sequence", first=1)
    first = next(iter(sequences.values()))
    padded = tf.identity(tf.shape(first)[0], name="padded_length")
    fits = tf.logical_and(tf.equal(padded % num_unroll, 0), tf.not_equal(padded, 0))
    told = f"Tensor {first.name} should be a multiple of: {num_unroll}, but saw value: "
    padded = with_check(padded, fits, [told, padded, ". Consider setting pad=True."])
    for name, tensor in sequences.items():
        size = tf.shape(tensor)[0]
        told = f"Dimension 0 of sequence {name} should be: "
        told_sizes = [told, padded, ", received: ", size]
        sequences[name] = with_check(tensor, tf.equal(size, padded), told_sizes)
    told = "Input length should be <= than length from sequences:"
    length = with_check(length, length <= padded, [told, length, " vs. ", padded])
    return Example(length, key, padded, sequences, context, states)


def check_dictionaries(sequences: Any, context: Any, states: Any) -> None:
    """Refuses what is no dictionary of named parts.

    Args:
        sequences: Name to sequence, one at least.
        context: Name to tensor.
        states: Name to state, one at least.

    Raises:
        TypeError: One of them is no dictionary, or a name no string.
        ValueError: There is no sequence or no state, or a name has a colon.
    """
    if not isinstance(states, dict):
        raise TypeError("initial_states must be a dictionary")
    if not states:
        raise ValueError(
            "initial_states may not be empty: at least one state variable is required to properly "
            "enqueue split sequences to run in separate iterations"
        )
    checked_names(states, "state name")
    if not isinstance(sequences, dict):
        raise TypeError("sequences must be a dict")
    if not isinstance(context, dict):
        raise TypeError("context must be a dict")
    if not sequences:
        raise ValueError("must have at least one sequence tensor")
    checked_names(sequences, "sequence key")
    checked_names(context, "context key")


def with_room(key: Any, capacity: int | None, batch_size: Any) -> Any:
    """Checks that a batch of examples has room.

    Args:
        key: The example's key.
        capacity: How many examples have room; any number for None.
        batch_size: How many a batch has.

    Returns:
        The key; reading it fails where there is too little room.

    Raises:
        ValueError: There is too little, and both numbers are known.
    """
    if capacity is None:
        return key
    if isinstance(batch_size, tf.Tensor):
        room = tf.assert_greater_equal(
            tf.cast(capacity, tf.int64),
            tf.cast(batch_size, tf.int64),
            message="capacity needs to be >= batch_size.",
        )
        with tf.control_dependencies([room]):
            return tf.identity(key)
    if capacity < batch_size:
        raise ValueError(f"capacity {capacity} needs to be >= batch_size {batch_size}")
    return key

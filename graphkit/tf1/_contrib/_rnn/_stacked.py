"""contrib.rnn's layers of bidirectional networks, one on another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["stack_bidirectional_dynamic_rnn", "stack_bidirectional_rnn"]


def _check(
    forward: Sequence[Any], backward: Sequence[Any], first_forward: Any, first_backward: Any
) -> None:
    if not isinstance(forward, list) or not forward:
        raise ValueError("Must specify at least one fw cell for BidirectionalRNN.")
    if not isinstance(backward, list) or not backward:
        raise ValueError("Must specify at least one bw cell for BidirectionalRNN.")
    if len(forward) != len(backward):
        raise ValueError("Forward and Backward cells must have the same depth.")
    for name, states in (("fw", first_forward), ("bw", first_backward)):
        if states is not None and len(states) != len(forward):
            raise ValueError(
                f"initial_states_{name} must be a list of state tensors (one per layer)."
            )


def stack_bidirectional_rnn(
    cells_fw: list[Any],
    cells_bw: list[Any],
    inputs: Sequence[Tensor],
    initial_states_fw: Sequence[Any] | None = None,
    initial_states_bw: Sequence[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Runs layers of bidirectional networks, with a copy of the graph for each step.

    Args:
        cells_fw: The forward cells, one for each layer.
        cells_bw: The backward cells, one for each layer.
        inputs: T tensors `[B, D]`.
        initial_states_fw: The first states of the forward cells.
        initial_states_bw: The first states of the backward cells.
        dtype: The dtype, where there are no first states.
        sequence_length: How many steps count `[B]`.
        scope: The variable scope; "stack_bidirectional_rnn" unless given.

    Returns:
        T outputs, and the last states of both directions, one for each layer.

    Raises:
        ValueError: There are no cells, or not as many of one kind as of the other.
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states: list[tuple[Any, Any]] = []
    outputs: Any = inputs
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, (forward, backward) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with tf.variable_scope(f"cell_{number}") as layer:
                outputs, last_fw, last_bw = tf.nn.static_bidirectional_rnn(
                    forward,
                    backward,
                    outputs,
                    initial_state_fw=initial_states_fw and initial_states_fw[number],
                    initial_state_bw=initial_states_bw and initial_states_bw[number],
                    sequence_length=sequence_length,
                    dtype=dtype,
                    scope=layer,
                )
                states.append((last_fw, last_bw))
    return outputs, *(tuple(direction) for direction in zip(*states, strict=True))


def stack_bidirectional_dynamic_rnn(
    cells_fw: list[Any],
    cells_bw: list[Any],
    inputs: Tensor,
    initial_states_fw: Sequence[Any] | None = None,
    initial_states_bw: Sequence[Any] | None = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> tuple[Any, Any, Any]:
    """Runs layers of bidirectional networks, each in a loop of the graph.

    Args:
        cells_fw: The forward cells, one for each layer.
        cells_bw: The backward cells, one for each layer.
        inputs: Inputs `[B, T, D]`.
        initial_states_fw: The first states of the forward cells.
        initial_states_bw: The first states of the backward cells.
        dtype: The dtype, where there are no first states.
        sequence_length: How many steps count `[B]`.
        parallel_iterations: How many steps a loop may overlap.
        time_major: Whether inputs and outputs are `[T, B, …]`.
        scope: The variable scope; "stack_bidirectional_rnn" unless given.
        swap_memory: Whether what the gradient needs may be moved off the GPU.

    Returns:
        Outputs `[B, T, 2 U]`, and the last states of both directions, one for each layer.

    Raises:
        ValueError: There are no cells, or not as many of one kind as of the other.
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
    states: list[tuple[Any, Any]] = []
    outputs: Any = inputs
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for number, (forward, backward) in enumerate(zip(cells_fw, cells_bw, strict=True)):
            with tf.variable_scope(f"cell_{number}"):
                both, last = tf.nn.bidirectional_dynamic_rnn(
                    forward,
                    backward,
                    outputs,
                    initial_state_fw=initial_states_fw and initial_states_fw[number],
                    initial_state_bw=initial_states_bw and initial_states_bw[number],
                    sequence_length=sequence_length,
                    parallel_iterations=parallel_iterations,
                    dtype=dtype,
                    swap_memory=swap_memory,
                    time_major=time_major,
                )
                outputs = tf.concat(both, 2)
                states.append(last)
    return outputs, *(tuple(direction) for direction in zip(*states, strict=True))

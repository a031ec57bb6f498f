"""The loop that unrolls a recurrent cell over time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._types import checked_dtype
from graphkit.graph.layers._cells import is_cell
from graphkit.graph.layers._inputs import LayerInput, checked_input
from graphkit.graph.layers._scope import check_options, layer_scope
from graphkit.graph.layers._sizes import checked_size

__all__ = ["RnnOutput", "dynamic_rnn"]


class RnnOutput(NamedTuple):
    """What an unrolled cell gives; unpacks as `outputs, state`.

    Attributes:
        outputs: The output of each step, `[B, T, units]` (`[T, B, units]` if time-major).
        state: The state after the last step, in the cell's own structure of `[B, units]`.
    """

    outputs: Tensor
    state: Any


def dynamic_rnn(
    cell: Any,
    inputs: Tensor,
    *,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    time_major: bool = False,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    name: str | None = None,
) -> RnnOutput:
    """Unrolls a cell over time, for sequences of any length.

    The state starts at zeros of the dtype of `inputs` unless given. The loop is today's functional
    `While`: variables, outputs and gradients are those of TensorFlow 1.15, only the ops inside
    `rnn/while` have other names. Make the train op before the first run: a session that ran the
    loop cannot take gradients of it any more.

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/dynamic_rnn.

    Args:
        cell: A cell, such as `basic_lstm_cell` makes.
        inputs: Float, `[B, T, D]` with D known; `[T, B, D]` if time-major.
        sequence_length: The length of each sequence, int32 or int64 `[B]`; later outputs are 0 and
            the state stays.
        initial_state: The state to begin with, in the cell's structure.
        dtype: The dtype the state starts in, that of `inputs`; so it need not be given.
        time_major: Whether time is the first axis of inputs and outputs.
        parallel_iterations: How many steps may run at once where they do not depend on each other.
        swap_memory: Whether what the gradient needs may wait in host memory.
        name: The variable scope, in place of `rnn`.

    Returns:
        The outputs of all steps and the last state.

    Raises:
        ArgumentError: Another rank, D unknown, lengths that are not a vector of B.
        ArgumentTypeError: Not a float tensor of a graph, another dtype than its own, lengths not
            integer, or no cell.
    """
    where = "dynamic_rnn"
    if not is_cell(cell):
        raise ArgumentTypeError(where, "cell", type(cell).__name__, "a cell")
    given = checked_input(where, inputs, rank=3, kind="float")
    if given.sizes[-1] is None:
        raise ArgumentError(where, "inputs", given.sizes, "of a known size on the last axis")
    state_dtype = given.dtype if dtype is None else checked_dtype(where, dtype)
    if state_dtype != given.dtype:
        wanted = f"that of inputs, {given.dtype.name}"
        raise ArgumentTypeError(where, "dtype", state_dtype.name, wanted)
    if sequence_length is not None:
        _check_lengths(sequence_length, given, 1 if time_major else 0)
    parallel_iterations = checked_size(where, "parallel_iterations", parallel_iterations)
    check_options(where, name, given.graph)
    with layer_scope(where, name, given.graph):
        outputs, state = tf.nn.dynamic_rnn(
            cell,
            inputs,
            sequence_length=sequence_length,
            initial_state=initial_state,
            dtype=state_dtype,
            parallel_iterations=parallel_iterations,
            swap_memory=swap_memory,
            time_major=time_major,
            scope=name,
        )
    return RnnOutput(outputs, state)


def _check_lengths(lengths: Any, inputs: LayerInput, batch_axis: int) -> None:
    where, argument = "dynamic_rnn", "sequence_length"
    lengths = lengths if tf.is_tensor(lengths) else np.asarray(lengths)
    with inputs.graph.as_default():
        given = checked_input(where, lengths, rank=1, kind="int32 or int64", argument=argument)
    count, batch = given.sizes[0], inputs.sizes[batch_axis]
    if count is not None and batch is not None and count != batch:
        raise ArgumentError(where, argument, [count], f"one length per sequence, [{batch}]")

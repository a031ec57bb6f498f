"""Recurrent cells: what happens at one step of a sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._tf import legacy_rnn
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._types import checked_number
from graphkit.graph.layers._scope import check_options, quiet
from graphkit.graph.layers._sizes import checked_size

__all__ = [
    "basic_lstm_cell",
    "basic_rnn_cell",
    "gru_cell",
    "is_cell",
    "lstm_cell",
    "multi_rnn_cell",
]


def basic_rnn_cell(
    num_units: int, activation: Any = None, *, name: str | None = None, reuse: Any = None
) -> Any:
    """Makes the most basic recurrent cell: `tanh(W·[x, h] + b)`.

    Variables, inside `dynamic_rnn`: `rnn/basic_rnn_cell/kernel`, `rnn/basic_rnn_cell/bias`. See
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/BasicRNNCell.

    Args:
        num_units: The size of output and state, above 0.
        activation: A function or a name; tanh unless given.
        name: The cell's name, in place of `basic_rnn_cell`.
        reuse: True to share the variables of an earlier cell in the same scope.

    Returns:
        The cell, for `dynamic_rnn` or `multi_rnn_cell`; its state is one `[B, num_units]`.

    Raises:
        ArgumentError: `num_units` below 1, or an unknown activation.
        ArgumentTypeError: `num_units` is not a number.
    """
    num_units = checked_size("basic_rnn_cell", "num_units", num_units)
    check_options("basic_rnn_cell", name, activation=activation)
    with quiet():
        return legacy_rnn.BasicRNNCell(num_units, activation=activation, name=name, reuse=reuse)


def basic_lstm_cell(
    num_units: int,
    forget_bias: float = 1.0,
    activation: Any = None,
    *,
    name: str | None = None,
    reuse: Any = None,
) -> Any:
    """Makes an LSTM cell without peepholes, clipping or projection.

    Variables, inside `dynamic_rnn`: `rnn/basic_lstm_cell/kernel`, `rnn/basic_lstm_cell/bias`. See
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/BasicLSTMCell.

    Args:
        num_units: The size of output and state, above 0.
        forget_bias: Added to the forget gate, so that a new cell remembers.
        activation: A function or a name; tanh unless given.
        name: The cell's name, in place of `basic_lstm_cell`.
        reuse: True to share the variables of an earlier cell in the same scope.

    Returns:
        The cell; its state is an `LSTMStateTuple(c, h)` of two `[B, num_units]`.

    Raises:
        ArgumentError: `num_units` below 1, or an unknown activation.
        ArgumentTypeError: `num_units` is not a number.
    """
    num_units = checked_size("basic_lstm_cell", "num_units", num_units)
    check_options("basic_lstm_cell", name, activation=activation)
    with quiet():
        return legacy_rnn.BasicLSTMCell(
            num_units, forget_bias=forget_bias, activation=activation, name=name, reuse=reuse
        )


def lstm_cell(
    num_units: int,
    *,
    use_peepholes: bool = False,
    cell_clip: float | None = None,
    initializer: Any = None,
    num_proj: int | None = None,
    proj_clip: float | None = None,
    forget_bias: float = 1.0,
    activation: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> Any:
    """Makes an LSTM cell with peepholes, clipping and projection to choose from.

    Variables, inside `dynamic_rnn`: `rnn/lstm_cell/kernel`, `rnn/lstm_cell/bias`, with peepholes
    `w_f_diag`, `w_i_diag`, `w_o_diag`, with projection `projection/kernel`. See
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/LSTMCell and
    Sak et al. 2014, https://arxiv.org/abs/1402.1128.

    Args:
        num_units: The size of the cell state, above 0.
        use_peepholes: Whether the gates see the cell state.
        cell_clip: The cell state is clipped to plus and minus this; above 0.
        initializer: For the kernels; that of the variable scope unless given.
        num_proj: The size outputs are projected to, above 0; no projection unless given.
        proj_clip: The projection is clipped to plus and minus this; above 0.
        forget_bias: Added to the forget gate, so that a new cell remembers.
        activation: A function or a name; tanh unless given.
        name: The cell's name, in place of `lstm_cell`.
        reuse: True to share the variables of an earlier cell in the same scope.

    Returns:
        The cell; its state is an `LSTMStateTuple(c, h)`, h of size `num_proj` if projected.

    Raises:
        ArgumentError: A number out of range, or an unknown activation.
        ArgumentTypeError: A size is not a number.
    """
    num_units = checked_size("lstm_cell", "num_units", num_units)
    num_proj = None if num_proj is None else checked_size("lstm_cell", "num_proj", num_proj)
    for argument, value in (("cell_clip", cell_clip), ("proj_clip", proj_clip)):
        if value is not None:
            checked_number("lstm_cell", argument, value, "above 0", lambda limit: limit > 0)
    check_options("lstm_cell", name, activation=activation, initializer=initializer)
    with quiet():
        return legacy_rnn.LSTMCell(
            num_units,
            use_peepholes=use_peepholes,
            cell_clip=cell_clip,
            initializer=initializer,
            num_proj=num_proj,
            proj_clip=proj_clip,
            forget_bias=forget_bias,
            activation=activation,
            name=name,
            reuse=reuse,
        )


def gru_cell(
    num_units: int,
    activation: Any = None,
    *,
    kernel_initializer: Any = None,
    bias_initializer: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> Any:
    """Makes a gated recurrent unit.

    Variables, inside `dynamic_rnn`: `kernel` and `bias` in `rnn/gru_cell/gates` and
    `rnn/gru_cell/candidate`. See
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/GRUCell and
    Cho et al. 2014, https://arxiv.org/abs/1406.1078.

    Args:
        num_units: The size of output and state, above 0.
        activation: A function or a name; tanh unless given.
        kernel_initializer: For both kernels; that of the variable scope unless given.
        bias_initializer: For both biases; ones for the gates and zeros for the candidate unless
            given.
        name: The cell's name, in place of `gru_cell`.
        reuse: True to share the variables of an earlier cell in the same scope.

    Returns:
        The cell; its state is one `[B, num_units]`.

    Raises:
        ArgumentError: `num_units` below 1, or an unknown activation.
        ArgumentTypeError: `num_units` is not a number.
    """
    num_units = checked_size("gru_cell", "num_units", num_units)
    functions = {
        "activation": activation,
        "kernel_initializer": kernel_initializer,
        "bias_initializer": bias_initializer,
    }
    check_options("gru_cell", name, **functions)
    with quiet():
        return legacy_rnn.GRUCell(num_units, name=name, reuse=reuse, **functions)


def multi_rnn_cell(cells: Sequence[Any]) -> Any:
    """Stacks cells: the output of each is the input of the next.

    Variables, inside `dynamic_rnn`: `rnn/multi_rnn_cell/cell_0/…`, `cell_1/…`. See
    https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/nn/rnn_cell/MultiRNNCell.

    Args:
        cells: The cells, at least one, each of them another object: TensorFlow 1.15 let one cell
            stand in two places, where it shared its variables or failed on their shape.

    Returns:
        The stacked cell; its state is a tuple of the cells' states.

    Raises:
        ArgumentError: No cell, or one cell twice.
        ArgumentTypeError: Not a list of cells.
    """
    where = "multi_rnn_cell"
    if not isinstance(cells, Sequence) or not all(is_cell(cell) for cell in cells):
        raise ArgumentTypeError(where, "cells", repr(cells), "a list of cells")
    if not cells:
        raise ArgumentError(where, "cells", list(cells), "at least one cell")
    if len({id(cell) for cell in cells}) < len(cells):
        wanted = "different objects (make one per layer, not [cell] * n)"
        raise ArgumentError(where, "cells", [cell.name for cell in cells], wanted)
    return legacy_rnn.MultiRNNCell(list(cells))


def is_cell(cell: Any) -> bool:
    """Says whether something can stand where a cell is expected."""
    return all(hasattr(cell, part) for part in ("output_size", "state_size", "zero_state"))

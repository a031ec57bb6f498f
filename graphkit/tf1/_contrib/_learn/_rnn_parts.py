"""What contrib.learn's recurrent estimators are made of: cells, states, and rows that end early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = [
    "PredictionType",
    "RNNKeys",
    "apply_dropout",
    "construct_rnn_cell",
    "dict_to_state_tuple",
    "mask_activations_and_labels",
    "select_last_activations",
    "state_tuple_to_dict",
]

_rnn: Any = load("graphkit.tf1.contrib.rnn")
_CELLS = {"basic_rnn": "BasicRNNCell", "lstm": "LSTMCell", "gru": "GRUCell"}


class RNNKeys:
    """Names of features and predictions."""

    FINAL_STATE_KEY = "final_state"
    LABELS_KEY = "__labels__"
    SEQUENCE_LENGTH_KEY = "sequence_length"
    STATE_PREFIX = "rnn_cell_state"


class PredictionType:
    """Whether something is predicted for each sequence, or for each of its steps."""

    SINGLE_VALUE = 1
    MULTIPLE_VALUE = 2


def construct_rnn_cell(
    num_units: int | Sequence[int],
    cell_type: Any = "basic_rnn",
    dropout_keep_probabilities: Sequence[float] | None = None,
) -> Any:
    """Makes a cell, or a stack of cells.

    Args:
        num_units: The size of the cell, or of each.
        cell_type: "basic_rnn", "lstm", "gru", or a class of cells.
        dropout_keep_probabilities: How much is kept before each cell, and after the last.

    Returns:
        The cell.

    Raises:
        ValueError: There is no such cell, or another number of probabilities.
    """
    sizes = num_units if isinstance(num_units, list | tuple) else [num_units]
    kind = getattr(_rnn, _CELLS[cell_type]) if cell_type in _CELLS else cell_type
    if not isinstance(kind, type) or not issubclass(kind, _rnn.RNNCell):
        raise ValueError(f"The supported cell types are {list(_CELLS)}; got {cell_type}")
    cells = [kind(num_units=size) for size in sizes]
    if dropout_keep_probabilities:
        cells = apply_dropout(cells, dropout_keep_probabilities)
    return cells[0] if len(cells) == 1 else _rnn.MultiRNNCell(cells)


def apply_dropout(
    cells: Sequence[Any],
    dropout_keep_probabilities: Sequence[float],
    random_seed: int | None = None,
) -> list[Any]:
    """Drops a part of what goes into cells, and comes out of the last.

    Args:
        cells: N cells.
        dropout_keep_probabilities: How much is kept, N + 1 numbers.
        random_seed: The seed, of all cells but the last.

    Returns:
        The cells that drop.

    Raises:
        ValueError: There is another number of probabilities.
    """
    *before, after = dropout_keep_probabilities
    if len(before) != len(cells):
        raise ValueError(
            "The number of dropout probabilities must be one greater than the number of cells. "
            f"Got {len(cells)} cells and {len(dropout_keep_probabilities)} dropout probabilities."
        )
    made = [
        _rnn.DropoutWrapper(cell, keep, 1.0, seed=random_seed)
        for cell, keep in zip(cells[:-1], before[:-1], strict=True)
    ]
    return [*made, _rnn.DropoutWrapper(cells[-1], before[-1], after)]


def state_tuple_to_dict(state: Any) -> dict[str, Tensor]:
    """Gives every part of a state a name.

    Args:
        state: A tensor, or a nested tuple of tensors.

    Returns:
        "rnn_cell_state_0" and so on to the parts.
    """
    with tf.name_scope("state_tuple_to_dict"):
        parts = enumerate(tf.nest.flatten(state))
        return {name: tf.identity(part, name=name) for n, part in parts if (name := _part(n))}


def dict_to_state_tuple(input_dict: Mapping[str, Any], cell: Any) -> Any:
    """Makes a state of its named parts.

    Args:
        input_dict: Name to tensor, the parts of a state perhaps among them.
        cell: The cell whose state it is.

    Returns:
        The state, or None where there are no parts.

    Raises:
        ValueError: Some parts are there and others are not.
    """
    sizes = tf.nest.flatten(cell.state_size)
    found = []
    with tf.name_scope("dict_to_state_tuple"):
        for number, size in enumerate(sizes):
            part = input_dict.get(_part(number))
            if part is None:
                continue
            checks = [tf.assert_rank(part, 2), tf.assert_equal(tf.shape(part)[1], size)]
            with tf.control_dependencies([check for check in checks if check is not None]):
                found.append(tf.identity(part, name=_part(number)))
    if found and len(found) != len(sizes):
        raise ValueError(
            f"RNN state was partially specified. Expected zero or {len(sizes)} state Tensors; "
            f"got {len(found)}"
        )
    return tf.nest.pack_sequence_as(cell.state_size, found) if found else None


def select_last_activations(activations: Tensor, sequence_lengths: Tensor | None) -> Tensor:
    """Takes the last step of each sequence.

    Args:
        activations: `[B, T, D]`.
        sequence_lengths: How many steps count, `[B]`; all where None.

    Returns:
        `[B, D]`.
    """
    with tf.name_scope("select_last_activations", values=[activations]):
        size, steps = tf.unstack(tf.shape(activations)[:2])
        lengths = steps if sequence_lengths is None else tf.cast(sequence_lengths, tf.int32)
        flat = tf.reshape(activations, [-1, tf.shape(activations)[2]])
        last = tf.gather(flat, tf.range(size) * steps + lengths - 1)
        last.set_shape([activations.shape[0], activations.shape[2]])
        return last


def mask_activations_and_labels(
    activations: Tensor, labels: Tensor, sequence_lengths: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Takes the steps that count of all sequences.

    Args:
        activations: `[B, T, D]`, or predictions `[B, T]`.
        labels: `[B, T]`.
        sequence_lengths: How many steps count, `[B]`; all where None.

    Returns:
        `[N, D]` and `[N]`.
    """
    with tf.name_scope("mask_activations_and_labels", values=[activations, labels]):
        size, steps = tf.unstack(tf.shape(labels)[:2])
        if sequence_lengths is None:
            return tf.reshape(activations, [size * steps, -1]), tf.reshape(labels, [size * steps])
        mask = tf.sequence_mask(sequence_lengths, steps)
        return tf.boolean_mask(activations, mask), tf.boolean_mask(labels, mask)


def _part(number: int) -> str:
    return f"{RNNKeys.STATE_PREFIX}_{number}"

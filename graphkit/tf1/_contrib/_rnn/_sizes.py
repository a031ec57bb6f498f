"""What cells say of their sizes: one number, two parts, or whatever the cell inside them says."""

from __future__ import annotations

from typing import Any

from graphkit._tf import legacy_rnn, tf

__all__ = ["CellAround", "SizedAsLSTM", "SizedByUnits"]


class SizedByUnits:
    """A cell whose output and state are `_num_units` wide.

    It stands before the class that declares the sizes without giving them.
    """

    _num_units: int
    _num_proj: int | None = None

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The size of the output."""
        return self._num_proj or self._num_units


class SizedAsLSTM(SizedByUnits):
    """A cell whose state has two parts: one of `_num_units`, and the output."""

    @property
    def state_size(self) -> Any:
        """The sizes of both parts of the state."""
        return legacy_rnn.LSTMStateTuple(self._num_units, self.output_size)


class CellAround(legacy_rnn.RNNCell):  # type: ignore[misc]
    """A cell around `_cell`, whose sizes and first state are its own."""

    _cell: Any

    @property
    def state_size(self) -> Any:
        """The inner cell's."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The inner cell's."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Makes the inner cell's first state.

        Args:
            batch_size: B.
            dtype: Its dtype.

        Returns:
            Zeros.
        """
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)

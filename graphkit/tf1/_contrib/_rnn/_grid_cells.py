"""contrib.rnn's grid LSTMs: two LSTMs that cross, one along time and one along frequencies."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._contrib._rnn._frequency_windows import blocks_of_windows
from graphkit.tf1._contrib._rnn._grid_block import GridBlock, GridOptions
from graphkit.tf1._core._as_written import as_written

__all__ = ["BidirectionalGridLSTMCell", "GridLSTMCell"]


class GridLSTMCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """Two LSTMs that cross at every window of a spectrum.

    References: https://arxiv.org/abs/1507.01526; with peepholes, Sainath and Li, "Modeling
    Time-Frequency Patterns with LSTM vs. Convolutional Architectures for LVCSR Tasks", 2016.

    Args:
        num_units: The size U of each window's cells.
        use_peepholes: Whether gates see both cells.
        share_time_frequency_weights: Whether both LSTMs have the same weights.
        cell_clip: What cells are cut to; not cut unless given.
        initializer: Kept for callers that pass it.
        num_unit_shards: Into how many variables weights are divided.
        forget_bias: Added to the forget gates.
        feature_size: The width of a window.
        frequency_skip: How far one window is from the next.
        num_frequency_blocks: How many windows each block has, N in all.
        start_freqindex_list: Where each block starts; all is one block unless given.
        end_freqindex_list: Where each block ends.
        couple_input_forget_gates: Whether an LSTM takes in as much as it forgets.
        state_is_tuple: Whether the parts of the state are apart, not side by side.
        reuse: Whether variables are those made before.

    Raises:
        ValueError: `num_frequency_blocks` is not given.
    """

    # The variable scopes in which windows are gone through; "bwd" goes downwards.
    _directions: tuple[str, ...] = ("",)
    _offset = 0
    _tuple_name = "GridLSTMStateTuple"

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        share_time_frequency_weights: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: Any = None,
        frequency_skip: Any = None,
        num_frequency_blocks: Sequence[int] | None = None,
        start_freqindex_list: Sequence[int] | None = None,
        end_freqindex_list: Sequence[int] | None = None,
        couple_input_forget_gates: bool = False,
        state_is_tuple: bool = True,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._num_units = num_units
        self._counts = [int(count) for count in num_frequency_blocks]
        self._windows = (feature_size, frequency_skip, self._counts)
        self._ranges = (start_freqindex_list, end_freqindex_list)
        self._options = GridOptions(
            num_units,
            num_unit_shards,
            forget_bias,
            cell_clip,
            peepholes=use_peepholes,
            shared=share_time_frequency_weights,
            coupled=couple_input_forget_gates,
        )
        self._state_tuple_type: Any = None
        if state_is_tuple:
            self._state_tuple_type = namedtuple(self._tuple_name, self._state_names())  # type: ignore[misc]

    def _state_names(self) -> list[str]:
        return [
            f"{direction}{'_' if direction else ''}state_f{number:02d}_b{block:02d}_{part}"
            for direction in self._directions
            for block, count in enumerate(self._counts)
            for number in range(count)
            for part in "cm"
        ]

    @property
    def state_tuple_type(self) -> Any:
        """The type of states, or None where their parts are side by side."""
        return self._state_tuple_type

    @property
    def state_size(self) -> Any:
        """The sizes of the cell and the output of each window, or their sum."""
        if self._state_tuple_type is None:
            return self.output_size
        return self._state_tuple_type(*[self._num_units] * len(self._state_names()))

    @property
    def output_size(self) -> int:
        """The size of the outputs of both LSTMs at all windows."""
        return 2 * self._num_units * sum(self._counts) * len(self._directions)

    @as_written
    def call(self, inputs: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Makes one step in time, over all windows.

        Args:
            inputs: Spectra `[B, D]`; D is known.
            state: The cells and outputs of the LSTMs along time, `[B, U]` each.

        Returns:
            The outputs `[B, 2 N U]` of each direction, along time and along frequencies for each
            window, and the next state.

        Raises:
            ValueError: D is not known, or does not give as many windows as there are to be.
        """
        states, count = self._pairs(state), sum(self._counts)
        outputs: list[Tensor] = []
        following: list[Tensor] = []
        for direction in self._directions:
            before, states = states[:count], states[count:]
            with tf.variable_scope(direction) if direction else nullcontext():
                made, after = self._crossed(self._blocks(inputs, direction), before)
            outputs += made
            following += after
        return tf.concat(outputs, 1), self._joined(following)

    def _blocks(self, inputs: Tensor, direction: str) -> list[list[Tensor]]:
        """The windows of each block, as a direction goes through them."""
        offset = self._offset if direction == "bwd" else 0
        blocks = blocks_of_windows(inputs, *self._windows, self._ranges, offset)
        return [parts[::-1] for parts in blocks] if direction == "bwd" else blocks

    def _pairs(self, state: Any) -> list[tuple[Tensor, Tensor]]:
        """Cell and output of each window."""
        if self._state_tuple_type is not None:
            return list(zip(state[::2], state[1::2], strict=True))
        # With parts side by side every block starts from the first one's, as it did in 1.15.
        parts = tf.split(state, 2 * sum(self._counts), axis=1)
        return [
            (parts[2 * number], parts[2 * number + 1])
            for count in self._counts
            for number in range(count)
        ]

    def _joined(self, parts: list[Tensor]) -> Any:
        if self._state_tuple_type is None:
            return tf.concat(parts, 1)
        return self._state_tuple_type(*parts)

    def _crossed(
        self, blocks: list[list[Tensor]], states: list[tuple[Tensor, Tensor]]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Outputs, and parts of the next state, of all windows of all blocks."""
        outputs: list[Tensor] = []
        following: list[Tensor] = []
        for number, parts in enumerate(blocks):
            before, states = states[: len(parts)], states[len(parts) :]
            made, after = GridBlock(self._options, number, parts[0]).step(parts, before)
            outputs += made
            following += after
        return outputs, following


class BidirectionalGridLSTMCell(GridLSTMCell):
    """A `GridLSTMCell` that goes through frequencies upwards and, with other weights, downwards.

    Args:
        num_units: The size U of each window's cells.
        use_peepholes: Whether gates see both cells.
        share_time_frequency_weights: Whether both LSTMs have the same weights.
        cell_clip: What cells are cut to; not cut unless given.
        initializer: Kept for callers that pass it.
        num_unit_shards: Into how many variables weights are divided.
        forget_bias: Added to the forget gates.
        feature_size: The width of a window.
        frequency_skip: How far one window is from the next.
        num_frequency_blocks: How many windows each block has.
        start_freqindex_list: Where each block starts; all is one block unless given.
        end_freqindex_list: Where each block ends.
        couple_input_forget_gates: Whether an LSTM takes in as much as it forgets.
        backward_slice_offset: How far windows are moved up on the way down.
        reuse: Whether variables are those made before.

    Raises:
        ValueError: `num_frequency_blocks` is not given.
    """

    _directions = ("fwd", "bwd")
    _tuple_name = "BidirectionalGridLSTMStateTuple"

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        share_time_frequency_weights: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: Any = None,
        frequency_skip: Any = None,
        num_frequency_blocks: Sequence[int] | None = None,
        start_freqindex_list: Sequence[int] | None = None,
        end_freqindex_list: Sequence[int] | None = None,
        couple_input_forget_gates: bool = False,
        backward_slice_offset: int = 0,
        reuse: bool | None = None,
    ) -> None:
        super().__init__(
            num_units,
            use_peepholes,
            share_time_frequency_weights,
            cell_clip,
            initializer,
            num_unit_shards,
            forget_bias,
            feature_size,
            frequency_skip,
            num_frequency_blocks,
            start_freqindex_list,
            end_freqindex_list,
            couple_input_forget_gates,
            state_is_tuple=True,
            reuse=reuse,
        )
        self._offset = int(backward_slice_offset)

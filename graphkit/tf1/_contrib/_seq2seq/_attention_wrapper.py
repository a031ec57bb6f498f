"""A recurrent cell that looks at a memory in every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from graphkit._tf import Tensor, legacy_layers, legacy_rnn, tf
from graphkit.tf1._contrib._seq2seq._mechanisms import AttentionMechanism, axis_size
from graphkit.tf1._core._as_written import as_written
from graphkit.tf1._namespace import load

__all__ = ["AttentionWrapper", "AttentionWrapperState"]


class AttentionWrapperState(NamedTuple):
    """What an `AttentionWrapper` keeps between steps.

    Args:
        cell_state: The wrapped cell's state.
        attention: The last attention `[B, A]`.
        time: The step, an int32 scalar.
        alignments: The last alignments `[B, T]`, one for each mechanism.
        alignment_history: All alignments, a TensorArray, or `()`.
        attention_state: The mechanisms' own states.
    """

    cell_state: Any
    attention: Any
    time: Any
    alignments: Any
    alignment_history: Any
    attention_state: Any

    def clone(self, **kwargs: Any) -> AttentionWrapperState:
        """Replaces parts, which must have the shapes of those they replace.

        Args:
            kwargs: The parts.

        Returns:
            The new state.
        """

        def with_old_shape(old: Any, new: Any) -> Any:
            if tf.is_tensor(old) and tf.is_tensor(new):
                new.set_shape(old.shape)
            return new

        cloned: AttentionWrapperState = tf.nest.map_structure(
            with_old_shape, self, self._replace(**kwargs)
        )
        return cloned


class AttentionWrapper(legacy_rnn.RNNCell):  # type: ignore[misc]
    """Wraps a cell with attention.

    Args:
        cell: The cell.
        attention_mechanism: A mechanism, or a list of them.
        attention_layer_size: The size of the attention, for each mechanism; the memory's own, and
            no layer, unless given.
        alignment_history: Whether the alignments of all steps are kept.
        cell_input_fn: From inputs and the last attention to the cell's inputs; both side by side
            unless given.
        output_attention: Whether the attention is the output, instead of the cell's output.
        initial_cell_state: The cell's state in `zero_state`.
        name: The layer's name.
        attention_layer: The layer that makes the attention, for each mechanism, instead of
            `attention_layer_size`.
        attention_fn: From mechanism, cell output, state and layer to attention, alignments and
            state.

    Raises:
        TypeError: `attention_mechanism` or `cell_input_fn` is not one.
        ValueError: The layers do not match the mechanisms.
    """

    def __init__(
        self,
        cell: Any,
        attention_mechanism: Any,
        attention_layer_size: Any = None,
        alignment_history: bool = False,
        cell_input_fn: Callable[[Tensor, Tensor], Tensor] | None = None,
        output_attention: bool = True,
        initial_cell_state: Any = None,
        name: str | None = None,
        attention_layer: Any = None,
        attention_fn: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(name=name)
        load("tensorflow.python.ops.rnn_cell_impl:assert_like_rnncell")("cell", cell)
        self._is_multi = isinstance(attention_mechanism, list | tuple)
        mechanisms = list(attention_mechanism) if self._is_multi else [attention_mechanism]
        for mechanism in mechanisms:
            if not isinstance(mechanism, AttentionMechanism):
                raise TypeError(
                    "attention_mechanism must be an AttentionMechanism or list of multiple "
                    f"AttentionMechanism instances, saw type: {type(mechanism).__name__}"
                )
        if cell_input_fn is not None and not callable(cell_input_fn):
            raise TypeError(f"cell_input_fn must be callable, saw type: {type(cell_input_fn)}")
        self._cell_input_fn = cell_input_fn or (lambda inputs, last: tf.concat([inputs, last], -1))
        self._attention_layers = _attention_layers(
            mechanisms, attention_layer_size, attention_layer
        )
        self._attention_layer_size = sum(
            _attention_size(mechanism, layer)
            for mechanism, layer in zip(mechanisms, self._attention_layers, strict=True)
        )
        self._cell = cell
        self._attention_mechanisms = mechanisms
        self._output_attention = output_attention
        self._alignment_history = alignment_history
        self._attention_fn = attention_fn or _attend
        self._initial_cell_state = initial_cell_state
        if initial_cell_state is not None:
            given = tf.nest.flatten(initial_cell_state)[-1]
            with self._of_the_memorys_batch(axis_size(given, 0), "initial_cell_state"):
                self._initial_cell_state = tf.nest.map_structure(tf.identity, initial_cell_state)

    @property
    def output_size(self) -> Any:
        """The size of the attention, or of the cell's output."""
        return self._attention_layer_size if self._output_attention else self._cell.output_size

    @property
    def state_size(self) -> AttentionWrapperState:
        """The sizes of the state."""
        sizes = [mechanism.alignments_size for mechanism in self._attention_mechanisms]
        return AttentionWrapperState(
            cell_state=self._cell.state_size,
            time=tf.TensorShape([]),
            attention=self._attention_layer_size,
            alignments=self._each(sizes),
            attention_state=self._each([m.state_size for m in self._attention_mechanisms]),
            alignment_history=self._each([s if self._alignment_history else () for s in sizes]),
        )

    def zero_state(self, batch_size: Any, dtype: Any) -> AttentionWrapperState:
        """Makes the state before the first step.

        Args:
            batch_size: B; that of the memory, so a memory tiled for a beam search needs the
                tiled size.
            dtype: Its dtype.

        Returns:
            The state.

        Raises:
            InvalidArgumentError: B is not that of the memory; when the state is computed, where
                sizes are not known before.
        """
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            if self._initial_cell_state is not None:
                cell_state = self._initial_cell_state
            else:
                cell_state = self._cell.get_initial_state(batch_size=batch_size, dtype=dtype)
            with self._of_the_memorys_batch(batch_size, "the batch_size of zero_state"):
                cell_state = tf.nest.map_structure(tf.identity, cell_state)
            alignments = [
                mechanism.initial_alignments(batch_size, dtype)
                for mechanism in self._attention_mechanisms
            ]
            return AttentionWrapperState(
                cell_state=cell_state,
                time=tf.zeros([], tf.int32),
                attention=tf.zeros(tf.stack([batch_size, self._attention_layer_size]), dtype),
                alignments=self._each(alignments),
                attention_state=self._each(
                    [m.initial_state(batch_size, dtype) for m in self._attention_mechanisms]
                ),
                alignment_history=self._each([self._history(part) for part in alignments]),
            )

    def get_initial_state(
        self, inputs: Any = None, batch_size: Any = None, dtype: Any = None
    ) -> AttentionWrapperState:
        """Makes the state before the first step, from inputs or a size.

        Args:
            inputs: Inputs `[B, …]`, whose size and dtype are taken.
            batch_size: B.
            dtype: Its dtype.

        Returns:
            The state.
        """
        if inputs is not None:
            inputs = tf.convert_to_tensor(inputs)
            batch_size, dtype = tf.shape(inputs)[0], inputs.dtype
        return self.zero_state(batch_size, dtype)

    @as_written
    def call(
        self, inputs: Tensor, state: AttentionWrapperState
    ) -> tuple[Tensor, AttentionWrapperState]:
        """Makes one step.

        Args:
            inputs: Inputs `[B, D]`.
            state: The state.

        Returns:
            The attention or the cell's output, and the next state.

        Raises:
            TypeError: The state is that of another cell.
        """
        if not isinstance(state, AttentionWrapperState):
            raise TypeError(
                "Expected state to be instance of AttentionWrapperState. "
                f"Received type {type(state)} instead."
            )
        cell_inputs = self._cell_input_fn(inputs, state.attention)
        cell_output, cell_state = self._cell(cell_inputs, state.cell_state)
        with self._of_the_memorys_batch(axis_size(cell_output, 0), "the query (decoder output)"):
            cell_output = tf.identity(cell_output, name="checked_cell_output")
        steps = [
            self._attention_fn(mechanism, cell_output, last, layer)
            for mechanism, last, layer in zip(
                self._attention_mechanisms,
                self._as_list(state.attention_state),
                self._attention_layers,
                strict=True,
            )
        ]
        attentions, alignments, states = (list(part) for part in zip(*steps, strict=True))
        attention = tf.concat(attentions, 1)
        histories = [
            history.write(state.time, part) if self._alignment_history else ()
            for history, part in zip(
                self._as_list(state.alignment_history) if self._alignment_history else alignments,
                alignments,
                strict=True,
            )
        ]
        following = AttentionWrapperState(
            time=state.time + 1,
            cell_state=cell_state,
            attention=attention,
            attention_state=self._each(states),
            alignments=self._each(alignments),
            alignment_history=self._each(histories),
        )
        return (attention if self._output_attention else cell_output), following

    def _of_the_memorys_batch(self, batch_size: Any, what: str) -> Any:
        """Lets ops wait until a size is found to be that of every memory."""
        message = (
            f"AttentionWrapper {self.name}: Non-matching batch sizes between the memory (encoder "
            f"output) and {what}.  Are you using the BeamSearchDecoder?  You may need to tile "
            "the memory and the state via the tf.contrib.seq2seq.tile_batch function with argument "
            "multiplier=beam_width, and zero_state needs batch_size * beam_width."
        )
        return tf.control_dependencies(
            [
                tf.assert_equal(batch_size, mechanism.batch_size, message=message)
                for mechanism in self._attention_mechanisms
                if hasattr(mechanism, "batch_size")
            ]
        )

    def _each(self, parts: Sequence[Any]) -> Any:
        return tuple(parts) if self._is_multi else parts[0]

    def _as_list(self, parts: Any) -> list[Any]:
        return list(parts) if self._is_multi else [parts]

    def _history(self, alignments: Tensor) -> Any:
        if not self._alignment_history:
            return ()
        return tf.TensorArray(
            alignments.dtype, size=0, dynamic_size=True, element_shape=alignments.shape
        )


def _attention_layers(mechanisms: list[Any], sizes: Any, layers: Any) -> list[Any]:
    if sizes is not None and layers is not None:
        raise ValueError("Only one of attention_layer_size and attention_layer should be set")
    given = sizes if layers is None else layers
    if given is None:
        return [None] * len(mechanisms)
    listed = list(given) if isinstance(given, list | tuple) else [given]
    if len(listed) != len(mechanisms):
        what = "attention_layer_size" if layers is None else "attention_layer"
        raise ValueError(
            f"If provided, {what} must contain exactly one integer or layer per "
            f"attention_mechanism, saw: {len(listed)} vs {len(mechanisms)}"
        )
    if layers is not None:
        return listed
    return [
        legacy_layers.Dense(size, name="attention_layer", use_bias=False, dtype=mechanism.dtype)
        for size, mechanism in zip(listed, mechanisms, strict=True)
    ]


def _attention_size(mechanism: Any, layer: Any) -> int:
    depth = int(mechanism.values.shape[-1])
    if layer is None:
        return depth
    return int(layer.units) if hasattr(layer, "units") else depth


def _attend(mechanism: Any, cell_output: Tensor, state: Any, layer: Any) -> tuple[Any, Any, Any]:
    alignments, following = mechanism(cell_output, state=state)
    context = tf.squeeze(tf.matmul(tf.expand_dims(alignments, 1), mechanism.values), [1])
    attention = context if layer is None else layer(tf.concat([cell_output, context], 1))
    return attention, alignments, following

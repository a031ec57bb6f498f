"""contrib.cudnn_rnn's layers, computed on any device; their weights are one variable."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from graphkit._tf import Tensor, legacy_layers, tf
from graphkit.tf1._contrib._cudnn_rnn import _saveables
from graphkit.tf1._contrib._cudnn_rnn._formats import CudnnParamsFormatConverter
from graphkit.tf1._contrib._cudnn_rnn._network import run_network
from graphkit.tf1._core._as_written import as_written

__all__ = ["CudnnGRU", "CudnnLSTM", "CudnnRNNRelu", "CudnnRNNTanh"]

_DIRECTIONS = ("unidirectional", "bidirectional")
_INPUT_MODES = ("linear_input", "skip_input", "auto_select")


class _CudnnRNN(legacy_layers.Layer):  # type: ignore[misc]
    """Layers of recurrent cells, run over a whole sequence.

    The weights are one variable, "opaque_kernel", in the order cuDNN keeps. A `tf.train.Saver`
    saves the variables of cells that compute the same beside it, so that checkpoints are read by
    cells, and those of cells by layers.

    Args:
        num_layers: How many layers there are, L.
        num_units: The size U of a layer.
        input_mode: "linear_input": inputs are multiplied with weights. "skip_input" leaves that
            to cuDNN, and so does "auto_select" for inputs of size U.
        direction: "unidirectional" or "bidirectional"; D is 1 or 2.
        dropout: The part of a layer's outputs that the next one does not see in training.
        seed: The seed of the dropout and of the initial weights.
        dtype: float16, float32 or float64.
        kernel_initializer: The initial weights, matrix by matrix; Glorot's unless given.
        bias_initializer: The initial biases; zeros unless given.
        name: The layer's name.

    Raises:
        ValueError: A direction, input mode or dtype that there is not.
    """

    _rnn_mode: ClassVar[str]
    _saveable_cls: ClassVar[type[_saveables.CudnnOpaqueParamsSaveable]]
    _state_parts: ClassVar[int] = 1
    built: bool

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_mode: str = "linear_input",
        direction: str = "unidirectional",
        dropout: float = 0.0,
        seed: int | None = None,
        dtype: Any = tf.float32,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(dtype=dtype, name=name)
        if direction not in _DIRECTIONS:
            raise ValueError(
                f"Invalid direction: {direction}, expecting {' or '.join(_DIRECTIONS)}"
            )
        if input_mode not in _INPUT_MODES:
            raise ValueError(
                f"Invalid input_mode: {input_mode}, expect one of ({', '.join(_INPUT_MODES)})"
            )
        if dtype not in (tf.float16, tf.float32, tf.float64):
            raise ValueError(f"Only support float16, float32, float64, provided {dtype}")
        self._plain_dtype = dtype
        self._num_layers = num_layers
        self._num_units = num_units
        self._input_mode = input_mode
        self._direction = direction
        self._dropout = dropout
        self._seed = seed
        self._kernel_initializer = kernel_initializer or tf.glorot_uniform_initializer(seed)
        self._bias_initializer = bias_initializer or tf.zeros_initializer()
        self._input_size: int | None = None
        self._saveable: Any = None

    @property
    def num_layers(self) -> int:
        """L."""
        return self._num_layers

    @property
    def num_units(self) -> int:
        """U."""
        return self._num_units

    @property
    def input_mode(self) -> str:
        """Whether the inputs of the first layer are multiplied with weights."""
        return self._input_mode

    @property
    def input_size(self) -> int:
        """The width of the inputs, once the layer is built."""
        if self._input_size is None:
            raise ValueError("'input_size' is unknown since layer has not been built.")
        return self._input_size

    @property
    def rnn_mode(self) -> str:
        """The kind of cell: "lstm", "gru", "rnn_relu" or "rnn_tanh"."""
        return self._rnn_mode

    @property
    def direction(self) -> str:
        """The direction: "unidirectional" or "bidirectional"."""
        return self._direction

    @property
    def num_dirs(self) -> int:
        """D."""
        return 1 + _DIRECTIONS.index(self._direction)

    @property
    def saveable(self) -> Any:
        """What saves the weights as those of cells, once the layer is built."""
        return self._saveable

    @property
    def canonical_weight_shapes(self) -> list[tuple[int, int]]:
        """The shapes of cuDNN's matrices, once the layer is built."""
        if self._input_size is None:
            raise RuntimeError(
                f"{type(self).__name__}.canonical_weight_shapes invoked before input shape is known"
            )
        return self._format(self._input_size).weight_shapes

    @property
    def canonical_bias_shapes(self) -> list[list[int]]:
        """The shapes of cuDNN's biases."""
        return self._format(0).bias_shapes

    def state_shape(self, batch_size: Any) -> tuple[list[Any], ...]:
        """Gives the shapes of the parts of a state.

        Args:
            batch_size: B.

        Returns:
            `[L * D, B, U]` for each part: two of an LSTM, one of others.
        """
        shape = [self._num_layers * self.num_dirs, batch_size, self._num_units]
        return (shape,) * self._state_parts

    def build(self, input_shape: Any) -> None:
        """Makes the variable, and what saves it.

        Args:
            input_shape: `[T, B, width]`; the width is known.

        Raises:
            ValueError: The shape has another rank, or the width is not known.
            NotImplementedError: The first layer's inputs are not to be multiplied with weights.
        """
        if self.built:
            return
        self._input_size = self._checked_width(tf.TensorShape(input_shape))
        self._set_scope(None)
        with tf.variable_scope(self._scope) as scope:
            scope.set_partitioner(None)
            self.kernel = tf.get_variable(
                "opaque_kernel",
                dtype=self._plain_dtype,
                initializer=self._initial_buffer(),
                validate_shape=False,
            )
        self._trainable_weights.append(self.kernel)
        if tf.get_variable_scope().reuse is not True:
            self._save_as_cells()
        self.built = True

    @as_written
    def call(
        self,
        inputs: Tensor,
        initial_state: tuple[Tensor, ...] | None = None,
        sequence_lengths: Any = None,
        time_major: bool = True,
        training: bool = True,
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Runs over a sequence.

        Args:
            inputs: Inputs `[T, B, width]`.
            initial_state: The first state, a tuple of `[L * D, B, U]`: `(h, c)` of an LSTM, `(h,)`
                of others; zeros unless given.
            sequence_lengths: How many steps of each sequence count, int32 `[B]`.
            time_major: Whether sequences are `[T, B, …]` and states `[L * D, B, U]`, instead of
                `[B, T, …]` and `[B, L * D, U]`.
            training: Whether there is dropout.

        Returns:
            The outputs `[T, B, D * U]`, forwards beside backwards, zero beyond the lengths; and
            the last state.

        Raises:
            TypeError: `initial_state` is no tuple.
            ValueError: `initial_state` has another number of parts.
        """
        inputs = tf.convert_to_tensor(inputs, dtype=self._plain_dtype)
        turn: Callable[[Tensor], Tensor] = (
            tf.identity if time_major else partial(tf.transpose, perm=[1, 0, 2])
        )
        inputs = turn(inputs)
        made = run_network(
            self._rnn_mode,
            inputs,
            self._first_state(initial_state, tf.shape(inputs)[1], turn),
            self._cells(),
            self._num_units,
            self.num_dirs,
            sequence_lengths,
            self._between(training),
        )
        return turn(made.outputs), tuple(turn(part) for part in made.states)

    def _gather_saveables_for_checkpoint(self) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} cannot be saved by tf.train.Checkpoint; use tf.train.Saver, "
            "whose checkpoints hold the variables of cells"
        )

    def _format(self, input_size: int) -> CudnnParamsFormatConverter:
        converter = self._saveable_cls._format_converter_cls  # noqa: SLF001
        return converter(self._num_layers, self._num_units, input_size, direction=self._direction)

    def _checked_width(self, shape: Any) -> int:
        if shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {shape.ndims}")
        width = shape.as_list()[-1]
        if width is None:
            raise ValueError(
                "The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`."
            )
        skips = self._input_mode == "auto_select" and width == self._num_units
        if skips or self._input_mode == "skip_input":
            raise NotImplementedError(
                f"input_mode={self._input_mode!r} with inputs of size {width} leaves out the first "
                "layer's weights, which only cuDNN does; use input_mode='linear_input'"
            )
        return int(width)

    def _initial_buffer(self) -> Tensor:
        parts = [
            start(shape, dtype=self._plain_dtype)
            for start, shapes in (
                (self._kernel_initializer, self.canonical_weight_shapes),
                (self._bias_initializer, self.canonical_bias_shapes),
            )
            for shape in shapes
        ]
        return tf.concat([tf.reshape(part, [-1]) for part in parts], 0)

    def _save_as_cells(self) -> None:
        self._saveable = self._saveable_cls(
            self.kernel,
            self._num_layers,
            self._num_units,
            self.input_size,
            direction=self._direction,
            scope=tf.get_variable_scope(),
            name=f"{self.kernel.op.name}_saveable",
        )
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    def _cells(self) -> list[list[Tensor]]:
        """Kernels and biases of each cell."""
        count = self._num_layers * self.num_dirs
        weights, biases = self._format(self.input_size).opaque_to_tf_canonical(self.kernel)
        size = len(weights) // count
        return [
            weights[size * number : size * (number + 1)]
            + biases[size * number : size * (number + 1)]
            for number in range(count)
        ]

    def _first_state(
        self, given: Any, batch_size: Tensor, turn: Callable[[Tensor], Tensor]
    ) -> list[Tensor]:
        if given is None:
            return [tf.zeros(shape, self._plain_dtype) for shape in self.state_shape(batch_size)]
        if not isinstance(given, tuple):
            raise TypeError(f"Invalid initial_state type: {given}, expecting tuple.")
        if len(given) != self._state_parts:
            raise ValueError(
                f"initial_state of {type(self).__name__} has {self._state_parts} parts, "
                f"got {len(given)}"
            )
        return [turn(tf.convert_to_tensor(part, dtype=self._plain_dtype)) for part in given]

    def _between(self, training: bool) -> Callable[[Tensor], Tensor] | None:
        if not training or not self._dropout:
            return None
        return partial(tf.nn.dropout, rate=self._dropout, seed=self._seed)


class CudnnLSTM(_CudnnRNN):
    __doc__ = f"Layers of LSTMs.\n\n{_CudnnRNN.__doc__}"
    _rnn_mode = "lstm"
    _saveable_cls = _saveables.CudnnLSTMSaveable
    _state_parts = 2


class CudnnGRU(_CudnnRNN):
    __doc__ = f"Layers of GRUs.\n\n{_CudnnRNN.__doc__}"
    _rnn_mode = "gru"
    _saveable_cls = _saveables.CudnnGRUSaveable


class CudnnRNNTanh(_CudnnRNN):
    __doc__ = f"Layers of plain networks with tanh.\n\n{_CudnnRNN.__doc__}"
    _rnn_mode = "rnn_tanh"
    _saveable_cls = _saveables.CudnnRNNTanhSaveable


class CudnnRNNRelu(_CudnnRNN):
    __doc__ = f"Layers of plain networks with relu.\n\n{_CudnnRNN.__doc__}"
    _rnn_mode = "rnn_relu"
    _saveable_cls = _saveables.CudnnRNNReluSaveable

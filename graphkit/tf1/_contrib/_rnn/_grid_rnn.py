"""contrib.grid_rnn: cells of several dimensions, each with a recurrent cell of its own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Tensor, legacy_rnn, tf
from graphkit.tf1._namespace import load

__all__ = [
    "Grid1BasicLSTMCell",
    "Grid1BasicRNNCell",
    "Grid1LSTMCell",
    "Grid2BasicLSTMCell",
    "Grid2BasicRNNCell",
    "Grid2GRUCell",
    "Grid2LSTMCell",
    "Grid3LSTMCell",
    "GridRNNCell",
]

_fully_connected: Any = load("graphkit.tf1.contrib.layers:fully_connected")
_Dims = int | Sequence[int] | None


class GridRNNCell(legacy_rnn.RNNCell):  # type: ignore[misc]
    """A cell whose dimensions each look at what all of them gave.

    Dimensions that inputs come into start from projections of them; those of priority are
    computed after the others, and see what these gave.

    Reference: https://arxiv.org/abs/1507.01526.

    Args:
        num_units: The size U of each dimension's cell.
        num_dims: How many dimensions.
        input_dims: Into which inputs come, one or several.
        output_dims: Which give outputs.
        priority_dims: Which are computed last.
        non_recurrent_dims: Which have no state, but a fully connected layer.
        tied: Whether all dimensions have the same weights.
        cell_fn: Makes a cell of U; an LSTM unless given.
        non_recurrent_fn: What follows the fully connected layers; relu unless given.
        state_is_tuple: Whether the dimensions' states are apart, not side by side.
        output_is_tuple: Whether the dimensions' outputs are apart, not side by side.

    Raises:
        ValueError: There is no dimension, or one is named that is not there.
        TypeError: `cell_fn` makes no cell.
    """

    def __init__(
        self,
        num_units: int,
        num_dims: int = 1,
        input_dims: _Dims = None,
        output_dims: _Dims = None,
        priority_dims: _Dims = None,
        non_recurrent_dims: _Dims = None,
        tied: bool = False,
        cell_fn: Callable[[int], Any] | None = None,
        non_recurrent_fn: Callable[[Tensor], Tensor] | None = None,
        state_is_tuple: bool = True,
        output_is_tuple: bool = True,
    ) -> None:
        super().__init__()
        if num_dims < 1:
            raise ValueError(f"dims must be >= 1: {num_dims}")
        self._units, self._count, self._tied = num_units, num_dims, tied
        self._inputs = _checked(input_dims, num_dims)
        self._outputs = _checked(output_dims, num_dims)
        self._last = _checked(priority_dims, num_dims)
        stateless = _checked(non_recurrent_dims, num_dims)
        self._recurrent = [dim for dim in range(num_dims) if dim not in stateless]
        self._activation = non_recurrent_fn or tf.nn.relu
        make = cell_fn or (lambda units: legacy_rnn.LSTMCell(units, state_is_tuple=state_is_tuple))
        cell = make(num_units)
        if not isinstance(cell, legacy_rnn.RNNCell):
            raise TypeError(f"cell_fn must return an RNNCell instance, saw: {type(cell)}")
        others = [cell if tied else make(num_units) for _ in range(num_dims - 1)]
        self._cells = [cell, *others]
        self._apart = (state_is_tuple, output_is_tuple)
        self._sizes = tf.nest.flatten(cell.state_size)

    @property
    def state_size(self) -> Any:
        """The sizes of the states of dimensions that have one, or their sum."""
        if self._apart[0]:
            return tuple(self._cells[0].state_size for _ in self._recurrent)
        return sum(self._sizes) * len(self._recurrent)

    @property
    def output_size(self) -> Any:
        """The sizes of the outputs of dimensions that give one, or their sum."""
        size = self._cells[0].output_size
        return (size,) * len(self._outputs) if self._apart[1] else size * len(self._outputs)

    def __call__(self, inputs: Tensor, state: Any, scope: Any = None) -> tuple[Any, Any]:
        """Makes one step.

        Args:
            inputs: Floats `[B, D]`; D is known, and divided among the dimensions of inputs.
            state: The states of dimensions that have one.
            scope: The variable scope; the class's name unless given.

        Returns:
            The outputs and the next states, of the sizes that the cell says.

        Raises:
            ValueError: There are more or fewer states.
        """
        given = self._given(state)
        with tf.variable_scope(scope or type(self).__name__):
            given.update(self._projected(inputs))
            step = _Step(given)
            first = [dim for dim in range(self._count) if dim not in self._last]
            for group in (first, self._last):
                self._advance(group, step)
        outputs = [step.outputs[dim] for dim in self._outputs]
        states = [step.states[dim] for dim in self._recurrent]
        return (
            tuple(outputs) if self._apart[1] else _side_by_side(outputs, inputs.dtype),
            tuple(states) if self._apart[0] else _side_by_side(states, inputs.dtype),
        )

    def _given(self, state: Any) -> dict[int, list[Tensor]]:
        """The parts of each dimension's state: the cell, where there is one, and the output."""
        if not self._apart[0]:
            parts = tf.split(state, self._sizes * len(self._recurrent), axis=1)
        elif len(state) != len(self._recurrent):
            raise ValueError(f"Expected state as a tuple of {len(self._recurrent)} element")
        else:
            parts = tf.nest.flatten(state)
        width = len(self._sizes)
        return {
            dim: parts[number * width : (number + 1) * width]
            for number, dim in enumerate(self._recurrent)
        }

    def _projected(self, inputs: Tensor) -> dict[int, list[Tensor]]:
        """What dimensions start from that inputs come into."""
        if not inputs.shape.with_rank(2).as_list()[1] or not self._inputs:
            return {}
        found = {}
        for dim, part in zip(
            self._inputs, tf.split(inputs, len(self._inputs), axis=1), strict=True
        ):
            shape = [part.shape.as_list()[1], self._units]
            names = ("m", "c") if len(self._sizes) > 1 else ("m",)
            made = [
                tf.matmul(part, tf.get_variable(f"project_{name}_{dim}", shape, inputs.dtype))
                for name in names
            ]
            found[dim] = made[::-1]
        return found

    def _advance(self, dims: Sequence[int], step: _Step) -> None:
        """Computes dimensions, none of which sees what another one of them gives."""
        if not dims:
            return
        seen = [step.seen(dim) for dim in range(self._count)]
        last = seen.pop()
        rows = last.shape.as_list()[0]
        inputs = tf.concat(seen, 1) if seen else tf.zeros([rows, 0], last.dtype)
        for dim in dims:
            kind = "recurrent" if dim in self._recurrent else "non_recurrent"
            reuse = True if self._tied and step.outputs else None
            with tf.variable_scope(kind if self._tied else f"{kind}/cell_{dim}", reuse=reuse):
                if dim in self._recurrent:
                    state = (*step.given[dim][:-1], last)
                    output, after = self._cells[dim](inputs, state if len(state) > 1 else last)
                    step.states[dim] = after
                else:
                    output = self._connected(tf.concat([inputs, last], 1) if seen else last)
            step.outputs[dim] = output

    def _connected(self, x: Tensor) -> Tensor:
        scope = tf.get_variable_scope()
        return _fully_connected(
            x,
            num_outputs=self._units,
            activation_fn=self._activation,
            weights_initializer=scope.initializer or tf.glorot_uniform_initializer(),
            weights_regularizer=scope.regularizer,
        )


class _Step:
    """What is known of dimensions while a step is made.

    Args:
        given: The parts of each dimension's state.
    """

    def __init__(self, given: dict[int, list[Tensor]]) -> None:
        self.given = given
        self.outputs: dict[int, Tensor] = {}
        self.states: dict[int, Any] = {}

    def seen(self, dim: int) -> Tensor:
        """The newest output of a dimension."""
        if dim not in self.outputs and dim not in self.given:
            raise ValueError(f"Dimension {dim} has neither a state nor inputs")
        return self.outputs[dim] if dim in self.outputs else self.given[dim][-1]


def _side_by_side(parts: list[Any], dtype: Any) -> Tensor:
    flat = tf.nest.flatten(parts)
    return tf.concat(flat, 1) if flat else tf.zeros([0, 0], dtype)


def _checked(dims: _Dims, count: int) -> list[int]:
    numbers = [] if dims is None else [dims] if isinstance(dims, int) else dims
    ordered = sorted(set(numbers))
    if any(not 0 <= dim < count for dim in ordered):
        raise ValueError(f"Invalid dims: {ordered}. Must be in [0, {count})")
    return ordered


def _ready(title: str, num_dims: int, kind: Any, **settings: Any) -> Any:
    """The class of grids of a kind of cell, whose first dimension takes inputs and gives outputs.

    Its arguments are `num_units`; for more than one dimension `tied` and `non_recurrent_fn`, with
    which the first has no state; the settings of cells; `state_is_tuple` and `output_is_tuple`.
    """
    several = {"tied": False, "non_recurrent_fn": None} if num_dims > 1 else {}
    defaults = {**several, **settings, "state_is_tuple": True, "output_is_tuple": True}
    place = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [inspect.Parameter("num_units", place)]
        + [inspect.Parameter(name, place, default=value) for name, value in defaults.items()]
    )

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = dict(bound.arguments)
        of_cells = {name: given.pop(name) for name in settings}
        GridRNNCell.__init__(
            self,
            num_dims=num_dims,
            input_dims=0,
            output_dims=0,
            priority_dims=0,
            non_recurrent_dims=None if given.get("non_recurrent_fn") is None else 0,
            cell_fn=lambda units: kind(units, **of_cells),
            **given,
        )

    said = f"{num_dims} dimensions of {kind.__name__}; the first takes inputs and gives outputs."
    named = {"__init__": __init__, "__doc__": said, "__signature__": signature}
    return type(title, (GridRNNCell,), {**named, "__module__": __name__})


_LSTM = {"use_peepholes": False, "forget_bias": 1.0}
Grid1BasicRNNCell = _ready("Grid1BasicRNNCell", 1, legacy_rnn.BasicRNNCell)
Grid2BasicRNNCell = _ready("Grid2BasicRNNCell", 2, legacy_rnn.BasicRNNCell)
Grid1BasicLSTMCell = _ready("Grid1BasicLSTMCell", 1, legacy_rnn.BasicLSTMCell, forget_bias=1)
Grid2BasicLSTMCell = _ready("Grid2BasicLSTMCell", 2, legacy_rnn.BasicLSTMCell, forget_bias=1)
Grid1LSTMCell = _ready("Grid1LSTMCell", 1, legacy_rnn.LSTMCell, **_LSTM)
Grid2LSTMCell = _ready("Grid2LSTMCell", 2, legacy_rnn.LSTMCell, **_LSTM)
Grid3LSTMCell = _ready("Grid3LSTMCell", 3, legacy_rnn.LSTMCell, **_LSTM)
Grid2GRUCell = _ready("Grid2GRUCell", 2, legacy_rnn.GRUCell)

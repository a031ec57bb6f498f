"""contrib.learn.models: linear, logistic and recurrent models as functions of features and labels.

The linear ones make their weights and biases in a variable scope of their name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._ops import mean_squared_error_regressor, softmax_classifier
from graphkit.tf1._namespace import load

__all__ = [
    "bidirectional_rnn",
    "get_rnn_model",
    "linear_regression",
    "linear_regression_zero_init",
    "logistic_regression",
    "logistic_regression_zero_init",
]


def linear_regression_zero_init(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """A linear regression whose variables are zero at first.

    Args:
        x: Features `[B, D]`.
        y: The right numbers `[B]` or `[B, K]`.

    Returns:
        Predictions and their mean squared error.
    """
    return linear_regression(x, y, init_mean=0.0, init_stddev=0.0)


def logistic_regression_zero_init(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """A logistic regression whose variables are zero at first.

    Args:
        x: Features `[B, D]`.
        y: The right classes `[B, K]`, one-hot.

    Returns:
        Probabilities and their cross entropy.
    """
    return logistic_regression(x, y, init_mean=0.0, init_stddev=0.0)


def linear_regression(
    x: Tensor, y: Tensor, init_mean: float | None = None, init_stddev: float = 1.0
) -> tuple[Tensor, Tensor]:
    """A linear regression.

    Args:
        x: Features `[B, D]`.
        y: The right numbers `[B]` or `[B, K]`.
        init_mean: The mean of the normal numbers that variables start from; the scope's initializer
            unless given.
        init_stddev: Their standard deviation.

    Returns:
        Predictions, shaped like `y`, and their mean squared error.
    """
    with tf.variable_scope("linear_regression"):
        count = 1 if len(y.shape) == 1 else y.shape[1]
        weights, bias = _layer(x, y, count, init_mean, init_stddev)
        return mean_squared_error_regressor(x, y, weights, bias)


def logistic_regression(
    x: Tensor,
    y: Tensor,
    class_weight: Tensor | None = None,
    init_mean: float | None = None,
    init_stddev: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """A logistic regression.

    Args:
        x: Features `[B, D]`.
        y: The right classes `[B, K]`, one-hot.
        class_weight: What logits are multiplied with, `[K]`; the tensor `class_weight:0` of the
            graph, where there is one, unless given.
        init_mean: The mean of the normal numbers that variables start from; the scope's initializer
            unless given.
        init_stddev: Their standard deviation.

    Returns:
        Probabilities `[B, K]` and their cross entropy.
    """
    with tf.variable_scope("logistic_regression"):
        weights, bias = _layer(x, y, y.shape[-1], init_mean, init_stddev)
        if class_weight is None:
            class_weight = _of_the_graph("class_weight:0")
        return softmax_classifier(x, y, weights, bias, class_weight)


def _of_the_graph(name: str) -> Tensor | None:
    try:
        return tf.get_default_graph().get_tensor_by_name(name)
    except KeyError:
        return None


def _layer(x: Tensor, y: Tensor, count: Any, mean: float | None, deviation: float) -> Any:
    """The variables of a linear layer; TensorBoard shows them and what they are trained with."""
    scope, dtype = tf.get_variable_scope().name, x.dtype.base_dtype
    start = None if mean is None else tf.random_normal_initializer(mean, deviation, dtype=dtype)
    weights = tf.get_variable("weights", [x.shape[1], count], dtype, start)
    bias = tf.get_variable("bias", [count], dtype, start)
    for name, shown in {"x": x, "y": y, "weights": weights, "bias": bias}.items():
        tf.summary.histogram(f"{scope}.{name}", shown)
    return weights, bias


def _reversed(steps: Sequence[Tensor], lengths: Any) -> list[Tensor]:
    """Steps `[B, D]` in the other order, each sequence up to its length."""
    if lengths is None:
        return list(reversed(steps))
    turned: list[Tensor] = tf.unstack(
        tf.reverse_sequence(tf.stack(steps), lengths, seq_axis=0, batch_axis=1)
    )
    return turned


def bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: list[Tensor],
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: str | None = None,
) -> tuple[list[Tensor], Tensor]:
    """Reads sequences from both ends.

    Args:
        cell_fw: The cell that reads forward, of a state that is one tensor.
        cell_bw: The cell that reads backward.
        inputs: Steps `[B, D]`, T of them.
        initial_state_fw: The state of the first at first; zeros unless given.
        initial_state_bw: The state of the second.
        dtype: The states' dtype, where they are not given.
        sequence_length: How long each sequence is `[B]`; 1.15 took none.
        scope: What the variable scopes begin with; "BiRNN" unless given.

    Returns:
        Outputs of both `[B, F + G]`, T of them; and the last states of both, side by side.

    Raises:
        TypeError: A cell is none, or `inputs` no list.
        ValueError: There are no inputs.
    """
    rnn = load("graphkit.tf1.contrib.rnn")
    for name, cell in (("cell_fw", cell_fw), ("cell_bw", cell_bw)):
        if not isinstance(cell, rnn.RNNCell):
            raise TypeError(f"{name} must be an instance of RNNCell")
    if not isinstance(inputs, list):
        raise TypeError("inputs must be a list")
    if not inputs:
        raise ValueError("inputs must not be empty")
    name = scope or "BiRNN"
    with tf.variable_scope(f"{name}_FW"):
        forward, state_fw = rnn.static_rnn(
            cell_fw, inputs, initial_state_fw, dtype, sequence_length
        )
    with tf.variable_scope(f"{name}_BW"):
        turned = _reversed(inputs, sequence_length)
        backward, state_bw = rnn.static_rnn(
            cell_bw, turned, initial_state_bw, dtype, sequence_length
        )
    pairs = zip(forward, _reversed(backward, sequence_length), strict=True)
    return [tf.concat(pair, 1) for pair in pairs], tf.concat([state_fw, state_bw], 1)


def get_rnn_model(
    rnn_size: int,
    cell_type: str,
    num_layers: int,
    input_op_fn: Callable[[Any], list[Tensor]],
    bidirectional: bool,
    target_predictor_fn: Callable[[Tensor, Any], Any],
    sequence_length: Any,
    initial_state: Any,
    attn_length: int | None,
    attn_size: int | None,
    attn_vec_size: int | None,
) -> Callable[[Any, Any], Any]:
    """Makes a function that makes a recurrent model.

    Args:
        rnn_size: How large each layer is.
        cell_type: "rnn", "gru" or "lstm".
        num_layers: How many layers there are.
        input_op_fn: Makes steps `[B, D]` of features.
        bidirectional: Whether sequences are read from both ends.
        target_predictor_fn: Makes predictions and a loss of the last state and labels.
        sequence_length: How long each sequence is `[B]`; as long as there are steps for None.
        initial_state: The state at first; zeros for None.
        attn_length: How many steps back a cell looks; it does not for None.
        attn_size: How much of each it sees.
        attn_vec_size: How large what it looks with is.

    Returns:
        A function of features and labels, which returns what `target_predictor_fn` does; it raises
        ValueError where there is no such type of cell.
    """
    rnn = load("graphkit.tf1.contrib.rnn")
    kinds = {
        "rnn": rnn.BasicRNNCell,
        "gru": rnn.GRUCell,
        "lstm": partial(rnn.BasicLSTMCell, state_is_tuple=False),
    }

    def layer() -> Any:
        cell = kinds[cell_type](rnn_size)
        if attn_length is None:
            return cell
        return rnn.AttentionCellWrapper(
            cell, attn_length, attn_size, attn_vec_size, state_is_tuple=False
        )

    def layers() -> Any:
        return rnn.MultiRNNCell([layer() for _ in range(num_layers)], state_is_tuple=False)

    def model(x: Any, y: Any) -> Any:
        steps = input_op_fn(x)
        if cell_type not in kinds:
            raise ValueError(f"cell_type {cell_type} is not supported. ")
        settings = {"dtype": tf.float32, "sequence_length": sequence_length}
        if bidirectional:
            _, state = bidirectional_rnn(
                layers(), layers(), steps, initial_state, initial_state, **settings
            )
        else:
            _, state = rnn.static_rnn(layers(), steps, initial_state, **settings)
        return target_predictor_fn(state, y)

    return model

"""One training step as one op, with nothing forgotten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, Variable, tf
from graphkit.errors import ArgumentError, ArgumentTypeError, UnknownNameError
from graphkit.graph._global_step import find_global_step
from graphkit.graph._types import checked_number

__all__ = ["OPTIMIZERS", "make_train_op"]

_WHERE = "make_train_op"
_MAKERS: dict[str, Callable[[Any], Any]] = {
    "adagrad": tf.train.AdagradOptimizer,
    "adam": tf.train.AdamOptimizer,
    "gradient_descent": tf.train.GradientDescentOptimizer,
    "momentum": lambda rate: tf.train.MomentumOptimizer(rate, momentum=0.9),
    "rmsprop": tf.train.RMSPropOptimizer,
}

OPTIMIZERS = tuple(_MAKERS)

# What optimizers are called elsewhere, in lower case and without "optimizer".
_OTHER_NAMES = {
    "gd": "gradient_descent",
    "gradientdescent": "gradient_descent",
    "rms": "rmsprop",
    "rms_prop": "rmsprop",
    "sgd": "gradient_descent",
    **{name: name for name in OPTIMIZERS},
}


def make_train_op(
    loss: Tensor,
    *,
    optimizer: Any = None,
    learning_rate: float | Tensor | None = None,
    global_step: Variable | None = None,
    var_list: Sequence[Variable] | None = None,
    clip_norm: float | None = None,
    update_ops: Sequence[Any] | None = None,
    name: str | None = None,
) -> Operation:
    """Makes the op that takes one training step on `loss`.

    Batch normalization collects its moving averages in `GraphKeys.UPDATE_OPS` and leaves it to the
    caller to run them; the classic forgotten line, after which training looks well and inference is
    wrong. This op runs everything in that collection before the step, as `slim.learning.
    create_train_op` did. `GraphKeys.REGULARIZATION_LOSSES` are not added: add them to `loss`
    (`tf.losses.get_total_loss()`).

    See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train/Optimizer.

    Args:
        loss: What to make small, a float scalar `[]`.
        optimizer: "adagrad", "adam", "gradient_descent", "momentum" (of 0.9) or "rmsprop", or a
            `tf.train.Optimizer`; Adam unless given.
        learning_rate: A number above 0, a float scalar `[]` or a function that gives one; 0.001
            unless given. Not for an optimizer object, which has its own.
        global_step: The integer variable that counts steps; the graph's own, created if need be.
        var_list: The variables to train; all trainable ones unless given.
        clip_norm: Scale all gradients together so that their global norm is at most this.
        update_ops: What runs before the step; everything in `GraphKeys.UPDATE_OPS` unless given,
            `[]` for nothing. For graphs with several losses, where each has its own.
        name: The name of the op; that of the optimizer unless given, as in TensorFlow 1.

    Returns:
        The op; a run of it updates, steps and counts.

    Raises:
        ArgumentError: The loss is not a scalar, depends on no variable, or a number is out of
            range.
        ArgumentTypeError: The loss is not a float tensor of a graph, or the optimizer is none.
        UnknownNameError: No optimizer has that name.
    """
    graph = _loss_graph(loss)
    if clip_norm is not None:
        checked_number(_WHERE, "clip_norm", clip_norm, "above 0", lambda norm: norm > 0)
    with graph.as_default():
        stepper = _optimizer(optimizer, learning_rate)
        variables = _variables(var_list)
        gradients = _gradients(stepper, loss, variables, clip_norm)
        step = global_step if global_step is not None else _own_step(graph)
        collected = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies(collected if update_ops is None else update_ops):
            return stepper.apply_gradients(gradients, global_step=step, name=name)


def _loss_graph(loss: Any) -> Any:
    graph = getattr(loss, "graph", None) if tf.is_tensor(loss) else None
    if graph is None:
        raise ArgumentTypeError(_WHERE, "loss", type(loss).__name__, "a tensor of a graph")
    if not loss.dtype.is_floating:
        raise ArgumentTypeError(_WHERE, "loss", loss.dtype.name, "of a float dtype")
    if loss.shape.rank not in (None, 0):
        wanted = "a scalar (tf.reduce_mean makes one)"
        raise ArgumentError(_WHERE, "loss", f"shape {loss.shape}", wanted)
    return graph


def _own_step(graph: Graph) -> Variable:
    step = find_global_step(graph)
    return tf.train.create_global_step(graph) if step is None else step


def _variables(var_list: Sequence[Variable] | None) -> list[Variable]:
    if var_list is not None and not var_list:
        raise ArgumentError(_WHERE, "var_list", list(var_list), "None or not empty")
    variables = list(tf.trainable_variables() if var_list is None else var_list)
    if not variables:
        wanted = "computed from trainable variables; this graph has none"
        raise ArgumentError(_WHERE, "loss", "no trainable variable", wanted)
    return variables


def _optimizer(optimizer: Any, learning_rate: Any) -> Any:
    if isinstance(optimizer, tf.train.Optimizer):
        if learning_rate is not None:
            wanted = "left out: the optimizer object has its own"
            raise ArgumentError(_WHERE, "learning_rate", learning_rate, wanted)
        return optimizer
    optimizer = "adam" if optimizer is None else optimizer
    if not isinstance(optimizer, str):
        wanted = "a tf.train.Optimizer or one of " + ", ".join(OPTIMIZERS)
        raise ArgumentTypeError(_WHERE, "optimizer", repr(optimizer), wanted)
    if optimizer not in _MAKERS:
        plain = optimizer.lower().removesuffix("optimizer").rstrip("_")
        meant = _OTHER_NAMES.get(plain)
        raise UnknownNameError("optimizer", optimizer, OPTIMIZERS, meant=meant)
    return _MAKERS[optimizer](_learning_rate(learning_rate))


def _learning_rate(rate: Any) -> Any:
    if rate is None:
        return 0.001
    if callable(rate):
        return rate
    if tf.is_tensor(rate) or isinstance(rate, tf.Variable):
        if not rate.dtype.is_floating or rate.shape.rank not in (None, 0):
            wanted = "a float scalar"
            received = f"{rate.dtype.name}{rate.shape}"
            raise ArgumentTypeError(_WHERE, "learning_rate", received, wanted)
        return rate
    return checked_number(_WHERE, "learning_rate", rate, "above 0", lambda number: number > 0)


def _gradients(
    stepper: Any, loss: Tensor, variables: list[Variable], clip_norm: float | None
) -> list[tuple[Tensor, Variable]]:
    pairs = [(g, v) for g, v in stepper.compute_gradients(loss, variables) if g is not None]
    if not pairs:
        names = [v.op.name for v in variables]
        wanted = "computed from at least one of the variables to train"
        raise ArgumentError(_WHERE, "loss", f"{loss.name} apart from {names}", wanted)
    if clip_norm is None:
        return pairs
    gradients, owners = zip(*pairs, strict=True)
    clipped, _ = tf.clip_by_global_norm(gradients, clip_norm)
    return list(zip(clipped, owners, strict=True))

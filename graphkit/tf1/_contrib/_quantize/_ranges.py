"""Rounding a tensor to few values between a minimum and a maximum that are variables.

After Jacob et al., Quantization and Training of Neural Networks for Efficient
Integer-Arithmetic-Only Inference (2018), section 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphkit._tf import Tensor, Variable, tf

__all__ = ["Rounding", "fake_quantization_step", "round_tensor"]

_STEP = "fake_quantization_step"
_DECAY = 0.999


@dataclass(frozen=True)
class Rounding:
    """How tensors of one kind are rounded.

    Args:
        bits: How many bits an integer has.
        start: The range before anything was seen.
        is_training: Whether the range follows what is seen.
        moving: Whether it follows slowly, as for activations, or is that of the last step.
        symmetric: Whether the range lies around zero.
        delay: From which run on tensors are rounded; at once without it.
    """

    bits: int
    start: tuple[float, float]
    is_training: bool
    moving: bool
    symmetric: bool
    delay: int | None

    @property
    def narrow(self) -> bool:
        """Whether the lowest integer is left out: for weights, so that they lie around zero."""
        return not self.moving


def fake_quantization_step() -> Tensor:
    """Counts the runs of the current graph; the count exists once.

    Returns:
        The number of this run, from 1, an int64 scalar.
    """
    graph = tf.get_default_graph()
    try:
        return graph.get_tensor_by_name(f"{_STEP}/Identity:0")
    except KeyError:
        step = tf.get_variable(
            _STEP, [], tf.int64, tf.zeros_initializer(), trainable=False, use_resource=False
        )
    with tf.name_scope(None), tf.name_scope(f"{_STEP}/"):
        return tf.identity(tf.assign_add(step, 1), "Identity")


def _range_variable(name: str, value: float) -> Variable:
    return tf.get_variable(name, [], tf.float32, tf.constant_initializer(value), trainable=False)


def _seen_range(inputs: Tensor, rounding: Rounding) -> tuple[Tensor, Tensor]:
    """The range of a tensor, stretched so that zero is in it."""
    low = tf.reduce_min(inputs, name="BatchMin")
    high = tf.reduce_max(inputs, name="BatchMax")
    if not rounding.symmetric:
        return tf.minimum(low, 0.0), tf.maximum(high, 0.0)
    # An integer reaches one further down than up, unless the lowest one is left out.
    largest = 2 ** (rounding.bits - 1) - 1
    ratio = -largest / (largest + (0 if rounding.narrow else 1))
    return tf.minimum(low, high / ratio), tf.maximum(high, low * ratio)


def _counter(name: str) -> Variable:
    return tf.get_variable(name, [], tf.float32, tf.zeros_initializer(), trainable=False)


def _follow_slowly(variable: Variable, value: Tensor, name: str) -> Tensor:
    """Moves a variable to the mean of what was seen, the latest weighing most."""
    with tf.variable_scope(variable.op.name, auxiliary_name_scope=False):
        biased, steps = _counter("biased"), _counter("local_step")
    with tf.name_scope(name) as scope:
        decay = tf.constant(1.0 - _DECAY, name="decay")
        total = tf.assign_sub(biased, (biased - value) * decay, name="AssignSub")
        count = tf.assign_add(steps, 1.0, name="AssignAdd")
        weight = 1.0 - tf.pow(1.0 - decay, count, name="Pow")
        return tf.assign(variable, tf.divide(total, weight, name="truediv"), name=scope)


def _current_range(inputs: Tensor, rounding: Rounding) -> tuple[Tensor, Tensor]:
    low = _range_variable("min", rounding.start[0])
    high = _range_variable("max", rounding.start[1])
    if not rounding.is_training:
        return low, high
    seen_low, seen_high = _seen_range(inputs, rounding)
    if rounding.moving:
        return (
            _follow_slowly(low, seen_low, "AssignMinEma"),
            _follow_slowly(high, seen_high, "AssignMaxEma"),
        )
    return (
        tf.assign(low, seen_low, name="AssignMinLast"),
        tf.assign(high, seen_high, name="AssignMaxLast"),
    )


def round_tensor(inputs: Tensor, rounding: Rounding, name: str) -> Tensor:
    """Rounds a tensor.

    Args:
        inputs: The tensor, float32.
        rounding: How.
        name: The scope of the variables `min` and `max` and of the ops.

    Returns:
        What it is rounded to, of the same shape.
    """
    step = fake_quantization_step() if rounding.delay else None
    with tf.variable_scope(None, default_name=name, values=[inputs]):
        low, high = _current_range(inputs, rounding)
        rounded = tf.fake_quant_with_min_max_vars(
            inputs,
            low,
            high,
            num_bits=rounding.bits,
            narrow_range=rounding.narrow,
            name="FakeQuantWithMinMaxVars",
        )
        if step is None:
            return rounded
        begun = tf.greater_equal(step, rounding.delay, name="activate_quant")
        return tf.cond(begun, lambda: rounded, lambda: inputs, name="delayed_quant")

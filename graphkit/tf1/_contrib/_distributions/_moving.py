"""Means and variances that follow a stream of values."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["assign_log_moving_mean_exp", "assign_moving_mean_variance", "moving_mean_variance"]


def _check_float(dtype: Any, name: str) -> None:
    if not dtype.is_floating:
        raise TypeError(f"{name}.base_dtype({dtype.name}) does not have float type `dtype`.")


def assign_moving_mean_variance(
    mean_var: Any, variance_var: Any, value: Any, decay: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Moves a mean and a variance towards a value, exponentially weighted.

    Args:
        mean_var: The variable of the mean.
        variance_var: The variable of the variance, of the same shape and dtype.
        value: The value, of the same shape.
        decay: The share of the past, a number below 1.
        name: The name scope.

    Returns:
        The mean and the variance after it.

    Raises:
        TypeError: The variables are no floats, or of two dtypes.
    """
    with tf.name_scope(name, "assign_moving_mean_variance"):
        dtype = mean_var.dtype.base_dtype
        _check_float(dtype, "mean_var")
        other = variance_var.dtype.base_dtype
        if dtype != other:
            raise TypeError(
                f"mean_var.base_dtype({dtype.name}) != variance_var.base_dtype({other.name})"
            )
        value = tf.convert_to_tensor(value, dtype, name="value")
        decay = tf.convert_to_tensor(decay, dtype, name="decay")
        delta = value - mean_var
        with tf.control_dependencies([delta]):
            less = (1 - decay) * (variance_var - decay * tf.square(delta))
            return (
                tf.assign_add(mean_var, (1 - decay) * delta),
                tf.assign_sub(variance_var, less),
            )


def assign_log_moving_mean_exp(
    log_mean_exp_var: Any, log_value: Any, decay: Any, name: str | None = None
) -> Tensor:
    """Moves the logarithm of a mean towards that of a value, exponentially weighted.

    Args:
        log_mean_exp_var: The variable of the mean's logarithm.
        log_value: The logarithm of the value, of the same shape.
        decay: The share of the past, a number below 1.
        name: The name scope.

    Returns:
        The mean's logarithm after it.

    Raises:
        TypeError: The variable is no float.
    """
    with tf.name_scope(name, "assign_log_moving_mean_exp"):
        dtype = log_mean_exp_var.dtype.base_dtype
        _check_float(dtype, "log_mean_exp_var")
        log_value = tf.convert_to_tensor(log_value, dtype, name="log_value")
        decay = tf.convert_to_tensor(decay, dtype, name="decay")
        delta = log_value - log_mean_exp_var
        shares = tf.stack([tf.log(decay) + tf.zeros_like(delta), delta + tf.log1p(-decay)])
        return log_mean_exp_var.assign_add(tf.reduce_logsumexp(shares, 0))


def moving_mean_variance(
    value: Any, decay: Any, collections: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Makes variables of a mean and a variance that move towards a value.

    Args:
        value: The value, a float of known shape.
        decay: The share of the past, a number below 1.
        collections: The variables' collections; that of global variables unless given.
        name: The variable scope; `moving_mean_variance` unless given.

    Returns:
        The mean and the variance after the value.

    Raises:
        TypeError: The value is no float.
    """
    with tf.variable_scope(name, "moving_mean_variance", [value, decay]):
        value = tf.convert_to_tensor(value, name="value")
        _check_float(value.dtype.base_dtype, "value")
        made = [
            tf.get_variable(
                title,
                value.shape,
                value.dtype,
                tf.zeros_initializer(),
                trainable=False,
                collections=collections or [tf.GraphKeys.GLOBAL_VARIABLES],
            )
            for title in ("moving_variance", "moving_mean")
        ]
        return assign_moving_mean_variance(made[1], made[0], value, decay)

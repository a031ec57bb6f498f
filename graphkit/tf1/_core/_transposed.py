"""Transposed convolutions, whose static shape is the asked one, batch included, as in 1.15.

TensorFlow takes the batch from the input today, so a generator fed by a placeholder of unknown
batch no longer knows its own, and what is built on it fails.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any

from graphkit._tf import tf

__all__ = [
    "atrous_conv2d_transpose",
    "conv1d_transpose",
    "conv2d_backprop_input",
    "conv2d_transpose",
]

_tensor_util: Any = importlib.import_module("tensorflow.python.framework.tensor_util")


def _of_asked_shape(target: Callable[..., Any], parameter: str) -> Callable[..., Any]:
    """Gives a function's output the static shape that one of its arguments asks for.

    Args:
        target: The function as it is today.
        parameter: The argument with the output's shape: integers, or an int32 tensor `[rank]`.

    Returns:
        A function of the same arguments.
    """
    signature = inspect.signature(target)

    # The module is not taken over: pickles look a function up where it says it is.
    @functools.wraps(target, ("__name__", "__qualname__", "__doc__"))
    def call(*args: Any, **kwargs: Any) -> Any:
        output = target(*args, **kwargs)
        asked = signature.bind(*args, **kwargs).arguments[parameter]
        sizes = tf.convert_to_tensor(asked, dtype_hint=tf.int32)
        output.set_shape(_tensor_util.constant_value_as_shape(sizes))
        return output

    return call


atrous_conv2d_transpose = _of_asked_shape(tf.nn.atrous_conv2d_transpose, "output_shape")
conv1d_transpose = _of_asked_shape(tf.nn.conv1d_transpose, "output_shape")
conv2d_backprop_input = _of_asked_shape(tf.nn.conv2d_backprop_input, "input_sizes")
conv2d_transpose = _of_asked_shape(tf.nn.conv2d_transpose, "output_shape")

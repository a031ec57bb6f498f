"""Core names that TensorFlow 2 kept, but made differently: here they are as they were in 1.15."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = [
    "GIT_VERSION",
    "VERSION",
    "add",
    "experimental_list_devices",
    "is_built_with_cuda",
    "lin_space",
    "linspace",
]

# Programs choose their code by `tf.__version__`; this namespace is that of 1.15.5.
VERSION = "1.15.5"
GIT_VERSION = "v1.15.5"


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Adds two tensors with the op type `Add`, which programs look for in a GraphDef.

    Args:
        x: A number or string tensor of any shape.
        y: A tensor of the same dtype, of a shape that broadcasts with `x`.
        name: The op's name; "Add" unless given.

    Returns:
        The sum, of the broadcast shape.
    """
    x = tf.convert_to_tensor(x)
    return tf.raw_ops.Add(x=x, y=tf.convert_to_tensor(y, dtype=x.dtype.base_dtype), name=name)


def linspace(start: Any, stop: Any, num: Any, name: str | None = None) -> Tensor:
    """Makes evenly spaced numbers with the one op `LinSpace`, so its output is `LinSpace:0`.

    Args:
        start: The first number, a float scalar.
        stop: The last number, a float scalar.
        num: How many, a positive integer.
        name: The op's name; "LinSpace" unless given.

    Returns:
        Numbers `[num]` of the dtype of `start`.
    """
    return tf.raw_ops.LinSpace(start=start, stop=stop, num=num, name=name)


lin_space = linspace


def is_built_with_cuda() -> bool:
    """Says whether programs may place ops on a GPU.

    Today's CPU and GPU builds are one and say True everywhere; programs ask in order to choose
    between `/gpu:0` and `/cpu:0`, so this says True only where there is a GPU.

    Returns:
        True with at least one GPU.
    """
    return bool(tf.config.experimental.list_physical_devices("GPU"))


def experimental_list_devices() -> list[str]:
    """Lists the names of the devices this process can use.

    Returns:
        Names such as `/job:localhost/replica:0/task:0/device:CPU:0`.
    """
    lead = "/job:localhost/replica:0/task:0/device:"
    found = tf.config.experimental.list_logical_devices()
    return [lead + device.name.removeprefix("/device:") for device in found]

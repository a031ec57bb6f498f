"""Private functions of TensorFlow that old code calls and today's has not."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._linear import linear
from graphkit.tf1._namespace import load

__all__ = [
    "get_registered_ops",
    "image_summary",
    "matrix",
    "scalar",
    "unknown_shape",
    "vector",
]


def get_registered_ops() -> dict[str, Any]:
    """Lists the ops of the runtime.

    Returns:
        Each op's name and its OpDef.
    """
    runtime = load("tensorflow.python.client.pywrap_tf_session")
    ops = load("tensorflow.core.framework.op_def_pb2:OpList")()
    buffer = runtime.TF_GetAllOpList()
    try:
        ops.ParseFromString(runtime.TF_GetBuffer(buffer))
    finally:
        runtime.TF_DeleteBuffer(buffer)
    return {op.name: op for op in ops.op}


def scalar() -> Any:
    """Gives the shape of a scalar.

    Returns:
        `TensorShape([])`.
    """
    return tf.TensorShape([])


def vector(length: Any) -> Any:
    """Gives the shape of a vector.

    Args:
        length: Its length, or None.

    Returns:
        `TensorShape([length])`.
    """
    return tf.TensorShape([length])


def matrix(rows: Any, cols: Any) -> Any:
    """Gives the shape of a matrix.

    Args:
        rows: How many rows, or None.
        cols: How many columns, or None.

    Returns:
        `TensorShape([rows, cols])`.
    """
    return tf.TensorShape([rows, cols])


def unknown_shape(op: Any = None) -> list[Any]:
    """Gives the shapes of an op's outputs when nothing is known about them.

    Args:
        op: The op; one output unless given.

    Returns:
        Unknown shapes, one for each output.
    """
    return [tf.TensorShape(None) for _ in (op.outputs if op is not None else [None])]


def image_summary(
    tag: Any, tensor: Any, max_images: int = 3, bad_color: Any = None, name: str | None = None
) -> Tensor:
    """Makes a summary of pictures, as the generated function did.

    Args:
        tag: A string scalar.
        tensor: Pictures `[B, H, W, C]`.
        max_images: How many of the batch are kept.
        bad_color: Kept for callers that pass it.
        name: The op's name.

    Returns:
        A serialised Summary, a string scalar.
    """
    return tf.raw_ops.ImageSummary(tag=tag, tensor=tensor, max_images=max_images, name=name)


def _linear(
    args: Any,
    output_size: int,
    bias: bool,
    bias_initializer: Any = None,
    kernel_initializer: Any = None,
) -> Tensor:
    return linear(args, output_size, bias, bias_initializer, kernel_initializer)


class _Linear:
    def __init__(
        self,
        args: Any,
        output_size: int,
        build_bias: bool,
        bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ) -> None:
        self._options = (output_size, build_bias, bias_initializer, kernel_initializer)
        self._scope = tf.get_variable_scope()
        linear(args, *self._options)

    def __call__(self, args: Any) -> Tensor:
        with tf.variable_scope(self._scope, reuse=True):
            return linear(args, *self._options)

"""Summary ops: what a graph reports of itself while it runs.

Each function is the TF1 function of the same name with the checks moved forward: TF1 learns in the
middle of training that a scalar summary got a vector, here the call that made it fails.
"""

from __future__ import annotations

from typing import Any

from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError

__all__ = ["histogram", "image", "merge_all", "scalar", "text"]

_CHANNELS = (1, 3, 4)


def scalar(name: str, tensor: Tensor) -> Tensor:
    """Makes an op whose value is a summary of one number.

    TF1: `tf.summary.scalar`. There a tensor that is not a scalar fails in the first run that
    fetches the summary; here it fails at once.

    Args:
        name: The op's name and, below the current name scope, the summary's tag.
        tensor: A real number, shape `[]`.

    Returns:
        A string tensor, shape `[]`: the serialized `Summary`.

    Raises:
        ArgumentTypeError: `tensor` is no graph tensor, or not of a real dtype.
        ArgumentError: `tensor` cannot have shape `[]`, or `name` is empty.
    """
    _check(name, tensor, "scalar")
    _check_real(name, tensor, "scalar")
    if not tensor.shape.is_compatible_with([]):
        raise ArgumentError(_call("scalar", name), "tensor", _shape(tensor), "a scalar, shape []")
    with tensor.graph.as_default():
        return tf.summary.scalar(name, tensor)


def histogram(name: str, tensor: Tensor) -> Tensor:
    """Makes an op whose value is a summary of how the numbers of a tensor are distributed.

    TF1: `tf.summary.histogram`.

    Args:
        name: The op's name and, below the current name scope, the summary's tag.
        tensor: Real numbers, any shape.

    Returns:
        A string tensor, shape `[]`: the serialized `Summary`.

    Raises:
        ArgumentTypeError: `tensor` is no graph tensor, or not of a real dtype.
        ArgumentError: `name` is empty.
    """
    _check(name, tensor, "histogram")
    _check_real(name, tensor, "histogram")
    with tensor.graph.as_default():
        return tf.summary.histogram(name, tensor)


def image(name: str, tensor: Tensor, max_outputs: int = 3) -> Tensor:
    """Makes an op whose value is a summary of the first images of a batch.

    TF1: `tf.summary.image`, whose scaling of float images it keeps: images without negative
    numbers are scaled to the largest, others so that zero is mid-grey.

    Args:
        name: The op's name and, below the current name scope, the start of the tags
            (`name/image`, or `name/image/0` … for several).
        tensor: uint8, half, float32 or float64, shape `[B, H, W, C]` with C 1, 3 or 4.
        max_outputs: How many images of the batch at most, 1 or more.

    Returns:
        A string tensor, shape `[]`: the serialized `Summary`.

    Raises:
        ArgumentTypeError: `tensor` is no graph tensor, or of another dtype.
        ArgumentError: `tensor` has another rank or number of channels, `max_outputs` is less than
            1, or `name` is empty.
    """
    _check(name, tensor, "image")
    where = _call("image", name)
    if tensor.dtype.base_dtype not in (tf.uint8, tf.float16, tf.float32, tf.float64):
        raise ArgumentTypeError(
            where, "tensor", tensor.dtype.base_dtype.name, "uint8, float16, float32 or float64"
        )
    if not tensor.shape.is_compatible_with([None, None, None, None]):
        raise ArgumentError(where, "tensor", _shape(tensor), "of shape [B, H, W, C]")
    channels = None if tensor.shape.rank is None else tensor.shape.as_list()[3]
    if channels is not None and channels not in _CHANNELS:
        raise ArgumentError(where, "tensor", _shape(tensor), "an image of 1, 3 or 4 channels")
    if max_outputs < 1:
        raise ArgumentError(where, "max_outputs", max_outputs, "1 or more")
    with tensor.graph.as_default():
        return tf.summary.image(name, tensor, max_outputs=max_outputs)


def text(name: str, tensor: Tensor) -> Tensor:
    """Makes an op whose value is a summary of a string, or of a table of strings.

    TF1: `tf.summary.text`. TensorBoard shows it as Markdown, a vector or matrix as a table.

    Args:
        name: The op's name and, below the current name scope, the summary's tag.
        tensor: string, any shape.

    Returns:
        A string tensor, shape `[]`: the serialized `Summary`.

    Raises:
        ArgumentTypeError: `tensor` is no graph tensor, or not of dtype string.
        ArgumentError: `name` is empty.
    """
    _check(name, tensor, "text")
    if tensor.dtype.base_dtype != tf.string:
        received = tensor.dtype.base_dtype.name
        raise ArgumentTypeError(
            _call("text", name), "tensor", received, "of dtype string (tf.as_string makes one)"
        )
    with tensor.graph.as_default():
        return tf.summary.text(name, tensor)


def merge_all(graph: Graph | None = None) -> Tensor | None:
    """Makes one op of every summary op that a graph holds so far.

    TF1: `tf.summary.merge_all`, which looks into the default graph only.

    Args:
        graph: The graph; the default graph unless given.

    Returns:
        A string tensor, shape `[]`, or None when the graph holds no summary.
    """
    with (graph or tf.get_default_graph()).as_default():
        return tf.summary.merge_all()


def _call(kind: str, name: str) -> str:
    return f"summaries.{kind}({name!r})"


def _shape(tensor: Tensor) -> Any:
    return tensor.shape.as_list()


def _check(name: str, tensor: Any, kind: str) -> None:
    """Refuses what has no graph: arrays, numbers, eager tensors."""
    if not isinstance(name, str) or not name:
        raise ArgumentError(f"summaries.{kind}", "name", name, "a name")
    if not (tf.is_tensor(tensor) and hasattr(tensor, "graph")):
        raise ArgumentTypeError(
            _call(kind, name),
            "tensor",
            type(tensor).__name__,
            "a tensor of a graph (SummaryWriter writes values that are already there)",
        )


def _check_real(name: str, tensor: Tensor, kind: str) -> None:
    dtype = tensor.dtype.base_dtype
    if not (dtype.is_floating or dtype.is_integer):
        raise ArgumentTypeError(
            _call(kind, name), "tensor", dtype.name, "of a real dtype, such as float32 or int64"
        )

"""What contrib.training's state saver asks of its inputs, before and while the graph runs."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["checked_names", "checked_scalar", "checked_shape", "checked_values", "with_check"]


def checked_names(names: Any, label: str) -> None:
    """Refuses names that keys of pieces cannot be made of.

    Args:
        names: The keys of a dictionary.
        label: What they are the names of, in words.

    Raises:
        TypeError: A name is no string.
        ValueError: A name has a colon.
    """
    for name in names:
        if not isinstance(name, str):
            raise TypeError(f"{label} must be a string: {name}")
        if ":" in name:
            raise ValueError(f"{label} may not have a colon: '{name}'")


def checked_values(values: Any, label: str, first: int = 0) -> dict[str, Tensor]:
    """Makes tensors of a dictionary's values, in the order of their names.

    Args:
        values: Name to value.
        label: What they are, in one word.
        first: The first axis whose size must be known.

    Returns:
        Name to tensor.

    Raises:
        ValueError: The size of an axis is not known.
    """
    tensors = {
        name: tf.convert_to_tensor(values[name], name=f"{label}_{name}") for name in sorted(values)
    }
    for name, tensor in tensors.items():
        if not tensor.shape[first:].is_fully_defined():
            note = " (ignoring first dimension)" if first else ""
            raise ValueError(f"Shape for {label} {name} is not fully defined{note}: {tensor.shape}")
    return tensors


def checked_scalar(value: Any, label: str, dtype: Any) -> Tensor:
    """Makes a scalar tensor.

    Args:
        value: A number, text or tensor.
        label: What it is, in one word.
        dtype: The dtype it has to have.

    Returns:
        The tensor; reading it fails where it is no scalar.

    Raises:
        TypeError: It has another dtype.
        ValueError: It is known to be no scalar.
    """
    tensor = checked_shape(tf.convert_to_tensor(value, name=label), tf.TensorShape([]))
    if tensor.dtype != dtype:
        raise TypeError(
            f"{label} dtype must be {tf.as_dtype(dtype).name}, but received: {tensor.dtype}"
        )
    return tensor


def checked_shape(tensor: Tensor, static: Any, shape: Tensor | None = None) -> Tensor:
    """Compares shapes, as early as they are known.

    Args:
        tensor: What has to have the shape.
        static: What is known of the shape; its rank at least.
        shape: All of it, at run time.

    Returns:
        The tensor; reading it fails where its shape is another.

    Raises:
        ValueError: It is known to have another.
    """
    try:
        known = tensor.shape.merge_with(static)
    except ValueError as error:
        raise ValueError(f"Shape check failed for {tensor.name}: {error}") from error
    found = tf.shape(tensor)
    wanted = tf.constant(static.as_list(), tf.int32) if shape is None else shape
    # Ranks first: shapes of two ranks cannot be compared number by number.
    same = tf.cond(
        tf.equal(tf.size(found), tf.size(wanted)),
        lambda: tf.reduce_all(tf.equal(found, wanted)),
        lambda: tf.constant(False),
    )
    told = [f"Shape of tensor {tensor.name} should be: ", wanted, ", shape received: ", found]
    checked = with_check(tensor, same, told)
    checked.set_shape(known)
    return checked


def with_check(tensor: Tensor, condition: Tensor, told: list[Any]) -> Tensor:
    """Makes reading a tensor depend on a condition.

    Args:
        tensor: The tensor.
        condition: A bool scalar.
        told: What the error says: text and tensors.

    Returns:
        The tensor; reading it is an InvalidArgumentError where the condition is false.
    """
    with tf.control_dependencies([tf.Assert(condition, told)]):
        return tf.identity(tensor)

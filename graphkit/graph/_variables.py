"""Constants and variables, under TensorFlow 1's names and rules."""

from __future__ import annotations

from typing import Any

from graphkit._tf import DType, Graph, Tensor, Variable, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._names import checked_name
from graphkit.graph._types import checked_dtype, checked_shape, checked_value

__all__ = ["count_parameters", "new_constant", "new_variable"]


def new_constant(graph: Graph, value: Any, dtype: Any, shape: Any, name: str) -> Tensor:
    """Adds a constant to the current scope of `graph`; `GraphBuilder.constant` describes it."""
    where = "constant"
    checked_name(where, name, graph)
    dtype = None if dtype is None else checked_dtype(where, dtype)
    shape = None if shape is None else checked_shape(where, shape)
    if shape is not None and not shape.is_fully_defined():
        raise ArgumentError(where, "shape", shape, "fully defined")
    wanted = "a value with rows of one length"
    wanted += f" that {dtype.name} can hold" if dtype else ""
    wanted += f", at most {shape.num_elements()} numbers for shape {shape}" if shape else ""
    try:
        return tf.constant(value, dtype, shape, name)
    except TypeError as exc:
        raise ArgumentTypeError(where, "value", repr(value), wanted) from exc
    except ValueError as exc:
        raise ArgumentError(where, "value", value, wanted) from exc


def new_variable(
    graph: Graph,
    name: str,
    shape: Any,
    dtype: Any,
    *,
    initializer: Any,
    trainable: bool,
    regularizer: Any,
) -> Variable:
    """Adds or shares a variable in the current scope; `GraphBuilder.variable` describes it."""
    where = "variable"
    checked_name(where, name, graph)
    dtype = checked_dtype(where, dtype)
    shape = None if shape is None else checked_shape(where, shape)
    if initializer is not None and not callable(initializer):
        initializer = _initial_value(initializer, dtype, shape)
    elif shape is not None and not shape.is_fully_defined():
        raise ArgumentError(where, "shape", shape, "fully defined")
    elif shape is None and not tf.get_variable_scope().reuse:
        raise ArgumentError(where, "shape", None, "given for a new variable")
    if regularizer is not None and not callable(regularizer):
        raise ArgumentTypeError(where, "regularizer", repr(regularizer), "a function or None")
    return tf.get_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        trainable=trainable,
        regularizer=regularizer,
    )


def _initial_value(value: Any, dtype: DType, shape: Any) -> Any:
    """Checks a value that a variable starts with; TensorFlow refuses one of another dtype."""
    where, argument = "variable", "initializer"
    if shape is not None:
        wanted = "None when the initializer is a value, which has a shape of its own"
        raise ArgumentError(where, "shape", shape, wanted)
    if not tf.is_tensor(value):
        return checked_value(where, argument, value, dtype, tf.TensorShape(None))
    if value.dtype.base_dtype != dtype:
        raise ArgumentTypeError(where, argument, value.dtype.name, f"of dtype {dtype.name}")
    return value


def count_parameters(graph: Graph) -> int:
    """Counts the numbers in all trainable variables of `graph`."""
    trainable = graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)
    return sum(variable.shape.num_elements() for variable in trainable)

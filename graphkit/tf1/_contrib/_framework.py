"""Small helpers of contrib.framework that no package brings back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.tf1._core._old_objects import RefVariable
from graphkit.tf1._namespace import load

_nest = load("tensorflow.python.util.nest")
# Of both kinds: compat.v1's Variable has reference variables only.
_AnyVariable: Any = load("tensorflow.python.ops.variables:Variable")

__all__ = [
    "assert_scalar_int",
    "get_placeholders",
    "py_func",
    "reduce_sum_n",
    "with_same_shape",
    "with_shape",
    "zero_initializer",
]


def assert_scalar_int(tensor: Any, name: str | None = None) -> Tensor:
    """Requires an integer scalar; the check is made on the static type and shape.

    Args:
        tensor: The tensor, or what becomes one.
        name: The name scope.

    Returns:
        The tensor.

    Raises:
        ValueError: It is not an integer, or not a scalar.
    """
    with tf.name_scope(name, "assert_scalar_int", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        if not tensor.dtype.base_dtype.is_integer:
            raise ValueError(
                f"Expected integer type for {tensor.name}, received type: {tensor.dtype}."
            )
        if tensor.shape.ndims != 0:
            raise ValueError(f"Expected scalar shape for {tensor.name}, received {tensor.shape}.")
        return tensor


def get_placeholders(graph: Graph) -> list[Tensor]:
    """Lists the placeholders of a graph.

    Args:
        graph: The graph.

    Returns:
        The output of every op of type Placeholder, in the order they were made.
    """
    return [op.outputs[0] for op in graph.get_operations() if op.type == "Placeholder"]


def reduce_sum_n(tensors: Sequence[Any], name: str | None = None) -> Tensor:
    """Sums tensors of any shapes to one number.

    Args:
        tensors: Number tensors of one dtype; at least one.
        name: The name scope.

    Returns:
        The sum of all their elements, a scalar.

    Raises:
        ValueError: There is no tensor.
    """
    if not tensors:
        raise ArgumentError("reduce_sum_n", "tensors", tensors, "at least one tensor")
    with tf.name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [tf.reduce_sum(tensor, name=f"{tensor.op.name}/sum") for tensor in tensors]
        return sums[0] if len(sums) == 1 else tf.add_n(sums, name=scope)


def with_shape(expected_shape: Any, tensor: Any) -> Tensor:
    """Requires a shape: at once where it is known, and when the graph runs where it is not.

    Args:
        expected_shape: The shape, a list of ints or an int32 tensor.
        tensor: The tensor.

    Returns:
        The tensor, with that static shape where it is a constant.

    Raises:
        ValueError: The static shape is another.
    """
    tensor = tf.convert_to_tensor(tensor)
    expected_shape = tf.convert_to_tensor(expected_shape, dtype=tf.int32)
    wanted = tf.get_static_value(expected_shape)
    if wanted is not None:
        if not tensor.shape.is_compatible_with([int(size) for size in wanted]):
            raise ValueError(
                f"Wrong shape for {tensor.name}, expected {wanted.tolist()}, got {tensor.shape}."
            )
        if tensor.shape.is_fully_defined():
            return tensor
    same = tf.assert_equal(
        tf.shape(tensor), expected_shape, message=f"Wrong shape for {tensor.name}"
    )
    with tf.control_dependencies([same]):
        checked = tf.identity(tensor, name=f"{tensor.op.name}/with_shape")
    if wanted is not None:
        checked.set_shape([int(size) for size in wanted])
    return checked


def with_same_shape(expected_tensor: Any, tensor: Any) -> Tensor:
    """Requires the shape of another tensor.

    Args:
        expected_tensor: The tensor whose shape is wanted.
        tensor: The tensor to check.

    Returns:
        The tensor, checked as `with_shape` does it.
    """
    expected = tf.convert_to_tensor(expected_tensor)
    if expected.shape.is_fully_defined():
        return with_shape(expected.shape.as_list(), tensor)
    return with_shape(tf.shape(expected), tensor)


def zero_initializer(ref: Any, use_locking: bool = True, name: str = "zero_initializer") -> Tensor:
    """Sets a variable that has no value to zero.

    Args:
        ref: The variable.
        use_locking: Whether it is locked meanwhile; reference variables only.
        name: The op's name.

    Returns:
        The variable's reference, or its handle where it is a resource variable, after that. Running
        it is an InvalidArgumentError where the variable has a value.

    Raises:
        TypeError: It is no variable.
    """
    if not isinstance(ref, _AnyVariable):
        raise ArgumentTypeError("zero_initializer", "ref", type(ref).__name__, "a Variable")
    with tf.name_scope(name) as scope:
        empty = tf.logical_not(tf.is_variable_initialized(ref))
        # The op itself, not a condition around it: it has nothing to compute first.
        checked = tf.raw_ops.Assert(condition=empty, data=[f"{ref.op.name} is already initialized"])
        with tf.control_dependencies([checked]):
            zeros = tf.zeros(ref.shape, ref.dtype.base_dtype)
            if isinstance(ref, RefVariable):
                return tf.assign(ref, zeros, use_locking=use_locking, name=scope)
            with tf.control_dependencies([ref.assign(zeros, read_value=False)]):
                return tf.identity(ref.handle, name=scope)


def py_func(
    func: Callable[..., Any],
    args: Sequence[Any] = (),
    kwargs: Mapping[str, Any] | None = None,
    output_types: Any = None,
    output_shapes: Any = None,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """Calls a Python function in the graph, with positional and keyword tensors, nested at will.

    Args:
        func: Takes and returns NumPy arrays.
        args: Its positional arguments.
        kwargs: Its keyword arguments.
        output_types: The dtypes of what it returns, in the structure it returns.
        output_shapes: The static shapes, in the same structure.
        stateful: Whether two calls may differ.
        name: The op's name.

    Returns:
        Tensors in the structure of `output_types`.
    """
    given = (tuple(args), dict(kwargs or {}))

    def flat_func(*flat: Any) -> Any:
        positional, named = tf.nest.pack_sequence_as(given, flat)
        return [*tf.nest.flatten(func(*positional, **named))]

    types = tf.nest.flatten(output_types)
    results = tf.py_func(flat_func, tf.nest.flatten(given), types, stateful=stateful, name=name)
    if output_shapes is not None:
        shapes = _nest.flatten_up_to(output_types, output_shapes)
        for result, shape in zip(results, shapes, strict=True):
            result.set_shape(shape)
    return tf.nest.pack_sequence_as(output_types, results)

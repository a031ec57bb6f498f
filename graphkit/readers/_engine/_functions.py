"""How the functions of a dataset are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from graphkit._tf import Tensor, tf

__all__ = ["as_functions", "in_given_order", "optimized", "plain_function"]

Function = TypeVar("Function", bound=Callable[..., Any])


def plain_function(function: Function) -> Function:
    """Keeps AutoGraph from translating a function that only builds ops, and all that it calls."""
    return cast("Function", tf.autograph.experimental.do_not_convert(function))


def optimized(function: Function) -> Function:
    """Lets TensorFlow optimise a function as it does the graph of a session.

    The functions of datasets are run as they are, and a session's graph is not (`x / 255.` becomes
    `x * (1. / 255.)`, say): without this, last bits would differ from those of the queues. Put
    into the dataset's function in line, it would be run as it is as well.
    """
    made = tf.function(function, autograph=False, experimental_attributes={"_noinline": True})
    return cast("Function", made)


def in_given_order(
    function: Callable[..., Sequence[Tensor]], values: Sequence[Tensor]
) -> Sequence[Tensor]:
    """Calls a function whose ops run in the order that the program gave them, and in no other.

    To a function that is being made, TensorFlow adds an order for the ops with effects, which knows
    nothing of TensorFlow 1's loops and of arrays in its conditions: they cannot be run like that.

    Args:
        function: Builds the ops; it takes copies of the values.
        values: What the ops are computed from.
    """
    specs = [tf.TensorSpec(value.shape, value.dtype) for value in values]
    results: Sequence[Tensor] = tf.wrap_function(function, specs)(*values)
    return results


def as_functions(function: Callable[..., Any], dtypes: Sequence[Any]) -> list[Any]:
    """Writes a function down, behind those that it calls.

    Args:
        function: Builds the ops.
        dtypes: Dtypes of what it takes.
    """
    with tf.Graph().as_default() as graph:
        inputs = [tf.placeholder(dtype) for dtype in dtypes]
        tf.function(function, autograph=False)(*inputs)
    (call,) = [op for op in graph.get_operations() if op.type.endswith("PartitionedCall")]
    name = call.get_attr("f").name
    functions = {f.signature.name: f for f in graph.as_graph_def().library.function}
    return [*(f for key, f in functions.items() if key != name), functions[name]]

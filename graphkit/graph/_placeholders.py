"""Placeholders that know what they are for.

A graph's inputs, labels and switches are told apart by one graph collection per role. Collections
travel with the graph (also through `export_meta_graph`), so whoever meets it later can still ask.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphkit._tf import DType, Graph, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.graph._names import checked_graph, checked_name
from graphkit.graph._types import checked_dtype, checked_shape

__all__ = [
    "ROLES",
    "PlaceholderInfo",
    "declared_placeholders",
    "new_placeholder",
    "placeholder_roles",
]

ROLES = ("input", "label", "switch")


class PlaceholderInfo(NamedTuple):
    """What is known of one placeholder.

    Attributes:
        tensor: The placeholder.
        role: "input", "label" or "switch".
        dtype: Its `tf.DType`.
        shape: Its static shape, a `tf.TensorShape`.
    """

    tensor: Tensor
    role: str
    dtype: DType
    shape: Any


def _collection(role: str) -> str:
    return f"graphkit/placeholders/{role}"


def new_placeholder(
    graph: Graph, name: str, dtype: Any, shape: Any, *, role: str, default: Any
) -> Tensor:
    """Adds a placeholder to the current scope of `graph` and notes its role.

    Args:
        graph: The current graph.
        name: Its name, not yet used in this scope.
        dtype: Its dtype, in any spelling.
        shape: Its static shape, in any spelling.
        role: One of `ROLES`.
        default: The value when nothing is fed; `None` for none.

    Returns:
        The placeholder.

    Raises:
        ArgumentError: The name is taken, or name, shape, role or default do not fit.
        ArgumentTypeError: No such dtype, or the default is of another kind.
    """
    where = "placeholder"
    checked_name(where, name, graph)
    dtype, shape = checked_dtype(where, dtype), checked_shape(where, shape)
    if role not in ROLES:
        raise ArgumentError(where, "role", role, "one of " + ", ".join(map(repr, ROLES)))
    scope = graph.get_name_scope()
    full_name = f"{scope}/{name}" if scope else name
    if graph.unique_name(name, mark_as_used=False) != full_name:
        raise ArgumentError(where, "name", full_name, "a name not yet used in this graph")
    if default is None:
        tensor = tf.placeholder(dtype, shape, name)
    else:
        tensor = tf.placeholder_with_default(_default(default, dtype, shape), shape, name)
    graph.add_to_collection(_collection(role), tensor)
    return tensor


def _default(value: Any, dtype: DType, shape: Any) -> NDArray[Any]:
    """Converts a default to the placeholder's dtype, where that loses nothing but precision."""
    array = np.asarray(value, dtype=object if dtype == tf.string else None)
    if not _holds(dtype, array):
        raise ArgumentTypeError(
            "placeholder", "default", repr(value), f"a value that {dtype.name} can hold"
        )
    if not shape.is_compatible_with(array.shape):
        wanted = f"of a shape that fits {shape}"
        raise ArgumentError("placeholder", "default", list(array.shape), wanted)
    return array.astype(dtype.as_numpy_dtype)


def _holds(dtype: DType, array: NDArray[Any]) -> bool:
    if dtype == tf.string:
        return all(isinstance(item, (str, bytes)) for item in array.flat)
    if dtype.is_bool:
        return array.dtype.kind == "b"
    if dtype.is_integer:
        ends = [int(end) for end in (array.min(), array.max())] if array.size else []
        return array.dtype.kind in "iu" and all(dtype.min <= end <= dtype.max for end in ends)
    return array.dtype.kind in ("iufc" if dtype.is_complex else "iuf")


def declared_placeholders(graph: Graph) -> dict[str, PlaceholderInfo]:
    """Lists the placeholders of a graph that have a role, by op name."""
    return {
        tensor.op.name: PlaceholderInfo(tensor, role, tensor.dtype, tensor.shape)
        for role in ROLES
        for tensor in graph.get_collection(_collection(role))
    }


def placeholder_roles(graph: Graph) -> dict[str, str]:
    """Reads the roles of a graph's placeholders, with or without the builder that made them.

    Args:
        graph: Any graph; one imported from a MetaGraph has its roles too.

    Returns:
        Op name to role: "input", "label" or "switch". Placeholders without a role are left out.

    Raises:
        ArgumentTypeError: Not a `tf.Graph`.
    """
    checked_graph("placeholder_roles", graph)
    return {name: info.role for name, info in declared_placeholders(graph).items()}

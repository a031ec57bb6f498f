"""Placeholders that know what they are for.

A graph's inputs, labels and switches are told apart by one graph collection per role. Collections
travel with the graph (also through `export_meta_graph`), so whoever meets it later can still ask.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from graphkit._tf import DType, Graph, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.graph._names import checked_graph, checked_name
from graphkit.graph._types import checked_dtype, checked_shape, checked_value

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
        value = checked_value(where, "default", default, dtype, shape)
        tensor = tf.placeholder_with_default(value, shape, name)
    graph.add_to_collection(_collection(role), tensor)
    return tensor


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

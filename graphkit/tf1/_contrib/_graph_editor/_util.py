"""contrib.graph_editor.util: lists, trees and scopes, and what is alike in two graphs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.errors import ArgumentError

__all__ = [
    "ListView",
    "check_graphs",
    "concatenate_unique",
    "find_corresponding",
    "find_corresponding_elem",
    "flatten_tree",
    "get_predefined_collection_names",
    "get_unique_graph",
    "is_iterable",
    "scope_basename",
    "scope_dirname",
    "scope_finalize",
    "transform_tree",
]


class ListView:
    """A list that cannot be changed.

    Args:
        list_: The list.

    Raises:
        TypeError: It is no list.
    """

    def __init__(self, list_: list[Any]) -> None:
        if not isinstance(list_, list):
            raise TypeError(f"Expected a list, got: {type(list_)}.")
        self._list = list_

    def __iter__(self) -> Iterator[Any]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __bool__(self) -> bool:
        return bool(self._list)

    def __getitem__(self, i: Any) -> Any:
        return self._list[i]

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self._list, *other]


def concatenate_unique(la: list[Any], lb: Iterable[Any]) -> list[Any]:
    """Adds to a list what it does not have yet.

    Args:
        la: The list, which grows.
        lb: What is added, in its order.

    Returns:
        The same list.
    """
    known = set(la)
    for item in lb:
        if item not in known:
            la.append(item)
            known.add(item)
    return la


def is_iterable(obj: Any) -> bool:
    """Tells whether something has parts; a tensor has none.

    Args:
        obj: Anything.

    Returns:
        Whether it can be walked through.
    """
    if isinstance(obj, tf.Tensor):
        return False
    try:
        iter(obj)
    except Exception:
        return False
    return True


def flatten_tree(tree: Any, leaves: list[Any] | None = None) -> list[Any]:
    """Lists the leaves of nested lists, tuples and dictionaries.

    Args:
        tree: The tree, or one leaf.
        leaves: A list they are added to.

    Returns:
        That list, a new one unless given.
    """
    leaves = [] if leaves is None else leaves
    if not is_iterable(tree):
        leaves.append(tree)
        return leaves
    for child in tree.values() if isinstance(tree, dict) else tree:
        flatten_tree(child, leaves)
    return leaves


def transform_tree(
    tree: Any, fn: Callable[[Any], Any], iterable_type: Callable[..., Any] = tuple
) -> Any:
    """Makes a tree of the same form with other leaves.

    Args:
        tree: The tree, or one leaf.
        fn: Leaf to leaf.
        iterable_type: What is made of something that is no dictionary, list or tuple.

    Returns:
        The tree.
    """
    if not is_iterable(tree):
        return fn(tree)
    if isinstance(tree, dict):
        return type(tree)((key, transform_tree(child, fn)) for key, child in tree.items())
    if hasattr(tree, "_asdict"):
        return type(tree)(**transform_tree(tree._asdict(), fn))
    kind: Any = type(tree) if isinstance(tree, Sequence) else iterable_type
    return kind(transform_tree(child, fn) for child in tree)


def check_graphs(*args: Any) -> None:
    """Requires that all are of one graph.

    Args:
        args: Ops, tensors, views: whatever has a graph.

    Raises:
        ValueError: One is of another graph than those before it.
    """
    graph = None
    for number, item in enumerate(args):
        graph = graph or item.graph
        if item.graph is not None and item.graph is not graph:
            raise ValueError(f"Argument[{number}]: Wrong graph!")


def get_unique_graph(tops: Any, check_types: Any = None, none_if_empty: bool = False) -> Any:
    """Finds the graph of some ops and tensors.

    Args:
        tops: The ops and tensors, or their graph.
        check_types: The types they have to be of; ops and tensors unless given.
        none_if_empty: Whether there may be none.

    Returns:
        The graph; None for none.

    Raises:
        TypeError: They are no list, or one is of another type.
        ValueError: They are of several graphs, or there are none.
    """
    if isinstance(tops, tf.Graph):
        return tops
    if not is_iterable(tops):
        raise TypeError(f"{type(tops)} is not iterable")
    types = check_types or (tf.Operation, tf.Tensor)
    types = tuple(types) if is_iterable(types) else (types,)
    graph = None
    for item in tops:
        if not isinstance(item, types):
            wanted = ", ".join(kind.__name__ for kind in types)
            raise TypeError(f"Expected a type in ({wanted}), got: {type(item)}")
        graph = graph or item.graph
        if item.graph is not graph:
            raise ValueError(f"Operation {item} does not belong to given graph")
    if graph is None and not none_if_empty:
        raise ValueError("Can't find the unique graph of an empty list")
    return graph


def scope_finalize(scope: str) -> str:
    """Ends a scope's name with a slash, unless it is the root's."""
    return scope if not scope or scope.endswith("/") else scope + "/"


def scope_dirname(scope: str) -> str:
    """What stands before an op's own name, up to the last slash."""
    return scope[: scope.rfind("/") + 1]


def scope_basename(scope: str) -> str:
    """An op's own name, behind the last slash."""
    return scope[scope.rfind("/") + 1 :]


def get_predefined_collection_names() -> list[str]:
    """Lists the names of TensorFlow's own collections.

    Returns:
        The names, in the order of their constants.
    """
    keys = tf.GraphKeys
    return [getattr(keys, key) for key in dir(keys) if not key.startswith("__")]


def find_corresponding_elem(
    target: Any, dst_graph: Graph, dst_scope: str = "", src_scope: str = ""
) -> Any:
    """Finds an op or tensor by its name in another graph.

    Args:
        target: The op or tensor.
        dst_graph: The other graph.
        dst_scope: The scope it is in there.
        src_scope: The scope it is in here.

    Returns:
        The op or tensor there.

    Raises:
        ValueError: It is not in that scope here.
        TypeError: It is neither an op nor a tensor.
        KeyError: There is none there.
    """
    lead = scope_finalize(src_scope)
    if not target.name.startswith(lead):
        raise ArgumentError("find_corresponding", "target", target.name, f"in scope {lead!r}")
    name = scope_finalize(dst_scope) + target.name.removeprefix(lead)
    if isinstance(target, tf.Tensor):
        return dst_graph.get_tensor_by_name(name)
    if isinstance(target, tf.Operation):
        return dst_graph.get_operation_by_name(name)
    raise TypeError(f"Expected tf.Tensor or tf.Operation, got: {type(target)}")


def find_corresponding(
    targets: Any, dst_graph: Graph, dst_scope: str = "", src_scope: str = ""
) -> Any:
    """Finds the ops and tensors of a tree by their names in another graph.

    Args:
        targets: Nested lists, tuples and dictionaries of ops and tensors.
        dst_graph: The other graph.
        dst_scope: The scope they are in there.
        src_scope: The scope they are in here.

    Returns:
        The same tree of ops and tensors there.

    Raises:
        ValueError: One is not in that scope here.
        KeyError: There is none there.
    """
    return transform_tree(
        targets, lambda target: find_corresponding_elem(target, dst_graph, dst_scope, src_scope)
    )

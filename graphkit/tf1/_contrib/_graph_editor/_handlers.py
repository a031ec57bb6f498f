"""What a `Transformer` does with ops, tensors and collections unless it is told otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentTypeError
from graphkit.tf1._contrib._graph_editor._cuts import make_placeholder_from_tensor
from graphkit.tf1._contrib._graph_editor._views import SubGraphView

__all__ = [
    "Copying",
    "assign_renamed_collections_handler",
    "copy_op_handler",
    "keep_t_if_possible_handler",
    "replace_t_with_placeholder_handler",
    "transform_op_if_inside_handler",
]

_KNOWN_KEYS = [getattr(tf.GraphKeys, key) for key in dir(tf.GraphKeys) if not key.startswith("_")]


class Copying:
    """What the handlers of a `Transformer` are told.

    Args:
        sgv: The view that is copied.
        dst_graph: Where to.
        dst_scope: The scope of the copies, with its slash.
        src_scope: The scope that is left out of their names, with its slash.
    """

    def __init__(self, sgv: SubGraphView, dst_graph: Graph, dst_scope: str, src_scope: str) -> None:
        self.sgv = sgv
        self.graph, self.graph_ = sgv.graph, dst_graph
        self.scope, self.scope_ = src_scope, dst_scope
        self.transformed_ops: dict[Operation, Operation] = {}
        self.transformed_ts: dict[str, Tensor] = {}
        self.collections = {key: self.graph.get_collection(key) for key in self.graph.collections}
        # Inputs that were not copied yet when an op needed them: those of loops.
        self.later: list[tuple[Operation, int, Tensor]] = []
        self._frames: dict[bytes, bytes] = {}

    def new_name(self, name: str) -> str:
        """The name of a copy.

        Args:
            name: The name of the op, or of a collection.

        Raises:
            ValueError: It is not in the scope that is left out.
        """
        if not name.startswith(self.scope):
            raise ValueError(f"{name} does not belong to source scope: {self.scope}.")
        return self.scope_ + name[len(self.scope) :]

    def new_frame(self, name: bytes) -> bytes:
        """The name of a copied loop's frame, which two loops must not share.

        Args:
            name: The name of the loop's frame.
        """
        if name not in self._frames:
            wanted = self.scope_ + name.decode()
            self._frames[name] = self.graph_.unique_name(wanted).encode()
        return self._frames[name]


def replace_t_with_placeholder_handler(info: Copying, t: Tensor) -> Tensor:
    """Lets copies use a placeholder instead of a tensor.

    Args:
        info: The copying.
        t: The tensor.
    """
    with info.graph_.as_default(), tf.name_scope(None):
        return make_placeholder_from_tensor(t, info.scope_)


def keep_t_if_possible_handler(info: Copying, t: Tensor) -> Tensor:
    """Lets copies in the same graph use a tensor as it is, those in another a placeholder.

    Args:
        info: The copying.
        t: The tensor.
    """
    return t if info.graph is info.graph_ else replace_t_with_placeholder_handler(info, t)


def assign_renamed_collections_handler(info: Copying, elem: Any, elem_: Any) -> None:
    """Puts a copy into the collections the original is in; unknown ones are renamed as ops are.

    Args:
        info: The copying.
        elem: The op or tensor.
        elem_: Its copy.
    """
    for key, members in info.collections.items():
        if any(member is elem for member in members):
            name = key if key in _KNOWN_KEYS else info.new_name(key)
            info.graph_.add_to_collection(name, elem_)


def transform_op_if_inside_handler(
    info: Copying, op: Operation, keep_if_possible: bool = True
) -> Operation | None:
    """Finds the op that stands for one that runs first.

    Args:
        info: The copying.
        op: The op.
        keep_if_possible: Whether an op outside stands for itself in the same graph.

    Returns:
        Its copy, itself, or None.
    """
    if op in info.transformed_ops:
        return info.transformed_ops[op]
    return op if keep_if_possible and info.graph is info.graph_ else None


def copy_op_handler(
    info: Copying,
    op: Operation,
    new_inputs: Any,
    copy_shape: bool = False,
    nodedef_fn: Callable[[Any], Any] | None = None,
) -> tuple[Operation, list[Tensor]]:
    """Copies one op.

    Args:
        info: The copying.
        op: The op.
        new_inputs: What the copy uses.
        copy_shape: Whether the copy's outputs get the static shapes of the op's.
        nodedef_fn: Changes the NodeDef first.

    Returns:
        The copy, and its outputs.

    Raises:
        TypeError: `new_inputs` are no tensors.
    """
    if isinstance(new_inputs, bool):
        raise ArgumentTypeError("copy_op_handler", "new_inputs", "bool", "a list of tensors")
    node = op.node_def if nodedef_fn is None else nodedef_fn(op.node_def)
    name = info.new_name(op.name) if nodedef_fn is None or node.name == op.name else node.name
    attributes = dict(node.attr)
    if "frame_name" in attributes:
        attributes["frame_name"].s = info.new_frame(attributes["frame_name"].s)
    with info.graph_.as_default(), tf.name_scope(None), tf.control_dependencies(None):
        made = info.graph_.create_op(
            node.op,
            new_inputs,
            [tensor.dtype for tensor in op.outputs],
            name=name,
            attrs=attributes,
        )
    made._set_device(node.device)  # noqa: SLF001 - no public way
    if copy_shape:
        for new, old in zip(made.outputs, op.outputs, strict=True):
            new.set_shape(old.shape)
    return made, list(made.outputs)

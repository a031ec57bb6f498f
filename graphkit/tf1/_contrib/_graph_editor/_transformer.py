"""Copying ops with handlers that a program may replace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.tf1._contrib._graph_editor._controls import add_control_inputs
from graphkit.tf1._contrib._graph_editor._handlers import (
    Copying,
    assign_renamed_collections_handler,
    copy_op_handler,
    keep_t_if_possible_handler,
    replace_t_with_placeholder_handler,
    transform_op_if_inside_handler,
)
from graphkit.tf1._contrib._graph_editor._views import SubGraphView, make_view

__all__ = ["Transformer", "TransformerInfo"]

_MERGES = ("Merge", "RefMerge")


def _as_lead(scope: str) -> str:
    return f"{scope.removesuffix('/')}/" if scope else ""


class TransformerInfo:
    """Which copy belongs to which op or tensor.

    Args:
        info: The copying.
    """

    def __init__(self, info: Copying) -> None:
        self._graphs = (info.graph, info.graph_)
        self._scopes = (info.scope, info.scope_)
        self._copies = {op.name: made for op, made in info.transformed_ops.items()}
        self._originals = {made.name: op for op, made in info.transformed_ops.items()}
        self._tensors = dict(info.transformed_ts)

    def transformed(self, original: Any, missing_fn: Callable[[Any], Any] | None = None) -> Any:
        """Finds copies.

        Args:
            original: An op or tensor, or several in lists, tuples and dictionaries.
            missing_fn: Says what stands for one that was not copied; None unless given.

        Returns:
            The copies, in the same structure.
        """
        find = partial(_found, self._copies, self._tensors, missing_fn)
        return tf.nest.map_structure(find, original)

    def original(self, transformed: Any, missing_fn: Callable[[Any], Any] | None = None) -> Any:
        """Finds what was copied.

        Args:
            transformed: A copy, or several in lists, tuples and dictionaries.
            missing_fn: Says what stands for one that is no copy; None unless given.

        Returns:
            The originals, in the same structure.
        """
        find = partial(_found, self._originals, {}, missing_fn)
        return tf.nest.map_structure(find, transformed)

    def __str__(self) -> str:
        source, target = (f"graph[{id(graph)}]" for graph in self._graphs)
        where = f"Within {source}" if source == target else f"{source} => {target}"
        lines = ["Transform result info:", f"  {where}"]
        lines += [f"  Relative to source scope: {self._scopes[0]}"] if self._scopes[0] else []
        lines += [f"  Scope destination: {self._scopes[1]}"] if self._scopes[1] else []
        pairs = [f"  {name} => {made.name}" for name, made in self._copies.items()]
        return "\n".join([*lines, "Operations mapping:", *pairs, ""])


def _found(
    ops: Mapping[str, Operation], tensors: Mapping[str, Tensor], missing_fn: Any, item: Any
) -> Any:
    if isinstance(item, tf.Operation):
        if item.name in ops:
            return ops[item.name]
    elif not isinstance(item, tf.Tensor):
        raise ArgumentTypeError(
            "TransformerInfo", "item", type(item).__name__, "an Operation or a Tensor"
        )
    elif item.name in tensors:
        return tensors[item.name]
    elif item.op.name in ops:
        return ops[item.op.name].outputs[item.value_index]
    return None if missing_fn is None else missing_fn(item)


class Transformer:
    """Copies views; each step is done by a handler that can be replaced.

    `transform_op_handler` copies an op, `transform_control_input_handler` says what runs before a
    copy, `assign_collections_handler` puts copies into collections,
    `transform_external_input_handler` says what copies use instead of the view's inputs, and
    `transform_external_hidden_input_handler` instead of other tensors from outside.
    """

    def __init__(self) -> None:
        self.transform_op_handler: Callable[..., Any] = copy_op_handler
        self.transform_control_input_handler: Callable[..., Any] = transform_op_if_inside_handler
        self.assign_collections_handler: Callable[..., Any] = assign_renamed_collections_handler
        self.transform_external_input_handler: Callable[..., Any] = (
            replace_t_with_placeholder_handler
        )
        self.transform_external_hidden_input_handler: Callable[..., Any] = (
            keep_t_if_possible_handler
        )

    def __call__(
        self,
        sgv: Any,
        dst_graph: Graph,
        dst_scope: str,
        src_scope: str = "",
        reuse_dst_scope: bool = False,
    ) -> tuple[SubGraphView, TransformerInfo]:
        """Copies a view.

        Args:
            sgv: The view, or its ops.
            dst_graph: Where to.
            dst_scope: The scope of the copies; made different from others.
            src_scope: The scope that is left out of their names.
            reuse_dst_scope: Whether `dst_scope` is used as it is.

        Returns:
            A view of the copies, and which is whose.

        Raises:
            TypeError: `dst_graph` is no graph.
            ValueError: An op is not in `src_scope`, or is its own copy.
        """
        view = make_view(sgv)
        if not isinstance(dst_graph, tf.Graph):
            raise ArgumentTypeError("Transformer", "dst_graph", type(dst_graph).__name__, "a Graph")
        if dst_scope and not reuse_dst_scope:
            dst_scope = dst_graph.unique_name(dst_scope.removesuffix("/"))
        info = Copying(view, dst_graph, _as_lead(dst_scope), _as_lead(src_scope))
        inside = set(view.ops)
        for op in [op for op in view.graph.get_operations() if op in inside]:
            if op not in info.transformed_ops:
                self._copy(info, op, inside)
        for op, place, tensor in info.later:
            copy_ = info.transformed_ops[op]
            copy_._update_input(place, info.transformed_ts[tensor.name])  # noqa: SLF001
        for op in view.ops:
            before = [self.transform_control_input_handler(info, cop) for cop in op.control_inputs]
            kept = dict.fromkeys(cop for cop in before if cop is not None)
            add_control_inputs(info.transformed_ops[op], list(kept))
        return _view_of_copies(info), TransformerInfo(info)

    def _copy(self, info: Copying, op: Operation, inside: set[Operation]) -> None:
        inputs = [self._input(info, op, place, inside) for place in range(len(op.inputs))]
        made, outputs = self.transform_op_handler(info, op, inputs)
        if made is op:
            raise ArgumentError("Transformer", "transform_op_handler", op.name, "making a new op")
        info.transformed_ops[op] = made
        self.assign_collections_handler(info, op, made)
        for old, new in zip(op.outputs, outputs, strict=True):
            info.transformed_ts[old.name] = new
            self.assign_collections_handler(info, old, new)

    def _input(self, info: Copying, op: Operation, place: int, inside: set[Operation]) -> Tensor:
        tensor = op.inputs[place]
        if tensor.name in info.transformed_ts:
            return info.transformed_ts[tensor.name]
        if tensor.op in inside and op.type in _MERGES and place > 0:
            # A loop: what comes from its end is put in when that is there.
            info.later.append((op, place, tensor))
            return self._input(info, op, 0, inside)
        if tensor.op in inside:
            # Conditions put ops before others that were there first.
            self._copy(info, tensor.op, inside)
            return info.transformed_ts[tensor.name]
        if any(tensor is known for known in info.sgv.inputs):
            return self.transform_external_input_handler(info, tensor)
        return self.transform_external_hidden_input_handler(info, tensor)


def _view_of_copies(info: Copying) -> SubGraphView:
    made = SubGraphView([info.transformed_ops[op] for op in info.sgv.ops])
    sides = []
    for old, new in ((info.sgv.inputs, made.inputs), (info.sgv.outputs, made.outputs)):
        there = {tensor.name for tensor in new}
        copies = [info.transformed_ts.get(tensor.name) for tensor in old]
        sides.append([t for t in copies if t is not None and t.name in there])
    return made.remap(*sides)

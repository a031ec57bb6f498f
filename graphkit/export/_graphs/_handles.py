"""Where a variable was passed on by its handle, its value is passed on instead.

A resource variable travels through a graph as a handle: through `Identity` and `Enter`, into the
functions of an `If` or a `While`, until an op reads, gathers or asks for the shape. Once the handle
is a constant, every op on the way has to carry the constant's dtype, and those at its end become
the ops that do the same to a value. TensorFlow's own conversion leaves out gathers in functions and
functions that return what they read, so it breaks batch normalization under today's `tf.cond`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphkit._tf import tf
from graphkit.export._graphs._nodes import op_of

__all__ = ["HandleValues"]

_PASSES_ON = {"Enter", "Exit", "Identity", "Merge", "NextIteration", "Switch"}
_CALLS = {
    "Case": ("branches",),
    "If": ("then_branch", "else_branch"),
    "PartitionedCall": ("f",),
    "StatefulPartitionedCall": ("f",),
    "StatelessCase": ("branches",),
    "StatelessIf": ("then_branch", "else_branch"),
}
_LOOPS = {"StatelessWhile", "While"}
_BEGIN_LOOPS = {"Enter", "RefEnter"}
_INT32 = tf.int32.as_datatype_enum
_SELECTS = {"Case", "If", "StatelessCase", "StatelessIf"}


class _Kind(NamedTuple):
    """What is known of the value of a variable.

    Attributes:
        dtype: Its dtype, as an enum.
        shape: Its shape.
    """

    dtype: int
    shape: Any


class HandleValues:
    """Spreads dtypes from former handles through one graph, in place.

    Args:
        graph_def: The graph; its functions change with it.
    """

    def __init__(self, graph_def: Any) -> None:
        self._functions = {f.signature.name: f for f in graph_def.library.function}
        self._graph = _Body(graph_def.node, None)
        self._bodies = {name: _Body(f.node_def, f) for name, f in self._functions.items()}
        self._spread: set[tuple[str, int]] = set()

    def spread(self, variable: str, dtype: int, shape: Sequence[int]) -> None:
        """Lets everything behind a former handle work on a value.

        Args:
            variable: The name of the node that was the handle and now is a constant.
            dtype: The value's dtype, as an enum.
            shape: The value's shape.
        """
        kind = _Kind(dtype, tf.TensorShape(shape).as_proto())
        self._follow(self._graph, variable, None, kind)

    def _follow(self, body: _Body, name: str, index: int | None, kind: _Kind) -> None:
        """Changes the consumers of one output, or of all of them, of a node or argument."""
        for node, position, output in body.consumers.get(name, []):
            if index is None or index == output:
                self._change(body, node, position, kind)

    def _change(self, body: _Body, node: Any, position: int, kind: _Kind) -> None:
        if node.op in _PASSES_ON:
            if node.attr["T"].type != kind.dtype:
                node.attr["T"].type = kind.dtype
                self._follow(body, node.name, None, kind)
        elif node.op in _LOOPS:
            node.attr["T"].list.type[position] = kind.dtype
            _tell_shape(node.attr, "output_shapes", position, kind)
            self._enter(node.attr["cond"].func.name, position, kind, returns=False)
            self._enter(node.attr["body"].func.name, position, kind, returns=True)
            self._follow(body, node.name, position, kind)
        elif node.op in _CALLS:
            argument = position - (node.op in _SELECTS)
            node.attr["Tin"].list.type[argument] = kind.dtype
            for key in _CALLS[node.op]:
                attr = node.attr[key]
                for function in [attr.func, *attr.list.func]:
                    self._enter(function.name, argument, kind, returns=False)
        else:
            _use_value(body, node, kind.dtype)
        node.attr.pop("_output_shapes", None)
        node.attr.pop("_read_only_resource_inputs", None)

    def _enter(self, function: str, argument: int, kind: _Kind, *, returns: bool) -> None:
        """Follows an argument into a function; a loop's body gives it back in the same place."""
        if function not in self._functions or (function, argument) in self._spread:
            return
        self._spread.add((function, argument))
        definition = self._functions[function]
        definition.resource_arg_unique_id.clear()
        definition.arg_attr.clear()
        _tell_shape(definition.attr, "_input_shapes", argument, kind)
        signature = definition.signature
        signature.input_arg[argument].type = kind.dtype
        del signature.input_arg[argument].handle_data[:]
        if returns:
            signature.output_arg[argument].type = kind.dtype
            del signature.output_arg[argument].handle_data[:]
        self._follow(self._bodies[function], signature.input_arg[argument].name, None, kind)


class _Body:
    """The nodes of a graph or a function, with who consumes what.

    In a function, `node:output:1` names an output by its argument and its place in it; in a graph
    `node:1` does by its place.
    """

    def __init__(self, nodes: Any, function: Any) -> None:
        self.nodes = nodes
        self.function = function
        self.consumers: dict[str, list[tuple[Any, int, int]]] = {}
        self._loops = any(node.op in _BEGIN_LOOPS for node in nodes)
        for node in nodes:
            for position, reference in enumerate(node.input):
                if not reference.startswith("^"):
                    output = reference.rpartition(":")[2]
                    entry = (node, position, int(output) if output.isdigit() else 0)
                    self.consumers.setdefault(op_of(reference), []).append(entry)

    def rename_output(self, node: str, old: str, new: str) -> None:
        """Corrects who reads an output of a node in a function after its op type changed."""
        if self.function is None:
            return
        for consumer, position, output in self.consumers.get(node, []):
            consumer.input[position] = f"{node}:{new}:{output}"
        for result, reference in dict(self.function.ret).items():
            if reference == f"{node}:{old}:0":
                self.function.ret[result] = f"{node}:{new}:0"

    def constant(self, name: str, value: Any, beside: str) -> str:
        """Adds a constant that is read with another value; gives the reference to it.

        Where there are loops of TensorFlow 1 it waits for that value, to be in the loop it is in.
        """
        node = self.nodes.add()
        make_constant(node, name, value)
        node.input.extend([f"^{op_of(beside)}"] if self._loops else [])
        return name if self.function is None else f"{name}:output:0"


def make_constant(node: Any, name: str, value: Any) -> None:
    """Makes a node the constant of an array; whatever it was before is forgotten."""
    tensor = tf.make_tensor_proto(value)
    node.Clear()
    node.name, node.op = name, "Const"
    node.attr["dtype"].type = tensor.dtype
    node.attr["value"].tensor.CopyFrom(tensor)


def _tell_shape(attrs: Any, name: str, place: int, kind: _Kind) -> None:
    """Lets a list of shapes tell that of the value where it told that of a handle."""
    if name in attrs:
        for shape in attrs[name].list.shape[place : place + 1]:
            shape.CopyFrom(kind.shape)


def _use_value(body: _Body, node: Any, dtype: int) -> None:
    """Replaces an op that takes a handle by the one that does the same to a value."""
    if node.op == "ReadVariableOp":
        _become(node, "Identity", T=dtype)
        body.rename_output(node.name, "value", "output")
    elif node.op == "ResourceGather":
        dims = node.attr["batch_dims"].i
        node.input.insert(2, body.constant(f"{node.name}/axis", dims, node.input[1]))  # then waits
        _become(node, "GatherV2", Tparams=dtype, Taxis=_INT32)
        node.attr["batch_dims"].i = dims
    elif node.op == "ResourceGatherNd":
        _become(node, "GatherNd", Tparams=dtype)
    elif node.op == "VariableShape":
        _become(node, "Shape", T=dtype)
    elif node.op == "VarIsInitializedOp":
        make_constant(node, node.name, True)
        body.rename_output(node.name, "is_initialized", "output")


def _become(node: Any, op_type: str, **types: int) -> None:
    """Changes the op type; of the attributes, the types of indices and results stay."""
    node.op = op_type
    for name in set(node.attr) - {"Tindices", "out_type"}:
        del node.attr[name]
    for name, dtype in types.items():
        node.attr[name].type = dtype

"""Cutting parts out of a graph: placeholders where they were connected."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentTypeError
from graphkit.tf1._contrib._graph_editor._controls import (
    ControlOutputs,
    check_cios,
    remove_control_inputs,
)
from graphkit.tf1._contrib._graph_editor._joins import reroute_ts
from graphkit.tf1._contrib._graph_editor._views import SubGraphView, make_view

__all__ = [
    "bypass",
    "detach",
    "detach_control_inputs",
    "detach_control_outputs",
    "detach_inputs",
    "detach_outputs",
    "make_placeholder_from_dtype_and_shape",
    "make_placeholder_from_tensor",
    "ph",
    "placeholder_name",
]

_PREFIX = "geph"


def placeholder_name(t: Any = None, scope: str | None = None, prefix: str = _PREFIX) -> str:
    """Makes the name of a placeholder that stands for a tensor.

    Args:
        t: The tensor.
        scope: The placeholder's name scope; that of the tensor when None.
        prefix: What its name begins with.

    Returns:
        `scope/prefix__op_number`; the tensor's own name if it is such a placeholder already.

    Raises:
        TypeError: It is no tensor.
    """
    if t is not None and not isinstance(t, tf.Tensor):
        raise ArgumentTypeError("placeholder_name", "t", type(t).__name__, "a Tensor")
    lead, _, leaf = t.op.name.rpartition("/") if t is not None else ("", "", prefix)
    if t is not None and not leaf.startswith(f"{prefix}__"):
        leaf = f"{prefix}__{leaf}_{t.value_index}"
    lead = lead if scope is None else scope.removesuffix("/")
    return f"{lead}/{leaf}" if lead else leaf


def make_placeholder_from_tensor(
    t: Tensor, scope: str | None = None, prefix: str = _PREFIX
) -> Tensor:
    """Makes a placeholder that stands for a tensor.

    Args:
        t: The tensor.
        scope: The placeholder's name scope; that of the tensor when None.
        prefix: What its name begins with.

    Returns:
        The placeholder, of the tensor's dtype and static shape.
    """
    return tf.placeholder(t.dtype, t.shape, placeholder_name(t, scope, prefix))


def make_placeholder_from_dtype_and_shape(
    dtype: Any, shape: Any = None, scope: str | None = None, prefix: str = _PREFIX
) -> Tensor:
    """Makes a placeholder with the name of those that stand for tensors.

    Args:
        dtype: Its dtype.
        shape: Its static shape.
        scope: Its name scope.
        prefix: What its name begins with.
    """
    return tf.placeholder(dtype, shape, placeholder_name(scope=scope, prefix=prefix))


ph = make_placeholder_from_dtype_and_shape


def detach_control_inputs(sgv: Any) -> None:
    """Lets nothing outside a view run before its ops merely to come first.

    Args:
        sgv: The view, or its ops.
    """
    view = make_view(sgv)
    for op in view.ops:
        remove_control_inputs(op, [cop for cop in op.control_inputs if cop not in view.ops])


def detach_control_outputs(sgv: Any, control_outputs: ControlOutputs) -> None:
    """Lets nothing outside a view wait for its ops merely to come later.

    Args:
        sgv: The view, or its ops.
        control_outputs: Knows what waits.

    Raises:
        TypeError: It is no ControlOutputs.
    """
    _, later = check_cios(True, control_outputs)
    view = make_view(sgv)
    for op in view.ops:
        for waiting in later.get(op) if later is not None else ():
            if waiting not in view.ops:
                remove_control_inputs(waiting, op)


def detach_inputs(sgv: Any, control_inputs: bool = False) -> tuple[SubGraphView, list[Tensor]]:
    """Lets a view use placeholders instead of what is outside.

    Args:
        sgv: The view, or its ops.
        control_inputs: Whether nothing outside runs before its ops either.

    Returns:
        The view as it is then, and the placeholders.
    """
    view = make_view(sgv)
    with view.graph.as_default(), tf.name_scope(None):
        made = [tf.placeholder(t.dtype, name=placeholder_name(t)) for t in view.inputs]
    reroute_ts(made, view.inputs, can_modify=view.ops)
    if control_inputs:
        detach_control_inputs(view)
    return SubGraphView(view.ops), made


def detach_outputs(
    sgv: Any, control_outputs: ControlOutputs | None = None
) -> tuple[SubGraphView, list[Tensor]]:
    """Lets what is outside use placeholders instead of a view.

    Args:
        sgv: The view, or its ops.
        control_outputs: Knows the ops that merely come later, which then wait no more.

    Returns:
        The view with what came out of it, and the placeholders.
    """
    view = make_view(sgv)
    used = view.remap_outputs([tensor for tensor in view.outputs if tensor.consumers()])
    with view.graph.as_default(), tf.name_scope(None):
        made = [make_placeholder_from_tensor(tensor) for tensor in used.outputs]
    reroute_ts(made, used.outputs, cannot_modify=view.ops or None)
    if control_outputs is not None:
        detach_control_outputs(view, control_outputs)
    return used, made


def detach(
    sgv: Any,
    control_inputs: bool = False,
    control_outputs: ControlOutputs | None = None,
    control_ios: ControlOutputs | None = None,
) -> tuple[SubGraphView, list[Tensor], list[Tensor]]:
    """Cuts a view off on both sides.

    Args:
        sgv: The view, or its ops.
        control_inputs: Whether ops that merely come first are cut off, too.
        control_outputs: Knows the ops that merely come later, which then wait no more.
        control_ios: The same, and both are cut off.

    Returns:
        The view as it is then, and the placeholders for what went in and what came out.
    """
    before, later = check_cios(control_inputs, control_outputs, control_ios)
    view = make_view(sgv)
    view, going_in = detach_inputs(view, before)
    _, coming_out = detach_outputs(view, later)
    return view, going_in, coming_out


def bypass(sgv: Any) -> tuple[SubGraphView, list[Tensor]]:
    """Gives what uses a view what the view used: its first input for its first output, and so on.

    Args:
        sgv: The view, or its ops, with as many inputs as outputs.

    Returns:
        The view, which uses placeholders then, and these.

    Raises:
        ArgumentError: Its inputs and outputs are not equally many.
    """
    view = make_view(sgv)
    cut, made = detach_inputs(view)
    reroute_ts(view.inputs, view.outputs)
    return cut, made

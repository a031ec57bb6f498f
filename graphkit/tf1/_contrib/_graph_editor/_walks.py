"""Walking through a graph: what ops are computed from, and what is computed from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._graph_editor._chosen import (
    get_consuming_ops,
    get_generating_ops,
    make_list_of_op,
)
from graphkit.tf1._contrib._graph_editor._controls import ControlOutputs, check_cios

__all__ = [
    "compute_boundary_ts",
    "get_backward_walk_ops",
    "get_forward_walk_ops",
    "get_ops_ios",
    "get_walks_intersection_ops",
    "get_walks_union_ops",
    "get_within_boundary_ops",
]

_Neighbours = Callable[[Operation], Iterable[Operation]]


def _seeds(given: Any, of_tensors: Callable[[Any], list[Operation]]) -> list[Operation]:
    several = given if isinstance(given, list | tuple | set | frozenset) else [given]
    if any(isinstance(item, tf.Tensor) for item in several):
        return list(dict.fromkeys(of_tensors(given)))
    return list(dict.fromkeys(make_list_of_op(given, allow_graph=False)))


def _walk(
    start: list[Operation], following: _Neighbours, inclusive: bool, within: Any, is_within: Any
) -> list[Operation]:
    allowed = None if within is None else set(make_list_of_op(within, allow_graph=False))

    def may(op: Operation) -> bool:
        return (allowed is None or op in allowed) and (is_within is None or bool(is_within(op)))

    found = wave = [op for op in start if allowed is None or op in allowed]
    seen = set(found)
    while wave:
        coming = dict.fromkeys(op for past in wave for op in following(past))
        wave = [op for op in coming if op not in seen and may(op)]
        seen.update(wave)
        found = found + wave
    return found if inclusive else [op for op in found if op not in start]


def get_backward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Callable[[Operation], Any] | None = None,
    stop_at_ts: Iterable[Tensor] = (),
    control_inputs: bool = False,
) -> list[Operation]:
    """Finds everything some ops are computed from.

    Args:
        seed_ops: The ops; or tensors, for the ops that make them.
        inclusive: Whether they are in the result.
        within_ops: The only ops that are looked at.
        within_ops_fn: Says which ops are looked at.
        stop_at_ts: Tensors beyond which nothing is looked at.
        control_inputs: Whether ops that merely come first count.

    Returns:
        The ops, nearest first.
    """
    ends = {tensor.name for tensor in stop_at_ts}

    def before(op: Operation) -> list[Operation]:
        earlier = [tensor.op for tensor in op.inputs if tensor.name not in ends]
        return earlier + (list(op.control_inputs) if control_inputs else [])

    start = _seeds(seed_ops, get_generating_ops)
    return _walk(start, before, inclusive, within_ops, within_ops_fn)


def get_forward_walk_ops(
    seed_ops: Any,
    inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Callable[[Operation], Any] | None = None,
    stop_at_ts: Iterable[Tensor] = (),
    control_outputs: ControlOutputs | None = None,
) -> list[Operation]:
    """Finds everything that is computed from some ops.

    Args:
        seed_ops: The ops; or tensors, for the ops that use them.
        inclusive: Whether they are in the result.
        within_ops: The only ops that are looked at.
        within_ops_fn: Says which ops are looked at.
        stop_at_ts: Tensors beyond which nothing is looked at.
        control_outputs: Knows the ops that merely come later; they count if it is given.

    Returns:
        The ops, nearest first.
    """
    _, later = check_cios(False, control_outputs)
    ends = {tensor.name for tensor in stop_at_ts}

    def behind(op: Operation) -> list[Operation]:
        users = [user for out in op.outputs if out.name not in ends for user in out.consumers()]
        return users + (list(later.get(op)) if later is not None else [])

    start = _seeds(seed_ops, get_consuming_ops)
    return _walk(start, behind, inclusive, within_ops, within_ops_fn)


def get_ops_ios(
    ops: Any,
    control_inputs: bool = False,
    control_outputs: ControlOutputs | None = None,
    control_ios: ControlOutputs | None = None,
) -> list[Operation]:
    """Lists what ops are connected to: what makes their inputs and uses their outputs.

    Args:
        ops: A graph, or ops.
        control_inputs: Whether ops that merely come first count.
        control_outputs: Knows the ops that merely come later; they count if it is given.
        control_ios: The same, and both count.

    Returns:
        The neighbours, each once; ops themselves are among them where one uses another.
    """
    before, later = check_cios(control_inputs, control_outputs, control_ios)
    found: list[Operation] = []
    for op in make_list_of_op(ops):
        found += [tensor.op for tensor in op.inputs]
        found += [user for tensor in op.outputs for user in tensor.consumers()]
        found += later.get(op) if later is not None else ()
        found += op.control_inputs if before else ()
    return list(dict.fromkeys(found))


def compute_boundary_ts(ops: Any) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
    """Sorts the tensors of ops by where they are made and used.

    Args:
        ops: A graph, or ops.

    Returns:
        Those made elsewhere, those used elsewhere or not at all, and those made and used by the
        ops. One may be in the last two.
    """
    listed = make_list_of_op(ops)
    inside = set(listed)
    used = {tensor.name: tensor for op in listed for tensor in op.inputs}
    made = [tensor for op in listed for tensor in op.outputs]
    coming = [tensor for tensor in used.values() if tensor.op not in inside]
    kept = [tensor for tensor in used.values() if tensor.op in inside]
    hidden = {tensor.name for tensor in kept if inside.issuperset(tensor.consumers())}
    return coming, [tensor for tensor in made if tensor.name not in hidden], kept


def get_within_boundary_ops(
    ops: Any,
    seed_ops: Any,
    boundary_ops: Any = (),
    inclusive: bool = True,
    control_inputs: bool = False,
    control_outputs: ControlOutputs | None = None,
    control_ios: ControlOutputs | None = None,
) -> list[Operation]:
    """Finds everything that is connected to some ops, up to a boundary.

    Args:
        ops: A graph, or ops; only these are in the result.
        seed_ops: Where to start.
        boundary_ops: Where to end.
        inclusive: Whether the boundary is in the result.
        control_inputs: Whether ops that merely come first count.
        control_outputs: Knows the ops that merely come later; they count if it is given.
        control_ios: The same, and both count.

    Returns:
        The ops, in the order of `ops`.

    Raises:
        ValueError: One of the boundary is where it starts.
    """
    before, later = check_cios(control_inputs, control_outputs, control_ios)
    start = make_list_of_op(seed_ops, allow_graph=False)
    boundary = set(make_list_of_op(boundary_ops))
    shared = sorted(op.name for op in boundary.intersection(start))
    if shared:
        raise ArgumentError(
            "get_within_boundary_ops", "boundary_ops", shared, "other ops than seed_ops"
        )

    def around(op: Operation) -> list[Operation]:
        return [] if op in boundary else get_ops_ios([op], before, later)

    reached = set(_walk(start, around, True, None, None))
    kept = reached if inclusive else reached - boundary
    return [op for op in make_list_of_op(ops) if op in kept]


def _both_walks(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool,
    backward_inclusive: bool,
    within_ops: Any,
    within_ops_fn: Any,
    controls: tuple[bool, ControlOutputs | None],
) -> tuple[list[Operation], list[Operation]]:
    within = {"within_ops": within_ops, "within_ops_fn": within_ops_fn}
    return (
        get_forward_walk_ops(
            forward_seed_ops, forward_inclusive, control_outputs=controls[1], **within
        ),
        get_backward_walk_ops(
            backward_seed_ops, backward_inclusive, control_inputs=controls[0], **within
        ),
    )


def get_walks_intersection_ops(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool = True,
    backward_inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Callable[[Operation], Any] | None = None,
    control_inputs: bool = False,
    control_outputs: ControlOutputs | None = None,
    control_ios: ControlOutputs | None = None,
) -> list[Operation]:
    """Finds what is computed from some ops and others are computed from: what is between them.

    Args:
        forward_seed_ops: The first; or tensors, for the ops that use them.
        backward_seed_ops: The last; or tensors, for the ops that make them.
        forward_inclusive: Whether the first are in the result.
        backward_inclusive: Whether the last are in the result.
        within_ops: The only ops that are looked at.
        within_ops_fn: Says which ops are looked at.
        control_inputs: Whether ops that merely come first count.
        control_outputs: Knows the ops that merely come later; they count if it is given.
        control_ios: The same, and both count.

    Returns:
        The ops.
    """
    forward, backward = _both_walks(
        forward_seed_ops,
        backward_seed_ops,
        forward_inclusive,
        backward_inclusive,
        within_ops,
        within_ops_fn,
        check_cios(control_inputs, control_outputs, control_ios),
    )
    behind = set(backward)
    return [op for op in forward if op in behind]


def get_walks_union_ops(
    forward_seed_ops: Any,
    backward_seed_ops: Any,
    forward_inclusive: bool = True,
    backward_inclusive: bool = True,
    within_ops: Any = None,
    within_ops_fn: Callable[[Operation], Any] | None = None,
    control_inputs: bool = False,
    control_outputs: ControlOutputs | None = None,
    control_ios: ControlOutputs | None = None,
) -> list[Operation]:
    """Finds what is computed from some ops, and what others are computed from.

    Args:
        forward_seed_ops: The first; or tensors, for the ops that use them.
        backward_seed_ops: The last; or tensors, for the ops that make them.
        forward_inclusive: Whether the first are in the result.
        backward_inclusive: Whether the last are in the result.
        within_ops: The only ops that are looked at.
        within_ops_fn: Says which ops are looked at.
        control_inputs: Whether ops that merely come first count.
        control_outputs: Knows the ops that merely come later; they count if it is given.
        control_ios: The same, and both count.

    Returns:
        The ops, each once.
    """
    forward, backward = _both_walks(
        forward_seed_ops,
        backward_seed_ops,
        forward_inclusive,
        backward_inclusive,
        within_ops,
        within_ops_fn,
        check_cios(control_inputs, control_outputs, control_ios),
    )
    return list(dict.fromkeys([*forward, *backward]))

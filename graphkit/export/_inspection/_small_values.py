"""The values of small integer tensors, which shapes are made of, by op type."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from graphkit._formats._graph import StoredNode
from graphkit.export._inspection._facts import Facts, Numbers, Unknown, elements, sizes

__all__ = ["VALUE_RULES", "summed_axes"]


def summed_axes(inputs: Facts) -> tuple[Numbers, Numbers]:
    """The axes along which each of two shapes was repeated to meet the other."""
    one, two = inputs.value(0), inputs.value(1)
    rank = max(len(one), len(two))
    padded = [(1,) * (rank - len(shape)) + shape for shape in (one, two)]
    first, second = (tuple(i for i, size in enumerate(shape) if size == 1) for shape in padded)
    return first, second


def _same(_node: StoredNode, inputs: Facts) -> Numbers:
    return inputs.value(0)


def _pack(_node: StoredNode, inputs: Facts) -> Numbers:
    return tuple(inputs.number(place) for place in range(len(inputs)))


def _concat(_node: StoredNode, inputs: Facts) -> Numbers:
    return tuple(n for place in range(len(inputs) - 1) for n in _listed(inputs, place))


def _strided_slice(node: StoredNode, inputs: Facts) -> Numbers:
    begin, end, stride = (inputs.number(place) for place in (1, 2, 3))
    if node.integer("ellipsis_mask") or node.integer("new_axis_mask"):
        raise Unknown
    values = _listed(inputs, 0)
    if node.integer("shrink_axis_mask"):
        return (values[begin],)
    start = None if node.integer("begin_mask") else begin
    stop = None if node.integer("end_mask") else end
    return values[start:stop:stride]


def _slice(_node: StoredNode, inputs: Facts) -> Numbers:
    begin, size = inputs.number(1), inputs.number(2)
    return _listed(inputs, 0)[begin : None if size < 0 else begin + size]


def _gather(_node: StoredNode, inputs: Facts) -> Numbers:
    values = _listed(inputs, 0)
    return tuple(values[place] for place in inputs.value(1) if _in(place, values))


def _reduced(node: StoredNode, inputs: Facts) -> Numbers:
    values = _listed(inputs, 0)
    return (_REDUCTIONS[node.op](values),)


def _together(node: StoredNode, inputs: Facts) -> Numbers:
    return tuple(_OPERATORS[node.op](one, two) for one, two in _pairs(inputs))


def _range(_node: StoredNode, inputs: Facts) -> Numbers:
    numbers = range(*map(inputs.number, (0, 1, 2)))
    return tuple(numbers) if len(numbers) < 256 else ()


def _fill(_node: StoredNode, inputs: Facts) -> Numbers:
    count = elements(inputs.value(0))
    if count > 256:
        raise Unknown
    return (inputs.number(1),) * count


def _listed(inputs: Facts, place: int) -> Numbers:
    """The value of an input that is a list, not a table: its place is that of its elements."""
    if len(inputs.shape(place)) != 1:
        raise Unknown
    return inputs.value(place)


def _in(place: int, values: Numbers) -> bool:
    if not 0 <= place < len(values):
        raise Unknown
    return True


def _pairs(inputs: Facts) -> Iterator[tuple[int, int]]:
    one, two = inputs.value(0), inputs.value(1)
    most = max(len(one), len(two))
    one, two = (value * most if len(value) == 1 else value for value in (one, two))
    return zip(one, two, strict=True)


def _truncated(one: int, two: int) -> int:
    return abs(one) // abs(two) * (1 if (one < 0) == (two < 0) else -1)


_REDUCTIONS: dict[str, Callable[[Numbers], int]] = {
    "Max": max,
    "Min": min,
    "Prod": math.prod,
    "Sum": sum,
}
_OPERATORS: dict[str, Callable[[int, int], int]] = {
    "Add": lambda one, two: one + two,
    "AddV2": lambda one, two: one + two,
    "Div": _truncated,
    "FloorDiv": lambda one, two: one // two,
    "FloorMod": lambda one, two: one % two,
    "Maximum": max,
    "Minimum": min,
    "Mul": lambda one, two: one * two,
    "Sub": lambda one, two: one - two,
    "TruncateDiv": _truncated,
}

VALUE_RULES: dict[str, Callable[[StoredNode, Facts], Numbers]] = {
    **dict.fromkeys(_OPERATORS, _together),
    **dict.fromkeys(
        "Cast Enter ExpandDims Identity PlaceholderWithDefault PreventGradient Reshape Squeeze "
        "StopGradient".split(),
        _same,
    ),
    **dict.fromkeys(_REDUCTIONS, _reduced),
    "ConcatV2": _concat,
    "Fill": _fill,
    "Gather": _gather,
    "GatherV2": _gather,
    "Pack": _pack,
    "Range": _range,
    "Rank": lambda _node, inputs: (len(inputs.shape(0)),),
    "Shape": lambda _node, inputs: sizes(inputs.shape(0)),
    "Size": lambda _node, inputs: (elements(inputs.shape(0)),),
    "Slice": _slice,
    "StridedSlice": _strided_slice,
}

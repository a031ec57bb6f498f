"""The ops of a TFLite model: what each reads and gives, and the operations it takes.

The fields' numbers are those of
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from graphkit._formats._flat import FlatTable
from graphkit._formats._graph import StoredNode
from graphkit._formats._shape import checked_shape
from graphkit._formats._wire import FormatError
from graphkit.export._inspection._facts import Fact, Facts, Shape, Unknown, elements
from graphkit.export._inspection._flops import Flops, op_flops, possible
from graphkit.export._inspection._tflite_same import same_op

__all__ = ["ABSENT", "TfliteOp", "TfliteTensor", "graph_flops", "graph_ops", "graph_tensors"]

# In the options of an op, the field that says which activation follows it.
_ACTIVATIONS = {
    "ADD": 0,
    "AVERAGE_POOL_2D": 5,
    "CONCATENATION": 1,
    "CONV_2D": 3,
    "DEPTHWISE_CONV_2D": 4,
    "DIV": 0,
    "FULLY_CONNECTED": 0,
    "MAX_POOL_2D": 5,
    "MUL": 0,
    "SUB": 0,
}
_BIASED = {"CONV_2D": 2, "DEPTHWISE_CONV_2D": 2, "FULLY_CONNECTED": 2, "TRANSPOSE_CONV": 3}

# In place of an input that is left out.
ABSENT = -1


@dataclass(frozen=True)
class TfliteTensor:
    """A tensor of a graph.

    Attributes:
        name: Its name.
        shape: Its shape, with a batch size in place of an open first dimension.
        is_weight: Whether its values are in the file.
    """

    name: str
    shape: Shape
    is_weight: bool


@dataclass(frozen=True)
class TfliteOp:
    """An op of a graph.

    Attributes:
        op: Its op type.
        inputs: The tensors it reads, by their place in the graph; `ABSENT` if one is left out.
        outputs: Those it gives.
        options: Its options, None if it has none.
    """

    op: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: FlatTable | None

    def option(self, field: int, kind: str) -> int:
        """A number among the options."""
        return self.options.number(field, kind) if self.options else 0


def graph_tensors(graph: FlatTable, sizes: Sequence[int], batch: int) -> list[TfliteTensor]:
    """The tensors of a graph.

    Args:
        graph: The graph.
        sizes: How many bytes each buffer of the model has.
        batch: What an open first dimension is taken for.
    """
    found = []
    for tensor in graph.tables(0):
        signed = tensor.numbers(7, "i") or tensor.numbers(0, "i")
        shape = checked_shape([size if size >= 0 else None for size in signed])
        if shape and shape[0] is None:
            shape = (batch, *shape[1:])
        size = _named("buffer", tensor.number(2, "I"), sizes)
        found.append(TfliteTensor(tensor.text(3), shape, size > 0))
    return found


def graph_ops(graph: FlatTable, names: Sequence[str]) -> list[TfliteOp]:
    """The ops of a graph, in the order they run.

    Args:
        graph: The graph.
        names: The op types of the model, by their number.
    """
    return [
        TfliteOp(
            _named("op type", op.number(0, "I"), names),
            tuple(op.numbers(1, "i")),
            tuple(op.numbers(2, "i")),
            op.table(4),
        )
        for op in graph.tables(3)
    ]


_Item = TypeVar("_Item")


def _named(kind: str, number: int, listed: Sequence[_Item]) -> _Item:
    """What a file names by its number."""
    if number >= len(listed):
        raise FormatError(f"it names {kind} {number}, of {len(listed)}")
    return listed[number]


def graph_flops(ops: Iterable[TfliteOp], tensors: Sequence[TfliteTensor]) -> Flops:
    """Counts operations as for a graph of TensorFlow, with bias and activation where they belong.

    Args:
        ops: The ops of a graph; they are numbered in `by_node`.
        tensors: Its tensors.
    """
    by_node: dict[str, int] = {}
    by_op: Counter[str] = Counter()
    uncounted: Counter[str] = Counter()
    for number, op in enumerate(ops):
        try:
            found = _flops(op, tensors)
        except (Unknown, IndexError, ValueError, ZeroDivisionError):
            uncounted[op.op] += 1
            continue
        if found:
            by_node[str(number)] = found
            by_op[op.op] += found
    return Flops(by_node, dict(by_op.most_common()), dict(uncounted.most_common()))


def _flops(op: TfliteOp, tensors: Sequence[TfliteTensor]) -> int:
    shapes = [None if place == ABSENT else tensors[place].shape for place in op.inputs]
    output = tensors[op.outputs[0]].shape if op.outputs else None
    rule = _RULES.get(op.op)
    if rule is None:
        facts = Facts([Fact(shape) for shape in shapes])
        found = op_flops(StoredNode("", same_op(op.op)), facts, output)
    else:
        found = possible(rule(op, shapes, output))
    place = _BIASED.get(op.op, len(shapes))
    if place < len(shapes) and shapes[place] is not None:
        found += elements(output)
    if op.op in _ACTIVATIONS and op.option(_ACTIVATIONS[op.op], "b"):
        found += elements(output)
    return found


_Shapes = Sequence[Shape | None]


def _convolution(_op: TfliteOp, shapes: _Shapes, output: Shape | None) -> int:
    """Filters are `[out, rows, columns, in]`."""
    return 2 * elements(output) * elements(_known(shapes, 1)[1:])


def _depthwise(_op: TfliteOp, shapes: _Shapes, output: Shape | None) -> int:
    return 2 * elements(output) * elements(_known(shapes, 1)[1:3])


def _transposed(op: TfliteOp, shapes: _Shapes, output: Shape | None) -> int:
    strides = op.option(1, "i") * op.option(2, "i")
    return 2 * elements(output) * elements(_known(shapes, 1)[1:]) // strides


def _dense(_op: TfliteOp, shapes: _Shapes, output: Shape | None) -> int:
    return 2 * elements(output) * elements(_known(shapes, 1)[-1:])


def _product(op: TfliteOp, shapes: _Shapes, output: Shape | None) -> int:
    inner = _known(shapes, 0)[-2 if op.option(0, "b") else -1]
    return 2 * elements(output) * elements((inner,))


def _pooling(op: TfliteOp, _shapes: _Shapes, output: Shape | None) -> int:
    return elements(output) * math.prod((op.option(3, "i"), op.option(4, "i")))


def _known(shapes: _Shapes, place: int) -> Shape:
    shape = shapes[place]
    if shape is None:
        raise Unknown
    return shape


_RULES: dict[str, Callable[[TfliteOp, _Shapes, Shape | None], int]] = {
    "AVERAGE_POOL_2D": _pooling,
    "BATCH_MATMUL": _product,
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "FULLY_CONNECTED": _dense,
    "MAX_POOL_2D": _pooling,
    "TRANSPOSE_CONV": _transposed,
}

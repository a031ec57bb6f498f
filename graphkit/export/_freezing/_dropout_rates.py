"""Which fed numbers only say how much a dropout drops: in a frozen graph, nothing.

No name is asked for; what the number is used for tells it. Fed one number that keeps everything,
each op it reaches must either compare or round noise with one outcome only, or scale by one.

    keep_prob ──► 1 - keep_prob ──► noise >= rate ──► always true
        └──► x / keep_prob                           ──► x
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from graphkit._tf import Graph, tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._laid_open import laid_open
from graphkit.export._graphs._nodes import op_of
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._order import execution_order

__all__ = ["dropout_rates", "fold_numbers"]

_ARITHMETIC: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "AddV2": operator.add,
    "Div": np.divide,
    "Enter": lambda value: value,
    "Identity": lambda value: value,
    "Mul": operator.mul,
    "RealDiv": np.divide,
    "Sub": operator.sub,
}


def dropout_rates(graph_def: Any, graph: Graph) -> dict[str, Any]:
    """Finds the placeholders that dropouts alone read, as their rate or as what they keep.

    Those in called functions, branches and loops are looked at too.

    Args:
        graph_def: The graph.
        graph: A graph that has its functions.

    Returns:
        By the name of the placeholder, the number with which nothing is dropped.
    """
    nodes = laid_open(execution_order(graph_def.node), graph_def.library, graph)
    fed = [node for node in nodes if node.op in PLACEHOLDERS and _is_number(node)]
    choices = [(node.name, _dtype(node).type(value)) for node in fed for value in (1, 0)]
    return {name: value for name, value in choices if _keeps_everything(nodes, name, value)}


def fold_numbers(graph_def: Any) -> None:
    """Makes constants, in place, of what is calculated from single numbers alone.

    What waits for another op, as in branches and loops, stays.

    Args:
        graph_def: The graph.
    """
    flow = _Flow({})
    constant: set[str] = set()
    for node in execution_order(graph_def.node):
        flow.follow(node)
        inputs = {name.removesuffix(":0") for name in node.input}
        if node.name in flow.numbers and node.op != "Enter" and inputs <= constant:
            constant.add(node.name)
            if node.op != "Const":
                make_constant(node, node.name, flow.numbers[node.name])


def _keeps_everything(nodes: list[Any], name: str, value: Any) -> bool:
    flow = _Flow({name: value})
    uses = [flow.follow(node) for node in nodes]
    return any(use == "idle" for use in uses) and "other" not in uses


class _Flow:
    """Follows numbers, and the noise they are added to, through a graph.

    Attributes:
        numbers: The numbers that are known, by the op that gives them.
        reached: The ops that depend on the numbers begun with.
    """

    def __init__(self, given: dict[str, Any]) -> None:
        self.numbers = dict(given)
        self.reached = set(given)
        self._noise: dict[str, tuple[float, float]] = {}

    def follow(self, node: Any) -> str:
        """Notes what a node gives; "idle" if it drops nothing, "other" if that cannot be told."""
        inputs = [op_of(name) for name in node.input if not name.startswith("^")]
        if node.op == "Const" and node.name not in self.numbers:
            if _is_number(node):
                self.numbers[node.name] = tf.make_ndarray(node.attr["value"].tensor)[()]
        elif node.op == "RandomUniform":
            self._noise[node.name] = (0.0, 1.0)
        elif node.op in _ARITHMETIC and inputs and self._calculate(node, inputs):
            self.reached |= {node.name} if self.reached.intersection(inputs) else set()
        elif self.reached.intersection(inputs):
            return self._use(node.op, inputs)
        return ""

    def _calculate(self, node: Any, inputs: list[str]) -> bool:
        """Tells whether a node gives a number, or noise in another range."""
        apply = _ARITHMETIC[node.op]
        if all(name in self.numbers for name in inputs):
            with np.errstate(all="ignore"):
                self.numbers[node.name] = apply(*(self.numbers[name] for name in inputs))
            return True
        noise = [name for name in inputs if name in self._noise]
        if len(noise) == 1 and node.op in ("Add", "AddV2", "Mul") and self._others(inputs):
            (number,) = self._others(inputs)
            least, beyond = (float(apply(end, number)) for end in self._noise[noise[0]])
            self._noise[node.name] = (least, beyond)
            return True
        return False

    def _others(self, inputs: list[str]) -> list[Any]:
        return [self.numbers[name] for name in inputs if name in self.numbers]

    def _use(self, op: str, inputs: list[str]) -> str:
        least, beyond = self._noise.get(inputs[0], (np.nan, np.nan))
        others = self._others(inputs)
        if op == "Floor":
            return "idle" if (least, beyond) == (1, 2) else "other"
        if op in ("GreaterEqual", "Less") and others:
            keeps = least >= others[0] if op == "GreaterEqual" else beyond <= others[0]
            return "idle" if keeps else "other"
        scales = op == "Mul" or (op in ("Div", "RealDiv") and inputs[-1] in self.numbers)
        return "" if scales and others == [1] else "other"


def _is_number(node: Any) -> bool:
    """Tells whether a constant or placeholder is one real number, as far as its shape says."""
    dtype = _dtype(node)
    if dtype is None or dtype.kind != "f":
        return False
    if node.op == "Const":
        return not node.attr["value"].tensor.tensor_shape.dim
    shape = node.attr["shape"].shape
    return shape.unknown_rank or not shape.dim


def _dtype(node: Any) -> Any:
    """The dtype as NumPy has it; None of bfloat16 and what else it cannot calculate with."""
    given = node.attr["dtype"].type
    known = {dtype.as_datatype_enum: dtype for dtype in (tf.float16, tf.float32, tf.float64)}
    return np.dtype(known[given].as_numpy_dtype) if given in known else None

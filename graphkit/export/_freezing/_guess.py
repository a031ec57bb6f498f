"""Which tensors of a training graph are its outputs.

The graph itself tells most of it. What is fed in and meets a weight is an input of the network;
what is fed in and meets only results is a label. Results that need nothing but inputs are the
network; a single number made of results is a loss or a measure, and with all that follows from it
(gradients, updates) not part of the network. The outputs are the network's last tensors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Graph, Operation, Tensor
from graphkit.errors import ArgumentError
from graphkit.export._freezing._dropout_rates import dropout_rates
from graphkit.export._freezing._switches import training_switches
from graphkit.export._graphs._op_kinds import VARIABLES, feeds_pipeline, writes_variable
from graphkit.export._graphs._tensors import is_handle, short_name

__all__ = ["guess_outputs"]

_TRAINING_SCOPE = re.compile(r"(^|/)(gradients|save)(_\d+)?/")
_TRAINING_TYPE = re.compile(r"Summary(V2)?$|^(Save|Restore)")
# These carry no value on: shapes, and containers that are still empty (a loop that was
# differentiated takes containers made for its gradient).
_NO_VALUE = {
    "EmptyTensorList",
    "OnesLike",
    "Rank",
    "Shape",
    "ShapeN",
    "Size",
    "TensorArraySizeV3",
    "ZerosLike",
}
# A loop of TensorFlow 1 hands on its arrays by a single number, their flow, which is no result.
_LOOP_TYPE = re.compile(r"^(Ref)?(Enter|Exit|Identity|Merge|NextIteration|Switch)$|^TensorArray")
# In the scopes of TensorFlow's own losses nothing belongs to the network but what reads weights.
_LOSS_SCOPE = re.compile(r"(cross_entropy|loss|xentropy)[^/]*/[^/]*$")
# Before 1.5 those had no scope of their own: told by the op, and the shape they compute for it.
_CROSS_ENTROPIES = {"SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"}
# Beside what it rounds it reads a range, which training goes on to measure.
_ROUNDS = "FakeQuantWithMinMaxVars"
_CLIPS = {"Add", "AddV2", "Maximum", "Minimum", "Neg", "Sub"}
_TELLING_NAME = re.compile(r"output|logit|softmax|prob|pred|sigmoid", re.IGNORECASE)
_NAMED = "named (outputs, --outputs NAME)"
_SHOWN = 8


@dataclass(frozen=True)
class _Origin:
    """Where the value of an op comes from.

    Attributes:
        sources: The fed or read tensors it depends on.
        weighted: Whether it depends on a variable.
    """

    sources: frozenset[str] = frozenset()
    weighted: bool = False


@dataclass(frozen=True)
class _Candidate:
    """A tensor that may be an output, and why."""

    tensor: Tensor
    reason: str
    certain: bool


def guess_outputs(where: str, graph: Graph) -> list[str]:
    """Finds the output of the network in a training graph.

    Args:
        where: The function that was called.
        graph: The graph.

    Returns:
        The name of the one tensor that can be the output.

    Raises:
        ArgumentError: None can be, or several; those are listed, the likeliest first.
    """
    candidates = _Network(graph).candidates()
    certain = [candidate for candidate in candidates if candidate.certain]
    if len(certain) == 1:
        return [short_name(certain[0].tensor)]
    if not candidates:
        shown = "none, and no tensor depends on both an input and a variable"
        raise ArgumentError(where, "outputs", None, _NAMED, shown=shown)
    listed = ", ".join(f"{short_name(c.tensor)!r} ({c.reason})" for c in candidates[:_SHOWN])
    more = f" and {len(candidates) - _SHOWN} more" if len(candidates) > _SHOWN else ""
    several = "several tensors may be meant, the likeliest first"
    said = several if len(candidates) > 1 else "it is not certain that this is meant"
    shown = f"none, and {said}: {listed}{more}"
    raise ArgumentError(where, "outputs", None, _NAMED, shown=shown)


class _Network:
    """The part of a graph that computes results from inputs and weights.

    Args:
        graph: A training graph.
    """

    def __init__(self, graph: Graph) -> None:
        self._ops = graph.get_operations()
        self._settings = _settings(graph)
        self._origins: dict[Operation, _Origin | None] = {}
        self._inputs: set[str] = set()
        self._parts: set[Operation] = set()
        self._sources = {t.name: t for op in self._ops for t in op.outputs}
        # In a loop, an input may come from an op that stands later in the graph.
        before: dict[Operation, _Origin | None] | None = None
        while before != self._origins:
            before = dict(self._origins)
            for op in self._ops:
                self._origins[op] = self._origin(op)

    def candidates(self) -> list[_Candidate]:
        """The last tensors of the network, the likeliest output first."""
        inside = {op for op in self._ops if self._is_inside(op)}
        inside -= {op for op in inside if self._is_measured(op)}
        self._parts = self._loss_parts(inside)
        inside -= self._parts
        last = [
            op
            for op in self._ops
            if op in inside
            and inside.isdisjoint(_consumers(op))
            and not _leaves_loop(op)
            and not any(writes_variable(consumer.type) for consumer in _consumers(op))
        ]
        last = [op for op in last if not _is_folded(op)] or last
        found = [self._candidate(tensor) for op in last for tensor in _results(op)]
        return sorted(found, key=_unlikeliness)

    def _origin(self, op: Operation) -> _Origin | None:
        """Where an op's value comes from; None if it belongs to the training alone."""
        if op.type in VARIABLES:
            return _Origin(weighted=True)
        if op.type == "Placeholder":
            # A single number is a switch or a rate, no data.
            is_data = op.outputs[0].shape.rank != 0 and op.name not in self._settings
            return _Origin(frozenset({op.outputs[0].name} if is_data else ()))
        if op.type in _NO_VALUE or feeds_pipeline(op.type):
            return _Origin()
        return None if _is_training(op) else self._origin_of_result(op)

    def _origin_of_result(self, op: Operation) -> _Origin | None:
        read = op.inputs[:1] if op.type.startswith(_ROUNDS) else op.inputs
        parts = [part for tensor in read if (part := self._part(tensor)) is not None]
        if len(parts) < len(read):
            return None
        sources = frozenset().union(*(part.sources for part in parts))
        weighted = any(part.weighted for part in parts)
        is_flow = _LOOP_TYPE.search(op.type) is not None
        if weighted and sources and not is_flow and all(map(_is_one_number, op.outputs)):
            return None
        if any(part.weighted and not part.sources for part in parts):
            self._inputs |= sources
        return _Origin(sources, weighted)

    def _part(self, tensor: Tensor) -> _Origin | None:
        if feeds_pipeline(tensor.op.type) and not is_handle(tensor):
            return _Origin(frozenset({tensor.name}))
        return self._origins.get(tensor.op, _Origin())

    def _is_inside(self, op: Operation) -> bool:
        origin = self._origins[op]
        if origin is None or not origin.weighted or not origin.sources:
            return False
        return origin.sources <= self._inputs and not any(map(is_handle, op.outputs))

    def _is_measured(self, op: Operation) -> bool:
        """Tells whether all that happens to a decision is that it is compared with labels."""
        consumers = [consumer for consumer in _consumers(op) if not _is_training(consumer)]
        decides = all(tensor.dtype.is_integer or tensor.dtype.is_bool for tensor in op.outputs)
        return decides and bool(consumers) and all(map(self._joins_label, consumers))

    def _loss_parts(self, inside: set[Operation]) -> set[Operation]:
        """What a loss makes of a result before labels meet it: logarithms, clipping, shapes."""
        parts: set[Operation] = set()
        for op in reversed(self._ops):
            readers = [reader for reader in _consumers(op) if not _is_training(reader)]
            prepares = _LOSS_SCOPE.search(op.name) and not any(map(self._is_weight, op.inputs))
            prepares = prepares or op.type in ("Log", "Log1p") or _flattens(op, readers)
            clips = op.type in _CLIPS and parts.issuperset(readers)
            ends = all(reader in parts or self._joins_label(reader) for reader in readers)
            if op in inside and readers and ends and (prepares or clips):
                parts.add(op)
        return parts

    def _is_weight(self, tensor: Tensor) -> bool:
        part = self._part(tensor)
        return part is not None and part.weighted and not part.sources

    def _candidate(self, tensor: Tensor) -> _Candidate:
        origin: Any = self._origins[tensor.op]
        reduced = [
            op.name
            for op in _consumers(tensor.op)
            if op.type not in _NO_VALUE
            and op not in self._parts
            and not (_is_training(op) or self._joins_label(op) or self._is_measured(op))
        ]
        shape = "of unknown shape" if tensor.shape.rank is None else str(tensor.shape.as_list())
        reason = f"{tensor.dtype.base_dtype.name} {shape} from {', '.join(sorted(origin.sources))}"
        if reduced:
            reason += f"; but {reduced[0]!r} makes one number of it, as a loss would"
        is_apart = self._is_apart_from_batch(tensor, origin)
        if is_apart:
            reason += "; but it has nothing for each example"
        return _Candidate(tensor, reason, certain=not reduced and not is_apart)

    def _is_apart_from_batch(self, tensor: Tensor, origin: _Origin) -> bool:
        """Tells whether inputs are batches of any size, and a result is of one size."""
        fed = [self._sources[name] for name in origin.sources]
        is_open = all(t.shape.rank and t.shape.as_list()[0] is None for t in fed)
        return is_open and tensor.shape.is_fully_defined()

    def _joins_label(self, op: Operation) -> bool:
        """Tells whether an op brings results together with what is no input."""
        parts = [self._part(tensor) for tensor in op.inputs]
        return any(part is not None and part.sources - self._inputs for part in parts)


def _settings(graph: Graph) -> set[str]:
    """The placeholders that switch training on, or say what dropouts drop, by what they do."""
    whole = graph.as_graph_def()
    nodes = [
        node for node in whole.node if not _is_training(graph.get_operation_by_name(node.name))
    ]
    switches = {tensor.op.name for tensor in training_switches(graph, nodes)}
    return switches | set(dropout_rates(type(whole)(node=nodes, library=whole.library), graph))


def _results(op: Operation) -> list[Tensor]:
    """What an op gives, the statistics of a normalisation left aside."""
    return list(op.outputs[:1] if _normalises(op) else op.outputs)


def _normalises(op: Operation) -> bool:
    return op.type.startswith("FusedBatchNorm") and "Grad" not in op.type


def _is_folded(op: Operation) -> bool:
    """Tells of a normalisation whether others compute with its weights what it computed."""
    readers = [reader for tensor in op.inputs[1:] for reader in tensor.consumers()]
    others = [one for one in readers if not (_normalises(one) or _is_training(one))]
    return _normalises(op) and any(one.type not in _NO_VALUE for one in others)


def _is_one_number(tensor: Tensor) -> bool:
    return tensor.shape.rank == 0 and not is_handle(tensor)


def _is_training(op: Operation) -> bool:
    return (
        writes_variable(op.type)
        or _TRAINING_TYPE.search(op.type) is not None
        or _TRAINING_SCOPE.search(op.name) is not None
    )


def _flattens(op: Operation, readers: list[Operation]) -> bool:
    """Tells whether a loss makes rows of a result; a shape that is written out is the network's."""
    is_computed = op.type == "Reshape" and op.inputs[1].op.type in ("Concat", "ConcatV2")
    return is_computed and {reader.type for reader in readers} <= _CROSS_ENTROPIES


def _leaves_loop(op: Operation) -> bool:
    """Tells whether an op only hands out what a loop carried; states nobody asked for are left."""
    carried = op.type == "Identity" and op.inputs[0].op.type in ("While", "StatelessWhile")
    return carried or op.type in ("Exit", "While", "StatelessWhile")


def _consumers(op: Operation) -> list[Operation]:
    return [consumer for tensor in op.outputs for consumer in tensor.consumers()]


def _unlikeliness(candidate: _Candidate) -> tuple[bool, bool, bool, str]:
    tensor = candidate.tensor
    named = _TELLING_NAME.search(tensor.name) is not None
    return not candidate.certain, not named, not tensor.dtype.is_floating, tensor.name

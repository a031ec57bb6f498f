"""Which tensors of a training graph are its outputs.

The graph itself tells most of it. Results that need nothing but inputs are the network; a loss, and
what follows from it (gradients, updates), is not part of it. The outputs are the network's last
tensors that a session can fetch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Graph, Operation, Tensor
from graphkit.errors import ArgumentError
from graphkit.export._freezing._checked import ops_for_checks
from graphkit.export._freezing._dropout_rates import dropout_rates
from graphkit.export._freezing._origins import (
    NO_VALUE,
    Origin,
    Origins,
    consumers,
    is_one_number,
    is_training,
)
from graphkit.export._freezing._switches import training_switches
from graphkit.export._graphs._op_kinds import writes_variable
from graphkit.export._graphs._tensors import is_handle, short_name
from graphkit.export._graphs._waits import running_always

__all__ = ["guess_outputs"]

# In the scopes of TensorFlow's own losses nothing belongs to the network but what reads weights.
_LOSS_SCOPE = re.compile(r"(cross_entropy|loss|xentropy)[^/]*/[^/]*$")
# Before 1.5 those had no scope of their own: told by the op, and the shape they compute for it.
_CROSS_ENTROPIES = {"SoftmaxCrossEntropyWithLogits", "SparseSoftmaxCrossEntropyWithLogits"}
_CLIPS = {"Add", "AddV2", "Maximum", "Minimum", "Neg", "Sub"}
_TELLING_NAME = re.compile(r"output|logit|softmax|prob|pred|sigmoid", re.IGNORECASE)
_NAMED = "named (outputs, --outputs NAME)"
_SHOWN = 8


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
    network = _Network(graph)
    candidates = network.candidates()
    certain = [candidate for candidate in candidates if candidate.certain]
    if len(certain) == 1:
        return [short_name(certain[0].tensor)]
    if not candidates:
        shown = f"none, and {network.missing}"
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
        self._origins = Origins(self._ops, _settings(graph))
        self._inner = _inner_ops(graph)
        self._checks = ops_for_checks(self._ops)
        self._parts: set[Operation] = set()
        self._sources = {t.name: t for op in self._ops for t in op.outputs}

    def candidates(self) -> list[_Candidate]:
        """The last tensors of the network, the likeliest output first."""
        last = self._last()
        if not last:
            # Labels come after the last tensor: where there is none before them, they are inputs.
            self._origins.take_unmeasured()
            last = self._last()
        found = [self._candidate(tensor) for op in last for tensor in _results(op)]
        return sorted(found, key=_unlikeliness)

    @property
    def missing(self) -> str:
        """Why a network has no last tensor."""
        origins = [self._origins.of(op) for op in self._ops]
        if any(origin is not None and origin.is_result for origin in origins):
            return "all that depends on both an input and a variable serves a loss, checks or loops"
        return "no tensor depends on both an input and a variable"

    def _last(self) -> list[Operation]:
        inside = {op for op in self._ops if self._is_inside(op)}
        inside -= {op for op in inside if self._is_measured(op)}
        self._parts = self._loss_parts(inside)
        inside -= self._parts
        return self._ends(inside - self._checks) or self._ends(inside)

    def _ends(self, inside: set[Operation]) -> list[Operation]:
        """Those of the ops inside a network that none of them is computed with."""
        goes_on = inside | self._origins.numbers_for(inside)
        last = [
            op
            for op in self._ops
            if op in inside - self._inner
            and _results(op)
            and goes_on.isdisjoint(consumers(op))
            and not any(writes_variable(consumer.type) for consumer in consumers(op))
        ]
        states = [op for op in last if _leaves_loop(op) and not _readers(op)]
        last = [op for op in last if not _leaves_loop(op)] or states
        return [op for op in last if not _is_folded(op)] or last

    def _is_inside(self, op: Operation) -> bool:
        origin = self._origins.of(op)
        if origin is None or op not in self._origins.several:
            return False
        return origin.sources <= self._origins.inputs and not any(map(is_handle, op.outputs))

    def _is_measured(self, op: Operation) -> bool:
        """Tells whether all that happens to a decision is that it is compared with labels."""
        readers = _readers(op)
        decides = all(tensor.dtype.is_integer or tensor.dtype.is_bool for tensor in op.outputs)
        return decides and bool(readers) and all(map(self._origins.joins_label, readers))

    def _loss_parts(self, inside: set[Operation]) -> set[Operation]:
        """What a loss makes of a result before labels meet it: logarithms, clipping, shapes."""
        parts: set[Operation] = set()
        for op in reversed(self._ops):
            readers = _readers(op)
            prepares = _LOSS_SCOPE.search(op.name) and not any(map(self._is_weight, op.inputs))
            prepares = prepares or op.type in ("Log", "Log1p") or _flattens(op, readers)
            clips = op.type in _CLIPS and parts.issuperset(readers)
            ends = all(reader in parts or self._origins.joins_label(reader) for reader in readers)
            if op in inside and readers and ends and (prepares or clips):
                parts.add(op)
        return parts

    def _is_weight(self, tensor: Tensor) -> bool:
        part = self._origins.part(tensor)
        return part is not None and part.is_weight

    def _candidate(self, tensor: Tensor) -> _Candidate:
        origin: Any = self._origins.of(tensor.op)
        reduced = [
            op.name
            for op in consumers(tensor.op)
            if op.type not in NO_VALUE
            and op not in self._parts | self._checks
            and not (is_training(op) or self._origins.joins_label(op) or self._is_measured(op))
        ]
        shape = "of unknown shape" if tensor.shape.rank is None else str(tensor.shape.as_list())
        reason = f"{tensor.dtype.base_dtype.name} {shape} from {', '.join(sorted(origin.sources))}"
        if reduced:
            reason += f"; but {reduced[0]!r} makes one number of it, as a loss would"
        is_apart = self._is_apart_from_batch(tensor, origin)
        if is_apart:
            reason += "; but it has nothing for each example"
        is_checked = self._is_only_checked(tensor.op)
        if is_checked:
            reason += "; but it is only checked"
        return _Candidate(tensor, reason, certain=not (reduced or is_apart or is_checked))

    def _is_only_checked(self, op: Operation) -> bool:
        read_by = [reader for reader in _readers(op) if reader.type not in NO_VALUE]
        return op in self._checks or (bool(read_by) and self._checks.issuperset(read_by))

    def _is_apart_from_batch(self, tensor: Tensor, origin: Origin) -> bool:
        """Tells whether inputs are batches of any size, and a result is of one size."""
        fed = [self._sources[name] for name in origin.sources]
        is_open = all(t.shape.rank and t.shape.as_list()[0] is None for t in fed)
        return is_open and tensor.shape.is_fully_defined()


def _inner_ops(graph: Graph) -> set[Operation]:
    """What runs in branches and loops of TensorFlow 1, or leads there: it cannot be fetched."""
    always = running_always(graph.as_graph_def().node)
    entrances = ("Enter", "RefEnter", "RefSwitch", "Switch")
    return {op for op in graph.get_operations() if op.name not in always or op.type in entrances}


def _settings(graph: Graph) -> set[str]:
    """The placeholders that switch training on, or say what dropouts drop, by what they do."""
    whole = graph.as_graph_def()
    nodes = [node for node in whole.node if not is_training(graph.get_operation_by_name(node.name))]
    switches = {tensor.op.name for tensor in training_switches(graph, nodes)}
    return switches | set(dropout_rates(type(whole)(node=nodes, library=whole.library), graph))


def _results(op: Operation) -> list[Tensor]:
    """What an op gives; no statistics of a normalisation, and no single number."""
    given = op.outputs[:1] if _normalises(op) else op.outputs
    return [tensor for tensor in given if not is_one_number(tensor)]


def _normalises(op: Operation) -> bool:
    return op.type.startswith("FusedBatchNorm") and "Grad" not in op.type


def _is_folded(op: Operation) -> bool:
    """Tells of a normalisation whether others compute with its weights what it computed."""
    readers = [reader for tensor in op.inputs[1:] for reader in tensor.consumers()]
    others = [one for one in readers if not (_normalises(one) or is_training(one))]
    return _normalises(op) and any(one.type not in NO_VALUE for one in others)


def _flattens(op: Operation, readers: list[Operation]) -> bool:
    """Tells whether a loss makes rows of a result; a shape that is written out is the network's."""
    is_computed = op.type == "Reshape" and op.inputs[1].op.type in ("Concat", "ConcatV2")
    return is_computed and {reader.type for reader in readers} <= _CROSS_ENTROPIES


def _leaves_loop(op: Operation) -> bool:
    """Tells whether an op only hands out what a loop carried, which nobody may have asked for."""
    carried = op.type == "Identity" and op.inputs[0].op.type in ("While", "StatelessWhile")
    return carried or op.type in ("Exit", "While", "StatelessWhile")


def _readers(op: Operation) -> list[Operation]:
    """The ops that read what an op gives, those of the training left aside."""
    return [reader for reader in consumers(op) if not is_training(reader)]


def _unlikeliness(candidate: _Candidate) -> tuple[bool, bool, bool, str]:
    tensor = candidate.tensor
    named = _TELLING_NAME.search(tensor.name) is not None
    return not candidate.certain, not named, not tensor.dtype.is_floating, tensor.name

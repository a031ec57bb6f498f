"""Where the values of a training graph come from: inputs, labels, weights.

What is fed in and meets a weight is an input of the network; what is fed in and meets only results
is a label. Results depend on what is fed in and on weights. One number made of results is a loss
or a measure, and so is what is made of such numbers alone. Beside other results a number belongs
to the network, which may well scale what it computes:

    x ──► MatMul ──► Max ──► Div ──► ...
             └────────────────┘
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from graphkit._tf import Operation, Tensor
from graphkit.export._graphs._op_kinds import VARIABLES, feeds_pipeline, writes_variable
from graphkit.export._graphs._tensors import is_handle

__all__ = ["NO_VALUE", "Origin", "Origins", "consumers", "is_one_number", "is_training"]

_TRAINING_SCOPE = re.compile(r"(^|/)(gradients|save)(_\d+)?/")
_TRAINING_TYPE = re.compile(r"Summary(V2)?$|^(Save|Restore)")
# These carry no value on: shapes, and containers that are still empty (a loop that was
# differentiated takes containers made for its gradient).
NO_VALUE = {
    "EmptyTensorList",
    "OnesLike",
    "Rank",
    "Shape",
    "ShapeN",
    "Size",
    "TensorArraySizeV3",
    "ZerosLike",
}
# These hand on what they are given, in branches and loops of TensorFlow 1 too.
_HANDS_ON = re.compile(r"^(Ref)?(Enter|Exit|Identity|Merge|NextIteration|Switch)$")
# An array of TensorFlow 1 is told by a single number, its flow, and holds several.
_ARRAY = "TensorArray"
# Beside what these give on they read a range, which training goes on to measure, or what chooses
# a branch, for weights as for data.
_GIVES_FIRST = re.compile(r"^(Ref)?Switch$|^FakeQuantWithMinMaxVars")


@dataclass(frozen=True)
class Origin:
    """Where the value of an op comes from.

    Attributes:
        sources: The fed or read tensors it depends on.
        weighted: Whether it depends on a variable.
    """

    sources: frozenset[str] = frozenset()
    weighted: bool = False

    @property
    def is_result(self) -> bool:
        """Whether something that is fed in has met a weight."""
        return self.weighted and bool(self.sources)

    @property
    def is_weight(self) -> bool:
        """Whether it depends on variables alone."""
        return self.weighted and not self.sources


class Origins:
    """Where the values of all ops of a graph come from.

    Args:
        ops: The ops.
        settings: The names of the placeholders that are no data.

    Attributes:
        inputs: The names of the tensors that are fed to the network, and are no labels.
        several: The ops whose results are not made of single numbers of results alone.
    """

    def __init__(self, ops: Sequence[Operation], settings: Iterable[str]) -> None:
        self._settings = frozenset(settings)
        self._of: dict[Operation, Origin | None] = {}
        # In a loop, an input may come from an op that stands later in the graph.
        before: Mapping[Operation, Origin | None] | None = None
        while before != self._of:
            before = dict(self._of)
            for op in ops:
                self._of[op] = self._origin(op)
        self.several: set[Operation] = set()
        known = -1
        while known < len(self.several):
            known = len(self.several)
            self.several.update(op for op in ops if self._gives_several(op))
        met = [self._data_met(op) for op in self.several]
        self.inputs: frozenset[str] = frozenset().union(*met)

    def of(self, op: Operation) -> Origin | None:
        """Where an op's value comes from; None if it belongs to the training alone."""
        return self._of[op]

    def part(self, tensor: Tensor) -> Origin | None:
        """Where the value of a tensor comes from that an op reads."""
        if feeds_pipeline(tensor.op.type) and not is_handle(tensor):
            return Origin(frozenset({tensor.name}))
        return self._of.get(tensor.op, Origin())

    def joins_label(self, op: Operation) -> bool:
        """Tells whether an op brings results together with what is no input."""
        parts = [self.part(tensor) for tensor in op.inputs]
        return any(part is not None and part.sources - self.inputs for part in parts)

    def numbers_for(self, ops: Set[Operation]) -> set[Operation]:
        """The single numbers made of results that some of these ops are computed with."""
        found: set[Operation] = set()
        waiting = list(ops)
        while waiting:
            read = {tensor.op for tensor in waiting.pop().inputs}
            numbers = {one for one in read if self._is_number(one)} - found
            found |= numbers
            waiting += numbers
        return found

    def take_unmeasured(self) -> None:
        """Takes for inputs what only meets results, unless a number or an update is made of it."""
        going_on = self.several | self.numbers_for(self.several)
        numbers = {op for op in self._of if self._is_number(op)} - going_on
        trained = {t.op for op in self._of if is_training(op) for t in op.inputs}
        measured = [origin.sources for op in numbers | trained if (origin := self._of[op])]
        met = [origin.sources for op in self.several if (origin := self._of[op])]
        self.inputs |= frozenset().union(*met) - frozenset().union(*measured)

    def _is_number(self, op: Operation) -> bool:
        origin = self._of[op]
        return origin is not None and origin.is_result and op not in self.several

    def _origin(self, op: Operation) -> Origin | None:
        if op.type in VARIABLES:
            return Origin(weighted=True)
        if op.type == "Placeholder":
            # A single number is a switch or a rate, no data.
            is_data = op.outputs[0].shape.rank != 0 and op.name not in self._settings
            return Origin(frozenset({op.outputs[0].name} if is_data else ()))
        if op.type in NO_VALUE or feeds_pipeline(op.type):
            return Origin()
        parts = [self.part(tensor) for tensor in _read(op)]
        told = [part for part in parts if part is not None]
        if is_training(op) or len(told) < len(parts):
            return None
        sources = frozenset().union(*(part.sources for part in told))
        return Origin(sources, any(part.weighted for part in told))

    def _gives_several(self, op: Operation) -> bool:
        origin = self._of[op]
        if origin is None or not origin.is_result:
            return False
        if op.type.startswith(_ARRAY):
            return True
        is_number = all(map(is_one_number, op.outputs))
        if is_number and not _HANDS_ON.search(op.type):
            return False
        return any(self._brings_several(tensor, is_number) for tensor in _read(op))

    def _brings_several(self, tensor: Tensor, to_number: bool) -> bool:
        part = self.part(tensor)
        if part is None or not part.sources:
            return False
        return tensor.op in self.several if part.weighted else not to_number

    def _data_met(self, op: Operation) -> frozenset[str]:
        """What an op brings together with a weight; no loss, to which decays are added."""
        read = [(tensor, self.part(tensor)) for tensor in _read(op)]
        parts = [(tensor, part) for tensor, part in read if part is not None]
        if not any(part.is_weight for _, part in parts):
            return frozenset()
        data = [part for tensor, part in parts if not part.weighted or tensor.op in self.several]
        return frozenset().union(*(part.sources for part in data))


def _read(op: Operation) -> Sequence[Tensor]:
    """The tensors that make an op's value what it is."""
    return list(op.inputs[:1] if _GIVES_FIRST.search(op.type) else op.inputs)


def is_one_number(tensor: Tensor) -> bool:
    """Tells whether a tensor is a single number, or what stands for an array of TensorFlow 1."""
    return tensor.shape.rank == 0 and not is_handle(tensor)


def is_training(op: Operation) -> bool:
    """Tells whether an op serves training alone, by its kind or its scope."""
    return (
        writes_variable(op.type)
        or _TRAINING_TYPE.search(op.type) is not None
        or _TRAINING_SCOPE.search(op.name) is not None
    )


def consumers(op: Operation) -> list[Operation]:
    """The ops that read what an op gives."""
    return [consumer for tensor in op.outputs for consumer in tensor.consumers()]

"""The program's own ops between a source and a batcher, found and copied into a function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Operation, Tensor, tf
from graphkit.readers._engine._before import require_nothing_before
from graphkit.readers._engine._calls import functions_of, reached
from graphkit.readers._engine._guards import guarded
from graphkit.readers._engine._loops import ARRAYS, frames_of, is_array
from graphkit.readers._engine._refusal import NotLifted
from graphkit.readers._engine._sources import Source, source_of

__all__ = ["Chain", "find_chain", "isolated_graph_def", "types_in_turn"]

_RANDOM = {
    "Multinomial",
    "ParameterizedTruncatedNormal",
    "RandomGamma",
    "RandomPoissonV2",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniform",
    "RandomUniformInt",
    "SampleDistortedBoundingBox",
    "SampleDistortedBoundingBoxV2",
    "TruncatedNormal",
}
# Stateful for TensorFlow, so that they are run even where nobody uses what they return; a function
# of the program's runs once per element here as there.
_PYTHON = {"EagerPyFunc", "PyFunc"}
_RUN_PER_ELEMENT = {"Assert", "CheckNumerics", "Print", "PrintV2", *_PYTHON}
_TABLES = {"HashTable", "HashTableV2", "MutableHashTable", "MutableHashTableV2"}
_CALLS = {"If", "StatefulPartitionedCall", "While"}
_LOOPS = {"StatelessWhile", "While"}
_SMALL = 4096  # bytes
_VARIABLES = {"VarHandleOp", "Variable", "VariableV2"}


@dataclass(frozen=True)
class Chain:
    """The ops from sources to the tensors of one example.

    Attributes:
        outputs: The example's tensors.
        sources: What they start from, each once.
        varying: The ops whose values differ from element to element, in the order they were made.
    """

    outputs: tuple[Tensor, ...]
    sources: tuple[Source, ...]
    varying: tuple[Operation, ...]

    @property
    def queues(self) -> list[Operation]:
        """The producers' queues that the sources take from."""
        return [source.producer.queue for source in self.sources if source.producer is not None]

    def uses(self, tensor: Tensor) -> bool:
        """Whether the example depends on that output of a source."""
        users = tensor.consumers()
        return any(op in users for op in self.varying) or any(o is tensor for o in self.outputs)


def isolated_graph_def(ops: Sequence[Operation]) -> Any:
    """Writes ops as a GraphDef of their own, free of the place they were made for."""
    graph_def = tf.GraphDef()
    kept = {op.name for op in ops}
    for op in ops:
        node = graph_def.node.add()
        node.CopyFrom(op.node_def)
        node.device = ""
        node.attr.pop("_class", None)
        inputs = [name for name in node.input if not name.startswith("^") or name[1:] in kept]
        node.ClearField("input")
        node.input.extend(inputs)
    graph_def.library.function.extend(functions_of(ops))
    return graph_def


def types_in_turn(graph_def: Any) -> set[str]:
    """The types of the ops of a graph that depend on which element they are run for first."""
    known = {f.signature.name: f for f in graph_def.library.function}
    nodes = [*graph_def.node, *(n for f in reached(graph_def.node, known) for n in f.node_def)]
    return {node.op for node in nodes} & (_RANDOM | _PYTHON)


def find_chain(outputs: Sequence[Tensor], *, variables: bool = False) -> Chain:
    """Walks from an example's tensors back to where its elements come from.

    Args:
        outputs: The example's tensors.
        variables: Whether variables may be read; they are read once, when the pipeline starts.

    Raises:
        NotLifted: Something on the way cannot be lifted.
    """
    sources: dict[Operation, Source] = {}
    order = _in_order([tensor.op for tensor in outputs], sources)
    read = {op for op in order if variables and op.type in {*_VARIABLES, "ReadVariableOp"}}
    for op in order:
        if op not in read:
            _require_liftable(op)
    for source in sources.values():
        require_nothing_before(source)
    never_sure = guarded(order)
    for tensor in outputs:
        if tensor.op in never_sure:
            raise NotLifted(tensor.op, "examples that it does not come for are left out")
    varying = _varying(order, sources, read, never_sure)
    return Chain(tuple(outputs), tuple(sources.values()), varying)


def _varying(
    order: Sequence[Operation],
    sources: Collection[Operation],
    read: Collection[Operation],
    never_sure: Collection[Operation],
) -> tuple[Operation, ...]:
    """Finds the ops that have to be run for each element.

    Args:
        order: The ops of a chain.
        sources: What elements come from.
        read: The ops that read variables, once.
        never_sure: The ops whose outputs may never come.
    """
    users = defaultdict(list)
    for op in order:
        for before in _needed_by(op):
            users[before].append(op)
    loops = _loops(order)
    found: set[Operation] = set()

    def add(waiting: list[Operation], left: Collection[Operation]) -> None:
        while waiting:
            op = waiting.pop()
            if op in found or op in left:
                continue
            found.add(op)
            arrays = [tensor.op for tensor in op.inputs if tensor.dtype == tf.resource]
            unsure = [before for before in _needed_by(op) if before in never_sure]
            waiting += [*users[op], *loops.get(op, ()), *arrays, *unsure]

    add([user for source in sources for user in users[source]], read)
    add([op for op in order if _differs_by_itself(op)], read)
    # Of what is the same for all, a loop is not worth running again.
    rounds = (op for op in order if op in loops or op.type in ARRAYS | _LOOPS)
    add([op for op in order if _is_small_constant(op)], {*read, *rounds})
    return tuple(op for op in order if op in found)


def _loops(ops: Sequence[Operation]) -> dict[Operation, list[Operation]]:
    """Gives each op that is in a loop all ops of the outermost one, which run together.

    Raises:
        NotLifted: Rounds go on by something else than TensorFlow's own condition.
    """
    if not any(op.type == "Enter" for op in ops):
        return {}
    frames = frames_of(op.node_def for op in ops)
    together = defaultdict(list)
    inside = [op for op in ops if op.name in frames]
    conditions = {frames[op.name] for op in inside if op.type == "LoopCond"}
    for op in inside:
        if frames[op.name] not in conditions:
            raise NotLifted(op, "it is in a loop without a condition")
        together[frames[op.name][0]].append(op)
    return {op: together[frames[op.name][0]] for op in inside}


def _in_order(ends: list[Operation], sources: dict[Operation, Source]) -> list[Operation]:
    """Lists what the ends are computed by, inputs first; what they start from goes to `sources`."""
    order: list[Operation] = []
    seen: set[Operation] = set()
    waiting = [(op, False) for op in ends]
    while waiting:
        op, inputs_listed = waiting.pop()
        if inputs_listed:
            order.append(op)
            continue
        if op in seen:
            continue
        seen.add(op)
        source = source_of(op)
        if source is not None:
            sources[op] = source
            continue
        waiting.append((op, True))
        needed = _needed_by(op)
        again = [before for before in needed if before.type == "NextIteration"]
        waiting[:0] = [(before, False) for before in again]  # a loop's rounds, behind its end
        waiting += [(before, False) for before in needed if before not in again]
    return order


def _needed_by(op: Operation) -> list[Operation]:
    return [*(tensor.op for tensor in op.inputs), *op.control_inputs]


def _differs_by_itself(op: Operation) -> bool:
    """Whether an op does something for each element, whatever it is computed from."""
    is_stateful = bool(op.op_def.is_stateful) and op.type not in ARRAYS
    return is_stateful or op.type in _RUN_PER_ELEMENT


def _is_small_constant(op: Operation) -> bool:
    """Whether a value is better copied into the function, where it lets TensorFlow simplify."""
    return bool(op.type == "Const") and op.node_def.ByteSize() < _SMALL


def _require_liftable(op: Operation) -> None:
    """Refuses an op that depends on more than its inputs, or that others would notice."""
    if op.type.startswith("Placeholder"):
        raise NotLifted(op, "its value is fed")
    resources = [tensor for tensor in op.inputs if tensor.dtype == tf.resource]
    if op.type in _VARIABLES | _TABLES or not all(is_array(handle) for handle in resources):
        raise NotLifted(op, "it reads a variable or a table")
    if op.type == "RefEnter":
        raise NotLifted(op, "it begins a loop over a variable")
    if not op.op_def.is_stateful or op.type in _RANDOM | _RUN_PER_ELEMENT | ARRAYS:
        return
    called = functions_of([op]) if op.type in _CALLS else []
    types = {node.op for function in called for node in function.node_def}
    unknown = {t for t in types - _CALLS if op.graph.op_def_for_type(t).is_stateful}
    if op.type not in _CALLS or unknown - _RANDOM - _RUN_PER_ELEMENT:
        raise NotLifted(op, "it reads or writes something outside the pipeline")

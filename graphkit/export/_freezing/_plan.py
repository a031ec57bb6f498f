"""What will be frozen: the part of a graph between inputs and outputs, checked before any run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphkit._tf import Graph, Tensor
from graphkit.errors import ArgumentError, ArgumentTypeError
from graphkit.export._freezing._asserts import without_asserts
from graphkit.export._freezing._dropout_rates import dropout_rates, fold_numbers
from graphkit.export._freezing._holdable import check_holdable, pipeline_entries
from graphkit.export._freezing._passed_checks import passed_checks, passing_value
from graphkit.export._freezing._switches import training_switches
from graphkit.export._freezing._table_files import TableFile, TableFiles, hold_table_files
from graphkit.export._graphs._branches import fold_constant_branches
from graphkit.export._graphs._choices import choices
from graphkit.export._graphs._conditions import conditions
from graphkit.export._graphs._idle_places import without_idle_places
from graphkit.export._graphs._inline import inline_calls
from graphkit.export._graphs._nodes import needed_nodes, op_of, with_functions
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._surgery import cut_inputs, pin_placeholders
from graphkit.export._graphs._tables import fill_tables
from graphkit.export._graphs._tensors import find_tensor, find_tensors, is_handle
from graphkit.export._running._values import converted, wanted_dtype
from graphkit.export._transforms._dropout import idle_dropouts
from graphkit.export._transforms._dropout_in_functions import drop_in_functions
from graphkit.export._transforms._network import rewire

__all__ = ["FreezePlan", "plan_freeze"]


@dataclass(frozen=True)
class FreezePlan:
    """The inference graph, still with variables.

    Attributes:
        graph_def: Its nodes.
        outputs: Its outputs, tensors of the session's graph.
        inputs: Its inputs, tensors of the session's graph, by the name of their placeholder.
        pins: The values of the placeholders that became constants.
        passed: What the session is given besides, so that checks which were left out hold.
        asked: What checks ask for, in the file too.
        cut: Which of the inputs a queue, reader or iterator fills in the session.
        fillers: The ops that fill lookup tables, in the session too, by their tables.
        choices: Values that some inputs can take.
        table_files: The text files that fill some of them.
    """

    graph_def: Any
    outputs: list[Tensor]
    inputs: dict[str, Tensor]
    pins: dict[Tensor, Any]
    passed: Mapping[Tensor, Any] = field(default_factory=dict)
    asked: Collection[Tensor] = ()
    cut: tuple[Tensor, ...] = ()
    fillers: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, Any] = field(default_factory=dict)
    table_files: Sequence[TableFile] = ()

    def fed(self, batch: Mapping[str, Any]) -> dict[Tensor, Any]:
        """What the session is given with a batch, by inputs or by the full names of tensors."""
        given = {self._tensor(name): value for name, value in batch.items()}
        return {**self.passed, **given, **self.pins}

    def _tensor(self, name: str) -> Tensor:
        if name in self.inputs:
            return self.inputs[name]
        return self.outputs[0].graph.get_tensor_by_name(name)


def plan_freeze(
    where: str,
    graph: Graph,
    outputs: Any,
    inputs: Any,
    pins: Mapping[str, Any] | None,
    readable: TableFiles,
) -> FreezePlan:
    """Finds the inference graph and refuses one that a file of constants cannot hold.

    Args:
        where: The function that was called.
        graph: The session's graph.
        outputs: One output name or several.
        inputs: One input name or several; None takes every placeholder the outputs need, and cuts
            off what fills them from files.
        pins: Values of placeholders to make constants, by name; those that say whether the graph
            is training say that it is not, and numbers that dropouts alone read say that nothing
            is dropped, unless they are named here or among the inputs.
        readable: The text files that may be read to fill tables.

    Returns:
        The plan.

    Raises:
        MissingFileError: A text file that fills a table does not exist.
        CorruptFileError: It cannot fill the table.
        UnsafeFileError: It may not be read, or is too large.
        UnknownNameError: A name that the graph does not have.
        ArgumentError: Something else is wrong with an argument; the message says what would do.
        ArgumentTypeError: A pin's value does not fit the placeholder's dtype.
    """
    targets = find_tensors(where, "outputs", graph, outputs)
    for tensor in filter(is_handle, targets):
        wanted = "values (name the op that reads the variable, such as '.../Read/ReadVariableOp')"
        raise ArgumentError(where, "outputs", tensor.name, wanted)
    pinned = _pinned(where, graph, pins or {})
    named = find_tensors(where, "inputs", graph, inputs) if inputs is not None else []
    target_ops = [tensor.op.name for tensor in targets]

    graph_def = graph.as_graph_def()
    tables = fill_tables(graph_def, readable.assets)
    graph_def = with_functions(graph_def, needed_nodes(graph_def, target_ops))
    switches = training_switches(graph, graph_def.node)
    pinned |= {t: value for t, value in switches.items() if t not in [*pinned, *named, *targets]}
    pin_placeholders(graph_def, {t.op.name: value for t, value in pinned.items()})
    if pinned:
        fold_constant_branches(graph_def)
        graph_def = with_functions(graph_def, needed_nodes(graph_def, target_ops))
    rates = _dropout_rates(graph, graph_def, {*named, *targets})
    pin_placeholders(graph_def, {t.op.name: value for t, value in rates.items()})
    pinned |= rates
    filled = _filled(graph, graph_def) if inputs is None else []
    graph_def, cut = cut_inputs(graph_def, [*named, *filled], target_ops)
    graph_def = _inlined(graph, graph_def, target_ops, folds=bool(pinned))
    if pinned:
        graph_def = _without_dropout(graph, graph_def, [*target_ops, *cut])
    passing = passed_checks(graph, graph_def)
    graph_def = without_asserts(graph_def, graph, target_ops)
    graph_def = _without_idle_places(graph, graph_def, [*targets, *passing])
    check_holdable(where, graph_def, inputs, tables)
    found = _inputs(where, graph, graph_def, cut, inputs is not None)
    left = {node.name for node in graph_def.node}
    fillers = {table: name for table, name in tables.items() if name in left}
    files = hold_table_files(graph_def, readable)
    graph_def = with_functions(graph_def, needed_nodes(graph_def, target_ops))
    values = choices(graph_def, graph, fillers)
    passed = {t: passing_value(t) for t in passing if t.op.name not in left}
    return FreezePlan(
        graph_def,
        targets,
        found,
        pinned,
        passed,
        [tensor for tensor in passing if tensor.op.type not in PLACEHOLDERS],
        tuple(filled),
        fillers,
        values,
        files,
    )


def _inlined(graph: Graph, graph_def: Any, target_ops: Sequence[str], *, folds: bool) -> Any:
    """Puts functions in the place of their calls; a condition in one may be a constant there."""
    while inline_calls(graph_def, graph, target_ops):
        if folds:
            fold_constant_branches(graph_def)
        graph_def = with_functions(graph_def, needed_nodes(graph_def, target_ops))
    return graph_def


def _dropout_rates(graph: Graph, graph_def: Any, kept: Collection[Tensor]) -> dict[Tensor, Any]:
    found = dropout_rates(graph_def, graph)
    rates = {_output(graph, name): value for name, value in found.items()}
    return {tensor: value for tensor, value in rates.items() if tensor not in kept}


def _without_dropout(graph: Graph, graph_def: Any, kept: Sequence[str]) -> Any:
    """Leaves out dropouts that the pinned numbers make pass everything on."""
    fold_numbers(graph_def)
    rewire(graph_def.node, idle_dropouts(graph_def, kept))
    drop_in_functions(graph_def, graph)
    return with_functions(graph_def, needed_nodes(graph_def, kept))


def _without_idle_places(graph: Graph, graph_def: Any, kept: Iterable[Tensor]) -> Any:
    """Leaves out what loops carry for gradients; what conditions hang on keeps its name."""
    decide = [op_of(one.decides) for one in conditions(graph_def, graph)]
    names = {*(tensor.op.name for tensor in kept), *decide}
    left = {node.name for node in graph_def.node}
    return without_idle_places(graph_def, graph, names & left)


def _pinned(where: str, graph: Graph, pins: Mapping[str, Any]) -> dict[Tensor, Any]:
    if not isinstance(pins, Mapping):
        raise ArgumentTypeError(where, "pins", type(pins).__name__, "a dict of values by name")
    return {
        tensor: _pin_value(where, tensor, value)
        for tensor, value in (
            (find_tensor(where, "pins", graph, name), value) for name, value in pins.items()
        )
    }


def _pin_value(where: str, tensor: Tensor, value: Any) -> Any:
    if tensor.op.type not in PLACEHOLDERS:
        wanted = f"values of placeholders ({tensor.op.name!r} is a {tensor.op.type})"
        raise ArgumentError(where, "pins", tensor.name, wanted)
    given = np.asarray(value)
    dtype = tensor.dtype.base_dtype
    fitted = converted(given, dtype.as_numpy_dtype)
    if fitted is None:
        wanted = wanted_dtype(given, dtype.as_numpy_dtype, dtype.name)
        raise ArgumentTypeError(where, f"pins[{tensor.op.name!r}]", given.dtype, wanted)
    if not tensor.shape.is_compatible_with(given.shape):
        wanted = f"of shape {tensor.shape.as_list()}"
        raise ArgumentError(where, f"pins[{tensor.op.name!r}]", list(given.shape), wanted)
    return fitted


def _filled(graph: Graph, graph_def: Any) -> list[Tensor]:
    """The tensors through which queues, readers and iterators hand data to the rest."""
    return [
        graph.get_tensor_by_name(name)
        for name in pipeline_entries(graph_def)
        if not is_handle(graph.get_tensor_by_name(name))
    ]


def _inputs(
    where: str, graph: Graph, graph_def: Any, cut: Mapping[str, Tensor], explicit: bool
) -> dict[str, Tensor]:
    """The inputs of the graph that is left, by placeholder; refuses what does not match."""
    left = {node.name: node.op for node in graph_def.node if node.op in PLACEHOLDERS}
    unused = [tensor.name for name, tensor in cut.items() if name not in left]
    if unused:
        raise ArgumentError(where, "inputs", unused, "tensors the outputs depend on")
    missing = [
        name for name, op in left.items() if name not in cut and op != "PlaceholderWithDefault"
    ]
    if explicit and missing:
        names = ", ".join(map(repr, missing))
        wanted = f"complete; the outputs also need {names} (name it, or pin it)"
        raise ArgumentError(where, "inputs", [t.name for t in cut.values()], wanted)
    return {name: cut[name] if name in cut else _output(graph, name) for name in left}


def _output(graph: Graph, op_name: str) -> Tensor:
    return graph.get_operation_by_name(op_name).outputs[0]

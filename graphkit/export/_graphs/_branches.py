"""Branches that can no longer run once a switch is pinned.

`tf.cond` leaves both sides in the graph. With `is_training` pinned the training side is dead
weight, and worse: it may write variables, which a file of constants cannot (the well-known "float
does not match float_ref" of frozen batch normalization). Both forms TensorFlow has used are known
here: `Switch`/`Merge` pairs, and `If` with its branches as functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.export._graphs._handles import make_constant
from graphkit.export._graphs._nodes import op_of

__all__ = ["fold_constant_branches"]

# Inside another condition or a loop, a value comes in through a switch or an entrance; of a
# placeholder whose shape was not told, through a squeeze.
_SAME_TRUTH = {"Enter", "Identity", "Squeeze", "StopGradient", "Switch"}


def fold_constant_branches(graph_def: Any) -> None:
    """Rewires, in place, each `tf.cond` with a constant condition to the side it takes.

    The nodes of the other side stay, needed by nothing.

    Args:
        graph_def: The graph.
    """
    truths = _constant_conditions(graph_def)
    if truths:
        for node in graph_def.node:
            if node.op in ("If", "StatelessIf") and op_of(node.input[0]) in truths:
                _call_branch(node, truths[op_of(node.input[0])])
        _fold_switches(graph_def, truths)


def _constant_conditions(graph_def: Any) -> dict[str, bool]:
    """The truth of each node that is a constant bool scalar; nodes stand before their consumers."""
    truths: dict[str, bool] = {}
    by_name = {node.name: node for node in graph_def.node}
    for node in graph_def.node:
        chain = [node]
        while chain[-1].op in _SAME_TRUTH | {"LogicalNot"} and len(chain) <= len(by_name):
            chain.append(by_name[op_of(chain[-1].input[0])])
        if chain[-1].op == "Const" and chain[-1].attr["dtype"].type == tf.bool.as_datatype_enum:
            value = np.asarray(tf.make_ndarray(chain[-1].attr["value"].tensor))
            if value.ndim == 0:
                flips = sum(link.op == "LogicalNot" for link in chain)
                truths[node.name] = bool(value) ^ bool(flips % 2)
    return truths


def _call_branch(node: Any, truth: bool) -> None:
    """Makes an `If` the call of the one function it can take."""
    branch = node.attr["then_branch" if truth else "else_branch"].func.name
    stateless = node.op == "StatelessIf"
    node.op = "PartitionedCall" if stateless else "StatefulPartitionedCall"
    del node.input[0]
    for name in set(node.attr) - {"Tin", "Tout"}:
        del node.attr[name]
    node.attr["f"].func.name = branch


def _fold_switches(graph_def: Any, truths: dict[str, bool]) -> None:
    """Makes each `Switch` with a constant condition an `Identity`, and each `Merge` of its sides.

    A node is dead if one of its inputs is; a `Merge` only if all are.
    """
    dead: set[str] = set()
    for node in graph_def.node:
        if node.op in ("Switch", "RefSwitch") and op_of(node.input[1]) in truths:
            taken = truths[op_of(node.input[1])]
            dead.add(f"{node.name}:{int(not taken)}")
    if not dead:
        return
    _spread_death(graph_def, dead)
    moved: dict[str, str] = {}
    for node in list(graph_def.node):
        if node.op in ("Switch", "RefSwitch") and op_of(node.input[1]) in truths:
            moved[f"{node.name}:1"] = node.name
            node.op = "Identity" if node.op == "Switch" else "RefIdentity"
            del node.input[1]
        elif node.op in ("Merge", "RefMerge") and node.name not in dead:
            _fold_merge(graph_def, node, dead, moved)
    for node in graph_def.node:
        for position, reference in enumerate(node.input):
            if reference in moved:
                node.input[position] = moved[reference]


def _fold_merge(graph_def: Any, node: Any, dead: set[str], moved: dict[str, str]) -> None:
    """Makes a `Merge` of one living side that side; tells who reads which side it was."""
    living = [i for i, reference in enumerate(node.input) if not _is_dead(reference, dead)]
    if len(living) == len(node.input) or len(living) != 1:
        return
    side, source = living[0], node.input[living[0]]
    node.op = "Identity" if node.op == "Merge" else "RefIdentity"
    del node.input[:]
    node.input.append(source)
    node.attr.pop("N", None)
    moved[f"{node.name}:1"] = f"{node.name}/side"
    make_constant(graph_def.node.add(), f"{node.name}/side", np.int32(side))


def _spread_death(graph_def: Any, dead: set[str]) -> None:
    """Adds to `dead`, which holds outputs of switches, the names of all nodes that cannot run."""
    spread = True
    while spread:
        spread = False
        for node in graph_def.node:
            inputs = [_is_dead(reference, dead) for reference in node.input]
            dies = all(inputs) if node.op in ("Merge", "RefMerge") else any(inputs)
            if inputs and dies and node.name not in dead:
                dead.add(node.name)
                spread = True


def _is_dead(reference: str, dead: set[str]) -> bool:
    """Tells whether an input cannot come; `"a"` is the first output of a switch, `"a:0"`."""
    if reference.startswith("^"):
        return reference.removeprefix("^") in dead
    full = reference if ":" in reference else f"{reference}:0"
    return full in dead or op_of(reference) in dead

"""One step taken and proven, and what it did."""

from __future__ import annotations

from dataclasses import dataclass

from graphkit.export._transforms._network import Network
from graphkit.export._transforms._proof import Proof
from graphkit.export._transforms._step import BoundStep

__all__ = ["StepReport", "proven_step"]


@dataclass(frozen=True)
class StepReport:
    """What one step did.

    Attributes:
        name: The transform.
        nodes_before: How many nodes the graph had.
        nodes_after: How many it has.
        bytes_before: The size it had.
        bytes_after: The size it has.
        max_abs_diff: The largest difference of an output from the source; of a step that changes
            what is computed (cut, insert, replace, merge), from what it is to be then.
        tolerance: How far it could have been, in proportion of numbers above 1.
        note: What is to be said of a step that changed nothing, such as "found no batch norm to
            fold"; empty of others.
    """

    name: str
    nodes_before: int
    nodes_after: int
    bytes_before: int
    bytes_after: int
    max_abs_diff: float
    tolerance: float
    note: str = ""


def proven_step(
    step: BoundStep, before: Network, after: Network, proof: Proof, tolerance: float
) -> StepReport:
    """Proves what a step made; gives what it did.

    Args:
        step: The step.
        before: The network it was given.
        after: What it made of it.
        proof: What that is to compute.
        tolerance: How far it may be off.

    Raises:
        VerificationError: It computes something else.
        ArgumentError: TensorFlow does not accept it, or cannot run it.
        RunError: The process it is proven in ended.
    """
    difference = max(proof.check(step.name, after, tolerance))
    return StepReport(
        name=step.name,
        nodes_before=len(before.graph_def.node),
        nodes_after=len(after.graph_def.node),
        bytes_before=before.graph_def.ByteSize(),
        bytes_after=after.graph_def.ByteSize(),
        max_abs_diff=difference,
        tolerance=tolerance,
        note=step.idle if _same(before, after) else "",
    )


def _same(before: Network, after: Network) -> bool:
    one, other = before.graph_def, after.graph_def
    return (
        (before.inputs, before.outputs) == (after.inputs, after.outputs)
        and one.node == other.node
        and one.library.function == other.library.function
    )

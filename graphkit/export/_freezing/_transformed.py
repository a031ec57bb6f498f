"""A frozen graph changed by transforms before it is written, each proven against the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from graphkit.errors import ArgumentError, VerificationError
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._graphs._outputs import clear_marks, mark_outputs
from graphkit.export._transforms._network import Network, copied
from graphkit.export._transforms._proof import Proof
from graphkit.export._transforms._step import BoundStep, bound_step
from graphkit.export._transforms._taken import StepReport, proven_step

__all__ = ["Transformed", "changed_for_opencv", "transformed"]


class Transformed(NamedTuple):
    """A graph after its transforms.

    Attributes:
        graph_def: The graph.
        steps: What each transform did.
        tolerance: How far it may be from the session, with what rounding adds.
    """

    graph_def: Any
    steps: list[StepReport]
    tolerance: float


def transformed(
    graph_def: Any, plan: FreezePlan, steps: Sequence[BoundStep], proof: Proof, tolerance: float
) -> Transformed:
    """Takes transforms, each proven before the next.

    Args:
        graph_def: The frozen graph.
        plan: Its inputs and outputs.
        steps: The transforms.
        proof: What the session computes.
        tolerance: How far the graph may be off before them.

    Raises:
        ArgumentError: A transform changes what is computed, or the name of an input or output.
        VerificationError: The graph computes something else, before them or after one.
        RunError: The process it is proven in ended.
    """
    network = Network(
        graph_def,
        {name: name for name in plan.inputs},
        tuple(tensor.name for tensor in plan.outputs),
        libraries=proof.process.libraries,
    )
    reports: list[StepReport] = []
    if steps:
        proof.check("freezing", network, tolerance)
    for step in steps:
        after = step.apply(network)
        _check_kept(step.name, network, after)
        tolerance += step.tolerance
        reports.append(proven_step(step, network, after, proof, tolerance))
        network = after
    changed = copied(network.graph_def)
    clear_marks(changed)
    mark_outputs(changed, plan.outputs)
    return Transformed(changed, reports, tolerance)


def changed_for_opencv(graph: Transformed, plan: FreezePlan, proof: Proof) -> Transformed | None:
    """What OpenCV may run of a graph that it refuses or computes otherwise, proven as well.

    Args:
        graph: The graph.
        plan: Its inputs and outputs.
        proof: What the session computes.

    Returns:
        The graph; None where nothing can be written otherwise.
    """
    try:
        changed = transformed(
            graph.graph_def, plan, [bound_step("for_opencv")], proof, graph.tolerance
        )
    except VerificationError:
        return None  # it was no fault of OpenCV's
    if changed.steps[0].note:
        return None
    return changed._replace(steps=[*graph.steps, *changed.steps])


def _check_kept(step: str, before: Network, after: Network) -> None:
    """Refuses a transform after which the session is no measure of the graph any more."""
    names = (after.inputs, after.outputs)
    if after.baseline is not None or names != (before.inputs, before.outputs):
        wanted = "ones that keep inputs, outputs and what is computed (graphkit transform has all)"
        raise ArgumentError("freeze", "transforms", step, wanted)

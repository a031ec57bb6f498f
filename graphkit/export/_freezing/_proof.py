"""The proof that a file computes what a session computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf
from graphkit.errors import ArgumentError, VerificationError
from graphkit.export._freezing._fresh._process import PATIENCE, FreshProcess
from graphkit.export._freezing._plan import FreezePlan
from graphkit.export._freezing._table_proof import filled_tables
from graphkit.export._graphs._nodes import ops_within
from graphkit.export._graphs._op_kinds import RANDOM
from graphkit.export._graphs._tensors import short_name
from graphkit.export._running._batches import Batch
from graphkit.export._running._difference import difference
from graphkit.session import translated_op_error
from graphkit.session._patience import patiently
from graphkit.session._unreadable import readable_errors

__all__ = ["compare_outputs", "expected_outputs", "reloaded_outputs", "session_outputs"]

Outputs = list[npt.NDArray[Any]]


def expected_outputs(
    where: str,
    compute: Callable[[Sequence[Batch]], list[Outputs]],
    plan: FreezePlan,
    batches: Sequence[Batch],
    *,
    given: bool,
    tolerance: float,
) -> list[Outputs]:
    """Runs a source on each batch, on the first one twice.

    Args:
        where: The function that was called.
        compute: What runs it; see `session_outputs`.
        plan: What is frozen.
        batches: The batches.
        given: Whether the caller gave them.
        tolerance: How far two runs may be apart.

    Returns:
        The outputs for each batch.

    Raises:
        ArgumentError: A generated batch does not fit the graph, no batch gives a number, or the
            outputs are random.
        RunError: The source fails.
        CorruptFileError: A table of the session was filled from a file that has changed.
    """
    try:
        *expected, again = compute([*batches, batches[0]])
    except tf.errors.OpError as exc:
        told = translated_op_error(exc, plan.outputs[0].graph)
        if given or not isinstance(exc, tf.errors.InvalidArgumentError):
            raise told from exc
        wanted = "given (feeds, --feed NAME=FILE.npy)"
        shown = f"none, and the graph cannot run on generated values ({told})"
        raise ArgumentError(where, "feeds", None, wanted, shown=shown) from exc
    for tensor, first, second in zip(plan.outputs, expected[0], again, strict=True):
        if difference(first, second).scaled > tolerance:
            wanted = f"the same in every run; it depends on {_random_ops(plan)}{_advice(plan)}"
            raise ArgumentError(where, "outputs", tensor.name, wanted)
    if not any(_has_numbers(output) for outputs in expected for output in outputs):
        wanted = "values that lead to a finite number; what came out proves nothing"
        raise ArgumentError(where, "feeds", "these" if given else "generated values", wanted)
    return expected


def _random_ops(plan: FreezePlan) -> str:
    found = [f"{name} ({kind})" for name, kind in ops_within(plan.graph_def) if kind in RANDOM]
    return ", ".join(found[:3]) or "something that changes by itself"


def _advice(plan: FreezePlan) -> str:
    """Proposes the placeholders that may switch the randomness off, or else another graph."""
    switches = [
        f"{name!r}: {1.0 if tensor.dtype.base_dtype == tf.float32 else False}"
        for name, tensor in plan.inputs.items()
        if tensor.shape.rank == 0 and tensor.dtype.base_dtype in (tf.bool, tf.float32)
    ]
    if switches:
        return f"; pin it, such as pins={{{', '.join(switches)}}}"
    return (
        "; if it is there for training, build the graph without (graph=, --script) and freeze the "
        "checkpoint by that, or name an output before it"
    )


def _has_numbers(output: npt.NDArray[Any]) -> bool:
    return output.size > 0 and (output.dtype.kind not in "fc" or bool(np.isfinite(output).any()))


def session_outputs(
    session: Any, plan: FreezePlan, source: str
) -> Callable[[Sequence[Batch]], list[Outputs]]:
    """What runs a session on batches.

    Args:
        session: The session.
        plan: What is frozen.
        source: What it was opened for, to be named if it takes long.
    """

    def compute(batches: Sequence[Batch]) -> list[Outputs]:
        patiently(lambda: filled_tables(session, plan), source)
        with readable_errors():
            found = [
                patiently(partial(session.run, plan.outputs, feed_dict=plan.fed(one)), source)
                for one in batches
            ]
        return [[np.asarray(value) for value in values] for values in found]

    return compute


def reloaded_outputs(
    where: str,
    process: FreshProcess,
    path: Path,
    plan: FreezePlan,
    batches: Sequence[Batch],
    patience: float = PATIENCE,
) -> list[Outputs]:
    """Reads a file back and runs it in a process that knows nothing of this one.

    Args:
        where: The function that was called.
        process: That process.
        path: The file.
        plan: What was frozen.
        batches: The batches.
        patience: As for `FreshProcess.run`.

    Returns:
        The outputs for each batch.

    Raises:
        ArgumentError: TensorFlow does not accept the graph; a variable is used in a way that no
            constant can be, or an op comes from a library that was not named.
        RunError: The process ended, or did not answer.
    """
    names = [tensor.name for tensor in plan.outputs]
    try:
        return process.run(path, names, batches, patience)
    except ValueError as exc:
        wanted = f"tensors that can be computed without variables, from the file alone ({exc})"
        raise ArgumentError(where, "outputs", names, wanted) from exc


def compare_outputs(
    plan: FreezePlan,
    expected: list[Outputs],
    found: list[Outputs],
    tolerance: float,
    blame: Callable[[int], tuple[str, str] | None] = lambda _number: None,
) -> dict[str, float]:
    """Compares all outputs of all batches.

    A NaN equals a NaN in the same place. Numbers larger than 1 may differ by `tolerance` of their
    size, as float arithmetic is exact in proportion.

    Args:
        plan: What was frozen.
        expected: What the session gave for each batch.
        found: What the file gave.
        tolerance: How far they may be apart.
        blame: Finds the op where the batch of a number begins to differ.

    Returns:
        The largest absolute difference of each output.

    Raises:
        VerificationError: An output differs beyond the tolerance.
    """
    largest = {short_name(tensor): 0.0 for tensor in plan.outputs}
    for number, (wanted, got) in enumerate(zip(expected, found, strict=True)):
        for tensor, first, second in zip(plan.outputs, wanted, got, strict=True):
            apart = difference(first, second)
            if apart.scaled > tolerance:
                where = blame(number)
                raise VerificationError(tensor.name, apart.absolute, tolerance, first_op=where)
            name = short_name(tensor)
            largest[name] = max(largest[name], apart.absolute)
    return largest

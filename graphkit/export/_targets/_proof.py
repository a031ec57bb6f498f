"""The proof that a file of another format computes what its source computes."""

from __future__ import annotations

import tempfile
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import Tensor, tf
from graphkit.errors import (
    ArgumentError,
    ConversionError,
    DataError,
    GraphkitError,
    RunError,
    UnknownNameError,
    VerificationError,
)
from graphkit.export._graphs._nodes import needed_nodes, with_functions
from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._graphs._tensors import short_name
from graphkit.export._running._batches import Batch
from graphkit.export._running._difference import difference
from graphkit.export._running._first_op import first_difference, values_on_the_way
from graphkit.export._running._open_model import open_model
from graphkit.export._targets._blame import refusal
from graphkit.export._targets._frozen import Frozen
from graphkit.export._targets._options import Options
from graphkit.export._targets._targets import Target
from graphkit.session import SessionConfig

__all__ = ["Trial", "proven_differences"]

_MOST = 1000
_PLAIN = {"Const", "Identity", "NoOp", "Placeholder", "StopGradient"}

Outputs = list[npt.NDArray[Any]]


@dataclass(frozen=True)
class Trial:
    """What a file has to stand.

    Attributes:
        batches: What it is run on.
        expected: What its source gave: the outputs in their order, for each batch.
        tolerance: The largest difference allowed, of numbers above 1 in proportion to them.
    """

    batches: Sequence[Batch]
    expected: Sequence[Outputs]
    tolerance: float

    def called(self, frozen: Frozen, names: SignatureNames) -> Trial:
        """The same trial for `frozen.called(names)`."""
        called = frozen.called(names)
        ins, outs = (
            {tensor.name: name for name, tensor in tensors.items()}
            for tensors in (frozen.inputs, frozen.outputs)
        )
        order = [[*outs].index(tensor.name) for tensor in called.outputs.values()]
        batches = [
            {key: batch[ins[tensor.name]] for key, tensor in called.inputs.items()}
            for batch in self.batches
        ]
        expected = [[values[place] for place in order] for values in self.expected]
        return replace(self, batches=batches, expected=expected)


def proven_differences(
    frozen: Frozen, target: Target, part: Path, options: Options, trial: Trial
) -> dict[str, float]:
    """Writes a graph in a format, opens it by the program for that, and compares every output.

    Args:
        frozen: The graph.
        target: The format and the program.
        part: The file or folder to write.
        options: How to write it.
        trial: What to compare.

    Returns:
        The largest absolute difference of each output.

    Raises:
        ConversionError: The format or the program cannot take the graph.
        VerificationError: An output differs.
        UsageError: The program, or what writes the format, is not installed.
    """
    target.write(frozen, part, options)
    largest = dict.fromkeys(frozen.outputs, 0.0)
    try:
        found = _run(frozen, target, part, trial.batches)
    except ConversionError as refused:
        if refused.ops:
            raise
        ops = _first_refused(frozen, target, options, trial)
        raise refusal(target.name, frozen.graph_def, refused.reason, ops) from refused
    for wanted, got in zip(trial.expected, found, strict=True):
        for name, first, second in zip(frozen.outputs, wanted, got, strict=True):
            apart = difference(first, second if first.dtype == object else _of(second, first))
            if apart.scaled > trial.tolerance:
                raise VerificationError(
                    name,
                    apart.absolute,
                    trial.tolerance,
                    between=f"the model, run by {target.engine}, differs from its source",
                    first_op=_first_op(frozen, target, options, trial),
                )
            largest[name] = max(largest[name], apart.absolute)
    return largest


def _run(frozen: Frozen, target: Target, part: Path, batches: Sequence[Batch]) -> list[Outputs]:
    try:
        with open_model(part, engine=target.engine) as model:
            _check_names(frozen, target, {info.name for info in model.outputs})
            names = list(frozen.outputs)
            results = [model.run(_fed(batch, frozen), names) for batch in batches]
            return [[np.asarray(result[name]) for name in names] for result in results]
    except (ArgumentError, DataError, RunError, UnknownNameError) as exc:
        message = str(exc).replace(f"{part}: ", "").replace(str(part), "the file")
        raise refusal(target.name, frozen.graph_def, message) from exc


def _check_names(frozen: Frozen, target: Target, known: set[str]) -> None:
    """Refuses a file that calls an output otherwise, as it is the same tensor as another."""
    for name, tensor in frozen.outputs.items():
        if not known & {name, name.removesuffix(":0")}:
            reason = f"the output {name!r} is one tensor with another there"
            raise ConversionError(
                target.name, reason, [(tensor.op.name, tensor.op.type)], "leave one out (outputs)"
            )


def _fed(batch: Batch, frozen: Frozen) -> Batch:
    return {name: value for name, value in batch.items() if name in frozen.inputs}


def _of(found: npt.NDArray[Any], wanted: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """OpenCV computes in float32 whatever the graph says; whole numbers stay what they are."""
    same = found.dtype == np.float32 and wanted.dtype.kind in "iufb"
    return found.astype(wanted.dtype) if same else found


def _first_op(
    frozen: Frozen, target: Target, options: Options, trial: Trial
) -> tuple[str, str] | None:
    def expected(tensors: Sequence[Tensor]) -> list[Any]:
        feed = {tensor: trial.batches[0][name] for name, tensor in frozen.inputs.items()}
        with tf.Session(graph=frozen.graph, config=SessionConfig().to_proto()) as session:
            return list(session.run(tensors, feed))

    def found(tensors: Sequence[Tensor]) -> Outputs:
        cut = replace(frozen, outputs={short_name(tensor): tensor for tensor in tensors})
        with tempfile.TemporaryDirectory() as folder:
            part = Path(folder) / "model"
            target.write(cut, part, options)
            return _run(cut, target, part, trial.batches[:1])[0]

    tensors = values_on_the_way(frozen.graph.get_operations(), _PLAIN)[:_MOST]
    return first_difference(tensors, expected, found, trial.tolerance, at_once=_MOST)


def _first_refused(
    frozen: Frozen, target: Target, options: Options, trial: Trial
) -> list[tuple[str, str]]:
    """The first op with which a program refuses what leads there, where it names none itself."""

    def refuses(tensor: Tensor) -> bool:
        cut = _up_to(frozen, tensor)
        if not cut.inputs:
            return False  # no program runs a model that is fed nothing
        try:
            with tempfile.TemporaryDirectory() as folder:
                part = Path(folder) / "model"
                target.write(cut, part, options)
                _run(cut, target, part, trial.batches[:1])
        except GraphkitError:
            return True
        return False

    tensors = values_on_the_way(frozen.graph.get_operations(), _PLAIN)
    place = bisect_left(tensors, True, key=refuses)
    return [(tensor.op.name, tensor.op.type) for tensor in tensors[place : place + 1]]


def _up_to(frozen: Frozen, tensor: Tensor) -> Frozen:
    """The part of a graph that one tensor needs."""
    needed = needed_nodes(frozen.graph_def, [tensor.op.name])
    names = {node.name for node in needed}
    return replace(
        frozen,
        graph_def=with_functions(frozen.graph_def, needed),
        inputs={name: given for name, given in frozen.inputs.items() if given.op.name in names},
        outputs={short_name(tensor): tensor},
    )

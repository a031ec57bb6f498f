"""The programs a frozen graph is made for, each asked whether it computes the same."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from graphkit._tf import Tensor
from graphkit.errors import ArgumentError
from graphkit.export._targets._frozen import frozen_graph
from graphkit.export._targets._options import Options
from graphkit.export._targets._proof import Trial, proven_differences
from graphkit.export._targets._targets import CONSUMERS

__all__ = ["consumer_differences", "named_consumers"]


def named_consumers(where: str, names: str | Iterable[str]) -> list[str]:
    """Checks the names of programs, each once.

    Raises:
        ArgumentError: One is not known.
    """
    listed = list(dict.fromkeys([names] if isinstance(names, str) else names))
    for name in listed:
        if name not in CONSUMERS:
            wanted = f"some of {', '.join(map(repr, CONSUMERS))}"
            raise ArgumentError(where, "targets", name, wanted)
    return listed


def consumer_differences(
    names: Iterable[str],
    graph_def: Any,
    inputs: Mapping[str, Tensor],
    outputs: list[Tensor],
    trial: Trial,
) -> dict[str, dict[str, float]]:
    """Has each program run a frozen graph, in a format it reads.

    Args:
        names: The programs: "opencv", "onnx", "tflite" or "serving".
        graph_def: The graph.
        inputs: Its placeholders, by name.
        outputs: Its outputs, tensors of the graph it was made from.
        trial: What to compare.

    Returns:
        The largest difference of each output, by program.

    Raises:
        ConversionError: A program cannot take the graph.
        VerificationError: It computes something else.
        UsageError: It is not installed.
    """
    listed = list(names)
    if not listed:
        return {}
    frozen = frozen_graph(Path("model.pb"), graph_def, inputs, outputs)
    options = Options(batches=trial.batches)
    with tempfile.TemporaryDirectory() as folder:
        return {
            name: proven_differences(frozen, CONSUMERS[name], Path(folder) / name, options, trial)
            for name in listed
        }

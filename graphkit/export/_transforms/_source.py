"""Tensors of a graph, computed where an abort of TensorFlow ends no process of the user's."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError, RunError
from graphkit.export._freezing._fresh._process import FreshProcess, Refusal
from graphkit.export._graphs._nodes import needed_nodes, with_functions
from graphkit.export._running._batches import Batch

__all__ = ["needed_graph", "source_outputs"]


def needed_graph(tensors: Sequence[Tensor]) -> Any:
    """The part of a graph that tensors of it depend on."""
    graph_def = tensors[0].graph.as_graph_def()
    return with_functions(graph_def, needed_nodes(graph_def, [t.op.name for t in tensors]))


def source_outputs(
    called: str, process: FreshProcess, tensors: Sequence[Tensor], batches: Sequence[Batch]
) -> list[list[npt.NDArray[Any]]]:
    """Computes tensors in the fresh process, all batches in one session.

    Args:
        called: What messages call their graph, such as the file it came from.
        process: The process.
        tensors: Tensors of one graph.
        batches: Arrays by the names of tensors.

    Raises:
        tf.errors.OpError: The graph fails, by the class it fails with there.
        ArgumentError: TensorFlow does not accept it there.
        RunError: The process ended, as TensorFlow may abort it, or did not answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "source.pb"
        place.write_bytes(needed_graph(tensors).SerializeToString())
        try:
            return process.run(place, [tensor.name for tensor in tensors], batches)
        except Refusal as exc:
            if exc.code is None:
                wanted = f"a graph that TensorFlow accepts in a fresh process ({exc})"
                raise ArgumentError("transform", "path", called, wanted) from exc
            kind = tf.errors.exception_type_from_error_code(exc.code)
            raise kind(None, None, str(exc)) from exc
        except RunError as exc:
            raise RunError(str(exc).replace(str(place), called)) from exc

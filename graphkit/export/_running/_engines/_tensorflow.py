"""A frozen graph, run by TensorFlow."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy.typing as npt

from graphkit._tf import tf
from graphkit.export._graphs._parsed import parsed_placeholders
from graphkit.export._graphs._tensors import describe_tensor
from graphkit.export._running._frozen_graph import load_graph
from graphkit.export._running._model import Arrays, Model
from graphkit.session import SessionConfig

__all__ = ["TensorFlowModel"]


class TensorFlowModel(Model):
    """A `FrozenGraph` as a model; `run` also computes tensors inside the graph.

    Attributes:
        graph: The `tf.Graph`.
    """

    engine = "tensorflow"

    def __init__(self, path: Path, allow: Collection[str], config: SessionConfig | None) -> None:
        self._frozen = load_graph(path, allow=allow, config=config)
        self.graph = self._frozen.graph
        inputs, outputs = (
            [replace(describe_tensor(tensor), name=name) for name, tensor in tensors.items()]
            for tensors in (self._frozen.inputs, self._frozen.outputs)
        )
        optional = [
            name
            for name, tensor in self._frozen.inputs.items()
            if tensor.op.type == "PlaceholderWithDefault"
        ]
        super().__init__(path, inputs, outputs, optional)
        strings = {k: t.op.name for k, t in self._frozen.inputs.items() if t.dtype == tf.string}
        if strings:
            parsed = parsed_placeholders(self.graph.as_graph_def(), strings.values())
            self.parsed = frozenset(name for name, op in strings.items() if op in parsed)

    def run(
        self, feeds: Mapping[str, Any], outputs: str | Sequence[str] | None = None
    ) -> dict[str, npt.NDArray[Any]]:
        """Computes outputs, or any tensors of the graph; see `FrozenGraph.run`."""
        return self._frozen.run(feeds, outputs)

    def close(self) -> None:
        """Closes the session."""
        self._frozen.close()

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        return list(self._frozen.run(feeds, names).values())

"""What a writer is given: a graph of constants, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from graphkit._tf import Graph, Tensor
from graphkit.export._graphs._model_file import imported_graph
from graphkit.export._graphs._op_kinds import PLACEHOLDERS
from graphkit.export._graphs._signature_names import SignatureNames
from graphkit.export._graphs._tensors import short_name
from graphkit.export._running._batches import fed_inputs

__all__ = ["Frozen", "frozen_graph"]


@dataclass(frozen=True)
class Frozen:
    """A graph of structure and constants, imported.

    Attributes:
        graph: The graph.
        graph_def: The same as it is written.
        inputs: Its placeholders, by the name of their op.
        outputs: Its outputs, by the name of their op (in full where that has several).
        weights: The prefix of the weights that lie apart, of which the graph has variables.
    """

    graph: Graph
    graph_def: Any
    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]
    weights: Path | None = None

    def called(self, names: SignatureNames) -> Frozen:
        """The same, its inputs and outputs by the names of a signature, one tensor maybe by two.

        Those that it does not name keep their own, and so do all where one of these is the same.
        """
        return replace(
            self,
            inputs=_called(self.inputs, names.inputs),
            outputs=_called(self.outputs, names.outputs),
        )


def _called(tensors: dict[str, Tensor], keys: Mapping[str, str]) -> dict[str, Tensor]:
    pairs = [
        (key, tensor)
        for name, tensor in tensors.items()
        for key in [key for key, named in keys.items() if named == name] or [name]
    ]
    found = dict(pairs)
    return found if len(found) == len(pairs) else tensors


def frozen_graph(
    source: Path, graph_def: Any, inputs: Mapping[str, Tensor], outputs: list[Tensor]
) -> Frozen:
    """Imports a graph that is left of a file.

    A placeholder with a default becomes that default: no other format has such inputs. Where all of
    them have one, they become inputs that have none.

    Args:
        source: The file, for messages.
        graph_def: The graph; not changed.
        inputs: Its placeholders by name, tensors of the graph it was cut from.
        outputs: Its outputs, tensors of the graph it was cut from.

    Returns:
        The graph.

    Raises:
        CorruptFileError: TensorFlow does not accept it.
    """
    own = type(graph_def)()
    own.CopyFrom(graph_def)
    fed = fed_inputs(inputs)
    for node in own.node:
        if node.op == "PlaceholderWithDefault":
            (_forget_default if node.name in fed else _take_default)(node)
    graph = imported_graph(source, own)
    placed = {node.name for node in own.node if node.op in PLACEHOLDERS}
    return Frozen(
        graph=graph,
        graph_def=own,
        inputs={name: graph.get_tensor_by_name(f"{name}:0") for name in fed if name in placed},
        outputs={short_name(tensor): graph.get_tensor_by_name(tensor.name) for tensor in outputs},
    )


def _take_default(node: Any) -> None:
    node.op = "Identity"
    node.attr["T"].CopyFrom(node.attr.pop("dtype"))
    node.attr.pop("shape", None)


def _forget_default(node: Any) -> None:
    node.op = "Placeholder"
    node.ClearField("input")

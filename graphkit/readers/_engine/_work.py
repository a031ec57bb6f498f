"""The ops of a chain as the functions of a dataset run them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.readers._engine._chain import Chain, isolated_graph_def, types_in_turn
from graphkit.readers._engine._functions import in_given_order
from graphkit.readers._engine._keyed import drawn_by_number
from graphkit.readers._engine._loops import ARRAYS
from graphkit.readers._engine._rounds import NUMBER, START

__all__ = ["Work"]


@dataclass(frozen=True)
class Work:
    """The ops of a chain, and how their random numbers are drawn.

    Attributes:
        chain: The chain.
        graph_def: What is run for its varying ops.
        start: What a stream without a seed draws as it starts (int64, `[]`); None if
            TensorFlow's own generators draw, one element after the other.
    """

    chain: Chain
    graph_def: Any
    start: Tensor | None

    @classmethod
    def of(
        cls,
        chain: Chain,
        start: Tensor | None,
        graph_def: Any | None = None,
        *,
        seeded: bool = True,
    ) -> Work:
        """The work of a chain.

        Args:
            chain: The chain.
            start: As above.
            graph_def: What else does the same as the chain's varying ops, if they do not run.
            seeded: Whether ops that have a seed are drawn by number too.
        """
        if graph_def is None:
            graph_def = isolated_graph_def(chain.varying)
        if start is not None:
            graph_def = drawn_by_number(graph_def, seeded=seeded)
        return cls(chain, graph_def, start)

    @property
    def numbered(self) -> bool:
        """Whether it has to be told the number of the element, as `NUMBER`."""
        return self._takes(NUMBER)

    @property
    def ordered(self) -> bool:
        """Whether the elements have to be computed one after the other.

        A draw from a stateful generator belongs to whoever comes first, and a function of the
        program's may count its calls.
        """
        return bool(types_in_turn(self.graph_def))

    def computed(self, elements: Mapping[str, Tensor]) -> list[Tensor]:
        """Copies the ops into the graph that is current, a dataset's function.

        What does not vary stays where it is, computed once, when the pipeline starts.

        Args:
            elements: What the sources' outputs are there, by their names here.

        Returns:
            The copies of the chain's outputs, same dtypes and static shapes.
        """
        outputs = self.chain.outputs
        values = {**self.captured(elements), **elements}
        used = {
            name if ":" in name else f"{name}:0" for n in self.graph_def.node for name in n.input
        }
        names = [tensor.name for tensor in outputs if tensor.name not in values]
        given = [name for name in values if name in used]

        def copied(*inputs: Tensor) -> Sequence[Tensor]:
            copies: Sequence[Tensor] = tf.import_graph_def(
                self.graph_def,
                input_map=dict(zip(given, inputs, strict=True)),
                return_elements=names,
                name="",
            )
            return copies or ()

        inputs = [values[name] for name in given]
        copies = in_given_order(copied, inputs) if self._keeps_order() else copied(*inputs)
        values.update(zip(names, copies, strict=True))
        results = [tf.identity(values[tensor.name]) for tensor in outputs]
        for result, tensor in zip(results, outputs, strict=True):
            result.set_shape(tensor.shape)
        return results

    def captured(self, elements: Collection[str]) -> dict[str, Tensor]:
        """Takes what does not vary into the function that is being made; by names."""
        varying = {tensor.name for op in self.chain.varying for tensor in op.outputs}
        graph = tf.get_default_graph()
        needed = [*(t for op in self.chain.varying for t in op.inputs), *self.chain.outputs]
        captured = {
            tensor.name: graph.capture(tensor)
            for tensor in needed
            if tensor.name not in varying and tensor.name not in elements
        }
        if self._takes(START):
            captured[f"{START}:0"] = graph.capture(self.start)
        return captured

    def _keeps_order(self) -> bool:
        """Whether TensorFlow may not add to the order of the ops; a call of its own costs time.

        An op with effects that waits for one of the branch that is not taken would never run.
        """
        types = {node.op for node in self.graph_def.node}
        known = self.chain.outputs[0].graph.op_def_for_type
        in_branches = "Switch" in types and any(known(one).is_stateful for one in types)
        return in_branches or not types.isdisjoint({"Enter", *ARRAYS})

    def _takes(self, given: str) -> bool:
        return any(f"{given}:0" in node.input for node in self.graph_def.node)

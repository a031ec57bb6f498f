"""Names that TensorFlow 1.15 gave to ops and that today's TensorFlow gives to others.

Programs look such ops up: `graph.get_tensor_by_name("random_uniform:0")`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from graphkit._tf import tf

__all__ = ["find_moved_names", "names_today"]

_NUMBER = r"(_\d+)?"

# How an op's name ended in 1.15, and how the op that does the same ends today.
_MOVED = [
    (rf"AccumulateNV2{_NUMBER}", r"AddN\1"),
    (rf"(bincount{_NUMBER})/Bincount", r"\1/DenseBincount"),
    (rf"(confusion_matrix{_NUMBER})/SparseTensorDenseAdd", r"\1/ScatterNd"),
    (rf"(dropout{_NUMBER})/mul_1", r"\1/SelectV2"),
    (rf"(einsum{_NUMBER})/MatMul", r"\1/Einsum"),
    (rf"(decode_image{_NUMBER})/cond_jpeg/Merge", r"\1/DecodeImage"),
    (rf"(per_image_standardization{_NUMBER})/Identity", r"\1"),
    (rf"MatrixTriangularSolve{_NUMBER}", r"triangular_solve\1/MatrixTriangularSolve"),
    (rf"(ParseExample{_NUMBER})/ParseExample", r"\1/ParseExampleV2"),
    (
        rf"(ParseSingleExample{_NUMBER})/ParseSingleExample",
        r"\1/ParseExample/ParseExampleV2",
    ),
    (rf"(random_uniform{_NUMBER})", r"\1/RandomUniform"),
    (rf"(ReduceLogSumExp{_NUMBER})/Add", r"\1"),
    (rf"(Tensordot{_NUMBER})", r"\1/MatMul"),
]
_ENDINGS = [(re.compile(rf"(?<![^/]){then}$"), now) for then, now in _MOVED]


def names_today(name: str) -> Iterator[str]:
    """Lists what an op of a 1.15 name may be called today.

    Args:
        name: The op's name, scopes included.

    Yields:
        Other names, best first.
    """
    for ending, now in _ENDINGS:
        today, count = ending.subn(now, name)
        if count:
            yield today


def find_moved_names() -> None:
    """Lets look-ups of a name that is not in the graph find the op under today's name.

    It changes TensorFlow's own graphs: sessions look fetches up in them.
    """
    found = tf.Graph.as_graph_element
    if getattr(found, "finds_moved_names", False):
        return

    def as_graph_element(
        self: Any, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        try:
            return found(self, obj, allow_tensor, allow_operation)
        except KeyError:
            if isinstance(obj, str):
                op, colon, output = obj.partition(":")
                for name in names_today(op):
                    with contextlib.suppress(KeyError):
                        return found(self, name + colon + output, allow_tensor, allow_operation)
            raise

    as_graph_element.finds_moved_names = True  # type: ignore[attr-defined]
    tf.Graph.as_graph_element = as_graph_element

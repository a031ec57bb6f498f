"""Which ops of a graph a program's refusal is about, and the step that helps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from graphkit.errors import ConversionError
from graphkit.export._graphs._nodes import ops_within

__all__ = ["check_ranks", "ops_of_types", "refusal"]

_WORD = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.\\/>-]*")
_LONGEST = 300

# What helps, by the type of op; the first that matches is told.
_ADVICE = (
    (r"Random|Multinomial|Dropout", "pin the switch of training (pins={'is_training': False})"),
    (
        r"Switch|Merge|^(Stateless)?(If|Case)$",
        "pin the switch that chooses the branch (pins={'is_training': False}, --pin), so that only "
        "one is left",
    ),
    (
        r"Queue|Iterator|Reader|Decode(Image|Jpeg|Png)|ParseExample",
        "name inputs behind it (inputs)",
    ),
    (
        r"String|Regex|Unicode|Lookup|HashTable",
        "name inputs behind it (inputs), and feed what it makes of texts",
    ),
    (
        "TensorListReserve",
        "build the placeholders with all their sizes, a batch of 1 for instance, so that what each "
        "turn of a loop gives has a known shape",
    ),
    (r"Enter|Exit|NextIteration|LoopCond|While|TensorArray", "name outputs before the loop"),
    (
        r"^_Fused(Conv2D|MatMul)$|^Fused(ResizeAnd)?PadConv2D$",
        "only TensorFlow has what the step fuse makes: take the graph as it was before that step",
    ),
    (r"FusedBatchNorm", "fold it (graphkit transform --step fold_batch_norms)"),
)


def check_ranks(target: str, inputs: Mapping[str, Any]) -> None:
    """Refuses inputs of open rank, which these formats take for single numbers.

    Raises:
        ConversionError: There is one.
    """
    for name, tensor in inputs.items():
        if tensor.shape.rank is None:
            reason = f"it has to know the rank of the input {name!r}"
            advice = "build the placeholder with a shape, open dimensions None"
            raise ConversionError(target, reason, [(name, tensor.op.type)], advice)


def ops_of_types(graph_def: Any, kinds: Iterable[str]) -> list[tuple[str, str]]:
    """Name and type of all ops of some types."""
    wanted = set(kinds)
    return [(name, kind) for name, kind in ops_within(graph_def) if kind in wanted]


def refusal(
    target: str, graph_def: Any, message: object, ops: list[tuple[str, str]] | None = None
) -> ConversionError:
    """Makes an error of what a program said.

    Args:
        target: The format or program.
        graph_def: The graph it refuses.
        message: What it said; ops it calls by name, or else by type, are named.
        ops: The ops, where they are known.
    """
    found = _mentioned(graph_def, str(message)) if ops is None else ops
    return ConversionError(target, _first_line(message), found, _advice(found))


def _first_line(message: object) -> str:
    """A message short enough for one line."""
    lines = [line.strip() for line in str(message).splitlines() if line.strip()]
    line = lines[0] if lines else type(message).__name__
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def _mentioned(graph_def: Any, message: str) -> list[tuple[str, str]]:
    words = {word.rstrip(".") for word in _WORD.findall(message)}
    ops = list(ops_within(graph_def))
    named = [(name, kind) for name, kind in ops if name in words and kind != "Const"]
    return named or [(name, kind) for name, kind in ops if kind in words and kind != "Const"]


def _advice(ops: list[tuple[str, str]]) -> str:
    for pattern, advice in _ADVICE:
        if any(re.search(pattern, kind) for _, kind in ops):
            return advice
    return ""

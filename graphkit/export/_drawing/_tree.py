"""Weights as a tree of scopes that open, in HTML."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphkit.export._drawing._words import escaped, rounded, shape_in_words
from graphkit.export._tensor_info import TensorInfo

__all__ = ["tree_of"]

_DEEPEST = 30
_MOST = 5000


@dataclass
class _Branch:
    parameters: int = 0
    weights: list[tuple[str, TensorInfo, int]] = field(default_factory=list)
    inside: dict[str, _Branch] = field(default_factory=dict)


def tree_of(weights: Sequence[TensorInfo]) -> Iterator[str]:
    """Writes the tree.

    Args:
        weights: The weights; the slashes in their names part the scopes.

    Yields:
        Its HTML, piece by piece; of many thousands of weights the first.
    """
    root = _Branch()
    for info in weights[:_MOST]:
        *scopes, name = info.name.split("/", _DEEPEST)
        size = math.prod(size or 0 for size in info.shape or ())
        place = root
        for scope in scopes:
            place = place.inside.setdefault(scope, _Branch())
            place.parameters += size
        place.weights.append((name, info, size))
    yield from _branch(root)
    if len(weights) > _MOST:
        yield f"<p class=number>… {len(weights) - _MOST:,} more</p>"


def _branch(branch: _Branch) -> Iterator[str]:
    for name, inner in branch.inside.items():
        number = f"<span class=number>{rounded(inner.parameters)}</span>"
        yield f"<details><summary>{escaped(name)} {number}</summary>"
        yield from _branch(inner)
        yield "</details>"
    for name, info, _ in branch.weights:
        told = escaped(f"{shape_in_words(info.shape)} {info.dtype}")
        yield f"<div class=leaf>{escaped(name)} <span class=number>{told}</span></div>"

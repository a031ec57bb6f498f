"""Variables as a tree of their scopes, with the parameters of each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphkit.export._printable import printable
from graphkit.export._tensor_info import TensorInfo

__all__ = ["parameter_tree"]

# Whoever wrote the file chose how many slashes its names have; what lies deeper is one word.
_DEEPEST = 50


@dataclass
class _Scope:
    """A scope, or a variable, which may be a scope too: that of its slots."""

    parameters: int = 0
    variable: TensorInfo | None = None
    inside: dict[str, _Scope] = field(default_factory=dict)


def parameter_tree(variables: Iterable[TensorInfo]) -> list[str]:
    """Draws variables as a tree.

    Args:
        variables: Variables; the slashes in their names part the scopes.

    Returns:
        A line for each scope and variable, with how many parameters are in it.
    """
    root = _Scope()
    for variable in variables:
        elements = math.prod(size or 0 for size in variable.shape or ())
        place = root
        for part in variable.name.split("/", _DEEPEST):
            place = place.inside.setdefault(part, _Scope())
            place.parameters += elements
        place.variable = variable
    return list(_lines(root, ""))


def _lines(scope: _Scope, indent: str) -> Iterator[str]:
    for name, inner in scope.inside.items():
        info = inner.variable
        if info is None:
            yield f"{indent}{printable(name)}/  {inner.parameters:,}"
        else:
            shape = "" if info.shape is None else f" {list(info.shape)}"
            yield f"{indent}{printable(name)}  {inner.parameters:,}  {info.dtype}{shape}"
        yield from _lines(inner, indent + "  ")

"""Takes parts of arguments out of a lambda with more than one: `lambda (k, v), w: v - w`."""

from __future__ import annotations

from typing import Any

from fissix.fixer_base import BaseFix  # type: ignore[import-untyped]
from fissix.fixer_util import Name, Node, syms, token  # type: ignore[import-untyped]
from fissix.fixes.fix_tuple_params import (  # type: ignore[import-untyped]
    find_params,
    map_to_index,
    tuple_name,
)

__all__ = ["FixLambdaParams"]


class FixLambdaParams(BaseFix):  # type: ignore[misc]
    """Names each tuple of parameters, and reads its parts where the body names them."""

    BM_compatible = True
    PATTERN = "lambdef< 'lambda' args=varargslist< any* > ':' body=any >"

    def transform(self, _node: Any, results: dict[str, Any]) -> None:
        """Changes one lambda in place."""
        for part in [*results["args"].children]:
            if part.type == syms.vfpdef:
                names = find_params(part)
                name = self.new_name(tuple_name(names))
                part.replace(Name(name, prefix=part.prefix))
                _read_parts(results["body"], name, map_to_index(names))


def _read_parts(body: Any, name: str, places: dict[str, Any]) -> None:
    for leaf in [*body.post_order()]:
        if leaf.type == token.NAME and leaf.value in places:
            steps = [step.clone() for step in places[leaf.value]]
            leaf.replace(Node(syms.power, [Name(name, prefix=leaf.prefix), *steps]))

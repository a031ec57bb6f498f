"""Which signature of a meta graph is meant, and the tensors it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit.errors import ArgumentError, UnknownNameError
from graphkit.export._graphs._signature_names import SignatureNames

__all__ = ["choose_signature", "listed_once", "named_by_signature"]

_USUAL = "serving_default"
_INTERNAL = "__"


def named_by_signature(meta_graph: Any, signature: Any = None) -> SignatureNames:
    """The inputs and outputs of a signature, as they are named in the graph.

    Args:
        meta_graph: A `MetaGraphDef`.
        signature: A `SignatureDef` of it; the usual or only one unless given.
    """
    if signature is None:
        known = _callable(meta_graph)
        alone = next(iter(known.values())) if len(known) == 1 else None
        signature = known.get(_USUAL, alone)
        if signature is None:
            return SignatureNames()
    return SignatureNames(_names(signature.inputs), _names(signature.outputs))


def choose_signature(where: str, meta_graph: Any, name: str | None) -> Any:
    """The signature that is meant; None if there is none at all.

    Raises:
        UnknownNameError: There is none of that name.
        ArgumentError: There are several, and none was named.
    """
    known = _callable(meta_graph)
    if name is not None:
        if name not in known:
            raise UnknownNameError("signature", name, known)
        return known[name]
    if len(known) > 1 and _USUAL not in known:
        wanted = f"one of {', '.join(map(repr, sorted(known)))} (signature, --signature)"
        raise ArgumentError(where, "signature", None, wanted)
    return known.get(_USUAL, next(iter(known.values()), None))


def _callable(meta_graph: Any) -> dict[str, Any]:
    """The signatures that give tensors; the others initialise or train."""
    return {
        name: signature
        for name, signature in meta_graph.signature_def.items()
        if signature.outputs and not name.startswith(_INTERNAL)
    }


def _names(tensors: Any) -> dict[str, str]:
    return {key: tensors[key].name for key in sorted(tensors) if tensors[key].name}


def listed_once(tensors: Mapping[str, str]) -> list[str] | None:
    """The tensors of a signature, each once, in the order of their keys; None without any."""
    return list(dict.fromkeys(tensors.values())) or None

"""A layer that does not exist, asked for by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from graphkit.errors import UnknownNameError

__all__ = ["refuse_unknown"]


class _UnknownLayerError(UnknownNameError, AttributeError):
    """No such layer; `hasattr` says so too."""

    name: str


def refuse_unknown(name: str, layers: Iterable[str]) -> NoReturn:
    """Says which layer could have been meant.

    Args:
        name: The attribute that the layers do not have.
        layers: The layers.

    Raises:
        UnknownNameError: Always; it is an `AttributeError` too.
    """
    raise _UnknownLayerError("layer", name, layers)

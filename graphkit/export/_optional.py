"""The one door to packages that graphkit runs without."""

from __future__ import annotations

import importlib
from typing import Any

from graphkit.errors import UsageError

__all__ = ["optional_package"]


def optional_package(name: str, purpose: str) -> Any:
    """Imports a package that not everyone has.

    Args:
        name: The package, by the name it is imported and installed under.
        purpose: What it is for, in words.

    Returns:
        The module.

    Raises:
        UsageError: It is not installed, or cannot be loaded on this machine.
    """
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        advice = f"`pip install {name}` brings it"
        raise UsageError(f"{purpose} needs the package {name} ({exc}); {advice}") from exc

"""What is read from an address is text, where its bytes are, as in Python 2."""

from __future__ import annotations

import urllib.request
from typing import Any

from graphkit.port._language._files import ByteFile

__all__ = ["urlopen"]


def urlopen(*arguments: Any, **options: Any) -> Any:
    """Opens an address.

    Args:
        *arguments: The address, and what is sent there.
        **options: The same by name.

    Returns:
        The answer.
    """
    return ByteFile(urllib.request.urlopen(*arguments, **options))

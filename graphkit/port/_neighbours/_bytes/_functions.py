"""Functions that took text in Python 2 where they take bytes today, and gave it back."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from typing import Any

from graphkit.port._language._bytes import as_byte_string, bytes_of

__all__ = ["BYTE_FUNCTIONS", "raw"]

_FUNCTIONS = {
    "base64": (
        *("b16decode", "b16encode", "b32decode", "b32encode", "b64decode", "b64encode"),
        *("decodebytes", "encodebytes", "standard_b64decode", "standard_b64encode"),
        *("urlsafe_b64decode", "urlsafe_b64encode"),
    ),
    "binascii": ("a2b_base64", "a2b_hex", "b2a_base64", "b2a_hex", "crc32", "hexlify", "unhexlify"),
    "hmac": ("new",),
    "struct": ("pack", "unpack", "unpack_from"),
    "zlib": ("adler32", "compress", "crc32", "decompress"),
}


def raw(value: Any) -> Any:
    """Turns text into the bytes it was; anything else stays."""
    return bytes_of(value) if isinstance(value, str) else value


def _of_text(function: Callable[..., Any]) -> Callable[..., Any]:
    """Lets a function of bytes take text, and give bytes that behave like text."""

    @functools.wraps(function)
    def call(*values: Any, **options: Any) -> Any:
        return as_byte_string(function(*map(raw, values), **options))

    return call


# module: its functions
BYTE_FUNCTIONS: dict[str, dict[str, Any]] = {
    module: {name: _of_text(getattr(importlib.import_module(module), name)) for name in names}
    for module, names in _FUNCTIONS.items()
}
_BASE64 = BYTE_FUNCTIONS["base64"]
_BASE64.update(encodestring=_BASE64["encodebytes"], decodestring=_BASE64["decodebytes"])

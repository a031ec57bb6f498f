"""Processes whose output is text, where its bytes are, as in Python 2."""

from __future__ import annotations

import subprocess
from typing import Any

from graphkit.port._language._bytes import as_byte_string
from graphkit.port._language._files import ByteFile, Reader
from graphkit.port._neighbours._bytes._functions import raw

__all__ = ["Popen", "check_output"]


class Popen(subprocess.Popen[Any]):
    """A process."""

    stdin: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("stdout", "stderr"):
            pipe = getattr(self, name)
            if hasattr(pipe, "raw"):
                setattr(self, name, Reader(pipe.detach()))
        if hasattr(self.stdin, "raw"):
            self.stdin = ByteFile(self.stdin)

    def communicate(self, input: Any = None, timeout: float | None = None) -> tuple[Any, Any]:
        """Sends all of its input, and reads all of its output."""
        output, errors = super().communicate(raw(input), timeout)
        return as_byte_string(output), as_byte_string(errors)


def check_output(*arguments: Any, **options: Any) -> Any:
    """Runs a process to its end.

    Args:
        *arguments: As for `Popen`.
        **options: The same by name.

    Returns:
        What it wrote.
    """
    return as_byte_string(subprocess.check_output(*arguments, **options))

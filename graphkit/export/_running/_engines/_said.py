"""What a program that runs models says of one, as users are told it."""

from __future__ import annotations

__all__ = ["said_by"]


def said_by(error: Exception) -> str:
    """The message of an error as one line, whatever lines its program broke it into."""
    return " ".join(str(error).split())

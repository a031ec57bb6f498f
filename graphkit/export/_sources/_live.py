"""A session that is open already."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from graphkit.errors import ArgumentTypeError
from graphkit.export._sources._source import Source
from graphkit.session import SessionRunner

__all__ = ["is_session", "open_session"]


def is_session(source: Any) -> bool:
    """Whether something has a graph and runs it."""
    return hasattr(source, "graph") and hasattr(source, "run")


def open_session(where: str, session: Any) -> Source:
    """A session as a source; it stays open.

    Raises:
        ArgumentTypeError: It is none.
    """
    if isinstance(session, SessionRunner) or not is_session(session):
        wanted = "a tf.Session (of a SessionRunner, its .session)"
        raise ArgumentTypeError(where, "session", type(session).__name__, wanted)
    return Source(session.graph, lambda _frozen: nullcontext(session))

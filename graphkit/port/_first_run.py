"""Ends a program where its first session computes something: all it builds for that is built."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from graphkit._tf import tf
from graphkit.port._quiet import quieten_unused

__all__ = ["FirstRun", "until_first_run"]


class FirstRun(BaseException):
    """A session was about to run; no `except Exception` of the program stops this.

    Attributes:
        graph: The session's graph.
    """

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        super().__init__()


@contextmanager
def until_first_run() -> Iterator[None]:
    """Lets sessions run no graph with variables, until it is left.

    Raises:
        FirstRun: One was about to, with its graph.
    """
    owner = tf.Session.__mro__[1]
    before = owner.run

    def run(session: Any, *args: Any, **kwargs: Any) -> Any:
        if session.graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES):
            quieten_unused()
            raise FirstRun(session.graph)
        return before(session, *args, **kwargs)

    owner.run = run
    try:
        yield
    finally:
        owner.run = before

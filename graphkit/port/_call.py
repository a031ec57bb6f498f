"""A call of `Session.run`, as it waits and is ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphkit.port._waiting import Wait, waits_behind

__all__ = ["Call"]


@dataclass
class Call:
    """One call of `Session.run` that is under way.

    Attributes:
        session: The session.
        fetches: What is fetched.
        since: When it began, by `time.monotonic`.
        fed: What is fed.
        ends_in_time: Whether it was given a time after which TensorFlow ends it.
        suspected: What seemed to be in its way when it was last looked at.
        told: Whether the user was told.
        ending: What it raises since its session was closed; None if nobody closed it.
        closed: Set once the session is closed; None if nobody closes it.
    """

    session: Any
    fetches: Any
    since: float
    fed: tuple[Any, ...] = ()
    ends_in_time: bool = False
    suspected: tuple[str, ...] = ()
    told: bool = False
    ending: BaseException | None = None
    closed: threading.Event | None = None

    @classmethod
    def of(
        cls,
        session: Any,
        fetches: Any,
        feed_dict: Any = None,
        options: Any = None,
        *_rest: Any,
        **_named: Any,
    ) -> Call:
        """Notes a call that begins, given what `Session.run` is given."""
        fed = tuple(feed_dict) if isinstance(feed_dict, Mapping) else ()
        ends_in_time = bool(options is not None and options.timeout_in_ms)
        return cls(session, fetches, time.monotonic(), fed, ends_in_time)

    @cached_property
    def waits(self) -> list[Wait]:
        """Where it may wait on a queue."""
        return waits_behind(self.session.graph, self.fetches, self.fed)

    def end(self, error: BaseException) -> None:
        """Closes the session, from another thread; the call raises the error."""
        closed = self.closed = threading.Event()
        self.ending = error
        try:
            self.session.close()
        finally:
            closed.set()

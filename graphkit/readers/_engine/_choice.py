"""Which engine is to serve what is built, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from graphkit.errors import ArgumentError

__all__ = [
    "Engine",
    "Options",
    "at_end",
    "current_engine",
    "current_options",
    "engine",
    "set_default_engine",
]

Engine = Literal["auto", "queues", "tf.data"]
Draws = Literal["by number", "in turn"]
_DRAWS = ("by number", "in turn")
_ENGINES = ("auto", "queues", "tf.data")
_chosen: ContextVar[Engine | None] = ContextVar("engine", default=None)
_standing: list[Engine] = ["auto"]


@dataclass(frozen=True)
class Options:
    """What `engine` was asked for besides its name; see there."""

    by_number: bool = True
    resumable: bool = False
    exact_epochs: bool = False
    single_elements: bool = True


_options: ContextVar[Options] = ContextVar("options", default=Options())  # noqa: B039  # frozen
_checks: ContextVar[list[Callable[[], None]] | None] = ContextVar("checks", default=None)


@contextmanager
def engine(
    name: Engine,
    *,
    draws: Draws = "by number",
    resumable: bool = False,
    exact_epochs: bool = False,
    single_elements: bool = True,
) -> Iterator[None]:
    """Chooses what serves the batchers that are built inside the `with`, and sessions without one.

    Args:
        name: "queues" for TensorFlow's queues and their threads; "tf.data" for one tf.data
            pipeline from the producer to the batch; "auto" for tf.data where the pipeline can be
            lifted, and queues elsewhere.
        draws: How random ops draw on tf.data. "by number": from the op's seed and the number of
            the example, so that examples can be computed in any order and together, and yet are
            the same in every run with seeds. "in turn": from TensorFlow's generators, one example
            after the other, with the numbers that TensorFlow 1 drew.
        resumable: Whether, on tf.data, Savers made after the batchers also save where these are,
            so that a run that restores a checkpoint goes on with the very next batch. What the
            queues have to serve is warned of.
        exact_epochs: Whether what is left at the end of the data makes a last, smaller batch, on
            either engine and whatever `allow_smaller_final_batch` says. The size of the batches
            is then unknown while the graph is built.
        single_elements: Whether tf.data also serves what readers and producers made inside hand
            out one by one, to a session without a batcher. That is as fast as the queues, and it
            can be resumed.

    Raises:
        ArgumentError: There is no such engine or way to draw; or, as a batcher is built under
            "tf.data", or what takes elements for a session, the pipeline cannot be lifted.
    """
    _require_engine("engine", name)
    if draws not in _DRAWS:
        raise ArgumentError("engine", "draws", draws, "one of " + ", ".join(map(repr, _DRAWS)))
    before = _chosen.set(name)
    asked = Options(draws == _DRAWS[0], resumable, exact_epochs, single_elements)
    options_before = _options.set(asked)
    checks: list[Callable[[], None]] = []
    checks_before = _checks.set(checks)
    try:
        yield
    finally:
        _checks.reset(checks_before)
        _chosen.reset(before)
        _options.reset(options_before)
    for check in checks:
        check()


def set_default_engine(name: Engine) -> None:
    """Chooses what serves what is built outside any `engine(…)`, in all threads.

    Args:
        name: As for `engine`; "auto" until this is called.

    Raises:
        ArgumentError: There is no such engine.
    """
    _require_engine("set_default_engine", name)
    _standing[:] = [name]


def _require_engine(where: str, name: str) -> None:
    if name not in _ENGINES:
        raise ArgumentError(where, "name", name, "one of " + ", ".join(map(repr, _ENGINES)))


def current_engine() -> Engine:
    """The engine for what is built here."""
    return _chosen.get() or _standing[0]


def current_options() -> Options:
    """What else was asked for what is built here."""
    return _options.get()


def at_end(check: Callable[[], None]) -> None:
    """Checks, as the block of `engine` ends without an error, what cannot be told before.

    Args:
        check: The check; nothing is checked outside any block.
    """
    checks = _checks.get()
    if checks is not None:
        checks.append(check)

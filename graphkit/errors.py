"""The errors graphkit raises, in one tree.

Catch broadly (`GraphkitError`) or narrowly; every class carries the data its message was made
from, and the exit code the command line ends with.

    GraphkitError                          exit 1
    ├── UsageError                         exit 2   the call itself is wrong
    │   ├── ArgumentError (ValueError)              an argument's value, shape or range
    │   ├── ArgumentTypeError (TypeError)           an argument's type or dtype
    │   ├── UnknownNameError (LookupError)          no tensor, op, flag … of that name
    │   ├── RefusedNameError (AttributeError)       a TensorFlow 1 name that cannot come back
    │   ├── RefusedImportError (ImportError)        the same, met in an import statement
    │   ├── MissingFileError (FileNotFoundError)    a named file is absent or unreadable
    │   ├── NoGraphError (RuntimeError, ValueError) graph-only code was called without a graph
    │   └── NotInitializedError (RuntimeError)      a variable is needed before it has a value
    ├── DataError (ValueError)             exit 1   what a file holds cannot be used
    │   ├── CorruptFileError                        damaged or not of the expected format
    │   └── UnsafeFileError                         refused: it could harm this machine
    ├── DownloadError (OSError)            exit 1   a file could not be fetched from the network
    ├── RunError                           exit 1   a session run failed
    ├── ConversionError                    exit 1   a format or its program cannot take a model
    └── VerificationError                  exit 1   a written artefact differs from its source

The standard exception in brackets is a base class too, so code that expects what TensorFlow 1
raised (`ValueError` for a bad argument) keeps working. This module imports nothing of graphkit.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from os import PathLike, fspath
from os.path import exists, isdir
from typing import Any, ClassVar

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "ConversionError",
    "CorruptFileError",
    "DataError",
    "DownloadError",
    "GraphkitError",
    "MissingFileError",
    "NoGraphError",
    "NotInitializedError",
    "RefusedImportError",
    "RefusedNameError",
    "RunError",
    "UnknownNameError",
    "UnsafeFileError",
    "UsageError",
    "VerificationError",
]

_SUGGESTIONS = 3
_INTERNAL = re.compile(r"(.*/)?(gradients|save)(_\d+)?/")


class GraphkitError(Exception):
    """Base class of everything graphkit raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __reduce__(self) -> Any:
        # Constructors take the data; Exception's own way would hand them the finished message.
        return _rebuilt, (type(self), self.args, vars(self))


def _rebuilt(kind: type[GraphkitError], args: tuple[Any, ...], data: dict[str, Any]) -> Any:
    """Makes an error again that comes from another process, or is copied."""
    error = kind.__new__(kind)
    error.args = args
    vars(error).update(data)
    return error


class UsageError(GraphkitError):
    """The call cannot be carried out as it was made; nothing was changed."""

    exit_code: ClassVar[int] = 2


class ArgumentError(UsageError, ValueError):
    """An argument has a value, shape or range that the call cannot use.

    Args:
        where: The function or layer, as its caller names it.
        argument: The argument's name.
        received: What came.
        wanted: What would have been accepted, in words.
        shown: What came, in words; its `repr` unless given.
    """

    def __init__(
        self,
        where: str,
        argument: str,
        received: Any,
        wanted: str,
        *,
        shown: str | None = None,
    ) -> None:
        got = repr(received) if shown is None else shown
        super().__init__(f"{where}: {argument} must be {wanted}, got {got}")
        self.where = where
        self.argument = argument
        self.received = received
        self.wanted = wanted


class ArgumentTypeError(UsageError, TypeError):
    """An argument has a type or dtype that the call cannot use.

    Args:
        where: The function or layer, as its caller names it.
        argument: The argument's name.
        received: The type or dtype that came.
        wanted: What would have been accepted, in words.
    """

    def __init__(self, where: str, argument: str, received: Any, wanted: str) -> None:
        super().__init__(f"{where}: {argument} must be {wanted}, got {received}")
        self.where = where
        self.argument = argument
        self.received = received
        self.wanted = wanted


class UnknownNameError(UsageError, LookupError):
    """No thing of that kind has that name; the nearest names are suggested.

    Args:
        kind: What was looked for: "tensor", "op", "feature" …
        name: The name that was asked for.
        candidates: Every name that exists.
        meant: The one that goes by `name` elsewhere, if that is known; it alone is suggested.
    """

    def __init__(
        self, kind: str, name: str, candidates: Iterable[str], *, meant: str | None = None
    ) -> None:
        self.kind = kind
        self.name = name
        self.candidates = sorted(candidates)
        near = _nearest(name, self.candidates) if meant is None else [meant]
        self.suggestions: Sequence[str] = near[:_SUGGESTIONS]
        super().__init__(f"no {kind} named {name!r}{self._hint()}")

    def _hint(self) -> str:
        if self.suggestions:
            return "; did you mean " + " or ".join(repr(s) for s in self.suggestions) + "?"
        if not self.candidates:
            return f"; there is no {self.kind} at all"
        listed = sorted(self.candidates, key=_is_internal)
        shown = ", ".join(repr(c) for c in listed[:10])
        more = len(self.candidates) - 10
        return f"; there is {shown}" + (f" and {more} more" if more > 0 else "")


def _nearest(name: str, candidates: Sequence[str]) -> list[str]:
    """The candidates that look like a name in any case, the nearest first.

    What savers and gradients add to a graph comes last unless it was asked for.
    """
    by_lower: dict[str, list[str]] = {}
    for known in candidates:
        by_lower.setdefault(known.lower(), []).append(known)
    near = difflib.get_close_matches(name.lower(), by_lower, n=len(candidates) or 1, cutoff=0.6)
    found = [known for lower in near for known in by_lower[lower]]
    return found if _is_internal(name) else sorted(found, key=_is_internal)


def _is_internal(name: str) -> bool:
    return _INTERNAL.match(name) is not None


class _RefusedError(UsageError):
    """What cannot be brought back of TensorFlow 1.

    Args:
        refused: The full name, as TensorFlow 1 users wrote it.
        was: What it was, in words.
        instead: What to use now, in words.
    """

    def __init__(self, refused: str, was: str, instead: str) -> None:
        super().__init__(f"{refused} ({was}) is not available: {instead}")
        self.refused = refused
        self.was = was
        self.instead = instead


class RefusedNameError(_RefusedError, AttributeError):
    """A name of TensorFlow 1 that cannot be brought back; `hasattr` says it is not there."""


class RefusedImportError(_RefusedError, ImportError):
    """A name of TensorFlow 1 that cannot be brought back was named in an import statement."""


class MissingFileError(UsageError, FileNotFoundError):
    """A file or folder that was named is absent or cannot be read.

    Args:
        path: The path as it was given.
        reason: What is wrong with it; that it does not exist, or is no file, unless said.
    """

    def __init__(self, path: str | PathLike[str], reason: str | None = None) -> None:
        reason = _why_no_file(path) if reason is None else reason
        super().__init__(f"{fspath(path)}: {reason}")
        self.path = fspath(path)
        self.reason = reason


class NoGraphError(UsageError, RuntimeError, ValueError):
    """The call adds nodes to a graph, and no graph is current (eager execution is on).

    Args:
        where: The function or class, as its caller names it.
    """

    def __init__(self, where: str) -> None:
        super().__init__(
            f"{where}: no graph is current (eager execution is on); call it inside "
            "`with tf.Graph().as_default():` or `with graphkit.GraphBuilder():`"
        )
        self.where = where


class NotInitializedError(UsageError, RuntimeError):
    """A variable is needed before it has a value.

    Args:
        variable: The variable's name.
        remedy: What to run first, in words.
    """

    def __init__(self, variable: str, remedy: str) -> None:
        super().__init__(f"the variable {variable!r} has no value yet: {remedy}")
        self.variable = variable
        self.remedy = remedy


class DataError(GraphkitError, ValueError):
    """What a file holds cannot be used.

    Args:
        path: The file.
        reason: What is wrong, in words.
        offset: The byte where it shows, if known.
    """

    def __init__(
        self, path: str | PathLike[str], reason: str, *, offset: int | None = None
    ) -> None:
        place = fspath(path) if offset is None else f"{fspath(path)}, byte {offset}"
        super().__init__(f"{place}: {reason}")
        self.path = fspath(path)
        self.reason = reason
        self.offset = offset


class CorruptFileError(DataError):
    """The file is damaged, cut short, or not of the format it was read as."""


class UnsafeFileError(DataError):
    """Refused: reading the file could run code, fill the memory or leave its folder."""


class DownloadError(GraphkitError, OSError):
    """A file could not be fetched from the network; nothing was left behind.

    Args:
        url: Where it should have come from.
        reason: What went wrong, in words.
        path: Where the file can be put by hand instead.
    """

    def __init__(self, url: str, reason: str, path: str | PathLike[str]) -> None:
        super().__init__(
            f"{url} could not be downloaded: {reason}; download it by another way and put it at "
            f"{fspath(path)}"
        )
        self.url = url
        self.reason = reason
        self.path = fspath(path)


class RunError(GraphkitError):
    """A session run failed.

    What the session raises inherits from TensorFlow's own class as well
    (`tf.errors.OutOfRangeError` …), so both kinds of `except` catch it.
    """


class ConversionError(GraphkitError):
    """A format, or the program that runs it, cannot take a model over; nothing was written.

    Args:
        target: The format or program, as its caller names it.
        reason: What it said, in words.
        ops: Name and type of the ops it stumbled over, as far as they are known.
        advice: The step that helps, in words.
    """

    def __init__(
        self, target: str, reason: str, ops: Sequence[tuple[str, str]] = (), advice: str = ""
    ) -> None:
        named = ", ".join(f"{name!r} ({kind})" for name, kind in ops[:_SUGGESTIONS])
        more = f" and {len(ops) - _SUGGESTIONS} more" if len(ops) > _SUGGESTIONS else ""
        at = f" at {named}{more}" if named else ""
        step = f"; {advice}" if advice else ""
        super().__init__(
            f"{target} cannot take this model{at}: {reason}{step}; nothing was written"
        )
        self.target = target
        self.reason = reason
        self.ops = list(ops)
        self.advice = advice


class VerificationError(GraphkitError):
    """A reloaded artefact does not compute what its source computes; nothing was written.

    Args:
        tensor: The output that differs.
        max_abs_diff: The largest absolute difference found.
        tolerance: The largest that was allowed.
        between: What was compared, in words.
        first_op: Name and type of the first op on the way there that differs, where it is known.
    """

    def __init__(
        self,
        tensor: str,
        max_abs_diff: float,
        tolerance: float,
        *,
        between: str = "the reloaded graph differs from the session",
        first_op: tuple[str, str] | None = None,
    ) -> None:
        start = f" (it begins at {first_op[0]!r}, a {first_op[1]})" if first_op else ""
        super().__init__(
            f"{between} at {tensor!r}{start}: largest absolute difference {max_abs_diff:.3g}, "
            f"allowed {tolerance:.3g}; nothing was written"
        )
        self.tensor = tensor
        self.max_abs_diff = max_abs_diff
        self.tolerance = tolerance
        self.first_op = first_op


def _why_no_file(path: str | PathLike[str]) -> str:
    if isdir(path):
        return "is a folder"
    return "is no file but a device or a pipe" if exists(path) else "does not exist"

"""One case read, in this process: how it ended and what it took."""

from __future__ import annotations

import os
import resource
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from benchmarks._fuzz._cases import lay_out, make_case
from benchmarks._fuzz._readers import Reader
from graphkit.errors import GraphkitError

__all__ = ["Attempt", "attempt", "spent", "status"]

_STATUS, _PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


@dataclass(frozen=True)
class Attempt:
    """How a case ended.

    Attributes:
        number: Of the case.
        ended: "accepted", "refused" by an error of graphkit's own, or "failed" by any other.
        why: The error, for what failed with its traceback.
        where: What tells failures apart: the error's class and the line of graphkit it left.
        cpu: Seconds of computing, those of child processes too.
        resident: Memory (KiB) in use afterwards.
        peak: The most (KiB) that was in use beyond that of before.
    """

    number: int
    ended: str
    why: str
    where: str
    cpu: float
    resident: int
    peak: int


def attempt(reader: Reader, seed: int, number: int, folder: Path) -> Attempt:
    """Makes a case, lays it out in a folder and has it read.

    Args:
        reader: Who reads it.
        seed: Of the run.
        number: Of the case.
        folder: Where its files lie afterwards; what was there is gone.
    """
    lay_out(make_case(reader, seed, number), folder)
    before, started = _fresh_peak(), spent()
    why = where = ""
    try:
        reader.read(folder)
        ended = "accepted"
    except GraphkitError as refusal:
        ended, why = "refused", str(refusal)
    except Exception as failure:
        ended, where = "failed", _place(failure)
        why = "".join(traceback.format_exception(failure))
    peak = max(0, status("VmHWM") - before)
    return Attempt(number, ended, why, where, spent() - started, status("VmRSS"), peak)


def status(entry: str) -> int:
    """What Linux says of this process (KiB); 0 elsewhere."""
    lines = _STATUS.read_text().splitlines() if _STATUS.exists() else []
    found = (line.split()[1] for line in lines if line.startswith(f"{entry}:"))
    return int(next(found, 0))


def _fresh_peak() -> int:
    """Begins to look for the most memory anew; gives what is in use."""
    if os.access(_PEAK, os.W_OK):
        _PEAK.write_text(_RESET_PEAK)
    return status("VmHWM")


def spent() -> float:
    """Seconds that this process and its children have computed."""
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + of_children.ru_utime + of_children.ru_stime


def _place(failure: BaseException) -> str:
    """The class of an error and the last line of graphkit it came through."""
    stack = traceback.extract_tb(failure.__traceback__)
    own = [f"{Path(f.filename).name}:{f.lineno}" for f in stack if "/graphkit/" in f.filename]
    return f"{type(failure).__name__} at {own[-1] if own else 'no line of graphkit'}"

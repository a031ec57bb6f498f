"""Runs a program in a folder of its own, and compares what two runs of it printed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks._collection import Program, laid_out

__all__ = ["Trial", "agreement", "tried"]

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\b|\bnan\b|\binf\b", re.IGNORECASE)
_KEPT = ("LANG", "LD_LIBRARY_PATH", "PATH")


@dataclass(frozen=True)
class Trial:
    """How one run of a program ended.

    Attributes:
        code: Its exit code, negative for a signal; None if it was ended for its time.
        seconds: How long it took.
        printed: What it wrote to standard output.
        reason: Why it failed: the last line on standard error; empty if it did not.
    """

    code: int | None
    seconds: float
    printed: str
    reason: str


def tried(program: Program, command: Sequence[str], data: Path | None) -> Trial:
    """Runs a program once.

    Args:
        program: The program.
        command: What runs it, as in `["graphkit", "run"]`; its script and arguments follow.
        data: The folder of the data it may ask for.

    Raises:
        Unusable: What it needs is not there.
    """
    with tempfile.TemporaryDirectory(prefix="graphkit-trial-") as name:
        folder = Path(name)
        script = laid_out(program, folder / "work", data)
        (folder / "home").mkdir()
        words = [*command, script.name, *program.arguments]
        return _run(words, script.parent, _environment(folder / "home"), program.seconds)


def _environment(home: Path) -> dict[str, str]:
    """The same few variables for every run: no display, no GPU, a home of its own."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    fixed = {"MPLBACKEND": "Agg", "CUDA_VISIBLE_DEVICES": "", "PYTHONHASHSEED": "0"}
    return {**kept, **fixed, "HOME": str(home), "TF_CPP_MIN_LOG_LEVEL": "3"}


def _run(words: list[str], folder: Path, environment: Mapping[str, str], seconds: float) -> Trial:
    begun = time.perf_counter()
    with subprocess.Popen(
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=seconds)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            _end(process)
            (out, err), code = process.communicate(), None
        finally:
            _end(process)
    taken = time.perf_counter() - begun
    lines = err.decode(errors="replace").strip().splitlines() or ["no message"]
    reason = f"not done in {seconds:g} s" if code is None else lines[-1] if code else ""
    return Trial(code, taken, out.decode(errors="replace"), reason)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the program and the children it left."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def agreement(one: Trial, other: Trial) -> str:
    """Says how far two runs printed the same.

    Returns:
        "equal"; "numbers differ", as they do where a program draws them; "differs".
    """
    if one.printed == other.printed:
        return "equal"
    texts = [_NUMBER.sub("#", trial.printed).split() for trial in (one, other)]
    return "numbers differ" if texts[0] == texts[1] else "differs"

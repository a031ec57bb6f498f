"""Images per second of each engine: `python -m benchmarks.engines [NAME …]`.

The same network as a session with variables, as a frozen graph, optimised, and in the other
programs that run it. Runs alternate, so that a busy machine is busy for all; the middle one counts.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks._architectures import ARCHITECTURES, Architecture, frozen
from benchmarks._machine import describe
from benchmarks._ways import WAYS, runner
from graphkit import export
from graphkit.errors import GraphkitError, UnknownNameError

__all__ = ["main", "measure", "row"]

_DEFAULT = ("MobileNet v1", "ResNet-50")
_BATCHES = (1, 8)
_ROUNDS = 7
_SECONDS = 0.5
_ENGINES = ("unfrozen", "frozen", *(way.name for way in WAYS))
_HEAD = ("images/s", "batch", *_ENGINES)

Run = Callable[[Mapping[str, Any]], Any]


def main(arguments: list[str] | None = None) -> int:
    """Prints the table.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.engines", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which; {', '.join(_DEFAULT)}")
    parser.add_argument("--side", type=int, help="side of the pictures; each network's own")
    words = parser.parse_args(arguments)
    known = {architecture.name: architecture for architecture in ARCHITECTURES}
    for name in words.names:
        if name not in known:
            parser.error(str(UnknownNameError("architecture", name, known)))
    machine = describe()
    print("{date}, {cores} cores, {memory_gib} GiB, {system}, load {load}".format(**machine))
    print(f"\n{_line(_HEAD)}\n{_line(['---'] * len(_HEAD))}")
    for name in words.names or _DEFAULT:
        side = min(words.side or known[name].side, known[name].side)
        for batch, figures in _figures(known[name], side):
            print(row(name, batch, figures), flush=True)
    return 0


def row(name: str, batch: int, figures: Mapping[str, float]) -> str:
    """A line of the table.

    Args:
        name: The network.
        batch: The size of a batch.
        figures: Examples per second by engine; of those that refuse it or do not agree, none.

    Returns:
        The line, the fastest in bold.
    """
    shown = {engine: f"{figure:.3g}" for engine, figure in figures.items()}
    best = max(figures, key=lambda engine: figures[engine])
    shown[best] = f"**{shown[best]}**"
    return _line([name, str(batch), *(shown.get(engine, "-") for engine in _ENGINES)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def measure(runs: Mapping[str, Run], feeds: Mapping[str, Any], count: int) -> dict[str, float]:
    """Times runs against each other.

    Args:
        runs: What to run, by name.
        feeds: The batch.
        count: How many examples it has.

    Returns:
        Examples per second of each, the middle of several rounds.
    """
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run(feeds)
    for _ in range(_ROUNDS):
        for name, run in runs.items():
            times[name].append(_seconds(run, feeds))
    return {name: count / median(found) for name, found in times.items()}


def _seconds(run: Run, feeds: Mapping[str, Any]) -> float:
    """The time of one run, of as many as fill a moment."""
    started, done = time.perf_counter(), 0
    while not done or time.perf_counter() - started < _SECONDS:
        run(feeds)
        done += 1
    return (time.perf_counter() - started) / done


def _figures(architecture: Architecture, side: int) -> list[tuple[int, dict[str, float]]]:
    """Each size of a batch, and the figures of the engines."""
    found: list[tuple[int, dict[str, float]]] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:

        def use(session: Any) -> None:
            path = Path(folder) / f"{architecture.name.replace(' ', '_')}.pb"
            frozen_run = runner(opened.enter_context(export.open_model(path)))
            runs = {
                "unfrozen": _of_session(session, path),
                "frozen": frozen_run,
                **_of_files(path, architecture.batch(1, side), opened),
            }
            for count in _BATCHES:
                found.append((count, measure(runs, architecture.batch(count, side), count)))

        frozen(architecture, Path(folder), side, use)
    return found


def _of_session(session: Any, path: Path) -> Run:
    with export.open_model(path) as model:
        names = [f"{info.name}:0" for info in model.outputs]
    return lambda feeds: session.run(names, {f"{key}:0": value for key, value in feeds.items()})


def _of_files(path: Path, batch: Mapping[str, Any], opened: ExitStack) -> dict[str, Run]:
    """The ways to run a file, each compared with it; one that is refused is left out, and said."""
    runs: dict[str, Run] = {}
    for way in WAYS:
        try:
            model = export.open_model(way.written(path, batch), engine=way.engine)
            runs[way.name] = runner(opened.enter_context(model))
        except GraphkitError as failure:
            print(f"{path.stem}, {way.name}: {failure}", file=sys.stderr)
    return runs


if __name__ == "__main__":
    sys.exit(main())

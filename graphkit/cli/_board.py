"""`graphkit board`: TensorBoard on a log directory, or on a graph file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.errors import GraphkitError

__all__ = ["board"]

_MOST_READ = 2**26  # bytes; more would take a while before TensorBoard can be used


@click.command()
@click.argument("log_dir", type=_parse.Place(), default=Path("logs"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=6006,
    show_default=True,
    help="Port to listen on; 0 takes any that is free.",
)
@click.option("--host", default="localhost", show_default=True, help="Address to listen on.")
def board(log_dir: Path, port: int, host: str) -> None:
    """Start TensorBoard on LOG_DIR (default: logs), or on the graph in a file (.pb, .pbtxt)."""
    from graphkit.summaries import start_board

    with _logs(log_dir) as folder, start_board(folder, port=port, host=host) as running:
        with suppress(KeyboardInterrupt):
            click.echo(f"TensorBoard shows {log_dir} at {running.url} (Ctrl-C ends it)")
            click.echo(_what_there_is(folder))
            running.wait()


def _what_there_is(folder: Path) -> str:
    """Says what TensorBoard will find, and what to do where that is nothing, or no graph."""
    files = sorted(folder.rglob("*tfevents*"))
    if not files:
        return (
            "  it holds no event files (*tfevents*) yet; tf.summary.FileWriter(LOG_DIR, graph) "
            "writes them, and what it was not yet closed or flushed for is missing"
        )
    total = f"  event files: {len(files):,}"
    if sum(file.stat().st_size for file in files) > _MOST_READ:
        return total
    logs = [log for file in files if (log := _events_in(file)) is not None]
    tags, graphs = (sum(len(getattr(log, what)) for log in logs) for what in ("tags", "graphs"))
    return f"{total}; tags: {tags:,}; graphs: {graphs:,}" + (
        "" if graphs else ", which tf.summary.FileWriter(LOG_DIR, graph) or add_graph write"
    )


def _events_in(file: Path) -> Any:
    """What an event file holds; None of one that holds nothing yet, or nothing whole."""
    from graphkit import export

    with suppress(GraphkitError):
        report = export.inspect_file(file)
        return report.details if report.kind == "event file" else None
    return None


@contextmanager
def _logs(place: Path) -> Iterator[Path]:
    """A folder of logs as it is; of a graph file one that holds it, while it is shown."""
    from graphkit import export

    if not place.is_file() or export.inspect_file(place).kind not in ("frozen graph", "graph"):
        yield place
        return
    from graphkit.summaries import SummaryWriter

    with TemporaryDirectory() as folder:
        with export.load_graph(place) as loaded, SummaryWriter(folder, graph=loaded.graph):
            pass
        yield Path(folder)

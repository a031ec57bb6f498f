"""`graphkit board`: TensorBoard on a log directory, or on a graph file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from graphkit.cli import _parse

__all__ = ["board"]


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
        click.echo(f"TensorBoard shows {log_dir} at {running.url} (Ctrl-C ends it)")
        with suppress(KeyboardInterrupt):
            running.wait()


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

"""`graphkit board`: TensorBoard on a log directory."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

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
    """Start TensorBoard on LOG_DIR (default: logs)."""
    from graphkit.summaries import start_board

    with start_board(log_dir, port=port, host=host) as running:
        click.echo(f"TensorBoard shows {log_dir} at {running.url} (Ctrl-C ends it)")
        with suppress(KeyboardInterrupt):
            running.wait()

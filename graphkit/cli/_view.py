"""`graphkit view`: a model in Netron."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from graphkit.cli import _parse

__all__ = ["view"]


@click.command()
@click.argument("file", type=_parse.Place())
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen on; any that is free unless given.",
)
@click.option("--browser/--no-browser", default=True, help="Whether to open the browser.")
def view(file: Path, port: int, browser: bool) -> None:
    """Show the model FILE in Netron, where it is installed, until Ctrl-C.

    `graphkit inspect FILE --html PAGE.html` makes a page of a graph without it.
    """
    from graphkit.export import view_model

    with view_model(file, port=port, browse=browser) as running:
        with suppress(KeyboardInterrupt):
            click.echo(f"Netron shows {file} at {running.url} (Ctrl-C ends it)")
            running.wait()

"""`graphkit inspect`: what is in a graph, a checkpoint or a record file."""

from __future__ import annotations

from pathlib import Path

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json

__all__ = ["inspect"]


@click.command()
@click.argument("file", type=_parse.Place())
@click.option("--tree", is_flag=True, help="Show the variables by scope, with their parameters.")
@click.option(
    "--batch",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="The batch to count floating point operations for.",
)
@click.option(
    "--shape",
    "shapes",
    multiple=True,
    metavar="NAME=SIZES",
    callback=_parse.shapes,
    help="The shape of an input that the graph leaves open, such as images=1,224,224,3.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def inspect(
    file: Path, tree: bool, batch: int, shapes: dict[str, tuple[int, ...]], as_json: bool
) -> None:
    """Show what is in a graph, checkpoint or record FILE.

    FILE is a graph (.pb, .pbtxt, .meta), a SavedModel, a checkpoint, a model or weights of Keras
    (.h5, .keras), a TFLite or ONNX model or a TFRecord file, recognised by its content and not by
    its name. Nothing in it is executed.
    """
    from graphkit.export import inspect_file

    report = inspect_file(file, batch=batch, shapes=shapes)
    if as_json:
        echo_json(report.to_dict())
    elif tree:
        click.echo(report.to_tree())
    else:
        click.echo(report.to_text())
        if report.kind == "event file":
            click.echo(f"`graphkit board '{file.parent}'` shows its summaries")

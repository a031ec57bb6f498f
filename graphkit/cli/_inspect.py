"""`graphkit inspect`: what is in a graph, a checkpoint or a record file."""

from __future__ import annotations

from pathlib import Path

import click

from graphkit._aside import files_aside
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
@click.option("--svg", type=_parse.Place(dir_okay=False), help="Draw the graph as a picture here.")
@click.option(
    "--html",
    type=_parse.Place(dir_okay=False),
    help="Write a page here: the report, and the graph to look around in.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def inspect(
    file: Path,
    tree: bool,
    batch: int,
    shapes: dict[str, tuple[int, ...]],
    svg: Path | None,
    html: Path | None,
    as_json: bool,
) -> None:
    """Show what is in a graph, checkpoint or record FILE.

    FILE is a graph (.pb, .pbtxt, .meta), a SavedModel, a checkpoint, a model or weights of Keras
    (.h5, .keras), a TFLite or ONNX model, a TFRecord or event file, recognised by its content and
    not by its name. Nothing in it is executed.
    """
    from graphkit.export import inspect_file

    if svg or html:
        _draw(file, svg, html, batch, shapes)
        if not (tree or as_json):
            return
    report = inspect_file(file, batch=batch, shapes=shapes)
    if as_json:
        echo_json(report.to_dict())
    elif tree:
        click.echo(report.to_tree())
    else:
        click.echo(report.to_text())
        if report.kind == "event file":
            click.echo(f"`graphkit board '{file.parent}'` shows its summaries")


def _draw(
    file: Path,
    svg: Path | None,
    html: Path | None,
    batch: int,
    shapes: dict[str, tuple[int, ...]],
) -> None:
    from graphkit.export import draw_html, draw_svg

    for target, draw in ((svg, draw_svg), (html, draw_html)):
        if target is not None:
            with files_aside([target]) as (part,):
                part.write_text(draw(file, batch=batch, shapes=shapes), "utf-8")
            click.echo(f"wrote {target}", err=True)

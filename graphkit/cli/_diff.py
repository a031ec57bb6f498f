"""`graphkit diff`: what differs between two graphs or two checkpoints."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json

__all__ = ["diff"]

_SHOWN = 20
_DIFFERENT = 1


@click.command()
@click.argument("first", type=_parse.Place())
@click.argument("second", type=_parse.Place())
@click.option("--all", "show_all", is_flag=True, help="List everything, however long.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def diff(
    first: Path,
    second: Path,
    show_all: bool,
    exit_code: bool,
    as_json: bool,
) -> None:
    """Show what differs between the graphs, or checkpoints, FIRST and SECOND.

    Graphs (.pb, .pbtxt, .meta, SavedModel) are compared node by node, checkpoints (V1 or V2)
    variable by variable, a checkpoint and a graph by the names of their variables. What was
    probably renamed is listed with the reason; `graphkit checkpoint rename FIRST -o NEW --map
    DIFF.json` gives the first checkpoint the names of the second, or of the graph.
    """
    from graphkit.export import diff as compare

    difference = compare(first, second)
    if as_json:
        echo_json(difference.to_dict())
    else:
        click.echo(difference.to_text(None if show_all else _SHOWN))
    if exit_code and not difference.same:
        sys.exit(_DIFFERENT)

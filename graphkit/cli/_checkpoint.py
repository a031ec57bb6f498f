"""`graphkit checkpoint`: variables get other names or more classes, files today's format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json

__all__ = ["checkpoint"]

_PATH = _parse.Place()
_OUTPUT = click.option(
    "-o", "--output", type=_PATH, required=True, help="The prefix to write, as in new/model.ckpt."
)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")


@click.group()
def checkpoint() -> None:
    """Write checkpoints again: other names, today's format, more classes."""


@checkpoint.command()
@click.argument("source", metavar="CHECKPOINT", type=_PATH)
@click.argument("renames", metavar="[OLD=NEW]...", nargs=-1, callback=_parse.renames)
@_OUTPUT
@click.option(
    "--map",
    "map_file",
    type=_parse.Place(dir_okay=False, exists=True),
    help='A JSON file of {"old": "new"}, or what `graphkit diff --json` wrote.',
)
@click.option("--regex", is_flag=True, help="Take each OLD as a regular expression.")
@_AS_JSON
def rename(
    source: Path,
    renames: dict[str, str],
    output: Path,
    map_file: Path | None,
    regex: bool,
    as_json: bool,
) -> None:
    r"""Give variables of CHECKPOINT other names.

    OLD is a variable or a scope, which takes all below it along: `net=model`. With --regex it is
    replaced wherever it is found, and NEW may refer to its groups: '^tower_(\d)/=t\1/'.

    The values stay bit-identical. CHECKPOINT is a prefix or its folder; it is not changed.
    """
    from graphkit.export import rename_checkpoint

    rules = _map_in(map_file) | renames
    if not rules:
        raise click.UsageError("nothing to rename: give OLD=NEW or --map FILE")
    _print_report(rename_checkpoint(source, output, rules, regex=regex), as_json)


@checkpoint.command()
@click.argument("source", metavar="CHECKPOINT", type=_PATH)
@_OUTPUT
@_AS_JSON
def convert(source: Path, output: Path, as_json: bool) -> None:
    """Write CHECKPOINT, of version 1 or 2, as one of version 2.

    Variables that were cut into pieces become whole; the values stay bit-identical.
    """
    from graphkit.export import convert_checkpoint

    _print_report(convert_checkpoint(source, output), as_json)


@checkpoint.command("add-classes")
@click.argument("source", metavar="CHECKPOINT", type=_PATH)
@click.argument("variables", metavar="VARIABLE...", nargs=-1, required=True)
@_OUTPUT
@click.option(
    "--count", type=click.IntRange(min=1), default=1, show_default=True, help="How many to add."
)
@click.option("--value", default=0.0, show_default=True, help="What the new columns hold.")
@_AS_JSON
def add_classes(
    source: Path, variables: tuple[str, ...], output: Path, count: int, value: float, as_json: bool
) -> None:
    """Give the head of CHECKPOINT more classes, behind those there are.

    VARIABLE is one whose last dimension is the classes: of a dense layer, its kernel and its bias.
    Their slots of an optimizer grow along. What was there stays bit-identical.
    """
    from graphkit import export

    _print_report(export.add_classes(source, output, variables, count=count, value=value), as_json)


def _map_in(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found: Any = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as exc:
        raise click.BadParameter(f"{file} is no JSON: {exc}", param_hint="--map") from exc
    if isinstance(found, dict) and isinstance(found.get("renamed"), list):
        found = {pair.get("old"): pair.get("new") for pair in found["renamed"]}
    if not isinstance(found, dict) or not all(isinstance(n, str) for p in found.items() for n in p):
        raise click.BadParameter(f'{file} holds no {{"old": "new"}}', param_hint="--map")
    return found


def _print_report(report: Any, as_json: bool) -> None:
    if as_json:
        echo_json(report)
        return
    click.echo(f"{report.path}: {report.variables:,} variables, {report.bytes:,} bytes")
    for old, new in report.renamed.items():
        click.echo(f"  {old} -> {new}")
    for name, (before, after) in report.grown.items():
        click.echo(f"  {name}  {list(before)} -> {list(after)}")
    click.echo("  all values read back, bit-identical")

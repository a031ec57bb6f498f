"""`graphkit transform`: a frozen graph made smaller, faster or other, each step proven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._feeds import batch_to_compare, compared_on
from graphkit.cli._output import echo_json, echo_steps, echo_table, echo_unproven

__all__ = ["transform"]


def _list_steps(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from graphkit.export._transforms._step import step_help

        echo_table(step_help(), ("step", "arguments", "does"))
        context.exit()


@click.command()
@click.argument("model", type=_parse.Place(dir_okay=False))
@click.option(
    "-o",
    "--output",
    type=_parse.Place(dir_okay=False),
    required=True,
    help="The frozen graph to write (.pb, or .pbtxt for text).",
)
@click.option(
    "--step",
    "steps",
    multiple=True,
    required=True,
    metavar="NAME[:ARG=VALUE,…]",
    help="What to do; steps are taken in the order given. Repeatable.",
)
@click.option("--inputs", callback=_parse.names, help="Where to begin, separated by commas.")
@click.option("--outputs", callback=_parse.names, help="Where to end, separated by commas.")
@compared_on
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-5,
    show_default=True,
    help="Largest difference allowed after each step, in proportion above 1.",
)
@click.option(
    "--steps",
    "list_steps",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_steps,
    help="List the steps and their arguments, and exit.",
)
@_parse.libraries
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def transform(
    model: Path,
    output: Path,
    steps: tuple[str, ...],
    inputs: list[str] | None,
    outputs: list[str] | None,
    files: dict[str, str],
    tolerance: float,
    libraries: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Change the frozen graph MODEL step by step.

    Source and result are compared on generated batches, or on --feed, after each step, and so is
    the file before it takes its name, all in a fresh process; one that differs is not written. What
    was compared is written down beside it, in OUTPUT.json.

    Lists in an argument have + between their items: --step cut:inputs=a+b
    """
    from graphkit.export import transform as transform_graph

    report = transform_graph(
        model,
        output,
        steps,
        inputs=inputs,
        outputs=outputs,
        feeds=batch_to_compare(files),
        tolerance=tolerance,
        libraries=libraries,
    )
    if as_json:
        echo_json(report)
    else:
        _print_report(report)


def _print_report(report: Any) -> None:
    click.echo(f"{report.path}: {report.nodes:,} nodes, {report.bytes:,} bytes")
    echo_steps(report.steps)
    click.echo(
        f"  verified on {report.batches_checked} batches, "
        f"largest absolute difference {report.max_abs_diff:.3g}"
    )
    echo_unproven(report.unproven)

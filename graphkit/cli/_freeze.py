"""`graphkit freeze`: a checkpoint becomes one file, proven to compute the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json

__all__ = ["freeze"]


@click.command()
@click.argument("checkpoint", type=_parse.Place())
@click.option(
    "-o",
    "--output",
    type=_parse.Place(dir_okay=False),
    required=True,
    help="The frozen graph to write (.pb, or .pbtxt for text).",
)
@click.option(
    "--outputs",
    callback=_parse.names,
    help="Output tensors, separated by commas; found when unambiguous.",
)
@click.option(
    "--inputs",
    callback=_parse.names,
    help="Input tensors, separated by commas; placeholders unless given.",
)
@click.option(
    "--pin",
    "pins",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse.pins,
    help="Replace a placeholder by a constant, as in is_training=false. Repeatable.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-5,
    show_default=True,
    help="Largest difference allowed between session and file, in proportion above 1.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def freeze(
    checkpoint: Path,
    output: Path,
    outputs: list[str] | None,
    inputs: list[str] | None,
    pins: dict[str, Any],
    tolerance: float,
    as_json: bool,
) -> None:
    """Freeze CHECKPOINT to one .pb file proven equal.

    CHECKPOINT is a prefix, its folder, or a .meta file; the .meta has to be beside it.

    The file is reloaded and compared with the session on generated batches before it takes its
    name; a file that differs is not written.
    """
    from graphkit.export import freeze_checkpoint

    report = freeze_checkpoint(
        checkpoint,
        output,
        outputs=outputs,
        inputs=inputs,
        pins=pins,
        tolerance=tolerance,
        text=output.suffix == ".pbtxt",
    )
    if as_json:
        echo_json(report)
    else:
        _print_report(report)


def _print_report(report: Any) -> None:
    click.echo(f"{report.path}: {report.nodes:,} nodes, {report.parameters:,} parameters")
    for title, tensors in (("input", report.inputs), ("output", report.outputs)):
        for tensor in tensors:
            click.echo(f"  {title:6}  {tensor.name}  {tensor.dtype}  {tensor.shape}")
    click.echo(
        f"  verified on {report.batches_checked} batches, "
        f"largest absolute difference {report.max_abs_diff:.3g}"
    )

"""`graphkit convert`: a model becomes one of another format, proven to compute the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._feeds import batch_to_compare, compared_on
from graphkit.cli._output import echo_json, echo_unproven, tensor_lines
from graphkit.cli._preparation import preparation, said_preparation

__all__ = ["convert"]


@click.command()
@click.argument("source", type=_parse.Place())
@click.option(
    "-o",
    "--output",
    type=_parse.Place(),
    required=True,
    help="What to write: a file .pb, .pbtxt, .tflite or .onnx, or a new folder.",
)
@click.option(
    "--target",
    type=click.Choice(["pb", "saved_model", "tflite", "onnx"]),
    help="The format; told by the suffix of the output unless given.",
)
@click.option(
    "--inputs",
    callback=_parse.names,
    help="Input tensors, or their names in the signature, separated by commas; placeholders unless "
    "given.",
)
@click.option(
    "--outputs",
    callback=_parse.names,
    help="Output tensors, likewise; those of the source unless given.",
)
@click.option(
    "--pin",
    "pins",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse.pins,
    help="Replace a placeholder by a constant, as in is_training=false. Repeatable.",
)
@compared_on
@click.option(
    "--weights",
    type=click.Choice(["float32", "float16", "int8"]),
    default="float32",
    show_default=True,
    help="What TFLite keeps numbers as; the ranges of int8 come from what is compared on (--feed).",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    help="Largest difference allowed between source and file, in proportion above 1; 1e-5 for "
    "float32, 1e-2 for float16, 0.1 for int8 unless given.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="NAME",
    help="Run this op although it touches files or runs code. Repeatable.",
)
@_parse.libraries
@preparation
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def convert(output: Path, pins: dict[str, Any], as_json: bool, **options: Any) -> None:
    """Convert SOURCE to another format, proven equal.

    SOURCE is a frozen graph, or whatever freeze takes. A folder becomes a SavedModel with the
    signature serving_default, which keeps the names of a signature of SOURCE.

    The file is opened by the program that runs its format and compared with the source on
    generated batches, or on --feed, before it takes its name; a file that differs is not written.
    What was compared is written down beside it, in OUTPUT.json.
    """
    from graphkit.export import convert as convert_model

    report = convert_model(
        options.pop("source"),
        output,
        pins=pins or None,
        feeds=batch_to_compare(options.pop("files")),
        preprocessing=said_preparation(options),
        **options,
    )
    if as_json:
        echo_json(report)
    else:
        _print_report(report)


def _print_report(report: Any) -> None:
    click.echo(f"{report.path}: {report.target}, {report.bytes:,} bytes")
    for line in tensor_lines(report):
        click.echo(line)
    for name, difference in report.differences.items():
        click.echo(f"  differs  {name}  by at most {difference:.3g}")
    click.echo(f"  verified on {report.batches_checked} batches by {report.engine}")
    echo_unproven(report.unproven)
    if report.uncompared:
        click.echo(f"  careful {report.uncompared}")

"""`graphkit freeze`: a trained model becomes one file, proven to compute the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._feeds import batch_to_compare, compared_on
from graphkit.cli._output import echo_json, echo_steps, echo_unproven, some_of, tensor_lines
from graphkit.cli._preparation import preparation, said_preparation

__all__ = ["freeze"]


@click.command()
@click.argument("source", type=_parse.Place())
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
    help="Output tensors, or their names in the signature, separated by commas; found when "
    "unambiguous.",
)
@click.option(
    "--inputs",
    callback=_parse.names,
    help="Input tensors, likewise; placeholders, and what queues and iterators fill, unless given.",
)
@click.option(
    "--pin",
    "pins",
    multiple=True,
    metavar="NAME=VALUE",
    callback=_parse.pins,
    help="Replace a placeholder by a constant, as in temperature=1; is_training is false and "
    "dropouts drop nothing unless named. Repeatable.",
)
@compared_on
@click.option("--signature", help="Of a SavedModel; serving_default, or the only one.")
@click.option("--tag", help="Of a SavedModel with several graphs; serve unless given.")
@click.option(
    "--graph",
    type=_parse.Place(dir_okay=False),
    help="The graph of a checkpoint, where that is not the .meta beside it (.pb, .pbtxt, .meta).",
)
@click.option(
    "--script",
    metavar="FILE[:FUNCTION]",
    help="The program whose code, or FUNCTION, builds the graph of a checkpoint; it is run, until "
    "a session would compute something of it.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="NAME",
    help="Run this op although it touches files or runs code (Lambda: layers' own; "
    "InitializeTableFromTextFileV2: a table's text file is read). Repeatable.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(min=0),
    default=1e-5,
    show_default=True,
    help="Largest difference allowed between session and file, in proportion above 1.",
)
@click.option(
    "--target",
    "targets",
    type=click.Choice(["opencv", "onnx", "tflite", "serving"]),
    multiple=True,
    help="Another program that has to run the graph and agree. Repeatable.",
)
@_parse.libraries
@click.option(
    "--transform",
    "transforms",
    multiple=True,
    metavar="NAME[:ARG=VALUE,…]",
    help="A step of graphkit transform to take before the file is written. Repeatable.",
)
@click.option(
    "--weights-apart",
    is_flag=True,
    help="Write the weights beside the graph, as is done unasked where both exceed 2 GiB.",
)
@preparation
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def freeze(
    source: Path,
    output: Path,
    outputs: list[str] | None,
    inputs: list[str] | None,
    pins: dict[str, Any],
    files: dict[str, str],
    signature: str | None,
    tag: str | None,
    graph: Path | None,
    script: str | None,
    allow: tuple[str, ...],
    tolerance: float,
    targets: tuple[str, ...],
    libraries: tuple[Path, ...],
    transforms: tuple[str, ...],
    weights_apart: bool,
    as_json: bool,
    **pictures: Any,
) -> None:
    """Freeze SOURCE to one .pb file proven equal.

    SOURCE is a checkpoint (its prefix, folder or .meta), a SavedModel folder, a model of Keras
    (.h5, .keras), or a .pb to be cut shorter or pinned.

    The file is read back in a fresh process and compared with SOURCE on generated batches, or on
    --feed, before it takes its name; a file that differs is not written. What was compared is
    written down beside it, in OUTPUT.json.
    """
    if graph is not None and script is not None:
        raise click.UsageError("--graph and --script both give the graph; name one of them")
    from graphkit import export

    report = export.freeze(
        source,
        output,
        outputs=outputs,
        inputs=inputs,
        pins=pins,
        feeds=batch_to_compare(files),
        graph=graph if script is None else _built_by(script),
        signature=signature,
        tag=tag,
        allow=allow,
        tolerance=tolerance,
        text=output.suffix == ".pbtxt",
        targets=targets,
        libraries=libraries,
        transforms=transforms,
        weights_apart=weights_apart,
        preprocessing=said_preparation(pictures),
    )
    if as_json:
        echo_json(report)
    else:
        _print_report(report)


def _built_by(script: str) -> Any:
    """The graph a program builds; a colon parts the file from a function in it."""
    from graphkit.port import build_graph

    file, colon, function = script.rpartition(":")
    named = bool(colon) and function.isidentifier()
    return build_graph(file if named else script, function if named else None)


def _print_report(report: Any) -> None:
    click.echo(f"{report.path}: {report.nodes:,} nodes, {report.parameters:,} parameters")
    if report.weights is not None:
        click.echo(f"  weights lie apart, in {report.weights}.*; both belong together")
    for line in tensor_lines(report, report.cut):
        click.echo(line)
    for name, value in report.pins.items():
        click.echo(f"  pinned  {name} = {json.dumps(value)}")
    echo_steps(report.steps)
    click.echo(
        f"  verified on {report.batches_checked} batches, "
        f"largest absolute difference {report.max_abs_diff:.3g}"
    )
    if report.forced:
        click.echo(f"  forced  {some_of(report.forced)}, in both, and compared")
    echo_unproven(report.unproven)
    if report.by_batch:
        click.echo(
            f"  careful {', '.join(report.by_batch[:3])} of {len(report.by_batch)} that normalise "
            "by the batch they are given, as in training; to use the trained averages, build the "
            "graph with is_training=False (--script)"
        )
    if report.uncompared:
        click.echo(f"  careful {report.uncompared}")
    for name, differences in report.consumers.items():
        click.echo(f"  agrees  {name}  within {max(differences.values()):.3g}")

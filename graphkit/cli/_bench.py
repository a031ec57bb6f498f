"""`graphkit bench`: how fast each stage of an input pipeline is, and what to change."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, cast

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json, echo_table, progress_bar, to_json
from graphkit.errors import DataError

__all__ = ["bench"]

_PROGRAMS = (".py", ".ipynb")
_ENGINES = ("auto", "queues", "tf.data")
_COLUMNS = ("stage", "records/s", "of the time")


@click.command(context_settings={"allow_interspersed_args": False})
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    callback=_parse.finite,
    default=2.0,
    show_default=True,
    help="How long each stage is run.",
)
@click.option(
    "--engine",
    type=click.Choice(_ENGINES),
    default="auto",
    show_default=True,
    help="What serves tf.train's batchers; auto takes tf.data for each pipeline that it can serve.",
)
@click.option(
    "--batch-size", type=click.IntRange(min=1), default=32, show_default=True, help="Of FILES."
)
@click.option(
    "--size",
    metavar="HEIGHTxWIDTH",
    callback=_parse.size,
    default="224x224",
    show_default=True,
    help="What images of FILES are resized to.",
)
@click.option(
    "--to-end",
    is_flag=True,
    help="Let SCRIPT run to its end, and measure every graph whose queue runners it started.",
)
@click.option("--traceback", is_flag=True, help="Show every frame of a failure of SCRIPT.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.argument("what", nargs=-1, type=click.UNPROCESSED, metavar="SCRIPT [ARGS]... | FILES...")
def bench(
    seconds: float,
    engine: str,
    batch_size: int,
    size: tuple[int, int],
    to_end: bool,
    traceback: bool,
    as_json: bool,
    what: tuple[str, ...],
) -> None:
    """Measure each stage of an input pipeline: reading, user ops, shuffling, the session.

    SCRIPT is a TensorFlow 1 program (.py or .ipynb) with a batcher of tf.train; it runs, with its
    ARGS, until it starts its queue runners, and ends there; every graph with a batcher that it has
    built by then is measured. What it prints goes to stderr.

    FILES are TFRecord files or images, paths or quoted patterns, read as a program would: parsed,
    decoded, resized, shuffled and batched. Other files are measured by a program that reads them.

    Options stand before SCRIPT or FILES.
    """
    if not what:
        raise click.UsageError("name a program (.py, .ipynb), record files or images")
    if what[0].endswith(_PROGRAMS):
        from graphkit.port import RunOptions

        options = RunOptions(engine=engine, traceback=traceback)
        graphs = _graphs_of_program(what[0], what[1:], options, to_end=to_end)
    else:
        _refuse_options(what)
        graphs = [_graph_of_files(what, engine, batch_size, size)]
    speeds = _measured(graphs, seconds)
    if not speeds:
        raise DataError(what[0], "its queue runners fill no batcher of tf.train")
    if as_json:
        echo_json(
            [
                {"graph": number, **to_json(speed), "bottleneck": speed.bottleneck}
                for number, speed in speeds
            ]
        )
    else:
        several = len({number for number, _ in speeds}) > 1
        for number, speed in speeds:
            _show(speed, f"graph {number}, " if several else "")


def _measured(graphs: list[Any], seconds: float) -> list[tuple[int, Any]]:
    """Measures the pipelines of each graph; returns them with the number of their graph."""
    from graphkit.readers import measure_speed

    speeds: list[tuple[int, Any]] = []
    for graph in graphs:
        with progress_bar("measuring", "stage") as progress:
            found = measure_speed(graph, seconds=seconds, progress=progress)
        number = len({one for one, _ in speeds}) + 1  # of those with a pipeline
        speeds += [(number, speed) for speed in found]
    return speeds


def _refuse_options(files: tuple[str, ...]) -> None:
    late = [file for file in files if file.startswith("-") and not Path(file).exists()]
    if late:
        raise click.UsageError(f"options stand before the files: {late[0]}")


def _graphs_of_program(
    script: str, arguments: tuple[str, ...], options: Any, *, to_end: bool
) -> list[Any]:
    """Runs a program until it starts its queue runners, or to its end; returns its graphs."""
    from graphkit.port import run_program
    from graphkit.readers import at_first_start, graphs_with_batchers

    before = graphs_with_batchers()
    started: list[Any] = []

    def stop(graph: Any) -> None:
        started.append(graph)
        if not to_end:
            built = [one for one in graphs_with_batchers() if one not in [*before, graph]]
            started.extend(built)
            raise SystemExit

    # What is printed on stdout is the report's.
    with redirect_stdout(sys.stderr), at_first_start(stop):
        try:
            run_program(script, arguments, options, say=_say)
        except SystemExit as end:
            if end.code:
                raise
    if not started:
        raise DataError(script, "ended without starting queue runners; there is nothing to measure")
    return started


def _graph_of_files(
    files: tuple[str, ...], engine: str, batch_size: int, size: tuple[int, int]
) -> Any:
    from graphkit import readers, tf

    with tf.Graph().as_default() as graph, readers.engine(cast("Any", engine)):
        readers.file_pipeline(files, batch_size=batch_size, size=size)
    return graph


def _say(line: str) -> None:
    click.echo(f"graphkit: {line}", err=True)


def _show(speed: Any, graph: str) -> None:
    reason = f" ({speed.reason})" if speed.reason else ""
    click.echo(f"{graph}{speed.name}: on {speed.engine}{reason}")
    rows = [
        (stage.name, f"{stage.records_per_second:,.0f}", f"{stage.share:.0%}")
        for stage in speed.stages
    ]
    echo_table(rows, _COLUMNS)
    click.echo(f"bottleneck: {speed.bottleneck}")
    for line in speed.advice:
        click.echo(f"  {line}")

"""`graphkit demo`: the whole way on real data."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json, progress_bar

__all__ = ["demo"]


@click.command()
@click.option(
    "--data",
    type=_parse.Place(file_okay=False, exists=True),
    help="A real CIFAR-10 folder (cifar-10-batches-py); the bundled digits unless given.",
)
@click.option(
    "--log-dir",
    type=_parse.Place(file_okay=False),
    help="A new or empty folder for everything; logs/demo-DATE-TIME unless given.",
)
@click.option("--steps", type=click.IntRange(min=1), default=600, show_default=True)
@click.option("--batch-size", type=click.IntRange(min=1), default=64, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def demo(
    data: Path | None,
    log_dir: Path | None,
    steps: int,
    batch_size: int,
    seed: int,
    as_json: bool,
) -> None:
    """Go the whole way on real data, in about a minute.

    CIFAR-10 pickles, images, TFRecord shards, queue readers, graph, training session, TensorBoard
    events, frozen graph reloaded and compared on every test image, picture of the predictions.
    """
    from graphkit.demo import run_demo

    folder = log_dir or _new_folder(Path("logs") / datetime.now().strftime("demo-%Y%m%d-%H%M%S"))
    with progress_bar("images", "image") as progress:
        report = run_demo(
            folder,
            data=data,
            steps=steps,
            batch_size=batch_size,
            seed=seed,
            say=lambda line: click.echo(line, err=as_json),
            progress=progress,
        )
    if as_json:
        echo_json(report)
        return
    click.echo(
        f"\ntest accuracy    {report.test_accuracy:.4f}\n"
        f"training         {report.train_seconds:.1f} s, "
        f"{report.examples_per_second:,.0f} examples/s\n"
        f"frozen graph     {report.frozen}  "
        f"(largest difference from the session {report.max_abs_diff:.1g})\n"
        f"predictions      {report.predictions_png}\n"
        f"event files      {report.log_dir}\n\n"
        f"look at them:    graphkit board {report.log_dir}"
    )


def _new_folder(wanted: Path) -> Path:
    """Makes a folder nobody else has; demos started in the same second get numbered ones."""
    wanted.parent.mkdir(parents=True, exist_ok=True)
    folder = wanted
    for number in count(2):
        try:
            folder.mkdir()
        except FileExistsError:
            folder = wanted.with_name(f"{wanted.name}-{number}")
        else:
            break
    return folder

"""`graphkit infer`: run a frozen graph on arrays and pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._feeds import read_feeds
from graphkit.cli._output import echo_json, echo_table

__all__ = ["infer"]

_SHOWN_VALUES = 10


@click.command()
@click.argument("model", type=_parse.Place())
@click.option(
    "--feed",
    "files",
    multiple=True,
    metavar="NAME=FILE",
    callback=_parse.pairs,
    help="A .npy array, or a picture resized to the input's shape; for a single value also true, "
    "false or a number. Repeatable.",
)
@click.option(
    "--outputs",
    callback=_parse.names,
    help="Output tensors, separated by commas; all unless given.",
)
@click.option(
    "--scale",
    type=float,
    default=1.0,
    callback=_parse.finite,
    help="Factor on pixels, as in 0.00392157.",
)
@click.option("--colour", type=click.Choice(["RGB", "BGR"]), default="RGB", show_default=True)
@click.option(
    "--allow",
    multiple=True,
    metavar="OP",
    help="Let an op type that reaches the file system or runs code run. Repeatable.",
)
@click.option("--placement", is_flag=True, help="Show which device each op was given.")
@click.option(
    "--cpu-devices",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of virtual CPU devices.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outputs as JSON.")
def infer(
    model: Path,
    files: dict[str, str],
    outputs: list[str] | None,
    scale: float,
    colour: str,
    allow: tuple[str, ...],
    placement: bool,
    cpu_devices: int,
    as_json: bool,
) -> None:
    """Run MODEL, a frozen graph, and print its outputs."""
    from graphkit.export import load_graph
    from graphkit.session import SessionConfig, placement_report

    config = SessionConfig(cpu_devices=cpu_devices)
    with load_graph(model, allow=set(allow), config=config) as frozen:
        shapes = {name: _dimensions(tensor) for name, tensor in frozen.inputs.items()}
        feeds = read_feeds(files, shapes, scale=scale, colour=colour)
        if placement:
            report = placement_report(frozen.graph, config=config)
            click.echo(report.to_text(), err=as_json)
        values = frozen.run(feeds, outputs)
    if as_json:
        echo_json(values)
    else:
        echo_table([_row(name, value) for name, value in values.items()], _COLUMNS)


_COLUMNS = ("output", "dtype", "shape", "values")


def _dimensions(tensor: Any) -> list[int | None] | None:
    shape = tensor.shape
    return None if shape.rank is None else list(shape.as_list())


def _row(name: str, value: Any) -> tuple[str, ...]:
    import numpy as np

    flat = np.asarray(value).ravel()
    shown = " ".join(_cell(item) for item in flat[:_SHOWN_VALUES])
    more = f" … ({flat.size:,} values)" if flat.size > _SHOWN_VALUES else ""
    return name, str(np.asarray(value).dtype), str(list(np.shape(value))), shown + more


def _cell(item: Any) -> str:
    return f"{item:.6g}" if hasattr(item, "dtype") and item.dtype.kind == "f" else str(item)

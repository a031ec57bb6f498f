"""`graphkit infer`: run a model of any format on arrays, pictures, tables and records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._feeds import read_feeds
from graphkit.cli._output import echo_json, echo_table
from graphkit.cli._predictions import Request, run_examples, settled

__all__ = ["infer"]

_SHOWN_VALUES = 10
_ENGINES = ("auto", "tensorflow", "onnxruntime", "opencv", "tflite")


@click.command()
@click.argument("model", type=_parse.Place())
@click.argument("inputs", nargs=-1)
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
    "--engine",
    type=click.Choice(_ENGINES),
    help="What runs the model; auto measures those that can on the first batch, and takes the "
    "fastest that agrees with the first of them; --json names it. For more than 16 INPUTS, auto "
    "unless given, else the first. opencv is compared on the first batch with the first of the "
    "others, which is started for that.",
)
@click.option("--labels", type=_parse.Place(dir_okay=False), help="Names of classes, to rank them.")
@click.option("--top-k", type=click.IntRange(min=1), help="Classes to show; 5 with --labels.")
@click.option(
    "--scale",
    type=float,
    callback=_parse.finite,
    help="Factor on pixels, as in 0.00392157.",
)
@click.option("--mean", callback=_parse.numbers, help="Taken off after that: M or M,M,M.")
@click.option("--std", callback=_parse.numbers, help="The rest is divided by it: S or S,S,S.")
@click.option("--colour", type=click.Choice(["RGB", "BGR"]), help="Order of channels.  [RGB]")
@click.option("--size", metavar="HxW", callback=_parse.size, help="The input's unless given.")
@click.option(
    "--resize",
    type=click.Choice(["stretch", "crop"]),
    help="Stretch pictures to the size, or crop what is beyond it.  [stretch]",
)
@click.option("--layout", type=click.Choice(["NHWC", "NCHW"]), help="By the shape unless given.")
@click.option(
    "--feature",
    help="The feature of a record to take; a model that parses records is given them whole.",
)
@click.option(
    "--batch-size", type=click.IntRange(min=1), default=1, show_default=True, help="At once."
)
@click.option("--keep-going", is_flag=True, help="Leave bad pictures out; exit code 1 at the end.")
@click.option(
    "-o",
    "--output",
    "target",
    type=_parse.Place(dir_okay=False),
    help="A .csv or .npz file to write instead of printing.",
)
@click.option(
    "--allow",
    multiple=True,
    metavar="OP",
    help="Let an op type that reaches the file system or runs code run. Repeatable.",
)
@_parse.libraries
@click.option("--placement", is_flag=True, help="Show which device each op was given.")
@click.option(
    "--cpu-devices",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of virtual CPU devices.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line for each input.")
def infer(model: Path, **options: Any) -> None:
    """Run MODEL on INPUTS: pictures, folders and patterns, .npy, .npz, .csv, TFRecords.

    MODEL is a frozen graph, SavedModel, TFLite, ONNX or Keras model. Each pixel becomes
    (pixel * scale - mean) / std; what MODEL.json says of this holds unless an option is given.
    Where examples are for several inputs, a .csv names the input over each column: age,size[0].
    Without INPUTS, every input is fed by --feed and the outputs are printed.
    """
    request = Request(model, **options)
    if request.inputs:
        run_examples(request)
    else:
        _run_once(request)


def _run_once(request: Request) -> None:
    with request.open() as model:
        shapes = {info.name: info.shape for info in model.inputs}
        scale, colour = request.scale or 1.0, request.colour or "RGB"
        feeds = read_feeds(request.files, shapes, scale=scale, colour=colour)
        chooses = request.engine == "auto"
        compares = chooses or request.engine == "opencv"
        with settled(request, model, feeds) if compares else model as model:
            if request.placement:
                _show_placement(model, request.config(), err=request.as_json)
            values = model.run(feeds, request.outputs)
    if request.as_json:
        echo_json({"engine": model.engine, "outputs": values} if chooses else values)
    else:
        echo_table([_row(name, value) for name, value in values.items()], _COLUMNS)


_COLUMNS = ("output", "dtype", "shape", "values")


def _show_placement(model: Any, config: Any, *, err: bool) -> None:
    from graphkit.session import placement_report

    if not hasattr(model, "graph"):
        raise click.UsageError(f"--placement is of TensorFlow; {model.engine} runs this model")
    click.echo(placement_report(model.graph, config=config).to_text(), err=err)


def _row(name: str, value: Any) -> tuple[str, ...]:
    import numpy as np

    flat = np.asarray(value).ravel()
    shown = " ".join(_cell(item) for item in flat[:_SHOWN_VALUES])
    more = f" … ({flat.size:,} values)" if flat.size > _SHOWN_VALUES else ""
    return name, str(np.asarray(value).dtype), str(list(np.shape(value))), shown + more


def _cell(item: Any) -> str:
    return f"{item:.6g}" if hasattr(item, "dtype") and item.dtype.kind == "f" else str(item)

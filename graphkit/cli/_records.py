"""`graphkit records`: packing images into TFRecords, looking into them, CIFAR-10."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graphkit.cli import _parse
from graphkit.cli._output import echo_json, echo_table, progress_bar

__all__ = ["records"]

_FOLDER = _parse.Place(file_okay=False)
_FILE = _parse.Place()
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")


@click.group()
def records() -> None:
    """Pack images into TFRecord files and look into them."""


@records.command()
@click.argument("source", type=_FILE)
@click.option(
    "-o",
    "--output",
    type=_FILE,
    required=True,
    help="The file to write; with several shards OUT-00000-of-00004.tfrecord and so on.",
)
@click.option("--shards", type=click.IntRange(min=1), default=1, show_default=True)
@click.option("--shuffle/--no-shuffle", default=True, show_default=True, help="Mix the classes.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the shuffling.")
@click.option(
    "--encoding",
    type=click.Choice(["raw", "encoded"]),
    default="raw",
    show_default=True,
    help="Decoded uint8 pixels, or the image files' own bytes.",
)
@click.option(
    "--colour",
    type=click.Choice(["RGB", "BGR"]),
    default="RGB",
    show_default=True,
    help="Order of the channels of raw pixels; stored beside them.",
)
@click.option(
    "--size",
    metavar="HEIGHTxWIDTH",
    callback=_parse.size,
    help="Resize every image, as in 32x32.",
)
@_AS_JSON
def pack(
    source: Path,
    output: Path,
    shards: int,
    shuffle: bool,
    seed: int,
    encoding: str,
    colour: str,
    size: tuple[int, int] | None,
    as_json: bool,
) -> None:
    """Pack SOURCE, a folder with one sub-folder of images per class."""
    from graphkit.records import pack_images, scan_images

    with progress_bar("packing", "image") as progress:
        report = pack_images(
            scan_images(source),
            output,
            shards=shards,
            shuffle=shuffle,
            seed=seed,
            encoding=encoding,
            colour=colour,
            size=size,
            progress=progress,
        )
    if as_json:
        echo_json(report)
        return
    click.echo(f"{report.records:,} images of {len(report.classes)} classes")
    for path in report.paths:
        click.echo(f"  {path}")


@records.command()
@click.argument("file", type=_FILE)
@click.option("-n", "--limit", type=click.IntRange(min=1), help="Look at the first N records only.")
@click.option(
    "--sheet",
    type=_FILE,
    help="Draw the images of the first records (40, or --limit) into this PNG.",
)
@_AS_JSON
def show(file: Path, limit: int | None, sheet: Path | None, as_json: bool) -> None:
    """Show how many records FILE holds and which features they carry."""
    from graphkit.records import describe_records

    summary = describe_records(file, limit=limit)
    if sheet is not None:
        drawn = _draw_sheet(file, sheet, limit or _PICTURES)
        click.echo(f"{drawn} pictures are in {sheet}", err=as_json)
    if as_json:
        echo_json(summary)
        return
    compression = f", {summary.compression}" if summary.compression else ""
    count = f"{'' if summary.complete else 'the first '}{summary.count:,} records"
    click.echo(f"{summary.path}: {count}, {summary.bytes:,} bytes{compression}")
    if summary.features:
        echo_table([_feature_row(summary, name) for name in sorted(summary.features)], _COLUMNS)
    elif summary.count:
        click.echo("the records are no tf.train.Example; their bytes are opaque")


_PICTURES = 40
_COLUMNS = ("feature", "kind", "length", "present in", "example")


def _draw_sheet(file: Path, sheet: Path, limit: int) -> int:
    """Draws the first images of a record file; tells how many."""
    from itertools import islice

    from graphkit.records import contact_sheet, read_packed_images, write_png

    images = list(islice(read_packed_images(file), limit))
    write_png(sheet, contact_sheet([i.pixels for i in images], [i.caption for i in images]))
    return len(images)


def _feature_row(summary: Any, name: str) -> tuple[str, ...]:
    feature = summary.features[name]
    low, high = feature.min_length, feature.max_length
    length = str(low) if low == high else f"{low}-{high}"
    return name, feature.kind, length, f"{feature.present_in:,}", str(feature.example)


@records.group()
def cifar10() -> None:
    """Fetch, make and unpack CIFAR-10 in its python layout."""


@cifar10.command()
@click.argument("folder", type=_FOLDER)
def download(folder: Path) -> None:
    """Download CIFAR-10 (170 MB) into FOLDER, check it and unpack it safely."""
    from graphkit.records import download_cifar10

    with progress_bar("downloading", "B") as progress:
        unpacked = download_cifar10(folder, progress=progress)
    click.echo(f"CIFAR-10 is in {unpacked}")


@cifar10.command()
@click.argument("folder", type=_FOLDER)
def digits(folder: Path) -> None:
    """Write the bundled handwritten digits into FOLDER, in CIFAR-10's own layout."""
    from graphkit.records import write_digits_as_cifar10

    click.echo(f"1,797 digits in CIFAR-10's layout are in {write_digits_as_cifar10(folder)}")


@cifar10.command()
@click.argument("source", type=_FOLDER)
@click.argument("folder", type=_FOLDER)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["png", "jpg"]),
    default="png",
    show_default=True,
    help="png keeps every pixel; jpg is smaller and lossy.",
)
@_AS_JSON
def decode(source: Path, folder: Path, file_format: str, as_json: bool) -> None:
    """Write the images of SOURCE (cifar-10-batches-py) as FOLDER/train|test/CLASS/N.png."""
    from graphkit.records import to_image

    with progress_bar("writing", "image") as progress:
        report = to_image(source, folder, format=file_format, progress=progress)
    if as_json:
        echo_json(report)
    else:
        click.echo(f"{report.train:,} training and {report.test:,} test images are in {folder}")

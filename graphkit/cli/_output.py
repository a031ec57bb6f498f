"""How commands print: JSON for scripts, aligned tables for people, bars on terminals only."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import click

from graphkit.export._printable import printable

__all__ = [
    "echo_json",
    "echo_steps",
    "echo_table",
    "echo_unproven",
    "progress_bar",
    "some_of",
    "tensor_lines",
    "to_json",
]

_SHOWN = 3


def echo_json(value: Any) -> None:
    """Prints a report as indented JSON on stdout."""
    click.echo(json.dumps(to_json(value), indent=2, allow_nan=False))


def to_json(value: Any) -> Any:
    """Turns reports, paths, arrays and bytes into what JSON can hold.

    JSON has no NaN and no infinity; they become text, as protobuf's JSON writes them.
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value if value is None or isinstance(value, (int, float, str)) else str(value)


def echo_table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> None:
    """Prints rows under a header, each column as wide as its longest cell."""
    table = [tuple(header), *(tuple(printable(str(cell)) for cell in row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for row in table:
        click.echo(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def tensor_lines(report: Any, cut: Collection[str] = ()) -> Iterator[str]:
    """A line for each input and output, with the name that the source's signature has for it."""
    ends = (
        ("input", report.inputs, report.signature.inputs),
        ("output", report.outputs, report.signature.outputs),
    )
    for title, tensors, keys in ends:
        for tensor in tensors:
            called = [key for key, name in keys.items() if name == tensor.name != key]
            notes = [f"{', '.join(called)} in the signature"] if called else []
            notes += ["was filled by the input pipeline"] if tensor.name in cut else []
            note = f"  ({'; '.join(notes)})" if notes else ""
            yield f"  {title:6}  {tensor.name}  {tensor.dtype}  {tensor.shape}{note}"


def echo_unproven(branches: Mapping[str, str]) -> None:
    """Prints which branches were not compared, if any."""
    if branches:
        click.echo(f"  careful not compared in every branch: {some_of([*branches])}")


def some_of(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def echo_steps(steps: Sequence[Any]) -> None:
    """Prints what each transform did, or that it did nothing."""
    for step in steps:
        changes = (
            f"nodes {step.nodes_before:,} -> {step.nodes_after:,}, "
            f"bytes {step.bytes_before:,} -> {step.bytes_after:,}, "
            f"largest absolute difference {step.max_abs_diff:.3g}"
        )
        click.echo(f"  {step.name}: {step.note or changes}")


@contextmanager
def progress_bar(description: str, unit: str) -> Iterator[Callable[[int, int | None], None]]:
    """Draws a bar on a terminal, nothing elsewhere; yields the `progress(done, total)` callable."""
    from tqdm import tqdm

    with tqdm(desc=description, unit=unit, disable=None, leave=False) as bar:

        def progress(done: int, total: int | None) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress

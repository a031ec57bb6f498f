"""Predictions as a file: a table for people and spreadsheets, arrays for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from graphkit._aside import check_target, files_aside
from graphkit.errors import ArgumentError
from graphkit.export._predicting._predict import Prediction
from graphkit.export._predicting._ranking import Ranked

__all__ = ["check_results", "write_results"]

_KINDS = (".csv", ".npz")


def check_results(path: str | PathLike[str]) -> None:
    """Refuses a place that no results can be written to, before any are computed.

    Args:
        path: The file to write, `.csv` or `.npz`.

    Raises:
        ArgumentError: Its name ends otherwise.
        MissingFileError: Its folder does not exist.
    """
    if Path(path).suffix.lower() not in _KINDS:
        raise ArgumentError("write_results", "path", str(path), "a .csv or .npz file")
    check_target(Path(path))


def write_results(
    path: str | PathLike[str],
    predictions: Sequence[Prediction],
    ranked: Sequence[Sequence[Ranked]] = (),
) -> None:
    """Writes predictions; those that failed are left out.

    Args:
        path: A `.csv`: one line per example, its name and then each number of each output as
            `output[place]`, or one line per example and class where they were ranked. Or a
            `.npz`: `names`, and each output with the examples as its first dimension.
        predictions: The predictions.
        ranked: The best classes of each, for a `.csv`.

    Raises:
        ArgumentError: The file's name ends otherwise, or examples of different shapes are to go
            into one array.
        MissingFileError: Its folder does not exist.
    """
    check_results(path)
    target = Path(path)
    good = [one for one in predictions if one.error is None]
    if target.suffix.lower() == ".npz":
        content = _arrays(target, good)
    else:
        table = _ranking(predictions, ranked) if ranked else _numbers(good)
        content = table.encode("utf-8", "backslashreplace")  # names of files may be any bytes
    with files_aside([target]) as (part,):
        part.write_bytes(content)


def _arrays(target: Path, predictions: Sequence[Prediction]) -> bytes:
    arrays: dict[str, Any] = {"names": np.array([one.name for one in predictions])}
    for name in predictions[0].outputs if predictions else ():
        parts = [one.outputs[name] for one in predictions]
        if len({np.shape(part) for part in parts}) > 1:
            wanted = f"a .csv: output {name!r} has another shape for each example"
            raise ArgumentError("write_results", "path", str(target), wanted)
        arrays[name] = np.stack(parts)
    written = io.BytesIO()
    np.savez(written, allow_pickle=False, **arrays)
    return written.getvalue()


def _numbers(predictions: Sequence[Prediction]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    rows = [{"input": one.name, **_cells(one)} for one in predictions]
    columns = list(dict.fromkeys(key for row in rows for key in row))
    writer.writerow(columns or ["input"])
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return written.getvalue()


def _cells(prediction: Prediction) -> dict[str, Any]:
    return {
        f"{name}[{place}]" if np.ndim(value) else name: _plain(number)
        for name, value in prediction.outputs.items()
        for place, number in enumerate(np.ravel(value).tolist())
    }


def _plain(number: Any) -> Any:
    return number.decode("utf-8", "backslashreplace") if isinstance(number, bytes) else number


def _ranking(predictions: Sequence[Prediction], ranked: Sequence[Sequence[Ranked]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["input", "rank", "class", "label", "score"])
    for prediction, best in zip(predictions, ranked, strict=True):
        for rank, one in enumerate(best, 1):
            writer.writerow([prediction.name, rank, one.index, one.label, one.score])
    return written.getvalue()

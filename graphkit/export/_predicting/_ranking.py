"""The best classes of a prediction, by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphkit.errors import ArgumentError
from graphkit.export._predicting._predict import Prediction

__all__ = ["Ranked", "rank_classes"]


@dataclass(frozen=True)
class Ranked:
    """A class and its score.

    Attributes:
        index: The number of the class.
        label: Its name, "" where the labels leave it out or there are none.
        score: What the output says for it.
    """

    index: int
    label: str
    score: float


def rank_classes(
    prediction: Prediction,
    count: int,
    labels: Mapping[int, str] | None = None,
    output: str | None = None,
) -> list[Ranked]:
    """The classes with the highest scores.

    Args:
        prediction: What a model gave.
        count: How many classes to give; all if it has fewer.
        labels: The names of classes by number, as `read_labels` gives them.
        output: The output with a score for each class; the only such one unless given.

    Returns:
        The classes, the best first; of equal ones that of the lower number.

    Raises:
        ArgumentError: No output has scores of classes, or several have; or there are more or
            fewer labels than classes.
    """
    name = _scores(prediction, output)
    scores = np.ravel(prediction.outputs[name])
    if labels is not None:
        _check_count(labels, name, len(scores))
    best = np.argsort(-scores.astype(np.float64), kind="stable")[:count].tolist()
    return [Ranked(i, (labels or {}).get(i, ""), float(scores[i])) for i in best]


def _scores(prediction: Prediction, output: str | None) -> str:
    found = [name for name, value in prediction.outputs.items() if _are_scores(value)]
    if output is not None and output in found:
        return output
    if output is not None or len(found) != 1:
        outputs = {name: list(np.shape(value)) for name, value in prediction.outputs.items()}
        wanted = "one that has a score for each class (name it: --outputs NAME)"
        raise ArgumentError("infer", "output", output, wanted, shown=str(outputs))
    return found[0]


def _are_scores(value: Any) -> bool:
    array = np.asarray(value)
    return array.dtype.kind in "fiu" and array.size > 1 and array.size == max(array.shape)


def _check_count(labels: Mapping[int, str], output: str, classes: int) -> None:
    highest = max(labels)
    if highest >= classes or (len(labels) == highest + 1 and len(labels) < classes):
        apart = len(labels) - classes
        hint = ""
        if abs(apart) == 1:
            where = "labels" if apart > 0 else "output"
            hint = f"; the {where} may have a background class, first, that the other leaves out"
        wanted = f"for the {classes} classes of {output!r}"
        shown = f"{len(labels)} of them, numbered up to {highest}{hint}"
        raise ArgumentError("infer", "labels", len(labels), wanted, shown=shown)

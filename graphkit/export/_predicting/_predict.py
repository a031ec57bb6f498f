"""Running a model over examples, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, islice
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit.errors import ArgumentError, DataError
from graphkit.export._predicting._examples import Example
from graphkit.export._running._model import Model
from graphkit.export._tensor_info import TensorInfo

__all__ = [
    "Prediction",
    "first_batch",
    "free_inputs",
    "main_input",
    "needed_inputs",
    "predict",
]


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model gives for one example.

    Attributes:
        name: The example's name.
        outputs: Its part of each output, by name, without the dimension of the batch; quantised
            outputs as the real numbers they stand for.
        error: Why there is none; `outputs` is then empty.
    """

    name: str
    outputs: dict[str, npt.NDArray[Any]]
    error: DataError | None = None


_OTHERS = "; name them in the header of a .csv, or feed the others (--feed NAME=VALUE)"
_READS_ITSELF = (
    "; this model reads its data itself, from a queue or iterator: freeze it again, which cuts "
    "that off (graphkit freeze MODEL -o NEW.pb)"
)


def free_inputs(model: Model, fed: Iterable[str] = ()) -> list[TensorInfo]:
    """The inputs that are not among `fed`."""
    given = {name.removesuffix(":0") for name in fed}
    return [info for info in model.inputs if info.name.removesuffix(":0") not in given]


def needed_inputs(model: Model, fed: Iterable[str] = ()) -> list[TensorInfo]:
    """Those of them without a default; all if each has one."""
    free = free_inputs(model, fed)
    return [info for info in free if info.name not in model.optional] or free


def main_input(model: Model, fed: Iterable[str] = ()) -> TensorInfo:
    """The input that examples are for: the one that is neither fed nor has a default.

    Args:
        model: The model.
        fed: The names of inputs that get the same value for all examples.

    Returns:
        The input.

    Raises:
        ArgumentError: There is none, or several.
    """
    found = needed_inputs(model, fed)
    if len(found) != 1:
        names = ", ".join(repr(info.name) for info in found) or "none"
        wanted = "one that examples are for"
        wanted += _OTHERS if model.inputs else _READS_ITSELF
        raise ArgumentError("infer", "input", None, wanted, shown=names)
    return found[0]


def predict(
    model: Model,
    examples: Iterable[Example],
    *,
    batch_size: int = 1,
    feeds: Mapping[str, Any] | None = None,
    outputs: Sequence[str] | None = None,
) -> Iterator[Prediction]:
    """Runs a model over examples.

    Examples of one shape that follow each other go together. An input whose batch is of a fixed
    size gets batches of that size, the last one filled up with repetitions that nobody sees.

    Args:
        model: The model.
        examples: The examples.
        batch_size: How many to run at once where the input leaves it open.
        feeds: Values of the other inputs, the same for all.
        outputs: The names of outputs; all unless given.

    Returns:
        An iterator over the predictions, in the order of the examples.

    Raises:
        ArgumentError: `batch_size` is below 1, or an output has no part for each example.
        RunError: The engine fails.
    """
    if batch_size < 1:
        raise ArgumentError("predict", "batch_size", batch_size, "1 or more")
    size = _fixed(model, feeds)
    for batch in _batches(examples, size or batch_size):
        if batch[0].error is not None:
            yield Prediction(batch[0].name, {}, batch[0].error)
            continue
        found = model.run(_stacked(model, feeds, batch), outputs)
        count = size or len(batch)
        parts = {name: _parts(model, name, value, count) for name, value in found.items()}
        for place, example in enumerate(batch):
            yield Prediction(example.name, {name: part[place] for name, part in parts.items()})


def first_batch(
    model: Model,
    examples: Iterator[Example],
    *,
    batch_size: int = 1,
    feeds: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any] | None, Iterator[Example]]:
    """Looks ahead at what `predict` runs first, to measure engines on it for instance.

    Args:
        model: The model.
        examples: The examples.
        batch_size: As for `predict`.
        feeds: As for `predict`.

    Returns:
        The batch, as `Model.run` takes it, of those of the first examples that can be read; None
        if none can. And all the examples.
    """
    size = _fixed(model, feeds) or batch_size
    taken = list(islice(examples, size))
    batch = next(_batches([one for one in taken if one.error is None], size), None)
    run = None if batch is None else _stacked(model, feeds, batch)
    return run, chain(taken, examples)


def _fixed(model: Model, feeds: Mapping[str, Any] | None) -> int | None:
    """The size every batch has to have, if there is one."""
    sizes = (info.shape[0] for info in needed_inputs(model, feeds or ()) if info.shape)
    return next((size for size in sizes if size is not None), None)


def _stacked(model: Model, feeds: Mapping[str, Any] | None, batch: list[Example]) -> dict[str, Any]:
    """What a batch is run on; filled up with the last example where the size is fixed."""
    filled = batch + batch[-1:] * ((_fixed(model, feeds) or 0) - len(batch))
    if names := batch[0].columns:
        stacked = {name: np.stack([example.columns[name] for example in filled]) for name in names}
    else:
        values: list[Any] = [example.value for example in filled]
        stacked = {main_input(model, feeds or ()).name: np.stack(values)}
    return {**(feeds or {}), **stacked}


def _batches(examples: Iterable[Example], size: int) -> Iterator[list[Example]]:
    """Examples of one shape that follow each other, as many as go together; a broken one alone."""
    for _, alike in groupby(examples, _shapes):
        batch: list[Example] = []
        for example in alike:
            batch.append(example)
            if len(batch) == size or example.error is not None:
                yield batch
                batch = []
        if batch:
            yield batch


def _shapes(example: Example) -> Any:
    """What examples that go together have in common."""
    if example.columns:
        return {name: value.shape for name, value in example.columns.items()}
    return example.value.shape if example.value is not None else example.name


def _parts(model: Model, name: str, value: npt.NDArray[Any], count: int) -> Any:
    """Each example's part of an output."""
    quantized = model.quantization.get(name)
    if quantized is not None:
        scale, zero = quantized
        value = (value.astype(np.float32) - np.float32(zero)) * np.float32(scale)
    if value.ndim and len(value) == count:
        return value
    if count == 1:  # such as a count of boxes, or the boxes of the only picture
        return [value]
    wanted = f"one with a row for each of {count} examples (or batch_size=1, --batch-size 1)"
    raise ArgumentError("predict", f"output {name!r}", list(value.shape), wanted)

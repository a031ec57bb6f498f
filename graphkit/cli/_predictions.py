"""What `graphkit infer` does with many inputs, and how it shows what came out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from graphkit.cli._feeds import read_feeds
from graphkit.cli._output import echo_table, progress_bar, to_json
from graphkit.errors import GraphkitError, RunError
from graphkit.export._printable import printable

if TYPE_CHECKING:
    from graphkit.export import EngineTiming, Example, Model, Prediction, Preprocessing, Ranked

__all__ = ["Request", "run_examples", "settled"]

_SHOWN_VALUES = 6
_FEW = 16  # inputs that are through before it is measured what runs them fastest
_CLASSES = 5
_PREPARATION = ("scale", "mean", "std", "colour", "size", "resize", "layout")


@dataclass(frozen=True)
class Request:
    """The options of `graphkit infer`; None where nothing was given."""

    model: Path
    inputs: tuple[str, ...]
    files: dict[str, str]
    outputs: list[str] | None
    engine: str | None
    labels: Path | None
    top_k: int | None
    scale: float | None
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None
    colour: str | None
    size: tuple[int, int] | None
    resize: str | None
    layout: str | None
    feature: str | None
    batch_size: int
    keep_going: bool
    target: Path | None
    allow: tuple[str, ...]
    libraries: tuple[Path, ...]
    placement: bool
    cpu_devices: int
    as_json: bool

    def config(self) -> Any:
        """What the session may use; None, which imports nothing, unless something was said."""
        if self.cpu_devices == 1 and not self.placement:
            return None
        from graphkit.session import SessionConfig

        return SessionConfig(cpu_devices=self.cpu_devices)

    def open(self) -> Model:
        """Opens the model in the engine that was named, or else the first that runs it."""
        from graphkit.export import open_model

        return open_model(
            self.model,
            engine=None if self.engine == "auto" else self.engine,
            allow=set(self.allow),
            config=self.config(),
            libraries=self.libraries,
        )


def run_examples(request: Request) -> None:
    """Runs the model on all inputs, prints or writes what comes out, and fails if one did."""
    from graphkit.export import check_results, read_labels, write_results

    if request.target is not None:
        check_results(request.target)
    labels = read_labels(request.labels) if request.labels is not None else None
    show = _Show(request, labels)
    for prediction in _predictions(request, show):
        if prediction.error is not None and not request.keep_going:
            raise prediction.error
        show.add(prediction)
    if request.target is not None:
        write_results(request.target, show.predictions, show.ranked)
    show.end()
    if show.failed:
        sys.exit(1)


def _predictions(request: Request, show: _Show) -> Iterator[Prediction]:
    from graphkit.export import first_batch, model_examples, predict

    preprocessing = _preprocessing(request)
    with request.open() as model:
        examples = model_examples(
            model, request.inputs, preprocessing, fed=request.files, feature=request.feature
        )
        feeds = _feeds(request, model)
        size, outputs = request.batch_size, request.outputs
        measures, examples = _measures(request, examples)
        if measures or request.engine == "opencv":
            batch, examples = first_batch(model, examples, batch_size=size, feeds=feeds)
            model = model if batch is None else settled(request, model, batch)
            show.engine = model.engine if measures else ""
        with model, progress_bar("infer", "inputs") as progress:
            found = predict(model, examples, batch_size=size, feeds=feeds, outputs=outputs)
            for number, one in enumerate(found, 1):
                progress(number, None)
                yield one


def _measures(request: Request, examples: Iterator[Example]) -> tuple[bool, Iterator[Example]]:
    """Whether the engine is to be chosen by what is measured; and all the examples."""
    taken = list(islice(examples, _FEW + 1))
    is_open = request.engine is None and len(taken) > _FEW
    return is_open or request.engine == "auto", chain(taken, examples)


def _feeds(request: Request, model: Model) -> dict[str, Any]:
    shapes = {info.name: info.shape for info in model.inputs}
    return read_feeds(request.files, shapes, scale=1.0, colour=request.colour or "RGB")


def _preprocessing(request: Request) -> Preprocessing:
    """What the options say, and where they are silent what is written beside the model."""
    from graphkit.export import Preprocessing, recorded_preprocessing

    said = {name: getattr(request, name) for name in _PREPARATION}
    given = {name: value for name, value in said.items() if value is not None}
    recorded = recorded_preprocessing(request.model)
    if recorded is None:
        return Preprocessing(**given)
    file, known = recorded
    click.echo(f"graphkit: pictures are prepared as {file} says: {known.to_text()}", err=True)
    return replace(known, **given)


def settled(request: Request, model: Model, batch: dict[str, Any]) -> Model:
    """Compares the engines on a batch; gives the model in the one that is to run it."""
    if request.engine != "opencv":
        return _open_fastest(request, model, batch)
    _check_opencv(request, batch)
    return model


def _check_opencv(request: Request, batch: dict[str, Any]) -> None:
    """Refuses what OpenCV, though it was named, computes otherwise than the model's first engine.

    It may read a graph otherwise than TensorFlow, such as the layout of pictures, and not say so.
    """
    try:
        timings = _timings(request, batch)
    except GraphkitError as exc:
        click.echo(f"graphkit: what opencv gives was compared with nothing: {exc}", err=True)
        return
    others = [timing.engine for timing in timings if timing.engine != "opencv"]
    for timing in timings:
        if timing.engine == "opencv" and not timing.agrees:
            raise RunError(
                f"{request.model}: opencv does not agree with {others[0]}: {timing.reason}; "
                "graphkit freeze MODEL -o NEW.pb --target opencv writes a graph it agrees on, or "
                "says where it does not"
            )


def _timings(request: Request, batch: dict[str, Any]) -> list[EngineTiming]:
    from graphkit.export import compare_engines

    allow, config = set(request.allow), request.config()
    return compare_engines(request.model, batch, allow=allow, config=config)


def _open_fastest(request: Request, model: Model, batch: dict[str, Any]) -> Model:
    """Measures the engines on a batch, says so, and opens the model in the best.

    Nothing is kept for the next time: what is fastest depends on the machine and the batch.
    """
    from graphkit.export import open_model

    allow, config = set(request.allow), request.config()
    timings = _timings(request, batch)
    shown = ", ".join(_timing(timing) for timing in timings)
    click.echo(f"graphkit: {timings[0].engine} runs {request.model} ({shown})", err=True)
    if timings[0].engine == model.engine:
        return model
    model.close()
    return open_model(request.model, engine=timings[0].engine, allow=allow, config=config)


def _timing(timing: EngineTiming) -> str:
    return (
        f"{timing.engine} {timing.seconds * 1000:.3g} ms"
        if timing.agrees
        else (f"{timing.engine} does not agree: {timing.reason}")
    )


class _Show:
    """Prints predictions: JSON as they come, a table at the end; collects what a file needs."""

    def __init__(self, request: Request, labels: dict[int, str] | None) -> None:
        self.predictions: list[Prediction] = []
        self.ranked: list[list[Ranked]] = []
        self.failed = False
        self.engine = ""  # the one that was chosen, where that was left open
        self._request = request
        self._labels = labels
        self._count = request.top_k or (_CLASSES if labels is not None else 0)
        self._rows: list[tuple[str, ...]] = []

    def add(self, prediction: Prediction) -> None:
        """Takes the next prediction."""
        best = self._best(prediction)
        if prediction.error is not None:
            self.failed = True
            click.echo(f"graphkit: {printable(str(prediction.error))}", err=True)
        if self._request.target is not None:
            self.predictions.append(prediction)
            if self._count:
                self.ranked.append(best)
        elif self._request.as_json:
            click.echo(json.dumps(to_json(self._plain(prediction, best)), allow_nan=False))
        elif self._count:
            self._rows += [_class_row(prediction.name, one) for one in best]
        else:
            self._rows += [(prediction.name, *row) for row in _output_rows(prediction)]

    def end(self) -> None:
        """Prints the table, or says what was written."""
        if self._request.target is not None:
            good = sum(one.error is None for one in self.predictions)
            click.echo(f"{self._request.target}: {good} predictions")
        elif not self._request.as_json:
            header = _CLASS_HEADER if self._count else _OUTPUT_HEADER
            echo_table(self._rows, header)

    def _best(self, prediction: Prediction) -> list[Ranked]:
        from graphkit.export import rank_classes

        if not self._count or prediction.error is not None:
            return []
        named = self._request.outputs
        output = named[0] if named and len(named) == 1 else None
        return rank_classes(prediction, self._count, self._labels, output)

    def _plain(self, prediction: Prediction, best: Iterable[Ranked]) -> dict[str, Any]:
        if prediction.error is not None:
            return {"input": prediction.name, "error": str(prediction.error)}
        chosen = {"engine": self.engine} if self.engine else {}
        if self._count:
            return {"input": prediction.name, **chosen, "classes": list(best)}
        return {"input": prediction.name, **chosen, "outputs": prediction.outputs}


_CLASS_HEADER = ("input", "score", "class", "label")
_OUTPUT_HEADER = ("input", "output", "shape", "values")


def _class_row(name: str, one: Ranked) -> tuple[str, ...]:
    return name, f"{one.score:.6g}", str(one.index), one.label


def _output_rows(prediction: Prediction) -> Iterator[tuple[str, ...]]:
    import numpy as np

    for name, value in prediction.outputs.items():
        flat = np.ravel(value)
        cells = [f"{n:.6g}" if flat.dtype.kind == "f" else str(n) for n in flat[:_SHOWN_VALUES]]
        more = f" … ({flat.size:,} values)" if flat.size > _SHOWN_VALUES else ""
        yield name, str(list(np.shape(value))), " ".join(cells) + more

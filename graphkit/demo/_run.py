"""The demo from end to end, and the report of what it made and measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graphkit import records
from graphkit.demo._data import Progress, prepare_data
from graphkit.demo._prove import Evaluation, freeze_and_evaluate
from graphkit.demo._train import train
from graphkit.errors import ArgumentError

__all__ = ["DemoReport", "run_demo"]

_PICTURES = 40


@dataclass(frozen=True)
class DemoReport:
    """What the demo made and measured."""

    test_accuracy: float
    """Share of test images the frozen graph classifies rightly, 0 to 1."""
    train_seconds: float
    examples_per_second: float
    train_steps: int
    frozen: Path
    """The frozen graph."""
    max_abs_diff: float
    """Largest difference between session and frozen graph over the whole test set."""
    log_dir: Path
    """Event files and checkpoints."""
    predictions_png: Path


def run_demo(
    log_dir: Path,
    *,
    data: Path | None = None,
    steps: int = 600,
    batch_size: int = 64,
    seed: int = 1,
    say: Callable[[str], None] = lambda _line: None,
    progress: Progress | None = None,
) -> DemoReport:
    """Runs pickles, images, records, readers, training, TensorBoard events, freezing, proof.

    Args:
        log_dir: A new or empty folder for everything that is made.
        data: A CIFAR-10 folder (`cifar-10-batches-py`); the bundled digits when None.
        steps: Training steps.
        batch_size: Images per step.
        seed: Seed of initial values, shuffling and dropout.
        say: Called with one line before each stage.
        progress: Called with (done, total) while images are written and packed.

    Returns:
        Where everything is, the accuracy and the speed.

    Raises:
        ArgumentError: `log_dir` holds files already, or `steps` or `batch_size` is below 1.
    """
    for name, value in (("steps", steps), ("batch_size", batch_size)):
        if value < 1:
            raise ArgumentError("demo", name, value, "at least 1")
    if log_dir.exists() and (not log_dir.is_dir() or any(log_dir.iterdir())):
        raise ArgumentError("demo", "log_dir", str(log_dir), "a new or empty folder")
    log_dir.mkdir(parents=True, exist_ok=True)

    say("pickles -> images -> TFRecord shards")
    shards = prepare_data(data, log_dir / "data", progress)
    say(f"queue readers -> graph -> session: {steps} training steps")
    training = train(shards, log_dir, steps=steps, batch_size=batch_size, seed=seed)
    say("checkpoint -> frozen graph -> reloaded and compared on every test image")
    frozen = log_dir / "model.pb"
    evaluation = freeze_and_evaluate(shards, log_dir, frozen)
    picture = log_dir / "predictions.png"
    _draw_predictions(picture, evaluation, shards.classes)
    return DemoReport(
        test_accuracy=evaluation.accuracy,
        train_seconds=training.seconds,
        examples_per_second=training.examples_per_second,
        train_steps=training.steps,
        frozen=frozen,
        max_abs_diff=evaluation.max_abs_diff,
        log_dir=log_dir,
        predictions_png=picture,
    )


def _draw_predictions(path: Path, evaluation: Evaluation, classes: list[str]) -> None:
    """Draws test images with their predicted class, mistakes first and with the true class."""
    right = evaluation.predictions == evaluation.labels
    shown = np.argsort(right, kind="stable")[:_PICTURES]
    captions = []
    for index in shown:
        caption = classes[evaluation.predictions[index]]
        captions.append(
            caption if right[index] else f"{caption} ({classes[evaluation.labels[index]]})"
        )
    sheet = records.contact_sheet(evaluation.images[shown], captions, marks=list(right[shown]))
    records.write_png(path, sheet)

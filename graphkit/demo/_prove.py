"""From a checkpoint to a frozen graph that is shown to compute the same on the whole test set."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphkit import export
from graphkit.demo._data import IMAGE_SHAPE, DemoData, read_all
from graphkit.demo._network import network
from graphkit.graph import GraphBuilder
from graphkit.session import SessionRunner

__all__ = ["Evaluation", "freeze_and_evaluate"]

_BATCH_SIZE = 100
_FREEZE_BATCHES = 2


@dataclass(frozen=True)
class Evaluation:
    """The frozen graph's predictions on the test set and how far they are from the session's."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    predictions: NDArray[np.int64]
    max_abs_diff: float

    @property
    def accuracy(self) -> float:
        """The share of test images whose predicted class is their label."""
        return float(np.mean(self.predictions == self.labels))


def freeze_and_evaluate(data: DemoData, checkpoint_dir: Path, path: Path) -> Evaluation:
    """Restores the network into an inference graph, freezes it and compares both on all test data.

    Args:
        data: The record files.
        checkpoint_dir: Where the latest checkpoint is.
        path: The `.pb` to write.

    Returns:
        The test images with labels and the frozen graph's predictions.
    """
    with GraphBuilder() as g:
        images = g.placeholder("images", "uint8", [None, *IMAGE_SHAPE])
        built = network(g, images, len(data.classes), training=False)
    batches = list(read_all(data.test, _BATCH_SIZE))
    with SessionRunner(g, checkpoint_dir=checkpoint_dir, resume=True) as runner:
        wanted = [runner.run(built.probabilities, {images: pixels}) for pixels, _ in batches]
        frozen = export.freeze_session(
            runner.session,
            path,
            inputs=["images"],
            outputs=["probabilities", "predictions"],
            feeds=[{"images": pixels} for pixels, _ in batches[:_FREEZE_BATCHES]],
        )
    predicted, largest = [], frozen.max_abs_diff
    with export.load_graph(path) as reloaded:
        for (pixels, _), want in zip(batches, wanted, strict=True):
            got = reloaded.run({"images": pixels}, ["probabilities", "predictions"])
            largest = max(largest, float(np.max(np.abs(got["probabilities"] - want))))
            predicted.append(got["predictions"])
    return Evaluation(
        images=np.concatenate([pixels for pixels, _ in batches]),
        labels=np.concatenate([labels for _, labels in batches]),
        predictions=np.concatenate(predicted),
        max_abs_diff=largest,
    )

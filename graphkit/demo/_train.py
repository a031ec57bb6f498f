"""The training session: readers feed it, TensorBoard can watch it, checkpoints survive it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from graphkit import summaries
from graphkit._tf import tf
from graphkit.demo._data import DemoData, image_batch
from graphkit.demo._network import network
from graphkit.graph import GraphBuilder
from graphkit.session import SessionRunner

__all__ = ["TrainingReport", "train"]

_LEARNING_RATE = 1e-3
_SUMMARY_EVERY = 20
_CHECKPOINT_EVERY = 100


@dataclass(frozen=True)
class TrainingReport:
    """How long training took and what it cost per example."""

    steps: int
    seconds: float
    examples_per_second: float
    final_loss: float


def train(
    data: DemoData, log_dir: Path, *, steps: int, batch_size: int, seed: int
) -> TrainingReport:
    """Trains the network on the shards and leaves events and checkpoints in `log_dir`.

    Args:
        data: The record files.
        log_dir: Where event files and checkpoints go.
        steps: How many batches to train on.
        batch_size: Images per batch.
        seed: Seed of initial values, shuffling and dropout.

    Returns:
        Steps, seconds and examples per second.
    """
    with GraphBuilder(seed=seed) as g:
        batch = image_batch(data.train, batch_size, num_epochs=None, seed=seed)
        is_training = g.switch("is_training", default=False)
        built = network(g, batch["image"], len(data.classes), training=is_training)
        with g.name_scope("metrics"):
            loss = tf.losses.sparse_softmax_cross_entropy(batch["label"], built.logits)
            hits = tf.equal(built.predictions, batch["label"])
            accuracy = tf.reduce_mean(tf.cast(hits, tf.float32))
        train_op = g.train_op(loss, optimizer="adam", learning_rate=_LEARNING_RATE)
        summaries.scalar("loss", loss)
        summaries.scalar("accuracy", accuracy)
        summaries.histogram("activations/logits", built.logits)
        for variable in tf.trainable_variables():
            summaries.histogram(f"variables/{variable.op.name}", variable)
        summaries.image("images", batch["image"])
        merged = summaries.merge_all()

    with SessionRunner(g, checkpoint_dir=log_dir, log_dir=log_dir) as runner:
        started = time.perf_counter()
        last_loss = float("nan")
        done = 0
        for step in runner.steps(
            train_op,
            fetches={"loss": loss},
            feed={is_training: True},
            max_steps=steps,
            epoch_size=max(1, data.train_records // batch_size),
            summary=merged,
            summary_every=_SUMMARY_EVERY,
            checkpoint_every=_CHECKPOINT_EVERY,
            trace_every=max(steps // 2, 1),
            description="training",
        ):
            last_loss = float(step.values["loss"])
            done += 1
        seconds = time.perf_counter() - started
    return TrainingReport(done, seconds, done * batch_size / seconds, last_loss)

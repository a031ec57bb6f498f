"""Kills training runs at random and resumes them: `python -m benchmarks.kill_and_resume`.

A run reads records on tf.data, shuffled over three epochs, counts in a variable how often it has
seen each record, and saves a checkpoint every few steps. It is killed with SIGKILL, wherever it
is, and begun again from its latest checkpoint until it comes to its end. Then every record has to
have been seen once per epoch; and, in every second run, which has seeds, in the order of a run that
nobody killed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import graphkit as gk
from graphkit import readers, tf

__all__ = ["main"]

_FILES, _RECORDS, _EPOCHS, _BATCH = 3, 1200, 3, 10
_STEPS_PER_CHECKPOINT = 7
_LEAST, _MOST = 0.3, 2.5  # seconds that a run is let live


@dataclass(frozen=True)
class Outcome:
    """How a run that was killed again and again ended.

    Attributes:
        kills: How often it was killed.
        lost: How many records it has seen too rarely.
        repeated: How many it has seen too often.
        same_order: Whether it saw them as a run did that nobody killed; None without seeds.
    """

    kills: int
    lost: int
    repeated: int
    same_order: bool | None

    @property
    def good(self) -> bool:
        """Whether no record was lost or repeated, and none came in another order."""
        return not self.lost and not self.repeated and self.same_order is not False


def main(arguments: list[str] | None = None) -> int:
    """Kills runs until there are enough trials, and prints what was lost and repeated.

    Args:
        arguments: The command line's words; the process's own when None.

    Returns:
        0 if no record was lost, repeated or out of order; 1 otherwise.
    """
    parser = argparse.ArgumentParser("python -m benchmarks.kill_and_resume", description=__doc__)
    parser.add_argument("--trials", type=int, default=50, help="how many kills (default 50)")
    parser.add_argument("--seed", type=int, default=0, help="of the moments (default 0)")
    words = parser.parse_args(arguments)
    if words.trials < 1:
        parser.error(f"--trials must be at least 1, got {words.trials}")
    if not hasattr(os, "fork"):
        parser.error("this needs an operating system that can fork")
    outcomes = list(_outcomes(words.trials, random.Random(words.seed)))
    print(
        f"{sum(one.kills for one in outcomes)} kills in {len(outcomes)} runs: "
        f"{sum(one.lost for one in outcomes)} records lost, "
        f"{sum(one.repeated for one in outcomes)} repeated, "
        f"{sum(one.same_order is False for one in outcomes)} runs in another order"
    )
    return 0 if all(one.good for one in outcomes) else 1


def _outcomes(trials: int, moments: random.Random) -> list[Outcome]:
    """Runs until enough were killed; this process opens no session, so that it can be forked."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as folder:
        files = _write_records(Path(folder))
        whole = Path(folder, "whole")
        _lives_for(None, files, whole, seeded=True)
        while (left := trials - sum(one.kills for one in outcomes)) > 0:
            seeded = len(outcomes) % 2 == 0
            logs = Path(folder, f"run-{len(outcomes)}")
            kills = 0
            while not _lives_for(
                moments.uniform(_LEAST, _MOST) if kills < left else None, files, logs, seeded=seeded
            ):
                kills += 1
            outcomes.append(_outcome(logs, kills, whole if seeded else None))
            print(f"run {len(outcomes)}: {outcomes[-1]}", flush=True)
    return outcomes


def _write_records(folder: Path) -> list[str]:
    """Writes records that hold their number; returns the files."""
    files = [str(folder / f"part-{place}.tfrecord") for place in range(_FILES)]
    for place, file in enumerate(files):
        with gk.records.RecordWriter(file) as writer:
            for number in range(place, _RECORDS, _FILES):
                writer.write(str(number).encode())
    return files


def _lives_for(seconds: float | None, files: list[str], logs: Path, *, seeded: bool) -> bool:
    """Trains in a process of its own, and kills it after some time; tells whether it had ended.

    Raises:
        RuntimeError: It failed by itself.
    """
    child = os.fork()
    if child == 0:
        os._exit(_trained(files, logs, seeded=seeded))
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)  # one that has ended is waited for below
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"the run in {logs} ended with exit code {code}")
    return code == 0


def _trained(files: list[str], logs: Path, *, seeded: bool) -> int:
    """Trains from the latest checkpoint to the end of the data; returns the exit code."""
    try:
        with gk.GraphBuilder() as g:
            if seeded:
                tf.set_random_seed(1)
            train = _step(files)
        with gk.SessionRunner(g, checkpoint_dir=str(logs), resume=True) as runner:
            for step in runner.steps(train, checkpoint=False):
                if step.step % _STEPS_PER_CHECKPOINT == 0:
                    runner.save()
            runner.save()
    except Exception as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        return 1
    return 0


def _step(files: list[str]) -> tf.Operation:
    """Counts the records of a batch, and digests which came when and what was drawn for each."""
    with readers.engine("tf.data", resumable=True):
        queue = readers.string_input_producer(files, num_epochs=_EPOCHS)
        number = tf.string_to_number(readers.TFRecordReader().read(queue)[1], tf.int64)
        drawn = tf.random_uniform([], 0, 1000, tf.int64)
        numbers, draws = readers.shuffle_batch([number, drawn], _BATCH, 80, 40)
    seen = tf.get_variable("seen", [_RECORDS], tf.int64, tf.zeros_initializer(), trainable=False)
    digest = tf.get_variable("digest", [], tf.int64, tf.zeros_initializer(), trainable=False)
    places = tf.range(1, _BATCH + 1, dtype=tf.int64)
    news = tf.reduce_sum(places * (numbers * 1000 + draws))
    step = tf.train.get_or_create_global_step()
    return tf.group(
        tf.scatter_add(seen, numbers, tf.ones_like(numbers)),
        digest.assign(digest * 1_000_003 + news),
        step.assign_add(1),
    )


def _outcome(logs: Path, kills: int, whole: Path | None) -> Outcome:
    """Reads how a run ended from its last checkpoint."""
    reader = tf.train.load_checkpoint(str(logs))
    seen = reader.get_tensor("seen")
    same_order = None
    if whole is not None:
        expected = tf.train.load_checkpoint(str(whole)).get_tensor("digest")
        same_order = bool(reader.get_tensor("digest") == expected)
    return Outcome(
        kills,
        int(np.maximum(_EPOCHS - seen, 0).sum()),
        int(np.maximum(seen - _EPOCHS, 0).sum()),
        same_order,
    )


if __name__ == "__main__":
    sys.exit(main())

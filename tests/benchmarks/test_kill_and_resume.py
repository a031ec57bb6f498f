"""`python -m benchmarks.kill_and_resume`: killed runs lose and repeat no record."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest

from benchmarks import kill_and_resume
from graphkit._tf import tf


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs an operating system that can fork")
def test_runs_that_are_killed_see_every_record_once_an_epoch(warm, tmp_path):
    done = warm.run(kill_and_resume.__file__, "--trials", "3", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert re.fullmatch(
        r"3 kills in \d+ runs?: 0 records lost, 0 repeated, 0 runs in another order", last
    )


def _saved(folder, seen, digest):
    """A checkpoint as a run leaves it."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("seen", initializer=np.asarray(seen, np.int64))
        tf.get_variable("digest", initializer=np.int64(digest))
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(folder / "model.ckpt"))
    return folder


@pytest.mark.parametrize(
    ("seen", "digest", "counts", "good"),
    [
        ([3, 3, 3], 5, (0, 0, True), True),
        ([3, 1, 3], 5, (2, 0, True), False),
        ([4, 3, 5], 5, (0, 3, True), False),
        ([3, 3, 3], 6, (0, 0, False), False),
    ],
)
def test_a_run_is_judged_by_its_last_checkpoint(seen, digest, counts, good, tmp_path):
    for name in ("run", "whole"):
        (tmp_path / name).mkdir()
    whole = _saved(tmp_path / "whole", [3, 3, 3], 5)
    outcome = kill_and_resume._outcome(_saved(tmp_path / "run", seen, digest), 7, whole)
    assert (outcome.lost, outcome.repeated, outcome.same_order) == counts
    assert (outcome.kills, outcome.good) == (7, good)


def test_without_seeds_the_order_says_nothing(tmp_path):
    outcome = kill_and_resume._outcome(_saved(tmp_path, [3, 3], 1), 0, None)
    assert outcome.same_order is None
    assert outcome.good


def test_a_number_of_trials_below_one_is_refused(capsys):
    with pytest.raises(SystemExit) as raised:
        kill_and_resume.main(["--trials", "0"])
    assert raised.value.code == 2
    assert "--trials must be at least 1, got 0" in capsys.readouterr().err

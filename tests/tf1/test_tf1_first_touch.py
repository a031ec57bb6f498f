"""What the first touch of a name brings: the right thing, and no word on stderr."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import graphkit.tf1 as tf

ROOT = Path(tf.__file__).parents[2]


@pytest.mark.parametrize("area", ["framework", "slim"])
def test_arg_scope_is_the_scope_and_not_the_module_it_is_in(area):
    found = getattr(tf.contrib, area).arg_scope
    assert callable(found)
    assert not inspect.ismodule(found)


@pytest.mark.parametrize("name", ["Session", "contrib.slim.conv2d", "estimator.Estimator"])
def test_the_first_name_touched_loads_tensorflow_quietly(name):
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        # The end without a last look at all that was loaded: that takes a third of the time.
        [sys.executable, "-c", f"import gc, graphkit.tf1 as tf; tf.{name}; gc.freeze()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

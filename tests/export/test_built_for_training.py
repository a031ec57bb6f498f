"""Normalisations that were built for training are named: what they give depends on the batch."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import freeze_session, load_graph


def _normalised(training, name):
    images = tf.get_default_graph().get_tensor_by_name("x:0")
    ones = tf.ones([2])
    averages = {} if training else {"mean": tf.zeros([2]), "variance": ones}
    return tf.nn.fused_batch_norm(
        images, ones, tf.zeros([2]), **averages, is_training=training, name=name
    )[0]


@pytest.fixture
def report(graph, session, tmp_path):
    tf.placeholder(tf.float32, [None, 1, 1, 2], name="x")
    trained = _normalised(True, "trained")
    tf.add(trained, _normalised(False, "ready"), name="y")
    return freeze_session(session, tmp_path / "m.pb", outputs="y")


def test_those_that_use_the_batch_are_named(report):
    assert report.by_batch == ["trained"]


def test_what_an_example_gives_depends_on_the_others(report):
    batch = np.float32([[1, 2], [3, 5], [9, -4]]).reshape(3, 1, 1, 2)
    with load_graph(report.path) as loaded:
        alone = loaded.run({"x": batch[:1]})["y"]
        together = loaded.run({"x": batch})["y"]
    scaled = (batch - batch.mean(0)) / np.sqrt(batch.var(0) + 1e-3)
    np.testing.assert_allclose(together, scaled + batch / np.sqrt(1.001), rtol=1e-4)
    assert not np.allclose(alone, together[:1])

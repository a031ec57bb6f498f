"""A small trained-looking network, and both kinds of control flow."""

from __future__ import annotations

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.export import freeze_session


@pytest.fixture
def dense(graph, session):
    """A session on `y = softmax(x w + b)`, `x` of shape `[None, 3]`, variables set by hand."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    w = tf.get_variable("w", initializer=np.arange(6, dtype=np.float32).reshape(3, 2) / 8)
    b = tf.get_variable("b", initializer=np.float32([0.5, -0.5]), use_resource=False)
    logits = tf.add(tf.matmul(x, w), b, name="logits")
    tf.nn.softmax(logits, name="y")
    session.run(tf.global_variables_initializer())
    return session


@pytest.fixture
def batch():
    """Values for `x`, shape `[2, 3]`."""
    return np.float32([[1, 2, 3], [-1, 0, 1]])


@pytest.fixture
def model(dense, tmp_path):
    """The file of `dense`, made for both its outputs."""
    path = tmp_path / "model.pb"
    freeze_session(dense, path, outputs=["logits", "y"])
    return path


@pytest.fixture(params=["v1", "v2"])
def control_flow(request):
    """Branches of `Switch` and `Merge` and their loops, and those that are functions."""
    if request.param == "v1":
        tf.disable_control_flow_v2()
    yield request.param
    tf.enable_control_flow_v2()

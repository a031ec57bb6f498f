"""The inputs that tests of single layers begin with."""

from __future__ import annotations

import pytest

from graphkit._tf import tf


@pytest.fixture
def vector(graph):
    return tf.placeholder(tf.float32, [None, 4], "vector")


@pytest.fixture
def image(graph):
    return tf.placeholder(tf.float32, [None, 6, 6, 2], "image")

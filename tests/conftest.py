"""Fixtures for every room's tests: a graph of its own for each test, and small real data."""

from __future__ import annotations

import pytest


@pytest.fixture
def graph():
    """A fresh graph, current inside the test; nothing leaks into the default graph."""
    from graphkit._tf import tf

    fresh = tf.Graph()
    with fresh.as_default():
        yield fresh


@pytest.fixture
def session(graph):
    """A plain session on the test's own graph."""
    from graphkit._tf import tf

    with tf.Session(graph=graph) as opened:
        yield opened

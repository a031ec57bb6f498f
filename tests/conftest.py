"""Fixtures for every room's tests: a graph of its own for each test, and small real data."""

from __future__ import annotations

import gc

import pytest
from left_as_found import ProcessState
from warm_process import WarmProcesses


def pytest_collection_finish():
    """Leaves TensorFlow's million objects, loaded by now, out of every later garbage collection."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(scope="module")
def graphs_as_written():
    """Runs graphs as they are written: to rewrite one takes longer than to run it once or twice.

    For every session of the module without a config of its own.
    """
    from graphkit._tf import tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})


@pytest.fixture(scope="session")
def warm():
    """Runs programs in processes of their own that find TensorFlow loaded."""
    with WarmProcesses() as processes:
        yield processes


@pytest.fixture(autouse=True)
def process_left_as_found():
    """Fails the test that changes the process, not another one that comes after it by chance."""
    before = ProcessState()
    yield
    changes = before.changes()
    assert not changes, "the test left the process changed:\n" + "\n".join(changes)

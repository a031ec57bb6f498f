"""Sessions that run a graph once or twice, as nearly all of this room's do, run it as written."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_graph_is_rewritten(graphs_as_written):
    """Whole programs, elsewhere, run with rewritten ones."""


@pytest.fixture
def control_flow_of_one_graph():
    """Conditions and loops of ops in the graph itself, as in 1.15."""
    from graphkit._tf import tf

    enabled = tf.control_flow_v2_enabled()
    tf.disable_control_flow_v2()
    yield
    if enabled:
        tf.enable_control_flow_v2()

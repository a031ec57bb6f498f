"""Sessions that run a graph once or twice, as nearly all of this room's do, run it as written."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_graph_is_rewritten(graphs_as_written):
    """Whole programs, elsewhere, run with rewritten ones."""

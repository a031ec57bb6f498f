"""Sessions that run a graph once or twice, as nearly all of this room's do, run it as written."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module", autouse=True)
def graphs_as_written():
    """No rewriting of graphs first, which takes longer than to run them; for every session
    without a config of its own. Whole programs, elsewhere, run with it.
    """
    from graphkit._tf import tf

    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    yield
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})

"""A call that is refused leaves the graph as it was."""

from __future__ import annotations

import pytest

from graphkit._tf import tf


def refused(error, message, build):
    """Checks that a call fails with a message and adds nothing to the current graph."""
    before = len(tf.get_default_graph().get_operations())
    with pytest.raises(error, match=message):
        build()
    assert len(tf.get_default_graph().get_operations()) == before

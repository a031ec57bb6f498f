"""What the estimators of clusters share."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from graphkit._tf import tf

__all__ = ["InitializeClusters", "joined"]


class InitializeClusters(tf.train.SessionRunHook):  # type: ignore[misc]
    """Chooses the first centres, or waits for the chief to do it.

    Args:
        init: The op that chooses them.
        is_initialized: Whether they are chosen.
        is_chief: Whether this process chooses.
    """

    def __init__(self, init: Any, is_initialized: Any, is_chief: bool) -> None:
        self._init, self._is_initialized, self._is_chief = init, is_initialized, is_chief

    def after_create_session(self, session: Any, coord: Any) -> None:
        while not session.run(self._is_initialized):
            if self._is_chief:
                session.run(self._init)
            else:
                time.sleep(1)


def joined(features: Any) -> Any:
    """Puts features side by side, in the order of their names.

    Args:
        features: Points `[N, D]`, or a dictionary of such tensors.

    Returns:
        One tensor.
    """
    if isinstance(features, Mapping):
        return tf.concat([features[name] for name in sorted(features)], 1)
    return features

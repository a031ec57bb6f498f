"""How many threads the sessions of a program run ops side by side in, where it does not say."""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["set_inter_op_threads"]


def set_inter_op_threads(tensorflow: Any, count: int) -> None:
    """Gives sessions that leave TensorFlow its choice of threads another one.

    Args:
        tensorflow: `tensorflow.compat.v1`.
        count: Threads, 1 or more; -1 for the thread that calls `run`.
    """
    owner = tensorflow.Session.__mro__[1]
    begin = owner.__init__

    @functools.wraps(begin)
    def begin_with(session: Any, target: Any = "", graph: Any = None, config: Any = None) -> None:
        config = tensorflow.ConfigProto() if config is None else config
        if isinstance(config, tensorflow.ConfigProto):
            config = _with_threads(config, count)
        begin(session, target, graph, config)

    owner.__init__ = begin_with


def _with_threads(config: Any, count: int) -> Any:
    """The same configuration, or a copy with so many threads."""
    if config.inter_op_parallelism_threads or config.session_inter_op_thread_pool:
        return config
    changed = type(config)()
    changed.CopyFrom(config)
    changed.inter_op_parallelism_threads = count
    return changed

"""graphkit: TensorFlow 1 graphs and sessions on today's TensorFlow.

Importing this package is light: TensorFlow is loaded when a room that needs it is first touched.

    import graphkit as gk

    with gk.GraphBuilder(seed=1) as g:
        x = g.placeholder("x", "float32", [None, 2])
        y = g.layers.dense(x, 1, name="y")
    with gk.SessionRunner(g) as runner:
        print(runner.run(y, {"x": [[1.0, 2.0]]}))

Any other op is plain TensorFlow: `from graphkit import tf` is `tensorflow.compat.v1`, imported
without TensorFlow's start-up messages.
"""

from __future__ import annotations

from typing import Any

import lazy_loader

_ROOMS = ["errors", "export", "graph", "readers", "records", "session", "summaries"]
_FRONT = {
    "errors": ["GraphkitError"],
    "_tf": ["tf"],
    "graph": ["GraphBuilder"],
    "session": ["SessionConfig", "SessionRunner"],
}

__version__ = "0.1.0"

_load, _dir, _names = lazy_loader.attach(__name__, submodules=_ROOMS, submod_attrs=_FRONT)

__all__ = sorted([*_names, "__version__"])


def __getattr__(name: str) -> Any:
    """Loads a room, or a public name of one, when it is first touched."""
    return _load(name)


def __dir__() -> list[str]:
    """Lists the public names, loaded or not."""
    return list(__all__)

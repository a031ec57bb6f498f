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

import lazy_loader

__version__ = "0.1.0"

# The rooms and front names, loaded when first touched, are in the stub beside this file.
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

"""Building graphs: the builder, placeholders with roles, layers, train ops, look-up by name.

Code here adds nodes and never runs them. Every function checks what it was given before it adds
the first node, works in an explicit `tf.Graph`, and gives variables the names TensorFlow 1.15 gave
them, so old checkpoints fit. Any other op is plain `tf.compat.v1` inside `with builder:`.
"""

from __future__ import annotations

from graphkit.graph import layers
from graphkit.graph._builder import GraphBuilder
from graphkit.graph._function_body import function_body
from graphkit.graph._global_step import find_global_step
from graphkit.graph._names import find_operation, find_tensor
from graphkit.graph._placeholders import PlaceholderInfo, placeholder_roles
from graphkit.graph._seed import set_random_seed
from graphkit.graph._stale_shapes import drop_stale_shapes
from graphkit.graph._training import make_train_op

__all__ = [
    "GraphBuilder",
    "PlaceholderInfo",
    "drop_stale_shapes",
    "find_global_step",
    "find_operation",
    "find_tensor",
    "function_body",
    "layers",
    "make_train_op",
    "placeholder_roles",
    "set_random_seed",
]

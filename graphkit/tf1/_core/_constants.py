"""Freezing by TensorFlow's own function, of graphs that pipelines of graphkit deliver to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._marks import GATE_MARK
from graphkit._tf import tf

__all__ = ["convert_variables_to_constants"]


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Sequence[str],
    variable_names_whitelist: Sequence[str] | None = None,
    variable_names_blacklist: Sequence[str] | None = None,
) -> Any:
    """Puts constants in the place of the variables that some ops depend on.

    As `tf.graph_util.convert_variables_to_constants`
    (https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/graph_util/convert_variables_to_constants).
    What a pipeline on tf.data counts its steps in is no variable of the program, and stays.

    Args:
        sess: The session with the variables' values.
        input_graph_def: The `GraphDef`.
        output_node_names: The ops.
        variable_names_whitelist: The only variables to convert; all unless given.
        variable_names_blacklist: Variables to leave as they are.

    Returns:
        The `GraphDef` of what the ops depend on.
    """
    counters = [node.name for node in input_graph_def.node if GATE_MARK in node.attr]
    left = [*(variable_names_blacklist or ()), *counters] or None
    return tf.graph_util.convert_variables_to_constants(
        sess, input_graph_def, output_node_names, variable_names_whitelist, left
    )

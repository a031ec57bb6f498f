"""contrib.tfprof's model analyzer: what a graph holds, printed as a tree."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Graph, tf

__all__ = [
    "FLOAT_OPS_OPTIONS",
    "PRINT_ALL_TIMING_MEMORY",
    "TRAINABLE_VARS_PARAMS_STAT_OPTIONS",
    "print_model_analysis",
]

_build: Any = tf.profiler.ProfileOptionBuilder

TRAINABLE_VARS_PARAMS_STAT_OPTIONS = _build.trainable_variables_parameter()
FLOAT_OPS_OPTIONS = _build.float_operation()
PRINT_ALL_TIMING_MEMORY = _build.time_and_memory()


def print_model_analysis(
    graph: Graph,
    run_meta: Any = None,
    op_log: Any = None,
    tfprof_cmd: str = "scope",
    tfprof_options: Any = TRAINABLE_VARS_PARAMS_STAT_OPTIONS,
) -> Any:
    """Analyses a graph, as `tf.profiler.profile` does.

    Args:
        graph: The graph.
        run_meta: Timing and memory of a run, a RunMetadata.
        op_log: More about its ops, an OpLogProto.
        tfprof_cmd: How it is ordered: "scope", "graph", "op" or "code".
        tfprof_options: What is shown.

    Returns:
        The tree: a GraphNodeProto, or a MultiGraphNodeProto for "op" and "code".
    """
    return tf.profiler.profile(
        graph, run_meta=run_meta, op_log=op_log, cmd=tfprof_cmd, options=tfprof_options
    )

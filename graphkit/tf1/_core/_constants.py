"""Freezing by TensorFlow's own functions, of graphs that pipelines of graphkit deliver to.

What a pipeline on tf.data counts its steps in is no variable of the program, and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphkit._marks import GATE_MARK
from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["convert_variables_to_constants", "freeze_graph", "freeze_graph_with_def_protos"]

_TOOL = "tensorflow.python.tools.freeze_graph"


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

    Args:
        sess: The session with the variables' values.
        input_graph_def: The `GraphDef`.
        output_node_names: The ops.
        variable_names_whitelist: The only variables to convert; all unless given.
        variable_names_blacklist: Variables to leave as they are.

    Returns:
        The `GraphDef` of what the ops depend on.
    """
    left = [*(variable_names_blacklist or ()), *_counters(input_graph_def)] or None
    return tf.graph_util.convert_variables_to_constants(
        sess, input_graph_def, output_node_names, variable_names_whitelist, left
    )


def freeze_graph(
    input_graph: str | None,
    input_saver: str | None,
    input_binary: bool,
    input_checkpoint: str | None,
    output_node_names: str,
    restore_op_name: str | None,
    filename_tensor_name: str | None,
    output_graph: str,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph: str | None = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: str = "serve",
    checkpoint_version: int = 2,
) -> Any:
    """Freezes what lies in files, as `freeze_graph` of 1.15's `tensorflow.python.tools`.

    Args:
        input_graph: A file of a `GraphDef`.
        input_saver: A file of a `SaverDef`.
        input_binary: Whether these files are binary, not text.
        input_checkpoint: The prefix of the checkpoint.
        output_node_names: The ops, with commas between.
        restore_op_name: Unused.
        filename_tensor_name: Unused.
        output_graph: The file to write; none if empty.
        clear_devices: Whether devices are left out.
        initializer_nodes: Ops to run before, with commas between.
        variable_names_whitelist: The only variables to convert, with commas between.
        variable_names_blacklist: Variables to leave as they are, with commas between.
        input_meta_graph: A file of a `MetaGraphDef`.
        input_saved_model_dir: The folder of a SavedModel.
        saved_model_tags: Its tags, with commas between.
        checkpoint_version: 1 or 2.

    Returns:
        The `GraphDef`.
    """
    graph_def = None
    if input_saved_model_dir:
        read = load("tensorflow.python.tools.saved_model_utils:get_meta_graph_def")
        graph_def = read(input_saved_model_dir, saved_model_tags).graph_def
    elif input_graph:
        graph_def = load(f"{_TOOL}:_parse_input_graph_proto")(input_graph, input_binary)
    meta_graph = input_meta_graph or None
    if meta_graph:
        meta_graph = load(f"{_TOOL}:_parse_input_meta_graph_proto")(meta_graph, input_binary)
    saver = input_saver or None
    if saver:
        saver = load(f"{_TOOL}:_parse_input_saver_proto")(saver, input_binary)
    return freeze_graph_with_def_protos(
        graph_def,
        saver,
        input_checkpoint,
        output_node_names,
        restore_op_name,
        filename_tensor_name,
        output_graph,
        clear_devices,
        initializer_nodes,
        variable_names_whitelist,
        variable_names_blacklist,
        meta_graph,
        input_saved_model_dir,
        [tag for tag in saved_model_tags.replace(" ", "").split(",") if tag],
        checkpoint_version,
    )


def freeze_graph_with_def_protos(
    input_graph_def: Any,
    input_saver_def: Any,
    input_checkpoint: str | None,
    output_node_names: str,
    restore_op_name: str | None,
    filename_tensor_name: str | None,
    output_graph: str,
    clear_devices: bool,
    initializer_nodes: str,
    variable_names_whitelist: str = "",
    variable_names_blacklist: str = "",
    input_meta_graph_def: Any = None,
    input_saved_model_dir: str | None = None,
    saved_model_tags: Sequence[str] | None = None,
    checkpoint_version: int = 2,
) -> Any:
    """Freezes a graph that was read, as `freeze_graph` does one in files.

    Args:
        input_graph_def: The `GraphDef`.
        input_saver_def: The `SaverDef`.
        input_checkpoint: The prefix of the checkpoint.
        output_node_names: The ops, with commas between.
        restore_op_name: Unused.
        filename_tensor_name: Unused.
        output_graph: The file to write; none if empty.
        clear_devices: Whether devices are left out.
        initializer_nodes: Ops to run before, with commas between.
        variable_names_whitelist: The only variables to convert, with commas between.
        variable_names_blacklist: Variables to leave as they are, with commas between.
        input_meta_graph_def: The `MetaGraphDef`.
        input_saved_model_dir: The folder of a SavedModel.
        saved_model_tags: Its tags.
        checkpoint_version: 1 or 2.

    Returns:
        The `GraphDef`.
    """
    graph_def = input_meta_graph_def.graph_def if input_meta_graph_def else input_graph_def
    left = [variable_names_blacklist] if variable_names_blacklist else []
    return load(f"{_TOOL}:freeze_graph_with_def_protos")(
        input_graph_def,
        input_saver_def,
        input_checkpoint,
        output_node_names,
        restore_op_name,
        filename_tensor_name,
        output_graph,
        clear_devices,
        initializer_nodes,
        variable_names_whitelist,
        ",".join([*left, *_counters(graph_def)]),
        input_meta_graph_def,
        input_saved_model_dir,
        saved_model_tags,
        checkpoint_version,
    )


def _counters(graph_def: Any) -> list[str]:
    """The nodes that pipelines count their steps in, and wait at."""
    return [node.name for node in graph_def.node if GATE_MARK in node.attr]

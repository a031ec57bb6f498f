"""Importing graphs that TensorFlow 1 wrote; today's TensorFlow refuses some for stale shapes."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.graph import drop_stale_shapes
from graphkit.tf1._namespace import load

__all__ = ["import_graph_def", "import_meta_graph", "load_saved_model"]

_read_meta_graph: Any = load("tensorflow.python.framework.meta_graph:read_meta_graph_file")
_SavedModelLoader: Any = load("tensorflow.python.saved_model.loader_impl:SavedModelLoader")


def import_graph_def(
    graph_def: Any,
    input_map: Mapping[str, Any] | None = None,
    return_elements: Sequence[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> Any:
    """Imports a graph into the current one, also where 1.x noted shapes that are refused today.

    Args:
        graph_def: A `GraphDef`; it is not changed.
        input_map: Names of its inputs to tensors of the current graph.
        return_elements: Names of its ops and tensors to return.
        name: The name scope; "import" unless given.
        op_dict: Kept for callers that pass it.
        producer_op_list: The ops known to who wrote the graph; their defaults are taken out.

    Returns:
        The named ops and tensors, None without names.

    Raises:
        TypeError: An argument is of another type.
        ValueError: The graph is invalid, or a name is not in it.
    """
    if isinstance(graph_def, tf.GraphDef):
        graph_def = copy.deepcopy(graph_def)
        drop_stale_shapes(graph_def)
    return tf.import_graph_def(
        graph_def, input_map, return_elements, name, op_dict, producer_op_list
    )


def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    **kwargs: Any,
) -> Any:
    """Imports a `.meta` file, also where 1.x noted shapes that are refused today.

    Args:
        meta_graph_or_file: The file, or a `MetaGraphDef`, which is not changed.
        clear_devices: Whether ops lose their devices.
        import_scope: The name scope.
        kwargs: As for `tf.compat.v1.train.import_meta_graph`.

    Returns:
        A Saver for the variables; None where there is none.

    Raises:
        OSError: There is no such file.
        ValueError: The graph is invalid.
    """
    if isinstance(meta_graph_or_file, tf.MetaGraphDef):
        meta_graph = copy.deepcopy(meta_graph_or_file)
    else:
        meta_graph = _read_meta_graph(meta_graph_or_file)
    drop_stale_shapes(meta_graph.graph_def)
    return tf.train.import_meta_graph(meta_graph, clear_devices, import_scope, **kwargs)


class _Loader(_SavedModelLoader):  # type: ignore[misc]
    def get_meta_graph_def_from_tags(self, tags: Any) -> Any:
        meta_graph = copy.deepcopy(super().get_meta_graph_def_from_tags(tags))
        drop_stale_shapes(meta_graph.graph_def)
        return meta_graph


def load_saved_model(
    sess: Any, tags: Any, export_dir: str, import_scope: str | None = None, **saver_kwargs: Any
) -> Any:
    """Loads a SavedModel, also where 1.x noted shapes that are refused today.

    Args:
        sess: The session; its graph gets the model's ops, and its variables the model's values.
        tags: The tags of the model's graph.
        export_dir: The model's folder.
        import_scope: The name scope.
        saver_kwargs: As for `tf.compat.v1.train.import_meta_graph`.

    Returns:
        The `MetaGraphDef`.

    Raises:
        RuntimeError: No graph has these tags.
        OSError: There is no model.
    """
    return _Loader(export_dir).load(sess, tags, import_scope, **saver_kwargs)

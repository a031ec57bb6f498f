"""contrib.session_bundle.exporter: writes a graph, its variables and its signatures."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from google.protobuf.any_pb2 import Any as AnyMessage

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._session_bundle import _constants, _manifest, _versions

__all__ = [
    "Exporter",
    "classification_signature",
    "generic_signature",
    "gfile_copy_callback",
    "regression_signature",
]


def gfile_copy_callback(files_to_copy: Mapping[Any, Any], export_dir_path: Any) -> None:
    """Copies files into a folder.

    Args:
        files_to_copy: Path to the name it gets.
        export_dir_path: The folder; it is made where it is missing.
    """
    folder = os.fsdecode(export_dir_path)
    tf.gfile.MakeDirs(folder)
    for source, name in files_to_copy.items():
        tf.gfile.Copy(os.fsdecode(source), os.path.join(folder, os.fsdecode(name)), overwrite=True)


def regression_signature(input_tensor: Tensor, output_tensor: Tensor) -> Any:
    """Says what a regression is computed from.

    Args:
        input_tensor: What is fed.
        output_tensor: What is computed.

    Returns:
        A Signature message.
    """
    signature = _manifest.Signature()
    signature.regression_signature.input.tensor_name = input_tensor.name
    signature.regression_signature.output.tensor_name = output_tensor.name
    return signature


def classification_signature(
    input_tensor: Tensor, classes_tensor: Tensor = None, scores_tensor: Tensor = None
) -> Any:
    """Says what a classification is computed from.

    Args:
        input_tensor: What is fed.
        classes_tensor: The classes.
        scores_tensor: Their scores.

    Returns:
        A Signature message.
    """
    signature = _manifest.Signature()
    said = signature.classification_signature
    said.input.tensor_name = input_tensor.name
    if classes_tensor is not None:
        said.classes.tensor_name = classes_tensor.name
    if scores_tensor is not None:
        said.scores.tensor_name = scores_tensor.name
    return signature


def generic_signature(name_tensor_map: Mapping[str, Tensor]) -> Any:
    """Gives tensors names for whoever loads the model.

    Args:
        name_tensor_map: Name to tensor.

    Returns:
        A Signature message.
    """
    signature = _manifest.Signature()
    for name, tensor in name_tensor_map.items():
        signature.generic_signature.map[name].tensor_name = tensor.name
    return signature


def _packed(message: Any) -> Any:
    packed = AnyMessage()
    packed.Pack(message)
    return packed


class Exporter:
    """Writes versions of a model, each into a folder of its own.

    Args:
        saver: What is saved.
    """

    def __init__(self, saver: Any) -> None:
        saver_def = saver.as_saver_def()
        saver_def.ClearField("max_to_keep")
        self._saver = tf.train.Saver(saver_def=saver_def)
        self._ready = False
        self._assets: dict[str, str] = {}
        self._copy: Callable[..., None] | None = None

    def init(
        self,
        graph_def: Any = None,
        init_op: Any = None,
        clear_devices: bool = False,
        default_graph_signature: Any = None,
        named_graph_signatures: Mapping[str, Any] | None = None,
        assets_collection: Sequence[Tensor] | None = None,
        assets_callback: Callable[..., None] | None = gfile_copy_callback,
    ) -> None:
        """Says what is exported.

        Args:
            graph_def: The graph, where it is not the current one.
            init_op: The op that makes a loaded model ready.
            clear_devices: Whether the ops' devices are forgotten.
            default_graph_signature: What the model takes and gives.
            named_graph_signatures: More of that, by name.
            assets_collection: Constant tensors with the paths of files that belong to the model.
            assets_callback: Copies those files.

        Raises:
            RuntimeError: It was said before.
            TypeError: `init_op` is no op, or an asset not one constant string.
            ValueError: An asset's path is empty.
        """
        paths = {tensor: _asset_path(tensor) for tensor in assets_collection or ()}
        if self._ready:
            raise RuntimeError("init should be called only once")
        self._ready = True
        self._copy = assets_callback
        if graph_def or clear_devices:
            _add_graph(graph_def or tf.get_default_graph().as_graph_def(), clear_devices)
        if init_op is not None:
            if not isinstance(init_op, tf.Operation):
                raise TypeError(f"init_op needs to be an Operation: {init_op}")
            tf.add_to_collection(_constants.INIT_OP_KEY, init_op)
        signatures = _manifest.Signatures()
        if default_graph_signature is not None:
            signatures.default_signature.CopyFrom(default_graph_signature)
        for name, signature in (named_graph_signatures or {}).items():
            signatures.named_signatures[name].CopyFrom(signature)
        tf.add_to_collection(_constants.SIGNATURES_KEY, _packed(signatures))
        for tensor, path in paths.items():
            self._assets[path] = os.path.basename(path)
            asset = _manifest.AssetFile(filename=os.path.basename(path))
            asset.tensor_binding.tensor_name = tensor.name
            tf.add_to_collection(_constants.ASSETS_KEY, _packed(asset))

    def export(
        self,
        export_dir_base: str,
        global_step_tensor: Any,
        sess: Any = None,
        exports_to_keep: Callable[..., Any] | None = None,
    ) -> str:
        """Writes a version.

        Args:
            export_dir_base: The folder of all versions.
            global_step_tensor: The version's number.
            sess: The session with the variables.
            exports_to_keep: Says which versions are kept, as in `gc`; all unless given.

        Returns:
            The version's folder.

        Raises:
            RuntimeError: `init` was not called, or the version is there already.
        """
        if not self._ready:
            raise RuntimeError("init must be called first")
        base = export_dir_base.rstrip("/")
        step = tf.train.global_step(sess, global_step_tensor)
        folder = os.path.join(base, _constants.VERSION_FORMAT_SPECIFIER % step)
        if tf.gfile.Exists(folder):
            raise RuntimeError(
                "Overwriting exports can cause corruption and are not allowed. Duplicate export "
                f"dir: {folder}"
            )
        aside = f"{folder}-tmp"
        tf.gfile.MakeDirs(aside)
        self._saver.save(
            sess,
            os.path.join(aside, _constants.EXPORT_BASE_NAME),
            meta_graph_suffix=_constants.EXPORT_SUFFIX_NAME,
        )
        if self._copy is not None and self._assets:
            self._copy(self._assets, os.path.join(aside, _constants.ASSETS_DIRECTORY))
        tf.gfile.Rename(aside, folder)
        if exports_to_keep is not None:
            _versions.delete_others(base, exports_to_keep, re.compile(r"\d{8}"))
        return folder


def _add_graph(graph_def: Any, clear_devices: bool) -> None:
    graph = tf.GraphDef()
    graph.CopyFrom(graph_def)
    if clear_devices:
        for node in graph.node:
            node.device = ""
    tf.add_to_collection(_constants.GRAPH_KEY, _packed(graph))


def _asset_path(tensor: Any) -> str:
    if not tf.is_tensor(tensor):
        raise TypeError("tensor is not a Tensor")
    if tensor.op.type != "Const":
        raise TypeError("Only constants tensor are supported")
    if tensor.dtype != tf.string:
        raise TypeError("File paths should be string")
    values = tensor.op.get_attr("value").string_val
    if len(values) != 1:
        raise TypeError(f"Only scalar tensors are supported: {tensor}")
    if not values[0]:
        raise ValueError(f"invalid asset filepath tensor {tensor}")
    path: str = values[0].decode()
    return path

"""A SavedModel's signature, run by TensorFlow in a graph of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from graphkit._formats._checkpoint import read_checkpoint
from graphkit._tf import tf
from graphkit.errors import ArgumentError, CorruptFileError, UnknownNameError, UnsafeFileError
from graphkit.export._graph_file import read_graph_file
from graphkit.export._graphs._assets import asset_names
from graphkit.export._graphs._model_file import check_bounds
from graphkit.export._graphs._nodes import needed_nodes, op_of, ops_within, with_functions
from graphkit.export._graphs._op_kinds import is_unsafe
from graphkit.export._graphs._parsed import parsed_placeholders
from graphkit.export._meta_graph import Signature, signatures_of
from graphkit.export._running._engines._beside import check_beside
from graphkit.export._running._engines._said import said_by
from graphkit.export._running._model import Arrays, Model
from graphkit.export._tensor_info import TensorInfo
from graphkit.session import SessionConfig, translated_op_error
from graphkit.session._unreadable import readable_errors

__all__ = ["SavedModelModel"]

_DEFAULT, _INTERNAL = "serving_default", "__saved_model"
_SERVE = "serve"
_INITIALISERS = ("saved_model_main_op", "legacy_init_op")
_INIT_SIGNATURE = "__saved_model_init_op"
_FILLS_TABLE = "InitializeTableFromTextFile"


class SavedModelModel(Model):
    """One signature of a SavedModel, of TensorFlow 1 or 2; inputs and outputs go by its keys.

    Attributes:
        signature: The signature.
        graph: The `tf.Graph`.
    """

    engine = "tensorflow"

    def __init__(self, path: Path, allow: Collection[str], config: SessionConfig | None) -> None:
        file = read_graph_file(path)
        folder = file.path.parent
        self.signature = _chosen(path, signatures_of(file.meta_graphs))
        meta = _meta_graph(path, file.meta_graphs, self.signature.tags)
        check_bounds(path, meta.graph_def)
        _check_safe(path, folder, meta, self.signature, frozenset(allow))
        variables = folder / "variables" / "variables"
        if Path(f"{variables}.index").is_file():
            read_checkpoint(variables)  # TensorFlow would end the process over some damage
        self.graph = tf.Graph()
        self._session = tf.Session(graph=self.graph, config=(config or SessionConfig()).to_proto())
        try:
            tf.saved_model.load(self._session, self.signature.tags, str(folder))
        except (ValueError, TypeError, KeyError, OSError, tf.errors.OpError) as exc:
            self._session.close()
            raise CorruptFileError(
                path, f"TensorFlow refuses this SavedModel: {said_by(exc)}"
            ) from exc
        inputs, outputs = (
            [TensorInfo(key, info.dtype, info.shape) for key, info in tensors.items()]
            for tensors in (self.signature.inputs, self.signature.outputs)
        )
        super().__init__(path, inputs, outputs)
        ops = {
            key: info.name.partition(":")[0]
            for key, info in self.signature.inputs.items()
            if info.dtype == "string"
        }
        parsed = parsed_placeholders(meta.graph_def, ops.values()) if ops else set()
        self.parsed = frozenset(key for key, op in ops.items() if op in parsed)

    def close(self) -> None:
        """Closes the session."""
        super().close()
        self._session.close()

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        feed = {self.signature.inputs[key].name: value for key, value in feeds.items()}
        fetches = [self.signature.outputs[name].name for name in names]
        try:
            with readable_errors():
                return list(self._session.run(fetches, feed))
        except tf.errors.OpError as exc:
            raise translated_op_error(exc, self.graph) from exc


def _chosen(path: Path, signatures: Sequence[Signature]) -> Signature:
    """The default signature, or else the only one; of meta graphs for serving where there are."""
    known = [one for one in signatures if not one.name.startswith(_INTERNAL) and one.outputs]
    known = [one for one in known if _SERVE in one.tags] or known
    chosen = [one for one in known if one.name == _DEFAULT] or known
    if not chosen:
        way = "graphkit freeze makes a file of its tensors"
        raise CorruptFileError(path, f"is a SavedModel without a signature to run; {way}")
    if len({one.name for one in chosen}) > 1:
        names = ", ".join(sorted(repr(one.name) for one in chosen))
        wanted = f"a SavedModel with one signature, or one named {_DEFAULT!r}; it has {names}"
        raise ArgumentError("open_model", "path", str(path), wanted)
    return chosen[0]


def _meta_graph(path: Path, metas: Sequence[memoryview], tags: Sequence[str]) -> Any:
    for data in metas:
        meta = tf.MetaGraphDef.FromString(bytes(data))
        if list(meta.meta_info_def.tags) == list(tags):
            return meta
    raise UnknownNameError("meta graph with the tags", str(tags), [])


def _check_safe(
    path: Path, folder: Path, meta: Any, signature: Signature, allow: frozenset[str]
) -> None:
    """Refuses what loading and running would do to files beyond the model's own.

    Loading runs two things that the file names itself: what restores variables, and what fills
    tables.
    """
    assets = asset_names(path, meta)
    check_beside(path, assets.values(), folder / "assets")
    saver = meta.saver_def
    restoring = {op_of(saver.restore_op_name), op_of(saver.filename_tensor_name)} - {""}
    running = {op_of(info.name) for info in signature.outputs.values()} | _initialisers(meta)
    for ops, harmless in ((running, _is_own_table), (restoring, _is_own_checkpoint)):
        needed = needed_nodes(meta.graph_def, ops)
        nodes = {node.name: node for node in needed}
        for name, kind in ops_within(with_functions(meta.graph_def, needed)):
            if not is_unsafe(kind) or kind in allow:
                continue
            if not harmless(meta, kind, nodes.get(name), assets):
                reason = (
                    f"its op {name!r} is a {kind}, which touches files or runs code from outside "
                    f"the graph; it was not run (open_model(..., allow={{{kind!r}}}) or --allow "
                    f"{kind} permits it)"
                )
                raise UnsafeFileError(path, reason)


def _initialisers(meta: Any) -> set[str]:
    """The ops that loading runs to fill tables."""
    named = {op_of(info.name) for info in meta.signature_def[_INIT_SIGNATURE].outputs.values()}
    for key in _INITIALISERS:
        named |= {op_of(name) for name in meta.collection_def[key].node_list.value}
    return named


def _is_own_table(_meta: Any, kind: str, node: Any, assets: dict[str, str]) -> bool:
    """Whether an op fills a table from an asset of the model, which lies in its folder."""
    return kind.startswith(_FILLS_TABLE) and node is not None and op_of(node.input[1]) in assets


def _is_own_checkpoint(meta: Any, kind: str, node: Any, _assets: dict[str, str]) -> bool:
    """Whether an op restores from the model's own variables."""
    if kind not in ("RestoreV2", "MergeV2Checkpoints", "SaveV2"):
        return False
    filename = op_of(meta.saver_def.filename_tensor_name)
    sources = needed_nodes(meta.graph_def, [op_of(node.input[0])]) if node is not None else []
    return kind == "RestoreV2" and (node is None or filename in {one.name for one in sources})

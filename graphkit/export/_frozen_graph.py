"""A graph file loaded and ready to run, or imported into a graph that exists."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy.typing as npt

from graphkit._tf import Graph, Tensor, tf
from graphkit.errors import ArgumentError, UnknownNameError, UnsafeFileError, UsageError
from graphkit.export._batches import feedable
from graphkit.export._model_file import import_graph, read_graph_def
from graphkit.export._nodes import needed_nodes, ops_within, with_functions
from graphkit.export._op_kinds import PLACEHOLDERS, is_unsafe
from graphkit.export._outputs import file_outputs
from graphkit.export._signature import find_tensors, short_name
from graphkit.session import SessionConfig

__all__ = ["FrozenGraph", "import_into", "load_graph"]


class FrozenGraph:
    """A graph from a file, with the session that runs it.

    The session is opened by the first `run` and closed by `close` or at the end of the `with`.

    Attributes:
        path: The file.
        graph: Its graph.
        inputs: Its placeholders by op name.
        outputs: Its outputs by op name (by full tensor name where an op has several).
    """

    def __init__(
        self,
        path: Path,
        graph: Graph,
        inputs: dict[str, Tensor],
        outputs: dict[str, Tensor],
        allow: Collection[str],
        config: SessionConfig,
    ) -> None:
        self.path = path
        self.graph = graph
        self.inputs = inputs
        self.outputs = outputs
        self._allow = frozenset(allow)
        self._config = config
        self._graph_def = graph.as_graph_def()
        self._found_safe: set[str] = set()
        self._session: Any = None
        self._closed = False

    def run(
        self, feeds: Mapping[str, Any], outputs: str | Sequence[str] | None = None
    ) -> dict[str, npt.NDArray[Any]]:
        """Computes outputs for one batch.

        Args:
            feeds: Arrays by input name, with or without `:0`; one with a default may be left out.
            outputs: The names of any tensors of the graph; `outputs` of this object unless given.

        Returns:
            The values by the names they were asked for.

        Raises:
            UnknownNameError: A name the graph does not have.
            ArgumentError: An input is missing, or has another shape or dtype.
            UnsafeFileError: The outputs depend on an op that touches files or runs code.
            UsageError: The graph was closed.
        """
        if self._closed:
            raise UsageError(f"FrozenGraph: {self.path} is closed; load it again")
        names = [outputs] if isinstance(outputs, str) else list(outputs or self.outputs)
        fetched = find_tensors("FrozenGraph.run", "outputs", self.graph, names)
        feed = self._feed(feeds, fetched)
        self._check_safe(fetched)
        if self._session is None:
            self._session = tf.Session(graph=self.graph, config=self._config.to_proto())
        return dict(zip(names, self._session.run(fetched, feed), strict=True))

    def close(self) -> None:
        """Closes the session; closing again does nothing."""
        self._closed = True
        if self._session is not None:
            self._session.close()
            self._session = None

    def __enter__(self) -> FrozenGraph:
        """Gives the graph itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the session."""
        self.close()

    def _feed(self, feeds: Mapping[str, Any], fetched: Sequence[Tensor]) -> dict[Tensor, Any]:
        feed = {}
        for name, value in feeds.items():
            key = name.removesuffix(":0")
            if key not in self.inputs:
                raise UnknownNameError("input", name, self.inputs)
            feed[self.inputs[key]] = feedable("FrozenGraph.run", key, self.inputs[key], value)
        needed = {node.name for node in self._needed(fetched)}
        for name, tensor in self.inputs.items():
            required = tensor.op.type != "PlaceholderWithDefault" and tensor.op.name in needed
            if required and tensor not in feed:
                raise ArgumentError(
                    "FrozenGraph.run", "feeds", sorted(feeds), f"values for {name!r} too"
                )
        return feed

    def _needed(self, fetched: Sequence[Tensor]) -> list[Any]:
        return needed_nodes(self._graph_def, [tensor.op.name for tensor in fetched])

    def _check_safe(self, fetched: Sequence[Tensor]) -> None:
        if all(tensor.name in self._found_safe for tensor in fetched):
            return
        needed = with_functions(self._graph_def, self._needed(fetched))
        for name, kind in ops_within(needed):
            if is_unsafe(kind) and kind not in self._allow:
                reason = (
                    f"its op {name!r} is a {kind}, which touches files or runs code from outside "
                    f"the graph; it was not run (load_graph(..., allow={{{kind!r}}}) permits it)"
                )
                raise UnsafeFileError(self.path, reason)
        self._found_safe.update(tensor.name for tensor in fetched)


def load_graph(
    path: str | PathLike[str],
    *,
    name: str = "",
    allow: Collection[str] = (),
    config: SessionConfig | None = None,
) -> FrozenGraph:
    """Loads a frozen `.pb` or `.pbtxt` into a graph of its own.

    TF1: `tf.import_graph_def`, with a default `name` of `"import"` there. Here names stay as they
    are in the file.

    Args:
        path: The file; binary or text, told apart by its content.
        name: A prefix for all names.
        allow: Types of ops that touch files or run code and may run all the same, such as
            `{"ReadFile"}`.
        config: What the session may use of the machine.

    Returns:
        The graph, not run yet.

    Raises:
        MissingFileError: The file does not exist.
        CorruptFileError: It holds no graph, or one this TensorFlow cannot build (a custom op).
        UnsafeFileError: It is larger than 2 GiB, or a constant claims to be.
    """
    file = Path(path)
    graph_def = read_graph_def(file)
    graph = tf.Graph()
    with graph.as_default():
        import_graph(file, graph_def, name=name)
    inputs = [node.name for node in graph_def.node if node.op in PLACEHOLDERS]
    scope = f"{name}/" if name else ""
    return FrozenGraph(
        path=file,
        graph=graph,
        inputs={scope + op: graph.get_tensor_by_name(f"{scope}{op}:0") for op in inputs},
        outputs=_outputs(graph, graph_def, scope),
        allow=allow,
        config=config or SessionConfig(),
    )


def import_into(
    graph: Graph,
    path: str | PathLike[str],
    input_map: Mapping[str, Tensor] | None = None,
    prefix: str = "import",
) -> dict[str, Tensor]:
    """Imports a frozen graph into one that exists, such as the front of a new network.

    TF1: `tf.import_graph_def`.

    Args:
        graph: The graph to import into.
        path: The file.
        input_map: Tensors of `graph` by the name of the file's tensor they take the place of.
        prefix: A prefix for all names.

    Returns:
        The imported outputs by op name (by full tensor name where an op has several).

    Raises:
        MissingFileError: The file does not exist.
        UnknownNameError: `input_map` names a tensor the file does not have.
        CorruptFileError: The file holds no graph, or one this TensorFlow cannot build, or a mapped
            tensor does not fit.
        UnsafeFileError: It is larger than 2 GiB, or a constant claims to be.
    """
    file = Path(path)
    graph_def = read_graph_def(file)
    names = {node.name for node in graph_def.node}
    for mapped in input_map or {}:
        if mapped.split(":")[0] not in names:
            raise UnknownNameError("tensor", mapped, names)
    with graph.as_default():
        import_graph(file, graph_def, name=prefix, input_map=dict(input_map or {}))
    return _outputs(graph, graph_def, f"{prefix}/" if prefix else "")


def _outputs(graph: Graph, graph_def: Any, scope: str) -> dict[str, Tensor]:
    found = {}
    for op_name, index in file_outputs(graph_def):
        op = graph.get_operation_by_name(scope + op_name)
        chosen = op.outputs if index is None else op.outputs[index : index + 1]
        for tensor in chosen:
            found[short_name(tensor)] = tensor
    return found

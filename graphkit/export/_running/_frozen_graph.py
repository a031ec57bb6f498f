"""A graph file loaded and ready to run, or imported into a graph that exists."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence, Set
from functools import partial
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy.typing as npt

from graphkit._tf import Graph, Operation, Tensor, tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    UnknownNameError,
    UnsafeFileError,
    UsageError,
)
from graphkit.export._apart._beside import check_weights, check_whole, marked_digest
from graphkit.export._apart._restore import restore_weights
from graphkit.export._graphs._model_file import import_graph, read_graph_def
from graphkit.export._graphs._nodes import needed_nodes, ops_within, with_functions
from graphkit.export._graphs._op_kinds import PLACEHOLDERS, fills, is_unsafe, unsafe_types, waits
from graphkit.export._graphs._output_shapes import forget_shapes_without
from graphkit.export._graphs._outputs import file_outputs
from graphkit.export._graphs._tensors import find_tensors, short_name
from graphkit.export._running._batches import feedable
from graphkit.session import SessionConfig, translated_op_error
from graphkit.session._patience import leave_if_computing, patiently
from graphkit.session._unreadable import readable_errors

__all__ = ["FrozenGraph", "import_into", "load_graph"]

_SCOPE = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*")


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
            ArgumentError: An input is missing, or has another shape or dtype, or an output waits
                for a queue that nothing fills.
            ArgumentTypeError: `feeds` is no mapping.
            UnsafeFileError: The outputs depend on an op that touches files or runs code.
            RunError: An op fails; TensorFlow's own class too, such as
                `tf.errors.InvalidArgumentError`.
            UsageError: The graph was closed.
        """
        if self._closed:
            raise UsageError(f"FrozenGraph: {self.path} is closed; load it again")
        names = [outputs] if isinstance(outputs, str) else list(outputs or self.outputs)
        fetched = find_tensors("FrozenGraph.run", "outputs", self.graph, names)
        feed = self._feed(feeds, fetched)
        self._check_safe(fetched)
        is_first = self._session is None
        if self._session is None:
            self._session = self.open_session()
        run = partial(self._session.run, fetched, feed)
        try:
            with readable_errors():  # what never ends seldom begins to with a later run
                found = patiently(run, str(self.path)) if is_first else run()
        except tf.errors.OpError as exc:
            raise translated_op_error(exc, self.graph) from exc
        return dict(zip(names, found, strict=True))

    @property
    def apart(self) -> bool:
        """Whether the weights lie beside the file."""
        return bool(marked_digest(self._graph_def.node))

    def open_session(self) -> Any:
        """Opens a session of its own on the graph, with the weights that lie beside the file.

        Raises:
            MissingFileError: The weights are not there.
            CorruptFileError: They are damaged, or of another model.
        """
        session = tf.Session(graph=self.graph, config=self._config.to_proto())
        try:
            restore_weights(session, self.path, self._graph_def)
        except BaseException:
            session.close()
            raise
        return session

    def close(self) -> None:
        """Closes the session; closing again does nothing."""
        self._closed = True
        if self._session is not None:
            leave_if_computing(self._session)
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

    def _feed(self, feeds: Any, fetched: Sequence[Tensor]) -> dict[Tensor, Any]:
        if not isinstance(feeds, Mapping):
            wanted = "a dict of arrays by input name"
            raise ArgumentTypeError("FrozenGraph.run", "feeds", type(feeds).__name__, wanted)
        feed = {}
        for name, value in feeds.items():
            key = str(getattr(name, "name", name)).removesuffix(":0")
            if key not in self.inputs:
                raise UnknownNameError("input", key, self.inputs)
            feed[self.inputs[key]] = feedable("FrozenGraph.run", key, self.inputs[key], value)
        needed = {node.name for node in self._needed(fetched)}
        for name, tensor in self.inputs.items():
            required = tensor.op.type != "PlaceholderWithDefault" and tensor.op.name in needed
            if required and tensor not in feed:
                given = sorted(fed.op.name for fed in feed)
                raise ArgumentError("FrozenGraph.run", "feeds", given, f"values for {name!r} too")
        return feed

    def _needed(self, fetched: Sequence[Tensor]) -> list[Any]:
        return needed_nodes(self._graph_def, [tensor.op.name for tensor in fetched])

    def _check_safe(self, fetched: Sequence[Tensor]) -> None:
        if all(tensor.name in self._found_safe for tensor in fetched):
            return
        ops = list(ops_within(with_functions(self._graph_def, self._needed(fetched))))
        for name, kind in ops:
            if is_unsafe(kind) and kind not in self._allow:
                reason = (
                    f"its op {name!r} is a {kind}, which touches files or runs code from outside "
                    f"the graph; it was not run (load_graph(..., allow={{{kind!r}}}) or --allow "
                    f"{kind} permits it)"
                )
                raise UnsafeFileError(self.path, reason)
        waiting = [f"{name} ({kind})" for name, kind in ops if waits(kind)]
        if waiting and not any(fills(kind) for _, kind in ops):
            wanted = (
                "tensors that can be computed; they would wait for ever, since nothing in the "
                "graph fills what this takes from"
            )
            raise ArgumentError("FrozenGraph.run", "outputs", waiting[0], wanted)
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
        MissingFileError: The file does not exist, or weights that lie beside it do not.
        CorruptFileError: It holds no graph, or one this TensorFlow cannot build (a custom op); or
            the weights beside it are damaged, or of another model.
        ArgumentError: `name` is no name scope.
        ArgumentTypeError: `allow` is no collection of names.
        UnknownNameError: `allow` names no type of op.
        UnsafeFileError: It is larger than 2 GiB, or would unfold into more.
    """
    file = Path(path)
    graph_def = read_graph_def(file)
    if digest := marked_digest(graph_def.node):
        check_weights(file, digest)
    _check_scope("load_graph", "name", name)
    _check_allowed(allow, {kind for _, kind in ops_within(graph_def)})
    inputs = [node.name for node in graph_def.node if node.op in PLACEHOLDERS]
    outputs = file_outputs(graph_def)
    wanted = inputs + [op for op, _ in outputs]
    graph = tf.Graph()
    with graph.as_default():
        ops = import_graph(file, graph_def, name=name, return_elements=wanted)
    places = zip(ops[len(inputs) :], [index for _, index in outputs], strict=True)
    ends = [(op, index) for op, index in places if op.outputs]  # others only do something
    return FrozenGraph(
        path=file,
        graph=graph,
        inputs={op.name: op.outputs[0] for op in ops[: len(inputs)]},
        outputs=_outputs([op for op, _ in ends], [index for _, index in ends]),
        allow=allow,
        config=config or SessionConfig(),
    )


def import_into(
    graph: Graph,
    path: str | PathLike[str],
    input_map: Mapping[str, Tensor] | None = None,
    prefix: str = "import",
    *,
    outputs: str | Sequence[str] | None = None,
) -> dict[str, Tensor]:
    """Imports a frozen graph into one that exists, such as the front of a new network.

    TF1: `tf.import_graph_def`. What it was trained to stays constant: an optimizer in `graph`
    changes what is built behind it alone.

    Args:
        graph: The graph to import into.
        path: The file.
        input_map: Tensors of `graph` by the name of the file's tensor they take the place of.
        prefix: A prefix for all names; as everywhere in TensorFlow 1, one that is taken gets a
            number (`import_1`), and the name scope around the call comes before it.
        outputs: The names of the tensors to end at, such as the last one before the old head; what
            only others need is not imported. What the file was made for unless given.

    Returns:
        The imported outputs by op name (by full tensor name where an op has several).

    Raises:
        MissingFileError: The file does not exist.
        UnknownNameError: `input_map` or `outputs` names a tensor the file does not have.
        CorruptFileError: The file holds no graph, or one this TensorFlow cannot build, or a mapped
            tensor does not fit.
        ArgumentError: `prefix` is no name scope, or the weights of the file lie apart.
        UnsafeFileError: It is larger than 2 GiB, or would unfold into more.
    """
    file = Path(path)
    graph_def = read_graph_def(file)
    check_whole("import_into", "path", file, graph_def.node)
    names = {node.name for node in graph_def.node}
    for mapped in input_map or {}:
        if mapped.split(":")[0] not in names:
            raise UnknownNameError("tensor", mapped, names)
    _check_scope("import_into", "prefix", prefix)
    places = file_outputs(graph_def)
    if outputs is not None:
        places = _named_places(graph_def, [outputs] if isinstance(outputs, str) else outputs)
        needed = needed_nodes(graph_def, [op for op, _ in places])
        graph_def = with_functions(graph_def, needed)
    options = {"input_map": dict(input_map or {}), "return_elements": [op for op, _ in places]}
    forget_shapes_without(graph_def, input_map or {})
    with graph.as_default():
        ops = import_graph(file, graph_def, name=prefix, **options)
    return _outputs(ops, [index for _, index in places])


def _named_places(graph_def: Any, names: Sequence[str]) -> list[tuple[str, int | None]]:
    """The op and the place meant by each name, None for all the op gives."""
    ops = {node.name for node in graph_def.node}
    found: list[tuple[str, int | None]] = []
    for name in names:
        op, _, place = name.partition(":")
        if op not in ops or (place and not place.isdecimal()):
            raise UnknownNameError("tensor or op", name, ops)
        found.append((op, int(place) if place else None))
    if not found:
        raise ArgumentError("import_into", "outputs", list(names), "at least one tensor name")
    return found


def _check_scope(where: str, argument: str, scope: str) -> None:
    if scope and not _SCOPE.fullmatch(scope):
        raise ArgumentError(where, argument, scope, "a name scope: letters, digits, . _ - and /")


def _check_allowed(allow: Any, present: Set[str]) -> None:
    """Refuses a misspelt permission; it would look like one that was given."""
    if isinstance(allow, str) or not all(isinstance(kind, str) for kind in allow):
        wanted = "a collection of op types such as {'ReadFile'}"
        raise ArgumentTypeError("load_graph", "allow", repr(allow), wanted)
    for kind in allow:
        if kind not in present and not hasattr(tf.raw_ops, kind):
            raise UnknownNameError("op type", kind, {*present, *unsafe_types()})


def _outputs(ops: Sequence[Operation], places: Sequence[int | None]) -> dict[str, Tensor]:
    """The tensors meant by ops and the place of an output in them, None for all."""
    found = {}
    for op, index in zip(ops, places, strict=True):
        chosen = op.outputs if index is None else op.outputs[index : index + 1]
        if not chosen:
            name = op.name if index is None else f"{op.name}:{index}"
            raise UnknownNameError("tensor", name, [tensor.name for tensor in op.outputs])
        for tensor in chosen:
            found[short_name(tensor)] = tensor
    return found

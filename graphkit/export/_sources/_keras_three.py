"""A model of Keras 3: the SavedModel Keras makes of it, compared with what Keras predicts."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from graphkit._tf import tf
from graphkit.errors import GraphkitError, VerificationError
from graphkit.export._graphs._nodes import free_name, op_of
from graphkit.export._inspection._keras_details import KerasDetails
from graphkit.export._running._difference import difference
from graphkit.export._running._engines._keras_three import export_apart
from graphkit.export._sources._saved_model import VARIABLES, chosen_meta_graph
from graphkit.export._sources._signature import choose_signature
from graphkit.export._sources._source import Source
from graphkit.export._sources._stored import graph_of, restore
from graphkit.session import SessionConfig, translated_op_error

__all__ = ["compare_predictions", "open_keras_three"]

_FILLS = "__saved_model_init_op"
_TOLERANCE = 1e-4
_UNCOMPARED = (
    "what Keras predicts was not compared with the graph it made, as no values that the model "
    "takes could be made up"
)


def open_keras_three(path: Path, details: KerasDetails, allow: Collection[str]) -> Source:
    """A file of Keras 3 as a source, its inputs and outputs under the names that Keras has.

    Args:
        path: The file.
        details: What is in it.
        allow: Classes that may be built though their code is in the file, such as `{"Lambda"}`.

    Raises:
        CorruptFileError: Keras cannot build it.
        UnsafeFileError: It holds code, or names what is not of Keras.
        VerificationError: The graph gives something else than Keras.
    """
    with tempfile.TemporaryDirectory() as folder:
        saved = export_apart(path, details, allow, Path(folder))
        meta_graph = chosen_meta_graph("freeze", saved, None)
        signature = choose_signature("freeze", meta_graph, None)
        inputs = _renamed(meta_graph.graph_def, signature.inputs)
        outputs = _named(meta_graph.graph_def, signature.outputs)
        graph = graph_of(path, meta_graph.graph_def)
        session = tf.Session(graph=graph, config=SessionConfig().to_proto())
        try:
            restore(session, saved / VARIABLES, meta_graph)
            session.run(_initialisers(meta_graph))
            predictions = saved.with_name("predictions.npz")
            batches = compare_predictions(session, predictions, inputs, outputs)
        except GraphkitError:
            session.close()
            raise
        except tf.errors.OpError as exc:
            session.close()
            raise translated_op_error(exc, graph) from exc

    @contextmanager
    def opened(_frozen: Any) -> Iterator[Any]:
        with session:
            yield session

    names = list(outputs.values()), list(inputs.values())
    return Source(graph, opened, path, *names, uncompared="" if batches else _UNCOMPARED)


def _initialisers(meta_graph: Any) -> list[str]:
    """The ops that fill tables, which Keras has filled as well."""
    signatures = meta_graph.signature_def
    ends = signatures[_FILLS].outputs.values() if _FILLS in signatures else ()
    return [op_of(end.name) for end in ends]


def _renamed(graph_def: Any, tensors: Mapping[str, Any]) -> dict[str, str]:
    """Gives placeholders the names that the signature has for them."""
    taken = {node.name for node in graph_def.node}
    names = {op_of(tensors[key].name): free_name(taken, key) for key in sorted(tensors)}
    for node in graph_def.node:
        node.name = names.get(node.name, node.name)
        for position, reference in enumerate(node.input):
            if op_of(reference) in names:
                node.input[position] = reference.replace(op_of(reference), names[op_of(reference)])
    return {key: names[op_of(tensors[key].name)] for key in tensors}


def _named(graph_def: Any, tensors: Mapping[str, Any]) -> dict[str, str]:
    """Puts a node of the signature's name behind each output."""
    taken = {node.name for node in graph_def.node}
    found = {}
    for key in sorted(tensors):
        found[key] = free_name(taken, key)
        node = graph_def.node.add(name=found[key], op="Identity", input=[tensors[key].name])
        node.attr["T"].type = tensors[key].dtype
    return found


def compare_predictions(
    session: Any, predictions: Path, inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> int:
    """Runs what Keras ran; both have to agree.

    Args:
        session: The session.
        predictions: What `export_apart` left of Keras's inputs and outputs.
        inputs: The placeholder of each input.
        outputs: The op of each output.

    Returns:
        How many batches Keras ran.

    Raises:
        VerificationError: The session gives something else.
    """
    with np.load(predictions) as file:
        arrays = {name: file[name] for name in file.files}
    numbers = sorted({name.partition("/")[0] for name in arrays})
    for number in numbers:
        feed = {f"{op}:0": arrays[f"{number}/in/{key}"] for key, op in inputs.items()}
        for key, op in outputs.items():
            wanted = arrays[f"{number}/out/{key}"]
            found = np.asarray(session.run(f"{op}:0", feed))
            found = found.astype(wanted.dtype) if found.dtype == object else found
            apart = difference(wanted, found)
            if apart.scaled > _TOLERANCE:
                raise VerificationError(op, apart.absolute, _TOLERANCE)
    return len(numbers)

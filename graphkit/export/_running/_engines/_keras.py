"""A model of Keras (`.h5`, `.keras`), built by Keras 2 and run in a session of its own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from graphkit._tf import keras, tf
from graphkit.errors import CorruptFileError
from graphkit.export._graphs._tensors import describe_tensor
from graphkit.export._inspection._keras_apart import describe_keras_apart
from graphkit.export._inspection._keras_details import KerasDetails
from graphkit.export._running._engines._keras_three import KerasThreeModel
from graphkit.export._running._engines._keras_trust import check_keras, is_archive
from graphkit.export._running._engines._said import said_by
from graphkit.export._running._model import Arrays, Model
from graphkit.export._tensor_info import TensorInfo
from graphkit.session import SessionConfig, translated_op_error
from graphkit.session._unreadable import readable_errors

__all__ = ["KerasModel", "open_keras_model"]


def open_keras_model(path: Path, allow: Collection[str], config: SessionConfig | None) -> Model:
    """A file of Keras, to be run by the Keras that wrote it."""
    details = describe_keras_apart(path)
    is_three = details.keras_version.startswith("3")
    return (KerasThreeModel if is_three else KerasModel)(path, details, allow, config)


class KerasModel(Model):
    """A model of Keras, in its mode for inference; inputs and outputs go by Keras's names.

    Attributes:
        graph: The `tf.Graph`.
        session: The session that holds its weights.
        tensors: Its inputs and its outputs.
    """

    engine = "tensorflow"

    def __init__(
        self,
        path: Path,
        details: KerasDetails,
        allow: Collection[str],
        config: SessionConfig | None,
    ) -> None:
        check_keras(path, details, allow)
        self.graph = tf.Graph()
        self.session = tf.Session(graph=self.graph, config=(config or SessionConfig()).to_proto())
        try:
            with self.graph.as_default(), self.session.as_default():
                model = keras().models.load_model(str(path), compile=False)
                _assign(self.session, path)
        except Exception as exc:  # Keras raises what its layers do, anything
            self.session.close()
            raise CorruptFileError(path, f"Keras 2 cannot build it: {said_by(exc)}") from exc
        self.tensors = list(model.inputs), list(model.outputs)
        self._inputs = dict(zip(model.input_names, model.inputs, strict=True))
        self._outputs = dict(zip(model.output_names, model.outputs, strict=True))
        super().__init__(path, _described(self._inputs), _described(self._outputs))

    def close(self) -> None:
        """Closes the session."""
        super().close()
        self.session.close()

    def _compute(self, feeds: Arrays, names: Sequence[str]) -> list[npt.NDArray[Any]]:
        feed = {self._inputs[name]: value for name, value in feeds.items()}
        try:
            with readable_errors():
                return list(self.session.run([self._outputs[name] for name in names], feed))
        except tf.errors.OpError as exc:
            raise translated_op_error(exc, self.graph) from exc


def _assign(session: Any, path: Path) -> None:
    """Runs what gives variables their values; of archives Keras makes the ops, but leaves them."""
    if is_archive(path):
        ops = [op for op in session.graph.get_operations() if op.type == "AssignVariableOp"]
        session.run(list({op.inputs[0].name: op for op in ops}.values()))  # the last of each


def _described(tensors: dict[str, Any]) -> list[TensorInfo]:
    found = {name: describe_tensor(tensor) for name, tensor in tensors.items()}
    return [TensorInfo(name, info.dtype, info.shape) for name, info in found.items()]

"""contrib.predictor: a SavedModel or an estimator as a Python function."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

from graphkit._tf import Graph, tf
from graphkit.errors import UnknownNameError

__all__ = ["Predictor", "from_estimator", "from_saved_model"]


class Predictor:
    """Runs a model on arrays.

    Args:
        session: An open session on the model's graph.
        feed_tensors: Name to the tensor that is fed.
        fetch_tensors: Name to the tensor that is computed.
    """

    def __init__(
        self, session: Any, feed_tensors: Mapping[str, Any], fetch_tensors: Mapping[str, Any]
    ) -> None:
        self._session = session
        self._feed_tensors = dict(feed_tensors)
        self._fetch_tensors = dict(fetch_tensors)

    @property
    def session(self) -> Any:
        """The session."""
        return self._session

    @property
    def graph(self) -> Graph:
        """The model's graph."""
        return self._session.graph

    @property
    def feed_tensors(self) -> dict[str, Any]:
        """Name to the tensor that is fed."""
        return self._feed_tensors

    @property
    def fetch_tensors(self) -> dict[str, Any]:
        """Name to the tensor that is computed."""
        return self._fetch_tensors

    def __call__(self, input_dict: Mapping[str, Any]) -> dict[str, Any]:
        unknown = sorted(input_dict.keys() - self._feed_tensors.keys())
        if unknown:
            raise UnknownNameError("input", unknown[0], self._feed_tensors)
        feeds = {self._feed_tensors[name]: value for name, value in input_dict.items()}
        found: dict[str, Any] = self._session.run(self._fetch_tensors, feeds)
        return found

    def close(self) -> None:
        """Closes the session."""
        self._session.close()

    def __enter__(self) -> Predictor:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def from_saved_model(
    export_dir: str,
    signature_def_key: str | None = None,
    signature_def: Any = None,
    input_names: Mapping[str, str] | None = None,
    output_names: Mapping[str, str] | None = None,
    tags: Any = None,
    graph: Graph = None,
    config: Any = None,
) -> Predictor:
    """Opens a SavedModel.

    Args:
        export_dir: Its folder.
        signature_def_key: Which signature; "serving_default" unless given.
        signature_def: A signature, instead of one of the model's.
        input_names: Name to the name of the tensor that is fed, instead of a signature.
        output_names: Name to the name of the tensor that is computed, with `input_names`.
        tags: Which graph, names separated by commas; "serve" unless given.
        graph: The graph it is loaded into; a new one unless given.
        config: The session's settings.

    Returns:
        The predictor; close it, or use it in a `with`.

    Raises:
        UnknownNameError: The model has no such signature.
    """
    chosen = (tags or tf.saved_model.tag_constants.SERVING).split(",")
    graph = graph or tf.Graph()
    with graph.as_default():
        session = tf.Session(config=config)
        model = tf.saved_model.loader.load(session, chosen, export_dir)
        if input_names is not None and output_names is not None:
            names: Any = (input_names, output_names)
        else:
            key = signature_def_key or "serving_default"
            if signature_def is None and key not in model.signature_def:
                session.close()
                raise UnknownNameError("signature", key, model.signature_def)
            signature = signature_def or model.signature_def[key]
            names = (
                {name: info.name for name, info in part.items()}
                for part in (signature.inputs, signature.outputs)
            )
        feeds, fetches = (
            {name: graph.get_tensor_by_name(tensor) for name, tensor in part.items()}
            for part in names
        )
    return Predictor(session, feeds, fetches)


def from_estimator(
    estimator: Any,
    serving_input_receiver_fn: Any,
    output_key: str | None = None,
    graph: Graph = None,
    config: Any = None,
) -> Predictor:
    """Opens the latest checkpoint of an estimator.

    Args:
        estimator: The estimator.
        serving_input_receiver_fn: Makes the tensors that are fed.
        output_key: Which of the model's outputs, where there are several.
        graph: The graph it is built in; a new one unless given.
        config: The session's settings.

    Returns:
        The predictor; close it, or use it in a `with`.
    """
    graph = graph or tf.Graph()
    with graph.as_default():
        tf.train.get_or_create_global_step()
        receiver = serving_input_receiver_fn()
        spec = estimator.model_fn(receiver.features, None, "infer", estimator.config)
        predictions = spec.predictions
        if spec.export_outputs and output_key is not None:
            predictions = spec.export_outputs[output_key].outputs
        fetches = predictions if isinstance(predictions, Mapping) else {"output": predictions}
        session = tf.train.MonitoredSession(
            tf.train.ChiefSessionCreator(
                checkpoint_filename_with_path=tf.train.latest_checkpoint(estimator.model_dir),
                config=config,
            )
        )
    return Predictor(session, receiver.receiver_tensors, fetches)

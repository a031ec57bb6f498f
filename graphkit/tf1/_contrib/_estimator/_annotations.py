"""contrib.estimator's DNN estimators that list the ends of their input layer in the graph."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from google.protobuf.any_pb2 import Any as AnyProto

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["DNNClassifierWithLayerAnnotations", "DNNRegressorWithLayerAnnotations"]

_estimator: Any = load("graphkit.tf1.estimator")
_columns: Any = load("tensorflow.python.feature_column.feature_column")
_Embedding: Any = load("tensorflow.python.feature_column.feature_column:_EmbeddingColumn")
_INPUT_LAYER = "_internal_input_layer"
_UNPROCESSED = "layer_annotations/unprocessed_features"
# The name lacks a letter in 1.15 too: what reads the collections asks for it so.
_PROCESSED = "layer_annotatons/processed_features"
_FEATURE_COLUMNS = "layer_annotations/feature_columns"


def _annotate(collection: str, key: str, tensor: Any) -> None:
    """Adds a name and its tensor to the two halves of a collection."""
    info = AnyProto()
    info.Pack(tf.saved_model.utils.build_tensor_info(tensor))
    tf.add_to_collection(f"{collection}/keys", key)
    tf.add_to_collection(f"{collection}/values", info)


def _serialized(column: Any) -> bytes:
    # What makes an embedding's layer is a nested function, which cannot be pickled.
    if isinstance(column, _Embedding):
        column = column._replace(layer_creator=None)
    return pickle.dumps(column)


def _annotating(input_layer: Callable[..., Any]) -> Callable[..., Any]:
    """An input layer that lists the features, the columns and what the columns made of them."""

    def annotated(features: Mapping[str, Any], feature_columns: Any, **options: Any) -> Any:
        made: dict[Any, Any] = {}
        found = input_layer(features, feature_columns, cols_to_output_tensors=made, **options)
        for key in _columns.make_parse_example_spec(feature_columns):
            tensor = tf.convert_to_tensor_or_sparse_tensor(features[key])
            _annotate(_UNPROCESSED, key, tensor)
        for column in feature_columns:
            tf.add_to_collection(_FEATURE_COLUMNS, _serialized(column))
        for column, tensor in made.items():
            _annotate(_PROCESSED, column.name, tensor)
        return found

    return annotated


@contextmanager
def _annotated_input_layers() -> Iterator[None]:
    original = getattr(_columns, _INPUT_LAYER)
    setattr(_columns, _INPUT_LAYER, _annotating(original))
    try:
        yield
    finally:
        setattr(_columns, _INPUT_LAYER, original)


def _with_annotations(
    kind: str, model_dir: str | None, config: Any, warm_start_from: Any, **options: Any
) -> Any:
    original = getattr(_estimator, kind)(
        model_dir=model_dir, config=config, warm_start_from=warm_start_from, **options
    )

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        with _annotated_input_layers():
            return original.model_fn(features, labels, mode, config)

    return _estimator.Estimator(
        model_fn, model_dir=model_dir, config=config, warm_start_from=warm_start_from
    )


def DNNClassifierWithLayerAnnotations(
    hidden_units: Iterable[int],
    feature_columns: Iterable[Any],
    model_dir: str | None = None,
    n_classes: int = 2,
    weight_column: Any = None,
    label_vocabulary: Any = None,
    optimizer: Any = "Adagrad",
    activation_fn: Callable[..., Any] = tf.nn.relu,
    dropout: float | None = None,
    input_layer_partitioner: Any = None,
    config: Any = None,
    warm_start_from: Any = None,
    loss_reduction: str = tf.losses.Reduction.SUM,
) -> Any:
    """A `tf.estimator.DNNClassifier` whose graph lists its features.

    Each feature, each column and what it made of the features stand in the graph's collections,
    as keys and as `TensorInfo`, for columns of `tensorflow.python.feature_column.feature_column`;
    those of `tf.feature_column` are not listed, as in 1.15. Checkpoints and arguments are those
    of `tf.estimator.DNNClassifier`.

    Returns:
        A `tf.estimator.Estimator`.

    Raises:
        ValueError: What `tf.estimator.DNNClassifier` refuses.
    """
    return _with_annotations(
        "DNNClassifier",
        model_dir,
        config,
        warm_start_from,
        hidden_units=hidden_units,
        feature_columns=feature_columns,
        n_classes=n_classes,
        weight_column=weight_column,
        label_vocabulary=label_vocabulary,
        optimizer=optimizer,
        activation_fn=activation_fn,
        dropout=dropout,
        input_layer_partitioner=input_layer_partitioner,
        loss_reduction=loss_reduction,
    )


def DNNRegressorWithLayerAnnotations(
    hidden_units: Iterable[int],
    feature_columns: Iterable[Any],
    model_dir: str | None = None,
    label_dimension: int = 1,
    weight_column: Any = None,
    optimizer: Any = "Adagrad",
    activation_fn: Callable[..., Any] = tf.nn.relu,
    dropout: float | None = None,
    input_layer_partitioner: Any = None,
    config: Any = None,
    warm_start_from: Any = None,
    loss_reduction: str = tf.losses.Reduction.SUM,
) -> Any:
    """A `tf.estimator.DNNRegressor` whose graph lists its features.

    What is listed is what `DNNClassifierWithLayerAnnotations` lists; checkpoints and arguments are
    those of `tf.estimator.DNNRegressor`.

    Returns:
        A `tf.estimator.Estimator`.

    Raises:
        ValueError: What `tf.estimator.DNNRegressor` refuses.
    """
    return _with_annotations(
        "DNNRegressor",
        model_dir,
        config,
        warm_start_from,
        hidden_units=hidden_units,
        feature_columns=feature_columns,
        label_dimension=label_dimension,
        weight_column=weight_column,
        optimizer=optimizer,
        activation_fn=activation_fn,
        dropout=dropout,
        input_layer_partitioner=input_layer_partitioner,
        loss_reduction=loss_reduction,
    )

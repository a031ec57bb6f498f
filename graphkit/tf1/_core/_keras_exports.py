"""tf.keras.experimental's SavedModels: a graph each for training, evaluation and serving."""

from __future__ import annotations

import os
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["export_saved_model", "load_from_saved_model"]

_Builder: Any = load("tensorflow.python.saved_model.builder_impl:_SavedModelBuilder")
_exports: Any = load("tensorflow.python.saved_model.model_utils")
_ObjectGraphView: Any = load("tensorflow.python.checkpoint.graph_view:ObjectGraphView")
_models: Any = load("tf_keras.src.models")
_backend: Any = load("tf_keras.src.backend")
_saving: Any = load("tf_keras.src.saving.legacy.saving_utils")

_VARIABLES = os.path.join("variables", "variables")
_CONFIG = os.path.join("assets", "saved_model.json")

# What a graph is for, as Keras says it, and what makes its ops.
_MAKE_FUNCTION = {
    "train": "_make_train_function",
    "test": "_make_test_function",
    "predict": "_make_predict_function",
}


def export_saved_model(
    model: Any,
    saved_model_path: str,
    custom_objects: Any = None,
    as_text: bool = False,
    input_signature: Any = None,
    serving_only: bool = False,
) -> None:
    """Exports a model of `tf.keras` as a SavedModel with a graph for each use.

    A compiled model has the tags "train", "eval" and "serve", another "serve" alone.

    Args:
        model: A functional or sequential model; any other with `serving_only`.
        saved_model_path: The folder, new or empty.
        custom_objects: Name to class or function, for what the model has of its own.
        as_text: Whether the graphs are written as text.
        input_signature: TensorSpecs of the inputs; those of the model unless given.
        serving_only: Whether only the graph that predicts is written.

    Raises:
        NotImplementedError: The model is a subclass, or compiled while eager execution is on, and
            `serving_only` is false.
        ValueError: The model has no weights yet.
        AssertionError: The folder has files in it.
    """
    if serving_only:
        signatures = _saving.trace_model_call(model, input_signature)
        tf.compat.v2.saved_model.save(model, saved_model_path, signatures=signatures)
    else:
        _require_graph(model)
        builder = _Builder(saved_model_path)
        path = os.path.join(saved_model_path, _VARIABLES)
        tf.gfile.MakeDirs(os.path.dirname(path))
        model.save_weights(path, save_format="tf", overwrite=True)
        for number, mode in enumerate(_modes(model)):
            _Export(model, mode, custom_objects, input_signature).add_to(builder, path, number == 0)
        builder.save(as_text)
    _write_config(model, os.path.join(saved_model_path, _CONFIG))


def load_from_saved_model(saved_model_path: str, custom_objects: Any = None) -> Any:
    """Loads a model that `export_saved_model` wrote, here or in TensorFlow 1.

    Args:
        saved_model_path: Its folder.
        custom_objects: Name to class or function, for what the model has of its own.

    Returns:
        The model with its weights, not compiled.

    Raises:
        tf.errors.NotFoundError: The folder holds no such model.
    """
    with tf.gfile.GFile(os.path.join(saved_model_path, _CONFIG)) as file:
        model = _models.model_from_json(file.read(), custom_objects=custom_objects)
    model.load_weights(os.path.join(saved_model_path, _VARIABLES))
    return model


def _require_graph(model: Any) -> None:
    if model.optimizer and tf.executing_eagerly():
        raise NotImplementedError(
            "A model compiled with eager execution on has no graph that trains: set "
            "serving_only=True, or make it within a tf.Graph."
        )
    if model._is_graph_network:  # noqa: SLF001  # there is no public way
        return
    if not isinstance(model, _models.Sequential):
        raise NotImplementedError(
            "Subclassed models can only be exported for serving: set serving_only=True."
        )
    if not model.built:
        raise ValueError(
            "The sequential model has no weights yet: call it, or build() it with an input_shape, "
            "or give its first layer an input_shape."
        )


def _modes(model: Any) -> list[str]:
    return list(_MAKE_FUNCTION) if model.optimizer else ["predict"]


def _write_config(model: Any, path: str) -> None:
    try:
        config = model.to_json()
    except NotImplementedError:
        tf.logging.warning("The model has no get_config(): its JSON is not saved.")
        return
    tf.gfile.MakeDirs(os.path.dirname(path))
    with tf.gfile.GFile(path, "w") as file:
        file.write(config)


class _Export:
    """One copy of a model in a graph of its own: what it is fed, what it gives."""

    def __init__(self, model: Any, mode: str, custom_objects: Any, signature: Any) -> None:
        self._mode, self._graph = mode, tf.Graph()
        self._serves = mode == "predict"
        with self._graph.as_default(), _backend.learning_phase_scope(mode == "train"):
            self._model = _models.clone_and_build_model(
                model,
                input_tensors=_placeholders(signature),
                custom_objects=custom_objects,
                compile_clone=not self._serves,
            )
            self._train_op = self._ready()
            updates = self._graph.get_collection_ref(tf.GraphKeys.UPDATE_OPS)
            updates.extend(self._model.state_updates)

    def add_to(self, builder: Any, path: str, first: bool) -> None:
        """Adds the graph to a SavedModel; the first one's variables are those that are saved."""
        model = self._model
        with self._graph.as_default(), tf.Session().as_default():
            listed, _, _ = _ObjectGraphView(model).serialize_object_graph()
            status = model.load_weights(path)
            if first:
                model.save_weights(path, save_format="tf", overwrite=True)
                builder._has_saved_variables = True  # noqa: SLF001  # by name is the public way
            else:
                status.assert_existing_objects_matched()
            builder.add_meta_graph(
                _exports.EXPORT_TAG_MAP[self._mode],
                signature_def_map=self._signatures(),
                saver=tf.train.Saver(listed, allow_empty=True),
                init_op=tf.local_variables_initializer(),
                train_op=self._train_op,
            )

    def _ready(self) -> Any:
        """Adds the ops of the mode; the one that trains, if any."""
        model = self._model
        getattr(model, _MAKE_FUNCTION[self._mode])()
        if not self._serves:
            # Whoever loads the graph finds the step there.
            self._graph.add_to_collection(tf.GraphKeys.GLOBAL_STEP, model.optimizer.iterations)
        return model.train_function.updates_op if self._mode == "train" else None

    def _signatures(self) -> Any:
        model = self._model
        fed = dict(zip(model.input_names, model.inputs, strict=True))
        if not self._serves:
            targets = model._targets  # noqa: SLF001  # there is no public way
            fed |= {target.op.name: target for target in targets if target is not None}
        outputs = _exports.export_outputs_for_mode(
            self._mode,
            predictions=dict(zip(model.output_names, model.outputs, strict=True)),
            loss=None if self._serves else model.total_loss,
            metrics=None if self._serves else self._metrics(),
        )
        return _exports.build_all_signature_defs(fed, outputs, serving_only=self._serves)

    def _metrics(self) -> Any:
        found = _saving.extract_model_metrics(self._model) or {}
        known = {id(each) for each in tf.local_variables()}
        for metric in found.values():
            for variable in metric.variables:
                if id(variable) not in known:
                    tf.add_to_collection(tf.GraphKeys.LOCAL_VARIABLES, variable)
        return {key: (metric.result(), metric.updates[0]) for key, metric in found.items()}


def _placeholders(signature: Any) -> Any:
    if signature is None:
        return None
    return tf.nest.map_structure(
        lambda spec: _backend.placeholder(shape=spec.shape, dtype=spec.dtype, name=spec.name),
        signature,
    )

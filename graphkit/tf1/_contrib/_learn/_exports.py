"""contrib.learn's exports of an estimator: as a SavedModel, and as a session bundle."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._learn._export_folders import (
    get_temp_export_dir,
    get_timestamped_export_dir,
)
from graphkit.tf1._contrib._learn._keys import InputFnOps
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps
from graphkit.tf1._contrib._learn._served_signatures import (
    build_all_signature_defs,
    get_input_alternatives,
    get_output_alternatives,
)
from graphkit.tf1._contrib._learn._signature_fns import generic_signature_fn
from graphkit.tf1._contrib._session_bundle._exporter import Exporter
from graphkit.tf1._contrib._session_bundle._versions import largest_export_versions
from graphkit.tf1._namespace import load

__all__ = ["Exporting", "export_estimator"]

_FEATURE_KEYS = "input_feature_keys"


def parse_like(kinds: Any, examples: Tensor) -> Any:
    """Reads features out of Examples.

    Args:
        kinds: Name to what makes a placeholder of a feature, its dtype and shape; or only that.
        examples: Serialized Examples `[B]`.

    Returns:
        Name to features; or features.

    Raises:
        ValueError: No features are known.
    """
    if kinds is None:
        raise ValueError("Features information missing, was fit() ever called?")
    if not isinstance(kinds, Mapping):
        return parse_like({"feature": kinds}, examples)["feature"]
    # Examples hold no other numbers than these.
    held = {tf.int32: tf.int64, tf.float64: tf.float32}
    spec = {}
    for name, (make, dtype, shape) in kinds.items():
        if make is tf.sparse.placeholder:
            spec[name] = tf.VarLenFeature(held.get(dtype, dtype))
        else:
            spec[name] = tf.FixedLenFeature(shape[1:], held.get(dtype, dtype))
    parsed = tf.parse_example(examples, spec)
    return {name: tf.cast(part, kinds[name][1]) for name, part in parsed.items()}


class Exporting:
    """An estimator that can be exported."""

    model_dir: Any
    _alternatives: Any = None
    _feature_kinds: Any = None

    def _checkpoint(self) -> str:
        """The checkpoint that is exported, which the estimator knows."""
        raise NotImplementedError

    def _predictions_of(self, features: Any) -> tuple[Any, ModelFnOps]:
        """The model's EstimatorSpec for predictions, and what it gives by each head."""
        mode = load("graphkit.tf1.estimator").ModeKeys.PREDICT
        self._alternatives = None
        spec = self._call_model_fn(features, None, mode, self.config)  # type: ignore[attr-defined]
        made = ModelFnOps(ModeKeys.INFER, spec.predictions, output_alternatives=self._alternatives)
        return spec, made

    def _get_feature_ops_from_example(self, examples_batch: Tensor) -> Any:
        return parse_like(self._feature_kinds, examples_batch)

    def export_savedmodel(
        self,
        export_dir_base: str,
        serving_input_fn: Callable[[], Any],
        default_output_alternative_key: str | None = None,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        graph_rewrite_specs: Any = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """Writes a SavedModel into a new folder.

        Args:
            export_dir_base: The folder it is in.
            serving_input_fn: Makes what is fed: InputFnOps, or a ServingInputReceiver for a model
                as `tf.estimator` writes it.
            default_output_alternative_key: What is served by default, of several heads.
            assets_extra: Where a file goes below `assets.extra` to the file.
            as_text: Whether the model is written as text.
            checkpoint_path: The checkpoint; the latest unless given.
            graph_rewrite_specs: None: contrib.meta_graph_transform did not come back.
            strip_default_attrs: Whether attributes that have their default are left out.

        Returns:
            Where it is.

        Raises:
            ValueError: There is no input function, or no head of that name.
            NotFittedError: The estimator was not trained.
        """
        if serving_input_fn is None:
            raise ValueError("serving_input_fn must be defined.")
        if graph_rewrite_specs is not None:
            raise ArgumentError(
                "export_savedmodel", "graph_rewrite_specs", graph_rewrite_specs, "None"
            )
        checkpoint = checkpoint_path or self._checkpoint()
        with tf.Graph().as_default():
            receives = not isinstance(serving_input_fn(), InputFnOps)
        if receives:
            written: bytes = super().export_savedmodel(  # type: ignore[misc]
                export_dir_base,
                serving_input_fn,
                assets_extra,
                as_text,
                checkpoint,
                strip_default_attrs=strip_default_attrs,
            )
            return written
        with _new_folder(export_dir_base) as (folder, aside):
            builder = tf.saved_model.builder.SavedModelBuilder(aside)
            with tf.Graph().as_default():
                self._add_to(
                    builder,
                    serving_input_fn(),
                    checkpoint,
                    default_output_alternative_key,
                    strip_default_attrs,
                )
            for place, source in (assets_extra or {}).items():
                target = os.path.join(aside, b"assets.extra", os.fsencode(place))
                tf.gfile.MakeDirs(os.path.dirname(target))
                tf.gfile.Copy(source, target)
            builder.save(as_text)
        return folder

    def _add_to(
        self,
        builder: Any,
        inputs: InputFnOps,
        checkpoint: str,
        default_output: str | None,
        strip_default_attrs: bool,
    ) -> None:
        """Adds the current graph and the values of a checkpoint to a SavedModel."""
        tf.train.create_global_step()
        fed, features = get_input_alternatives(inputs)
        for name in inputs.features:
            tf.add_to_collection(_FEATURE_KEYS, name)
        spec, made = self._predictions_of(features)
        outputs, default = get_output_alternatives(made, default_output)
        with tf.Session() as session:
            saver = getattr(spec.scaffold, "saver", None) or tf.train.Saver(sharded=True)
            saver.restore(session, checkpoint)
            builder.add_meta_graph_and_variables(
                session,
                (tf.saved_model.tag_constants.SERVING,),
                build_all_signature_defs(fed, outputs, default),
                tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
                main_op=tf.group(tf.local_variables_initializer(), tf.tables_initializer()),
                strip_default_attrs=strip_default_attrs,
            )

    def export(
        self,
        export_dir: str,
        input_fn: Callable[..., Any] | None = None,
        input_feature_key: str | None = None,
        use_deprecated_input_fn: bool = True,
        signature_fn: Callable[..., Any] | None = None,
        prediction_key: str | None = None,
        default_batch_size: int | None = 1,
        exports_to_keep: int | None = None,
        checkpoint_path: str | None = None,
    ) -> bytes:
        """Writes a session bundle into a folder named by the step.

        Args:
            export_dir: The folder it is in.
            input_fn: Makes features of this estimator and serialized Examples; those the estimator
                was trained with unless given. Without `use_deprecated_input_fn`, makes features and
                labels of nothing.
            input_feature_key: Which of the features is what is fed.
            use_deprecated_input_fn: Whether `input_fn` is of Examples.
            signature_fn: Says what the model takes and gives: of what is fed, features and
                predictions; every tensor by its name unless given.
            prediction_key: Which of the predictions is exported; all unless given.
            default_batch_size: How many Examples are fed; None for any number.
            exports_to_keep: How many exports are kept; all unless given.
            checkpoint_path: The checkpoint; the latest unless given.

        Returns:
            Where it is.

        Raises:
            ValueError: There is nothing to feed, or the features are not known.
            RuntimeError: This step was exported before.
        """
        if not use_deprecated_input_fn and input_fn is None:
            raise ValueError("input_fn must be defined.")
        checkpoint = checkpoint_path or self._checkpoint()
        with tf.Graph().as_default():
            tf.train.create_global_step()
            examples = None
            if use_deprecated_input_fn:
                shape = [default_batch_size]
                examples = tf.placeholder(tf.string, shape, "input_example_tensor")
                features = (
                    input_fn(self, examples)
                    if input_fn
                    else self._get_feature_ops_from_example(examples)
                )
            else:
                features, _ = input_fn()  # type: ignore[misc]
                if input_feature_key is not None:
                    examples = features.pop(input_feature_key)
            if examples is None and not features:
                raise ValueError("Either features or examples must be defined.")
            predictions = self._predictions_of(features)[0].predictions
            if prediction_key is not None:
                predictions = predictions[prediction_key]
            signatures = (signature_fn or generic_signature_fn)(examples, features, predictions)
            return _bundle(checkpoint, export_dir, signatures, exports_to_keep)


def _bundle(
    checkpoint: str, export_dir: str, signatures: tuple[Any, Any], exports_to_keep: int | None
) -> bytes:
    """Writes the current graph and the values of a checkpoint as a session bundle."""
    known = tf.get_collection(tf.GraphKeys.SAVERS)
    saver = known[0] if known else tf.train.Saver()
    if not known:
        tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
    with tf.Session() as session:
        saver.restore(session, checkpoint)
        export = Exporter(saver)
        export.init(
            init_op=tf.group(tf.local_variables_initializer(), tf.tables_initializer()),
            default_graph_signature=signatures[0],
            named_graph_signatures=signatures[1],
            assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
        )
        keep = None if exports_to_keep is None else largest_export_versions(exports_to_keep)
        step = tf.train.get_global_step()
        return os.fsencode(export.export(export_dir, step, session, exports_to_keep=keep))


@contextmanager
def _new_folder(base: str) -> Iterator[tuple[bytes, bytes]]:
    """A folder for an export, which is another until it is whole."""
    folder = get_timestamped_export_dir(base)
    aside = get_temp_export_dir(folder)
    yield folder, aside
    tf.gfile.Rename(aside, folder)


def export_estimator(
    estimator: Any,
    export_dir: str,
    signature_fn: Callable[..., Any] | None = None,
    input_fn: Callable[..., Any] | None = None,
    default_batch_size: int | None = 1,
    exports_to_keep: int | None = None,
) -> None:
    """Writes a session bundle of an estimator, as its method `export` does.

    Args:
        estimator: The estimator.
        export_dir: The folder it is in.
        signature_fn: Says what the model takes and gives.
        input_fn: Makes features of the estimator and serialized Examples.
        default_batch_size: How many Examples are fed; None for any number.
        exports_to_keep: How many exports are kept; all unless given.

    Raises:
        ValueError: The features are not known.
        RuntimeError: This step was exported before.
    """
    estimator.export(
        export_dir,
        input_fn,
        signature_fn=signature_fn,
        default_batch_size=default_batch_size,
        exports_to_keep=exports_to_keep,
    )

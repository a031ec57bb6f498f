"""contrib.estimator: what was wrapped around estimators, and how they were exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import tf
from graphkit.errors import ArgumentError
from graphkit.tf1._namespace import load

__all__ = [
    "clip_gradients_by_norm",
    "export_all_saved_models",
    "export_saved_model_for_mode",
    "forward_features",
]

_estimator: Any = load("graphkit.tf1.estimator")


class _ClippingOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """An optimizer that clips gradients by their common norm before it applies them."""

    def __init__(self, optimizer: Any, clip_norm: Any) -> None:
        super().__init__(False, f"ClipByNorm{optimizer.get_name()}")
        self._optimizer = optimizer
        self._clip_norm = clip_norm

    def compute_gradients(self, *args: Any, **more: Any) -> Any:
        return self._optimizer.compute_gradients(*args, **more)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        gradients, variables = zip(*grads_and_vars, strict=True)
        clipped, _ = tf.clip_by_global_norm(gradients, self._clip_norm)
        pairs = list(zip(clipped, variables, strict=True))
        return self._optimizer.apply_gradients(pairs, global_step, name)

    def get_slot(self, *args: Any, **more: Any) -> Any:
        return self._optimizer.get_slot(*args, **more)

    def get_slot_names(self, *args: Any, **more: Any) -> Any:
        return self._optimizer.get_slot_names(*args, **more)


def clip_gradients_by_norm(optimizer: Any, clip_norm: Any) -> Any:
    """Makes an optimizer that clips gradients.

    Args:
        optimizer: The optimizer that applies them.
        clip_norm: The largest norm of all gradients together.

    Returns:
        The optimizer.
    """
    return _ClippingOptimizer(optimizer, clip_norm)


def _listed_keys(keys: Any) -> list[str] | None:
    if keys is None:
        return None
    listed = [keys] if isinstance(keys, str) else keys
    if not isinstance(listed, list | tuple) or not all(isinstance(key, str) for key in listed):
        raise TypeError(f"keys should be either a string or a list of strings. Given: {keys!r}")
    return list(listed)


def _forwarded(features: Any, key: str, defaults: Mapping[str, Any]) -> Any:
    feature = features[key]
    if key in defaults:
        if not isinstance(feature, tf.SparseTensor):
            raise ValueError(f"Feature ({key}) is expected to be a `SparseTensor`.")
        return tf.sparse.to_dense(feature, default_value=defaults[key])
    if isinstance(feature, tf.SparseTensor):
        raise ValueError(
            f"Feature ({key}) should be a Tensor: leave it out of `keys`, or give it a default in "
            "`sparse_default_values`."
        )
    return tf.convert_to_tensor(feature)


def forward_features(
    estimator: Any, keys: Any = None, sparse_default_values: Mapping[str, Any] | None = None
) -> Any:
    """Adds features to what an estimator predicts.

    Args:
        estimator: The estimator.
        keys: A feature, or several; all unless given.
        sparse_default_values: Sparse feature to what stands in its empty places.

    Returns:
        The estimator that does so.

    Raises:
        TypeError: A key is no string.
        ValueError: When it predicts: a key is no feature, or is a prediction already.
    """
    wanted = _listed_keys(keys)

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        spec = estimator.model_fn(features, labels, mode, config)
        if not isinstance(spec.predictions, dict):
            raise ValueError(
                "Predictions should be a dict to be able to forward features. Given: "
                f"{type(spec.predictions)}"
            )
        found = {}
        for key in features if wanted is None else wanted:
            if key not in features:
                raise ValueError(f'Key "{key}" is not in features: {sorted(features)}')
            if key in spec.predictions:
                raise ValueError(f"Cannot forward feature key ({key}): it is a prediction already.")
            found[key] = _forwarded(features, key, sparse_default_values or {})
        for output in (spec.export_outputs or {}).values():
            if isinstance(output, _estimator.export.PredictOutput):
                output.outputs.update(found)
        return spec._replace(predictions={**spec.predictions, **found})

    return _estimator.Estimator(model_fn, estimator.model_dir, estimator.config)


def export_all_saved_models(
    estimator: Any,
    export_dir_base: str,
    input_receiver_fn_map: Mapping[str, Callable[[], Any]],
    assets_extra: Mapping[str, str] | None = None,
    as_text: bool = False,
    checkpoint_path: str | None = None,
) -> Any:
    """Exports an estimator for several modes at once.

    Args:
        estimator: The estimator.
        export_dir_base: The folder of all exports.
        input_receiver_fn_map: Mode to what makes its inputs.
        assets_extra: Path in the export to a file that is copied there.
        as_text: Whether the graph is written as text.
        checkpoint_path: The checkpoint; the latest unless given.

    Returns:
        The export's folder.
    """
    return estimator.experimental_export_all_saved_models(
        export_dir_base, input_receiver_fn_map, assets_extra, as_text, checkpoint_path
    )


def export_saved_model_for_mode(
    estimator: Any,
    export_dir_base: str,
    input_receiver_fn: Callable[[], Any] | None,
    assets_extra: Mapping[str, str] | None = None,
    as_text: bool = False,
    checkpoint_path: str | None = None,
    mode: str = "infer",
) -> Any:
    """Exports an estimator for one mode.

    Args:
        estimator: The estimator.
        export_dir_base: The folder of all exports.
        input_receiver_fn: Makes its inputs.
        assets_extra: Path in the export to a file that is copied there.
        as_text: Whether the graph is written as text.
        checkpoint_path: The checkpoint; the latest unless given.
        mode: A mode of `tf.estimator.ModeKeys`.

    Returns:
        The export's folder.

    Raises:
        ValueError: No inputs are given.
    """
    if input_receiver_fn is None:
        raise ArgumentError(
            "export_saved_model_for_mode", "input_receiver_fn", input_receiver_fn, "a function"
        )
    return export_all_saved_models(
        estimator,
        export_dir_base,
        {mode: input_receiver_fn},
        assets_extra,
        as_text,
        checkpoint_path,
    )

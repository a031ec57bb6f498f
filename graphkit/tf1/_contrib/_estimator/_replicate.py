"""contrib.estimator's model functions that are built once per device."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._estimator._towers import GraphState, scaled, summed_on
from graphkit.tf1._namespace import load

__all__ = ["replicate_model_fn"]

_estimator: Any = load("graphkit.tf1.estimator")
_Modes: Any = _estimator.ModeKeys
_Outputs: Any = _estimator.export
_fn_args: Any = load("tensorflow.python.util.function_utils:fn_args")
_local_devices: Any = load("tensorflow.python.client.device_lib:list_local_devices")
_VARIABLES = ("Variable", "VariableV2", "VarHandleOp")


def replicate_model_fn(
    model_fn: Callable[..., Any],
    loss_reduction: str = tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS,
    devices: Sequence[str] | None = None,
) -> Callable[..., Any]:
    """A model function that is built once per device, each time for a part of the batch.

    Variables are shared. Losses and gradients are summed, after a division by the number of towers
    unless `loss_reduction` is a sum; counts of `eval_metric_ops` are added up; predictions and
    outputs are joined along the batch. All else is the first tower's, in training the last one's.
    With one device the function is only placed there.

    Args:
        model_fn: The model function; it wraps its optimizers in `TowerOptimizer`.
        loss_reduction: How the loss of one tower is reduced, of `tf.losses.Reduction`.
        devices: The devices; all GPUs unless given, or all CPUs where there is none.

    Returns:
        A model function for `tf.estimator.Estimator`.

    Raises:
        ValueError: Losses are not reduced; when it is called: the batch cannot be split evenly, or
            towers do not use `TowerOptimizer` alike.
    """
    if loss_reduction == tf.losses.Reduction.NONE:
        raise ValueError(
            "Tower losses need to be reduced in some way, yet "
            f"{loss_reduction} reduction is specified."
        )
    chosen = list(devices or _devices_of("GPU") or _devices_of("CPU"))
    one_gpu = len(chosen) == 1 and "GPU" in chosen[0].upper()
    shared = chosen[0] if one_gpu else "/CPU:0"
    tf.logging.info(
        "Replicating the `model_fn` across %s.  Variables are going to be placed on %s.",
        chosen,
        shared,
    )

    def replicated_model_fn(
        features: Any, labels: Any, mode: str, params: Any = None, config: Any = None
    ) -> Any:
        shards = [(features, labels)]
        if len(chosen) > 1:
            shards = _split_batch(features, labels, len(chosen), shared)
        given = {"params": params, "config": config}
        taken = _fn_args(model_fn)
        options = {name: copy.deepcopy(given[name]) for name in given if name in taken}
        specs = _towers(model_fn, mode, shards, options, loss_reduction, chosen, shared)
        return specs[0] if len(chosen) == 1 else _JOINED[mode](specs, shared)

    return replicated_model_fn


def _devices_of(kind: str) -> list[str]:
    return [device.name for device in _local_devices() if device.device_type == kind]


def _split_batch(features: Any, labels: Any, parts: int, device: str) -> list[tuple[Any, Any]]:
    with tf.name_scope("split_inputs"), tf.device(device):
        split_features = _split(features, parts)
        split_labels = [None] * parts if labels is None else _split(labels, parts)
    return list(zip(split_features, split_labels, strict=True))


def _split(batch: Any, parts: int) -> list[Any]:
    if isinstance(batch, dict):
        split = {name: _split(each, parts) for name, each in batch.items()}
        return [{name: each[part] for name, each in split.items()} for part in range(parts)]
    if isinstance(batch, tf.SparseTensor):
        return list(tf.sparse_split(sp_input=batch, num_split=parts, axis=0))
    size = tf.dimension_value(tf.convert_to_tensor(batch).shape[0])
    if size is not None and size % parts != 0:
        raise ValueError(
            f"Batch size {size} needs to be divisible by the number of GPUs, which is {parts}."
        )
    return list(tf.split(batch, parts))


def _placed(device: str, shared: str) -> Callable[[Any], str]:
    """Variables on the shared device and everything else on the tower's, unless placed already."""

    def place(op: Any) -> str:
        spec = tf.DeviceSpec.from_string(shared if op.type in _VARIABLES else device)
        spec.merge_from(tf.DeviceSpec.from_string(op.device or ""))
        return str(spec.to_string())

    return place


def _towers(
    model_fn: Callable[..., Any],
    mode: str,
    shards: Sequence[tuple[Any, Any]],
    options: Mapping[str, Any],
    loss_reduction: str,
    devices: Sequence[str],
    shared: str,
) -> list[Any]:
    """What the model function gives for each device."""
    towers = len(devices)
    specs = []
    with GraphState.of_towers(towers, loss_reduction) as state:
        for index, (device, (features, labels)) in enumerate(zip(devices, shards, strict=True)):
            with state.tower(index), tf.device(_placed(device, shared)):
                spec = model_fn(features=features, labels=labels, mode=mode, **options)
                if spec.train_op is not None and towers > 1 and not state.has_optimizer:
                    raise ValueError(
                        "Please wrap optimizers with TowerOptimizer in order to use "
                        "replicate_model_fn with multiple `devices`."
                    )
                # Gradients are of the loss that the optimizer scales for itself.
                specs.append(_with(spec, loss=scaled(spec.loss, loss_reduction, towers)))
        if not state.is_even:
            raise ValueError(
                "Each invocation of model_fn was supposed to make the same optimizer calls."
            )
    return specs


def _with(spec: Any, **changed: Any) -> Any:
    return _estimator.EstimatorSpec(**{**spec._asdict(), **changed})


def _train_spec(specs: Sequence[Any], device: str) -> Any:
    # The last tower applies the gradients, and hooks may rely on what it called to do so.
    return _with(specs[-1], loss=summed_on(device, [spec.loss for spec in specs], "loss"))


def _eval_spec(specs: Sequence[Any], device: str) -> Any:
    loss = summed_on(device, [spec.loss for spec in specs], "loss")
    updates = [update for spec in specs for _, update in spec.eval_metric_ops.values()]
    with tf.control_dependencies(updates):
        joined = _added_to_first_tower(len(specs))
    measures = {name: (value, joined) for name, (value, _) in specs[0].eval_metric_ops.items()}
    return _with(specs[0], loss=loss, eval_metric_ops=measures)


def _added_to_first_tower(towers: int) -> Any:
    """Adds the variables of measures to the first tower's and sets them to zero."""
    found = tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)
    each, rest = divmod(len(found), towers)
    if rest:
        raise ValueError(
            "Different `EstimatorSpec.eval_metric_ops` across `model_fn()` calls. Expected "
            f"{each * towers} local variables, but got {len(found)} instead."
        )
    done = []
    for first in range(each):
        others = found[first + each :: each]
        with tf.control_dependencies([tf.assign_add(found[first], tf.add_n(others))]):
            done += [tf.assign(other, tf.zeros(tf.shape(other), other.dtype)) for other in others]
    return tf.group(*done)


def _predict_spec(specs: Sequence[Any], device: str) -> Any:
    with tf.device(device):
        predictions = _concatenated([spec.predictions for spec in specs])
        outputs = {}
        for name, parts in _by_name([spec.export_outputs for spec in specs]).items():
            join = _JOINED_OUTPUTS.get(type(parts[0]))
            if join is not None:
                outputs[name] = join(parts)
    return _with(specs[0], predictions=predictions, export_outputs=outputs)


def _by_name(dicts: Sequence[Mapping[str, Any] | None]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for each in dicts:
        for name, value in (each or {}).items():
            found.setdefault(name, []).append(value)
    return found


def _concatenated(dicts: Sequence[Mapping[str, Any] | None]) -> dict[str, Any]:
    return {name: tf.concat(parts, axis=0, name=name) for name, parts in _by_name(dicts).items()}


def _joined_classes(parts: Sequence[Any]) -> Any:
    scores = classes = None
    if parts[0].scores is not None:
        scores = tf.concat([part.scores for part in parts], axis=0)
    if parts[0].classes is not None:
        # Stacked, not joined: 1.15 gives a row per tower.
        classes = tf.stack([part.classes for part in parts], axis=0)
    return _Outputs.ClassificationOutput(scores=scores, classes=classes)


_JOINED_OUTPUTS: dict[type, Callable[[Sequence[Any]], Any]] = {
    _Outputs.PredictOutput: lambda parts: _Outputs.PredictOutput(
        _concatenated([part.outputs for part in parts])
    ),
    _Outputs.RegressionOutput: lambda parts: _Outputs.RegressionOutput(
        tf.concat([part.value for part in parts], axis=0)
    ),
    _Outputs.ClassificationOutput: _joined_classes,
}
_JOINED: dict[str, Callable[[Sequence[Any], str], Any]] = {
    _Modes.TRAIN: _train_spec,
    _Modes.EVAL: _eval_spec,
    _Modes.PREDICT: _predict_spec,
}

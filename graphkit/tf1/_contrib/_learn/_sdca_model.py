"""contrib.learn's linear model that is trained by solving its dual problem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._feature_columns._weighted_sum import weighted_sum_from_feature_columns
from graphkit.tf1._contrib._learn._heads import BinaryHead, RegressionHead, SvmHead
from graphkit.tf1._contrib._learn._model_parts import ModelFnOps
from graphkit.tf1._contrib._sdca import BIAS, SdcaModel, SDCAOptimizer

__all__ = ["sdca_model_fn"]

_LOSSES = {SvmHead: "hinge_loss", BinaryHead: "logistic_loss", RegressionHead: "squared_loss"}


class _UpdateWeights(tf.train.SessionRunHook):  # type: ignore[misc]
    """Writes what was solved into the model's weights with every step."""

    def watch(self, model: SdcaModel, step: Any) -> None:
        self._model, self._step = model, step

    def begin(self) -> None:
        self._update = self._model.update_weights(self._step)

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(self._update)


def sdca_model_fn(
    features: Mapping[str, Any], labels: Any, mode: str, params: Mapping[str, Any]
) -> ModelFnOps:
    """Makes a linear model below a head, to be trained by SDCA.

    Args:
        features: Name to feature, the examples' names among them.
        labels: What is to be learned, `[B]` or `[B, 1]`.
        mode: One of ModeKeys.
        params: The arguments of the estimator.

    Returns:
        What the head makes, with a hook that updates the weights.

    Raises:
        AssertionError: The head needs several logits.
        ValueError: The optimizer is no SDCAOptimizer, or the head has no loss that can be solved.
    """
    head, optimizer = params["head"], params["optimizer"]
    if not isinstance(optimizer, SDCAOptimizer):
        raise ValueError("Optimizer must be of type SDCAOptimizer")
    loss_type = _LOSSES.get(type(head))
    if head.logits_dimension != 1:
        raise AssertionError(f"SDCA is for one logit, not for {head.logits_dimension}.")
    if loss_type is None:
        raise ValueError(f"Unsupported head type: {type(head).__name__} for SDCA.")
    with tf.variable_scope("linear", partitioner=optimizer.partitioner) as scope:
        made = weighted_sum_from_feature_columns(
            features, params["feature_columns"], 1, scope=scope
        )
    hook = _UpdateWeights()

    def train(loss: Tensor) -> Any:
        variables = {**made.column_to_variable, BIAS: [made.bias]}
        model, step = optimizer.get_train_step(
            variables,
            params["weight_column_name"],
            loss_type,
            features,
            labels,
            tf.train.get_global_step(),
        )
        hook.watch(model, step)
        return step

    ops: ModelFnOps = head.create_model_fn_ops(features, mode, labels, train, made.predictions)
    return ops._replace(training_chief_hooks=[*ops.training_chief_hooks, hook])

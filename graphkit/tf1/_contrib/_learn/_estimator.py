"""contrib.learn's estimator of a program's own model function."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._base_estimator import BaseEstimator
from graphkit.tf1._contrib._learn._keys import PredictionKey, ProblemType
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps
from graphkit.tf1._namespace import load

__all__ = ["Estimator"]

_estimator: Any = load("graphkit.tf1.estimator")


class Estimator(BaseEstimator, _estimator.Estimator):  # type: ignore[misc]
    """An estimator of one's own, whose model function may return what contrib.learn's did.

    Args:
        model_fn: Makes the model: of features, labels and, as far as it takes them, mode, params,
            config and model_dir; returns predictions, loss and train op, or ModelFnOps.
        model_dir: Where everything is written.
        config: The settings of the run.
        params: Given to `model_fn`.
        feature_engineering_fn: Changes features and labels first.

    Raises:
        ValueError: `params` are given and the function takes none.
    """

    def __init__(
        self,
        model_fn: Callable[..., Any],
        model_dir: str | None = None,
        config: Any = None,
        params: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
    ) -> None:
        wanted = set(inspect.signature(model_fn).parameters)
        if params is not None and "params" not in wanted:
            raise ValueError(
                f"Estimator's model_fn ({model_fn}) does not have a params argument, but params "
                f"({params}) were passed to the Estimator's constructor."
            )

        def adapted(features: Any, labels: Any, mode: str, config: Any) -> Any:
            old_mode = ModeKeys.INFER if mode == _estimator.ModeKeys.PREDICT else mode
            if feature_engineering_fn is not None:
                features, labels = feature_engineering_fn(features, labels)
            offered = {
                "mode": old_mode,
                "params": params,
                "config": config,
                "model_dir": self.model_dir,
            }
            given = {name: value for name, value in offered.items() if name in wanted}
            made = model_fn(features, labels, **given)
            self._alternatives = getattr(made, "output_alternatives", None)
            return _spec(made, mode)

        super().__init__(adapted, model_dir=model_dir, config=config)
        # As they are: an optimizer among them may know a tensor, which cannot be copied.
        self._given = params

    @property
    def params(self) -> Any:
        """What the model function is given besides its inputs."""
        return self._given


def _spec(made: Any, mode: str) -> Any:
    if isinstance(made, _estimator.EstimatorSpec):
        return made
    if not isinstance(made, ModelFnOps):
        if len(made) != 3:
            raise ValueError(
                f"Unrecognized value returned by model_fn, {made}; please return ModelFnOps."
            )
        made = ModelFnOps(mode, *made)
    return _estimator.EstimatorSpec(
        mode,
        predictions=made.predictions,
        loss=None if mode == _estimator.ModeKeys.PREDICT else made.loss,
        train_op=made.train_op if mode == _estimator.ModeKeys.TRAIN else None,
        eval_metric_ops={name: _pair(op) for name, op in made.eval_metric_ops.items()},
        export_outputs=_served(made),
        training_hooks=made.training_hooks,
        training_chief_hooks=made.training_chief_hooks,
        scaffold=made.scaffold,
    )


def _pair(metric: Any) -> Any:
    """A measurement and its update; a tensor alone is measured at the end."""
    return metric if isinstance(metric, list | tuple) else (metric, tf.no_op())


def _served(made: ModelFnOps) -> dict[str, Any] | None:
    """What an export of the model serves: each head's outputs, the first by default."""
    if made.predictions is None:
        return None
    export, default = _estimator.export, "serving_default"
    predictions = made.predictions
    if not isinstance(predictions, Mapping):
        predictions = {PredictionKey.GENERIC: predictions}
    alternatives = made.output_alternatives or {None: (ProblemType.UNSPECIFIED, predictions)}
    outputs = {}
    for name, (problem, tensors) in alternatives.items():
        if problem == ProblemType.LINEAR_REGRESSION and len(tensors) == 1:
            output = export.RegressionOutput(next(iter(tensors.values())))
        elif PredictionKey.PROBABILITIES in tensors and tensors["classes"].dtype == tf.string:
            scores, classes = (tensors[key] for key in ("probabilities", "classes"))
            output = export.ClassificationOutput(scores, classes)
        else:
            output = export.PredictOutput(tensors)
        outputs[name or default] = output
    return {default: next(iter(outputs.values())), **outputs}

"""What contrib.learn's ready estimators make of their arguments: a head, and a model's params."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from graphkit.errors import ArgumentError
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._head_makers import multi_class_head, regression_head

__all__ = ["ReadyEstimator"]

_OF_THE_RUN = ("model_dir", "config", "feature_engineering_fn")


class ReadyEstimator(Estimator):
    """An estimator whose model is made of its arguments."""

    def _set_up(self, model_fn: Callable[..., Any], given: Mapping[str, Any]) -> None:
        """Makes this an estimator of a model function.

        Args:
            model_fn: The model function; its params are a head, and what is left of `given`.
            given: Name to argument, as the constructor has them: `locals()`.

        Raises:
            ValueError: An argument has no value of its kind.
        """
        params = {name: part for name, part in given.items() if name not in ("self", "__class__")}
        run = {name: params.pop(name) for name in _OF_THE_RUN}
        _refuse_joint_weights(params)
        _read_columns(params)
        params["head"] = params.get("head") or _head(params)
        Estimator.__init__(self, model_fn, params=params, **run)


def _refuse_joint_weights(params: Mapping[str, Any]) -> None:
    for name in params:
        if name.startswith("_joint") and params[name]:
            raise ArgumentError(
                "contrib.learn", "_joint_weights", params[name], "False, a variable per column"
            )


def _read_columns(params: dict[str, Any]) -> None:
    """Makes tuples of columns, which may come from a generator but are read more than once."""
    names = [name for name in params if name.endswith("feature_columns")]
    for name in names:
        params[name] = tuple(params[name] or ())
    if len(names) > 1 and not any(params[name] for name in names):
        raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")


def _head(params: Mapping[str, Any]) -> Any:
    """The head of classes where there is a number of them, and of numbers elsewhere."""
    weights, centered = params["weight_column_name"], params["enable_centered_bias"]
    if "n_classes" not in params:
        return regression_head(
            weight_column_name=weights,
            label_dimension=params["label_dimension"],
            enable_centered_bias=centered,
        )
    return multi_class_head(
        params["n_classes"],
        weight_column_name=weights,
        enable_centered_bias=centered,
        label_keys=params["label_keys"],
    )

"""contrib.learn's estimators of hidden layers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._classifiers import Classifier, Regressor
from graphkit.tf1._contrib._learn._model_fns import dnn_model_fn
from graphkit.tf1._contrib._learn._ready import ReadyEstimator

__all__ = ["DNNClassifier", "DNNEstimator", "DNNRegressor"]


class DNNClassifier(Classifier):
    """A classifier of hidden layers.

    Args:
        hidden_units: The size of each hidden layer.
        feature_columns: The columns.
        model_dir: Where everything is written.
        n_classes: How many classes there are.
        weight_column_name: The feature with the weights of examples.
        optimizer: An optimizer, its name, or a function that makes it; Adagrad unless given.
        activation_fn: The hidden layers' activation, or its name in `tf.nn`.
        dropout: How much of each hidden layer is dropped in training.
        gradient_clip_norm: The largest norm of all gradients together.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.
        embedding_lr_multipliers: Embedding column to what its gradients are multiplied by.
        input_layer_min_slice_size: Kept for callers that pass it; variables are not cut.
        label_keys: The classes' names, where labels are words.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        activation_fn: Any = tf.nn.relu,
        dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        embedding_lr_multipliers: Mapping[Any, float] | None = None,
        input_layer_min_slice_size: int | None = None,
        label_keys: Sequence[str] | None = None,
    ) -> None:
        self._set_up(dnn_model_fn, locals())


class DNNRegressor(Regressor):
    """A regressor of hidden layers.

    The other arguments are those of `DNNClassifier`.

    Args:
        label_dimension: How many numbers there are for each example.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        activation_fn: Any = tf.nn.relu,
        dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        label_dimension: int = 1,
        embedding_lr_multipliers: Mapping[Any, float] | None = None,
        input_layer_min_slice_size: int | None = None,
    ) -> None:
        self._set_up(dnn_model_fn, locals())


class DNNEstimator(ReadyEstimator):
    """Hidden layers below a head.

    The other arguments are those of `DNNClassifier`.

    Args:
        head: The head, from `contrib.learn.head` or `contrib.estimator`.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        head: Any,
        hidden_units: Sequence[int],
        feature_columns: Iterable[Any],
        model_dir: str | None = None,
        optimizer: Any = None,
        activation_fn: Any = tf.nn.relu,
        dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        embedding_lr_multipliers: Mapping[Any, float] | None = None,
        input_layer_min_slice_size: int | None = None,
    ) -> None:
        self._set_up(dnn_model_fn, locals())

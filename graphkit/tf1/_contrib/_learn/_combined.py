"""contrib.learn's wide and deep estimators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._learn._classifiers import Classifier, Regressor
from graphkit.tf1._contrib._learn._model_fns import combined_model_fn
from graphkit.tf1._contrib._learn._ready import ReadyEstimator

__all__ = [
    "DNNLinearCombinedClassifier",
    "DNNLinearCombinedEstimator",
    "DNNLinearCombinedRegressor",
]


class DNNLinearCombinedClassifier(Classifier):
    """A wide and deep classifier.

    Args:
        model_dir: Where everything is written.
        n_classes: How many classes there are.
        weight_column_name: The feature with the weights of examples.
        linear_feature_columns: The columns of the linear model.
        linear_optimizer: Its optimizer, name or maker; Ftrl unless given.
        _joint_linear_weights: Only False: one variable for all columns is not available.
        dnn_feature_columns: The columns of the hidden layers.
        dnn_optimizer: Their optimizer, name or maker; Adagrad unless given.
        dnn_hidden_units: The size of each hidden layer.
        dnn_activation_fn: Their activation.
        dnn_dropout: How much of each is dropped in training.
        gradient_clip_norm: The largest norm of all gradients together.
        enable_centered_bias: Whether a bias learns the mean of the labels by itself.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.
        embedding_lr_multipliers: Embedding column to what its gradients are multiplied by.
        input_layer_min_slice_size: Kept for callers that pass it; variables are not cut.
        label_keys: The classes' names, where labels are words.
        fix_global_step_increment_bug: Whether a step counts once, and not once for each part.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        linear_feature_columns: Iterable[Any] | None = None,
        linear_optimizer: Any = None,
        _joint_linear_weights: bool = False,
        dnn_feature_columns: Iterable[Any] | None = None,
        dnn_optimizer: Any = None,
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = tf.nn.relu,
        dnn_dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        embedding_lr_multipliers: Mapping[Any, float] | None = None,
        input_layer_min_slice_size: int | None = None,
        label_keys: Sequence[str] | None = None,
        fix_global_step_increment_bug: bool = False,
    ) -> None:
        self._set_up(combined_model_fn, locals())


class DNNLinearCombinedRegressor(Regressor):
    """A wide and deep regressor.

    The other arguments are those of `DNNLinearCombinedClassifier`.

    Args:
        label_dimension: How many numbers there are for each example.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        model_dir: str | None = None,
        weight_column_name: str | None = None,
        linear_feature_columns: Iterable[Any] | None = None,
        linear_optimizer: Any = None,
        _joint_linear_weights: bool = False,
        dnn_feature_columns: Iterable[Any] | None = None,
        dnn_optimizer: Any = None,
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = tf.nn.relu,
        dnn_dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False,
        label_dimension: int = 1,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        embedding_lr_multipliers: Mapping[Any, float] | None = None,
        input_layer_min_slice_size: int | None = None,
        fix_global_step_increment_bug: bool = False,
    ) -> None:
        self._set_up(combined_model_fn, locals())


class DNNLinearCombinedEstimator(ReadyEstimator):
    """A wide and deep model below a head.

    The other arguments are those of `DNNLinearCombinedClassifier`.

    Args:
        head: The head, from `contrib.learn.head` or `contrib.estimator`.
        input_layer_partitioner: Kept for callers that pass it; variables are not cut.

    Raises:
        ValueError: An argument has no value of its kind.
    """

    def __init__(
        self,
        head: Any,
        model_dir: str | None = None,
        linear_feature_columns: Iterable[Any] | None = None,
        linear_optimizer: Any = None,
        _joint_linear_weights: bool = False,
        dnn_feature_columns: Iterable[Any] | None = None,
        dnn_optimizer: Any = None,
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Any = tf.nn.relu,
        dnn_dropout: float | None = None,
        gradient_clip_norm: float | None = None,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
        embedding_lr_multipliers: Mapping[Any, float] | None = None,
        fix_global_step_increment_bug: bool = False,
        input_layer_partitioner: Any = None,
    ) -> None:
        self._set_up(combined_model_fn, locals())

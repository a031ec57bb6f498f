"""`tf.keras.wrappers.scikit_learn`: Keras models that scikit-learn can fit, search and score."""

from __future__ import annotations

import copy
import importlib
import inspect
from collections.abc import Callable
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from graphkit.tf1._namespace import load

__all__ = ["KerasClassifier", "KerasRegressor"]

_Sequential: Any = load("tf_keras:Sequential")
_to_categorical: Any = load("tf_keras.utils:to_categorical")


class _Wrapper:
    """A model that is made when it is fitted.

    Args:
        build_fn: Makes and compiles the model: a function, an object that can be called, or None
            where the class itself can be called.
        sk_params: Arguments of `build_fn`, and of the model's fit, predict and evaluate.

    Raises:
        ValueError: An argument is of none of these.
    """

    def __init__(self, build_fn: Callable[..., Any] | None = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def __sklearn_tags__(self) -> Any:
        """Says what scikit-learn asks since 1.6; the class is known by its methods only."""
        utils = importlib.import_module("sklearn.utils")
        return utils.Tags(estimator_type=None, target_tags=utils.TargetTags(required=True))

    def _maker(self) -> Any:
        """What is called for a model, and what its arguments are read from."""
        given: Any = self if self.build_fn is None else self.build_fn
        return given if isinstance(given, FunctionType | MethodType) else given.__call__

    def check_params(self, params: dict[str, Any]) -> None:
        """Requires that every argument is one of `build_fn` or of the model's methods.

        Args:
            params: Name to argument.

        Raises:
            ValueError: One is not.
        """
        functions = [_Sequential.fit, _Sequential.predict, _Sequential.evaluate, self._maker()]
        for name in params:
            known = any(_takes(function, name) for function in functions)
            # What Keras 1 called epochs went by without a check.
            if not known and name != "nb_epoch":
                raise ValueError(f"{name} is not a legal parameter")

    def get_params(self, **params: Any) -> dict[str, Any]:
        """Gives the arguments the estimator was made with.

        Args:
            params: What scikit-learn passes besides; nothing follows from it.

        Returns:
            Name to argument, `build_fn` among them.
        """
        return {**copy.deepcopy(self.sk_params), "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> Any:
        """Changes arguments.

        Args:
            params: Name to argument.

        Returns:
            The estimator.

        Raises:
            ValueError: One is of neither `build_fn` nor the model's methods.
        """
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def filter_sk_params(
        self, fn: Callable[..., Any], override: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Chooses the arguments that a function takes.

        Args:
            fn: The function.
            override: Arguments that go before.

        Returns:
            Name to argument.
        """
        chosen = {name: value for name, value in self.sk_params.items() if _takes(fn, name)}
        return {**chosen, **(override or {})}

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Makes a new model and fits it.

        Args:
            x: Examples `[N, …]`.
            y: What is to be found, `[N]` or `[N, outputs]`.
            kwargs: Arguments of the model's fit.

        Returns:
            The history of the fit.
        """
        maker = self._maker()
        self.model = maker(**self.filter_sk_params(maker))
        if _has_classes(self.model) and len(y.shape) != 2:
            y = _to_categorical(y)
        options = copy.deepcopy(self.filter_sk_params(_Sequential.fit))
        return self.model.fit(x, y, **{**options, **kwargs})


def _takes(function: Callable[..., Any], name: str) -> bool:
    parameter = inspect.signature(function).parameters.get(name)
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return parameter is not None and parameter.kind in kinds


def _has_classes(model: Any) -> bool:
    """Whether the model's loss wants one number for each class."""
    loss = getattr(model.loss, "__name__", model.loss)
    return loss == "categorical_crossentropy" or type(loss).__name__ == "CategoricalCrossentropy"


class KerasClassifier(_Wrapper):
    """A classifier.

    Args:
        build_fn: Makes and compiles the model.
        sk_params: Arguments of `build_fn`, and of the model's fit, predict and evaluate.

    Raises:
        ValueError: An argument is of none of these.
    """

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Makes a new model and fits it.

        Args:
            x: Examples `[N, …]`.
            y: Classes `[N]` or `[N, 1]`, or a one for each example's class `[N, classes]`.
            kwargs: Arguments of the model's fit.

        Returns:
            The history of the fit.

        Raises:
            ValueError: `y` has more axes.
        """
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim in (1, 2):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ValueError(f"Invalid shape for y: {y.shape}")
        self.n_classes_ = len(self.classes_)
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Finds the class of each example.

        Args:
            x: Examples `[N, …]`.
            kwargs: Arguments of the model's predict.

        Returns:
            Classes `[N]`, or `[N, 1]` where the model gives one number.
        """
        found = self._probabilities(x, kwargs)
        one = found.shape[-1] == 1
        return self.classes_[(found > 0.5).astype("int32") if one else found.argmax(axis=-1)]

    def predict_proba(self, x: Any, **kwargs: Any) -> Any:
        """Finds how likely each class is.

        Args:
            x: Examples `[N, …]`.
            kwargs: Arguments of the model's predict.

        Returns:
            Probabilities `[N, classes]`.
        """
        found = self._probabilities(x, kwargs)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def _probabilities(self, x: Any, given: dict[str, Any]) -> Any:
        return self.model.predict(x, **self.filter_sk_params(_Sequential.predict, given))

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Measures the accuracy.

        Args:
            x: Examples `[N, …]`.
            y: Their classes.
            kwargs: Arguments of the model's evaluate.

        Returns:
            The accuracy.

        Raises:
            ValueError: The model was compiled without `metrics=["accuracy"]`.
        """
        y = np.searchsorted(self.classes_, y)
        if _has_classes(self.model) and y.ndim != 2:
            y = _to_categorical(y)
        options = self.filter_sk_params(_Sequential.evaluate, kwargs)
        outputs = self.model.evaluate(x, y, **options)
        named = dict(zip(self.model.metrics_names, np.atleast_1d(outputs), strict=True))
        for name in ("accuracy", "acc"):
            if name in named:
                return float(named[name])
        raise ValueError(
            "The model is not configured to compute accuracy. You should pass "
            '`metrics=["accuracy"]` to the `model.compile()` method.'
        )


class KerasRegressor(_Wrapper):
    """A regressor.

    Args:
        build_fn: Makes and compiles the model.
        sk_params: Arguments of `build_fn`, and of the model's fit, predict and evaluate.

    Raises:
        ValueError: An argument is of none of these.
    """

    def predict(self, x: Any, **kwargs: Any) -> Any:
        """Finds the numbers of each example.

        Args:
            x: Examples `[N, …]`.
            kwargs: Arguments of the model's predict.

        Returns:
            Numbers `[N]`, or `[N, outputs]`.
        """
        options = self.filter_sk_params(_Sequential.predict, kwargs)
        return np.squeeze(self.model.predict(x, **options))

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Measures how good the model is: the loss, negative.

        Args:
            x: Examples `[N, …]`.
            y: Their numbers.
            kwargs: Arguments of the model's evaluate.

        Returns:
            A number that grows with quality.
        """
        options = self.filter_sk_params(_Sequential.evaluate, kwargs)
        return -float(np.atleast_1d(self.model.evaluate(x, y, **options))[0])

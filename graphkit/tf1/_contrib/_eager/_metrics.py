"""contrib.eager's metrics: they count in variables of their own, eagerly or in a graph."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from graphkit._tf import DType, Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "Mean", "Metric", "SparseAccuracy"]

_Trackable: Any = load("tensorflow.python.trackable.autotrackable:AutoTrackable")


class Metric(_Trackable):  # type: ignore[misc]
    """A number measured over many batches; a subclass has `build`, `call` and `result`.

    Args:
        name: Its name; that of the class unless given.
        use_global_variables: Whether its variables are global ones, in a graph.
    """

    def __init__(self, name: str | None = None, use_global_variables: bool = False) -> None:
        self._built = False
        self._vars: list[Any] = []
        self._initial: list[Any] = []
        self._global = use_global_variables
        wanted: str = name or type(self).__name__
        scope_name = re.sub(r"[^A-Za-z0-9.]", "_", wanted)
        with tf.variable_scope(scope_name, use_resource=True, reuse=False) as scope:
            self._scope = scope
            self._name = wanted + scope.name[scope.name.rfind(scope_name) + len(scope_name) :]
        self._eager = tf.executing_eagerly()
        self._call = self.call if self._eager else tf.function(self.call, autograph=False)

    def __call__(self, *args: Any, **more: Any) -> Any:
        """Counts a batch.

        Args:
            args: As for `call`.
            more: As for `call`.

        Returns:
            What `call` returns; running it counts, in a graph.
        """
        if not self._built:
            with tf.variable_scope(self._scope):
                self.build(*args, **more)
            self._built = True
        return self._call(*args, **more)

    @property
    def name(self) -> str:
        """The name."""
        return str(self._name)

    @property
    def variables(self) -> list[Any]:
        """The variables it counts in."""
        return self._vars

    def init_variables(self) -> Any:
        """Starts again.

        Returns:
            In a graph, the op that does it.
        """
        if not tf.executing_eagerly():
            return tf.group([variable.initializer for variable in self._vars])
        for variable, value in zip(self._vars, self._initial, strict=True):
            variable.assign(value)
        return None

    def build(self, *args: Any, **more: Any) -> None:
        """Makes the variables, with `add_variable`, when the metric is first called.

        Args:
            args: As for `call`.
            more: As for `call`.
        """
        raise NotImplementedError("Metrics must define a build() member function")

    def call(self, *args: Any, **more: Any) -> Any:
        """Counts a batch.

        Args:
            args: What the metric is about.
            more: What the metric is about.
        """
        raise NotImplementedError("Metrics must define a call() member function")

    def result(self) -> Any:
        """Computes the number."""
        raise NotImplementedError("Metrics must define a result() member function")

    def value(self) -> Any:
        """Gives the result: the tensor in a graph, a function of nothing otherwise."""
        return self.result if tf.executing_eagerly() else self.result()

    def aggregate(self, metrics: Iterable[Metric]) -> None:
        """Adds what other metrics have counted.

        Args:
            metrics: Metrics of the same type.

        Raises:
            TypeError: One has another type.
            ValueError: One has other variables.
        """
        others = list(metrics)
        for other in others:
            if type(other) is not type(self):
                raise TypeError(
                    f"All metrics must be the same type, '{type(self)}' != '{type(other)}'."
                )
        for place, variable in enumerate(self._vars):
            parts = [other.variables[place] for other in others]
            if any(part.name != variable.name for part in parts):
                raise ValueError("All metrics must have variables in the same order.")
            variable.assign_add(tf.add_n([tf.convert_to_tensor(part) for part in parts]))

    def add_variable(
        self, name: str, shape: Any = None, dtype: DType = None, initializer: Any = None
    ) -> Any:
        """Makes a variable, inside `build`.

        Args:
            name: Its name.
            shape: Its shape.
            dtype: Its dtype.
            initializer: Its first value.

        Returns:
            The variable.

        Raises:
            RuntimeError: The metric is built already.
        """
        if self._built:
            raise RuntimeError("Can't call add_variable() except in build().")
        keys = tf.GraphKeys
        kept = [keys.GLOBAL_VARIABLES if self._global else keys.LOCAL_VARIABLES]
        variable = tf.get_variable(
            name,
            shape,
            dtype,
            initializer,
            trainable=False,
            use_resource=True,
            collections=None if self._eager else [*kept, keys.METRIC_VARIABLES],
        )
        self._vars.append(variable)
        if self._eager:
            self._initial.append(variable.value())
        return variable


class Mean(Metric):
    """The weighted mean of values.

    Args:
        name: Its name.
        dtype: What it counts in.
        use_global_variables: Whether its variables are global ones, in a graph.
    """

    def __init__(
        self,
        name: str | None = None,
        dtype: DType = tf.float64,
        use_global_variables: bool = False,
    ) -> None:
        super().__init__(name, use_global_variables)
        self.dtype = dtype

    def build(self, *args: Any, **more: Any) -> None:
        """Makes the sum of values and the sum of weights.

        Args:
            args: Not looked at.
            more: Not looked at.
        """
        zero = tf.zeros_initializer()
        self.numer = self.add_variable("numer", (), self.dtype, zero)
        self.denom = self.add_variable("denom", (), self.dtype, zero)

    def call(self, values: Any, weights: Any = None) -> Any:
        """Counts values.

        Args:
            values: Numbers of any shape.
            weights: Their weights; 1 unless given.

        Returns:
            Their sum; with weights, the weighted values and the weights.
        """
        return self._count(values, weights)

    def _count(self, values: Any, weights: Any) -> Any:
        numbers = tf.cast(values, self.dtype)
        if weights is None:
            self.denom.assign_add(tf.cast(tf.size(numbers), self.dtype))
            total = tf.reduce_sum(numbers)
            self.numer.assign_add(total)
            return total
        weights = tf.cast(weights, self.dtype)
        self.denom.assign_add(tf.reduce_sum(weights))
        weighted = numbers * weights
        self.numer.assign_add(tf.reduce_sum(weighted))
        return weighted, weights

    def result(self, write_summary: bool = True) -> Tensor:
        """Computes the mean.

        Args:
            write_summary: Whether it is written as a summary, where summaries are recorded.

        Returns:
            A scalar.
        """
        mean = tf.convert_to_tensor(self.numer) / tf.convert_to_tensor(self.denom)
        if write_summary:
            load("graphkit.tf1.contrib.summary:scalar")(self.name, mean)
        return mean


class _Matches(Mean):
    """The share of predictions that match their labels."""

    def __init__(self, name: str | None = None, dtype: DType = tf.float64) -> None:
        super().__init__(name, dtype)

    def _matching(self, labels: Tensor, predictions: Tensor) -> Tensor:
        """Which predictions are right; each kind of prediction is compared its own way."""
        raise NotImplementedError

    def call(  # type: ignore[override]
        self, labels: Any, predictions: Any, weights: Any = None
    ) -> Any:
        """Counts predictions.

        Args:
            labels: What is right.
            predictions: What was predicted.
            weights: How much each counts; 1 unless given.

        Returns:
            The arguments.

        Raises:
            InvalidArgumentError: The two have different shapes.
        """
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        self._count(self._matching(labels, predictions), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


def _same_shape(labels: Tensor, predictions: Tensor) -> Any:
    check = tf.assert_equal(
        tf.shape(labels),
        tf.shape(predictions),
        message="Shapes of labels and predictions are unequal",
    )
    return tf.control_dependencies([] if check is None else [check])


class Accuracy(_Matches):
    """The share of predictions that are the label.

    Args:
        name: Its name.
        dtype: What it counts in.
    """

    def _matching(self, labels: Tensor, predictions: Tensor) -> Tensor:
        with _same_shape(labels, predictions):
            return tf.equal(labels, predictions)


class CategoricalAccuracy(_Matches):
    """The share of predictions `[…, C]` that are largest where the label `[…, C]` is.

    Args:
        name: Its name.
        dtype: What it counts in.
    """

    def _matching(self, labels: Tensor, predictions: Tensor) -> Tensor:
        with _same_shape(labels, predictions):
            return tf.equal(tf.argmax(labels, -1), tf.argmax(predictions, -1))


class BinaryAccuracy(_Matches):
    """The share of predictions that are on the label's side of a threshold.

    Args:
        threshold: The threshold.
        name: Its name.
        dtype: What it counts in.
    """

    def __init__(
        self, threshold: float, name: str | None = None, dtype: DType = tf.float64
    ) -> None:
        super().__init__(name, dtype)
        self.threshold = threshold

    def _matching(self, labels: Tensor, predictions: Tensor) -> Tensor:
        with _same_shape(labels, predictions):
            return tf.equal(tf.cast(labels, tf.bool), predictions > self.threshold)


class SparseAccuracy(_Matches):
    """The share of predictions `[…, C]` that are largest at the label `[…]`.

    Args:
        name: Its name.
        dtype: What it counts in.
    """

    def _matching(self, labels: Tensor, predictions: Tensor) -> Tensor:
        with _same_shape(labels, predictions[..., 0]):
            return tf.equal(tf.cast(labels, tf.int64), tf.argmax(predictions, -1))

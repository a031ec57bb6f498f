"""What contrib.learn's classifiers and regressors predict, when they are not told what."""

from __future__ import annotations

from typing import Any

from graphkit.tf1._contrib._learn._keys import PredictionKey
from graphkit.tf1._contrib._learn._ready import ReadyEstimator

__all__ = ["Classifier", "Regressor"]


class _OneOutput(ReadyEstimator):
    """An estimator that predicts one thing unless it is told what."""

    def _one(
        self, key: str, x: Any, input_fn: Any, batch_size: int | None, one_by_one: bool
    ) -> Any:
        found = super().predict(x, input_fn, batch_size, [key], one_by_one)
        return (each[key] for each in found) if one_by_one else found[key]


class Classifier(_OneOutput):
    """An estimator that predicts classes."""

    def predict(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        outputs: Any = None,
        as_iterable: bool = True,
        iterate_batches: bool = False,
        **more: Any,
    ) -> Any:
        """Predicts classes, or what is asked for.

        Args:
            x: Features, an array or name to array; an input function counts as `input_fn`.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            outputs: Which predictions; the classes unless given.
            as_iterable: Whether predictions come one by one, instead of in one array.
            iterate_batches: Whether they come batch by batch.
            more: As for `Estimator.predict`.

        Returns:
            The classes, or dictionaries of what is asked for.
        """
        if outputs or iterate_batches or more:
            return super().predict(
                x, input_fn, batch_size, outputs, as_iterable, iterate_batches, **more
            )
        return self.predict_classes(x, input_fn, batch_size, as_iterable)

    def predict_classes(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """Predicts classes.

        Args:
            x: Features, an array or name to array.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            as_iterable: Whether classes come one by one, instead of in one array.

        Returns:
            The class of each example.
        """
        found = self._one(PredictionKey.CLASSES, x, input_fn, batch_size, as_iterable)
        return found if as_iterable else found.reshape(-1)

    def predict_proba(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """Predicts how probable each class is.

        Args:
            x: Features, an array or name to array.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            as_iterable: Whether they come one by one, instead of in one array.

        Returns:
            The probabilities `[N]` of each example.
        """
        return self._one(PredictionKey.PROBABILITIES, x, input_fn, batch_size, as_iterable)


class Regressor(_OneOutput):
    """An estimator that predicts numbers."""

    def predict(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        outputs: Any = None,
        as_iterable: bool = True,
        iterate_batches: bool = False,
        **more: Any,
    ) -> Any:
        """Predicts numbers, or what is asked for.

        Args:
            x: Features, an array or name to array; an input function counts as `input_fn`.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            outputs: Which predictions; the numbers unless given.
            as_iterable: Whether predictions come one by one, instead of in one array.
            iterate_batches: Whether they come batch by batch.
            more: As for `Estimator.predict`.

        Returns:
            The numbers, or dictionaries of what is asked for.
        """
        if outputs or iterate_batches or more:
            return super().predict(
                x, input_fn, batch_size, outputs, as_iterable, iterate_batches, **more
            )
        return self.predict_scores(x, input_fn, batch_size, as_iterable)

    def predict_scores(
        self,
        x: Any = None,
        input_fn: Any = None,
        batch_size: int | None = None,
        as_iterable: bool = True,
    ) -> Any:
        """Predicts numbers.

        Args:
            x: Features, an array or name to array.
            input_fn: Makes features, instead of `x`.
            batch_size: B; everything at once unless given.
            as_iterable: Whether they come one by one, instead of in one array.

        Returns:
            The number, or numbers, of each example.
        """
        return self._one(PredictionKey.SCORES, x, input_fn, batch_size, as_iterable)

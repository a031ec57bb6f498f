"""contrib.kernel_methods' linear classifier of mapped features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._contrib._feature_columns._simple import real_valued_column
from graphkit.tf1._contrib._kernel_methods import RandomFourierFeatureMapper
from graphkit.tf1._contrib._learn._classifiers import Classifier
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._head_makers import multi_class_head
from graphkit.tf1._contrib._learn._model_fns import linear_model_fn

__all__ = ["KernelLinearClassifier"]


class KernelLinearClassifier(Classifier):
    """A linear classifier of features and of mapped features.

    Args:
        feature_columns: The columns that are taken as they are.
        model_dir: Where everything is written.
        n_classes: How many classes there are.
        weight_column_name: The feature with the weights of examples.
        optimizer: An optimizer, its name, or a function that makes it; Ftrl unless given.
        kernel_mappers: Column of numbers to the mappers whose features are taken instead.
        config: The settings of the run.

    Raises:
        ValueError: There are neither columns nor mappers, a mapper is none, or there are fewer
            than two classes.
    """

    def __init__(
        self,
        feature_columns: Iterable[Any] | None = None,
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column_name: str | None = None,
        optimizer: Any = None,
        kernel_mappers: Mapping[Any, Sequence[Any]] | None = None,
        config: Any = None,
    ) -> None:
        if not feature_columns and not kernel_mappers:
            raise ValueError("You should set at least one of feature_columns, kernel_mappers.")
        mappers = [mapper for several in (kernel_mappers or {}).values() for mapper in several]
        if not all(isinstance(mapper, RandomFourierFeatureMapper) for mapper in mappers):
            raise ValueError("Invalid kernel mappers.")
        head = multi_class_head(n_classes, weight_column_name=weight_column_name)
        feature_engineering_fn = gradient_clip_norm = None
        self._set_up(_mapped_model_fn, locals())

    # Dictionaries of all outputs, where other classifiers give classes.
    predict = Estimator.predict

    def predict_classes(self, input_fn: Any = None) -> Any:  # type: ignore[override]
        """Predicts classes.

        Args:
            input_fn: Makes features.

        Returns:
            The class of each example, one by one.
        """
        return super().predict_classes(input_fn=input_fn)

    def predict_proba(self, input_fn: Any = None) -> Any:  # type: ignore[override]
        """Predicts how probable each class is.

        Args:
            input_fn: Makes features.

        Returns:
            The probabilities `[N]` of each example, one by one.
        """
        return super().predict_proba(input_fn=input_fn)


def _mapped_model_fn(features: Any, labels: Any, mode: str, params: Mapping[str, Any]) -> Any:
    """The linear model of the columns, and of the mapped columns besides."""
    features, columns = dict(features), list(params["feature_columns"])
    for column, mappers in (params["kernel_mappers"] or {}).items():
        if not hasattr(column, "normalizer_fn"):
            tf.logging.warning("%s is no column of numbers and is not mapped.", column.name)
            continue
        name = f"{column.name}_MAPPED"
        columns.append(real_valued_column(name, sum(mapper.output_dim for mapper in mappers)))
        features[name] = tf.concat([mapper.map(features[column.name]) for mapper in mappers], 1)
    return linear_model_fn(features, labels, mode, {**params, "feature_columns": tuple(columns)})

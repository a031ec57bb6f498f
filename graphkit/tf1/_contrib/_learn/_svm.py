"""contrib.learn's support vector machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphkit.tf1._contrib._learn._classifiers import Classifier
from graphkit.tf1._contrib._learn._estimator import Estimator
from graphkit.tf1._contrib._learn._head_makers import binary_svm_head
from graphkit.tf1._contrib._learn._sdca_model import sdca_model_fn
from graphkit.tf1._contrib._sdca import SDCAOptimizer

__all__ = ["SVM"]


class SVM(Classifier):
    """A linear support vector machine of two classes.

    Args:
        example_id_column: The feature with a string that names each example.
        feature_columns: The columns.
        weight_column_name: The feature with the weights of examples.
        model_dir: Where everything is written.
        l1_regularization: L1.
        l2_regularization: L2; counts as 1 where it is less.
        num_loss_partitions: How many train ops run at once, over all workers.
        kernels: Only None.
        config: The settings of the run.
        feature_engineering_fn: Changes features and labels first.

    Raises:
        ValueError: There are kernels.
    """

    def __init__(
        self,
        example_id_column: str,
        feature_columns: Iterable[Any],
        weight_column_name: str | None = None,
        model_dir: str | None = None,
        l1_regularization: float = 0.0,
        l2_regularization: float = 0.0,
        num_loss_partitions: int = 1,
        kernels: Any = None,
        config: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
    ) -> None:
        if kernels is not None:
            raise ValueError("Kernel SVMs are not currently supported.")
        optimizer = SDCAOptimizer(
            example_id_column,
            num_loss_partitions,
            symmetric_l1_regularization=l1_regularization,
            symmetric_l2_regularization=l2_regularization,
        )
        head = binary_svm_head(weight_column_name=weight_column_name)
        self._set_up(sdca_model_fn, locals())

    # Dictionaries, of classes and logits, where other classifiers give classes.
    predict = Estimator.predict

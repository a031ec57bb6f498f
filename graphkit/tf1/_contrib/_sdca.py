"""contrib.linear_optimizer: stochastic dual coordinate ascent, and the optimizer made of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._namespace import load

__all__ = ["BIAS", "SDCAOptimizer", "SdcaModel", "SparseFeatureColumn"]

BIAS = "tf_virtual_bias_column"

_UTILS = "tensorflow_estimator.python.estimator.canned.linear_optimizer.python.utils.sdca_ops"
_Model: Any = load(f"{_UTILS}:_SDCAModel")
_Column: Any = load(f"{_UTILS}:_SparseFeatureColumn")
_cache: Any = load("tensorflow.python.feature_column.feature_column_v2:FeatureTransformationCache")
_L2 = "symmetric_l2_regularization"


class SparseFeatureColumn(_Column):  # type: ignore[misc]
    """The words of some examples, each with a value.

    Args:
        example_indices: Which example a word is of, int64 `[N]`.
        feature_indices: Which word it is, int64 `[N]`.
        feature_values: Their values, float32 `[N]`; 1 where None.
    """


class SdcaModel(_Model):  # type: ignore[misc]
    """A linear model whose dual problem is solved.

    Reference: https://arxiv.org/abs/1211.2717

    Args:
        examples: `example_labels`, `example_weights` float32 `[B]`, `example_ids` strings `[B]`,
            `dense_features`, a list of float32 `[B, D]`, and `sparse_features`, a list of
            SparseFeatureColumn.
        variables: `dense_features_weights` and `sparse_features_weights`, lists of variables.
        options: `loss_type`, one of logistic_loss, squared_loss, hinge_loss, smooth_hinge_loss and
            poisson_loss; `symmetric_l1_regularization`, `symmetric_l2_regularization`; and, if
            need be, `num_loss_partitions`, `num_table_shards` and `adaptive`.

    Raises:
        ValueError: A part is missing or no list, the loss is none of these, or a regularization is
            negative.
    """

    _options: Mapping[str, Any]

    def __init__(
        self, examples: Mapping[str, Any], variables: Mapping[str, Any], options: Mapping[str, Any]
    ) -> None:
        if options and options[_L2] < 0:
            raise ValueError(f"{_L2} should be non-negative. Found ({options[_L2]:f})")
        # Below 1 the ascent need not converge, so it counts as 1, but not in the reported loss.
        raised = {**options, _L2: max(options[_L2], 1.0)} if options else options
        super().__init__(examples, variables, raised)
        self._given_l2 = options[_L2]

    def predictions(self, examples: Mapping[str, Any]) -> Tensor:
        """Predicts.

        Args:
            examples: As in the constructor; labels and ids may be missing.

        Returns:
            Floats `[B]`: probabilities, means of counts, or the sums of the linear model.
        """
        return super().predictions({"example_ids": examples["example_weights"], **examples})

    def regularized_loss(self, examples: Mapping[str, Any]) -> Tensor:
        """Measures, regularization included.

        Args:
            examples: As in the constructor.

        Returns:
            A float64.
        """
        raised = dict(self._options)
        self._options = {**raised, _L2: self._given_l2}
        try:
            return super().regularized_loss(examples)
        finally:
            self._options = raised

    def _create_slots(self) -> None:
        """Makes the weights before L1 regularization, under the names contrib gave them."""
        self._slots = defaultdict(list)
        for kind in ("sparse_features_weights", "dense_features_weights"):
            for given in self._variables[kind]:
                parts = self._var_to_list(given)
                slots = [self._slot(variable) for variable in parts]
                self._slots[f"unshrunk_{kind}"].append(slots if parts is given else slots[0])

    def _slot(self, variable: Any) -> Any:
        with tf.device(variable.device):
            start = tf.zeros_like(variable.initialized_value(), tf.float32)
            return tf.Variable(start, name=f"{variable.op.name}_unshrinked/SDCAOptimizer")


class SDCAOptimizer:
    """The optimizer of a linear estimator of contrib.learn that solves the dual problem.

    Args:
        example_id_column: The feature with a string that names each example.
        num_loss_partitions: How many train ops run at once, over all workers.
        num_table_shards: How many tables examples are remembered in.
        symmetric_l1_regularization: L1.
        symmetric_l2_regularization: L2; counts as 1 where it is less.
        adaptive: Whether examples that are far off come more often.
        partitioner: Cuts the model's variables.
    """

    def __init__(
        self,
        example_id_column: str,
        num_loss_partitions: int = 1,
        num_table_shards: int | None = None,
        symmetric_l1_regularization: float = 0.0,
        symmetric_l2_regularization: float = 1.0,
        adaptive: bool = True,
        partitioner: Any = None,
    ) -> None:
        self.example_id_column = example_id_column
        self.num_loss_partitions = num_loss_partitions
        self.num_table_shards = num_table_shards
        self.symmetric_l1_regularization = symmetric_l1_regularization
        self.symmetric_l2_regularization = symmetric_l2_regularization
        self.adaptive = adaptive
        self.partitioner = partitioner

    def get_name(self) -> str:
        """Gives the optimizer's name.

        Returns:
            "SDCAOptimizer".
        """
        return "SDCAOptimizer"

    def get_train_step(
        self,
        columns_to_variables: Mapping[Any, Any],
        weight_column_name: str | None,
        loss_type: str,
        features: Mapping[str, Any],
        targets: Tensor,
        global_step: Any,
    ) -> tuple[SdcaModel, Any]:
        """Makes the model and the op that trains it.

        Args:
            columns_to_variables: Column to its weights, and `BIAS` to the bias.
            weight_column_name: The feature with the weights of examples.
            loss_type: As for `SdcaModel`.
            features: Feature name to tensor.
            targets: What is to be learned, `[B]` or `[B, 1]`.
            global_step: Counted up by each step.

        Returns:
            The model, and the op.

        Raises:
            ValueError: A column is none of numbers, intervals or words.
        """
        labels = tf.cast(tf.reshape(targets, [-1]), tf.float32)
        weights = tf.ones_like(labels)
        if weight_column_name:
            weights = tf.reshape(features[weight_column_name], [-1])
        examples: dict[str, Any] = {
            "example_labels": labels,
            "example_weights": weights,
            "example_ids": features[self.example_id_column],
            "dense_features": [],
            "sparse_features": [],
        }
        variables: dict[str, Any] = {"dense_features_weights": [], "sparse_features_weights": []}
        cache = _cache({k: v for k, v in features.items() if isinstance(k, str)})
        for column, made in sorted(columns_to_variables.items(), key=lambda pair: _name(pair[0])):
            kind, found = _feature(column, cache, tf.size(labels))
            examples[kind].append(found)
            variables[f"{kind}_weights"].append(list(made) if len(made) > 1 else made[0])
        options = {
            name: getattr(self, name)
            for name in (
                "symmetric_l1_regularization",
                "symmetric_l2_regularization",
                "adaptive",
                "num_loss_partitions",
                "num_table_shards",
            )
        }
        model = SdcaModel(examples, variables, {**options, "loss_type": loss_type})
        return model, model.minimize(global_step)


def _name(column: Any) -> str:
    return column if isinstance(column, str) else str(column.name)


def _feature(column: Any, cache: Any, size: Tensor) -> tuple[str, Any]:
    """A column's feature as the solver takes it, and which kind that is."""
    if isinstance(column, str):
        return "dense_features", tf.ones([size, 1])
    if hasattr(column, "num_buckets"):
        return "sparse_features", _words(*column.get_sparse_tensors(cache, None))
    if not hasattr(column, "normalizer_fn"):
        raise ValueError(f"SDCAOptimizer does not support column type {type(column).__name__}.")
    width = column.variable_shape.num_elements()
    return "dense_features", tf.reshape(column.get_dense_tensor(cache, None), [-1, width])


def _words(ids: Any, importance: Any) -> SparseFeatureColumn:
    """The words of each example, each once; those no vocabulary has are left out."""
    kept = ids.values >= 0
    rows, words = (
        tf.boolean_mask(part, kept) for part in (ids.indices[:, 0], tf.cast(ids.values, tf.int64))
    )
    values = tf.ones_like(ids.values, tf.float32) if importance is None else importance.values
    count = tf.reduce_max(tf.concat([words, [0]], 0)) + 1
    pairs, places = tf.unique(rows * count + words)
    values = tf.unsorted_segment_sum(tf.boolean_mask(values, kept), places, tf.size(pairs))
    return SparseFeatureColumn(pairs // count, pairs % count, values)

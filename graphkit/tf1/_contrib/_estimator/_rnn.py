"""contrib.estimator's recurrent estimators, over sequence columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._estimator._wrappers import clip_gradients_by_norm
from graphkit.tf1._contrib._feature_columns._sequence_input import sequence_input_layer
from graphkit.tf1._contrib._learn._rnn_parts import select_last_activations
from graphkit.tf1._namespace import load

__all__ = ["RNNClassifier", "RNNEstimator"]

_CANNED = "tensorflow_estimator.python.estimator.canned"
_Core: Any = load("graphkit.tf1.estimator:Estimator")
_class_head: Any = load(f"{_CANNED}.head:_binary_logistic_or_multi_class_head")
_optimizer: Any = load(f"{_CANNED}.optimizers:get_optimizer_instance")
_dense: Any = load("graphkit.tf1.layers:dense")
_cells: Any = load("graphkit.tf1.nn.rnn_cell")
_CELLS = {"basic_rnn": "BasicRNNCell", "lstm": "BasicLSTMCell", "gru": "GRUCell"}
_RATE, _LARGEST_NORM = 0.05, 5.0
USE_DEFAULT = object()


class RNNEstimator(_Core):  # type: ignore[misc]
    """A recurrent network below a head.

    Args:
        head: The head, from `contrib.estimator`.
        sequence_feature_columns: Sequence columns, or embeddings and indicators of them.
        context_feature_columns: Columns of whole sequences, which every step sees.
        num_units: The size of each cell.
        cell_type: "basic_rnn", "lstm", "gru", or a class of cells.
        rnn_cell_fn: Makes the cell of the mode, instead of `num_units` and `cell_type`.
        return_sequences: Only False: there is no head of whole sequences.
        model_dir: Where everything is written.
        optimizer: An optimizer, its name, or a function that makes it; a name has gradients cut to
            a norm of 5.
        input_layer_partitioner: Cuts the variables of columns.
        config: The settings of the run.

    Raises:
        ValueError: `rnn_cell_fn` and what it stands for are given, or sequences are wanted.
    """

    def __init__(
        self,
        head: Any,
        sequence_feature_columns: Iterable[Any],
        context_feature_columns: Iterable[Any] | None = None,
        num_units: Sequence[int] | None = None,
        cell_type: Any = USE_DEFAULT,
        rnn_cell_fn: Callable[[str], Any] | None = None,
        return_sequences: bool = False,
        model_dir: str | None = None,
        optimizer: Any = "Adagrad",
        input_layer_partitioner: Any = None,
        config: Any = None,
    ) -> None:
        if return_sequences:
            raise ValueError(
                "Provided head must be a `_SequentialHead` object when `return_sequences` is set "
                "to True."
            )
        make_cell = _cell_maker(rnn_cell_fn, num_units, cell_type)
        columns = tuple(sequence_feature_columns or ())
        context_columns = tuple(context_feature_columns or ())

        def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
            if not isinstance(features, dict):
                raise ValueError(
                    f"features should be a dictionary of `Tensor`s. Given type: {type(features)}"
                )
            replicas = config.num_ps_replicas if config else 0
            partitioner = tf.min_max_variable_partitioner(max_partitions=replicas)
            cut = input_layer_partitioner or tf.min_max_variable_partitioner(
                max_partitions=replicas, min_slice_size=64 << 20
            )
            with tf.variable_scope("rnn", values=list(features.values()), partitioner=partitioner):
                inputs, lengths = _inputs(features, columns, context_columns, cut)
                outputs, _ = tf.nn.dynamic_rnn(
                    make_cell(mode), inputs, sequence_length=lengths, dtype=tf.float32
                )
                with tf.variable_scope("logits", values=[outputs]):
                    last = select_last_activations(outputs, lengths)
                    logits = _dense(
                        last,
                        head.logits_dimension,
                        kernel_initializer=tf.glorot_uniform_initializer(),
                    )
                return _specified(head, features, labels, mode, logits, optimizer)

        super().__init__(model_fn, model_dir=model_dir, config=config)


class RNNClassifier(RNNEstimator):
    """A recurrent classifier.

    The other arguments are those of `RNNEstimator`.

    Args:
        n_classes: How many classes there are.
        weight_column: The feature with the weights of examples.
        label_vocabulary: The classes' names, where labels are words.
        loss_reduction: How the losses of examples are joined.

    Raises:
        ValueError: `rnn_cell_fn` and what it stands for are given.
    """

    def __init__(
        self,
        sequence_feature_columns: Iterable[Any],
        context_feature_columns: Iterable[Any] | None = None,
        num_units: Sequence[int] | None = None,
        cell_type: Any = USE_DEFAULT,
        rnn_cell_fn: Callable[[str], Any] | None = None,
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        optimizer: Any = "Adagrad",
        loss_reduction: str = tf.losses.Reduction.SUM_OVER_BATCH_SIZE,
        input_layer_partitioner: Any = None,
        config: Any = None,
    ) -> None:
        super().__init__(
            _class_head(n_classes, weight_column, label_vocabulary, loss_reduction),
            sequence_feature_columns,
            context_feature_columns,
            num_units,
            cell_type,
            rnn_cell_fn,
            model_dir=model_dir,
            optimizer=optimizer,
            input_layer_partitioner=input_layer_partitioner,
            config=config,
        )

    def _assert_members_are_not_overridden(self) -> None:
        """Nothing is; the check takes this class for a program's own."""


def _cell_maker(given: Any, num_units: Any, cell_type: Any) -> Callable[[str], Any]:
    if given is not None:
        if num_units or cell_type is not USE_DEFAULT:
            raise ValueError("num_units and cell_type must not be specified when using rnn_cell_fn")
        made: Callable[[str], Any] = given
        return made
    name = "basic_rnn" if cell_type is USE_DEFAULT else cell_type

    def make(mode: str) -> Any:
        kind = getattr(_cells, _CELLS[name]) if name in _CELLS else name
        if not isinstance(kind, type) or not issubclass(kind, _cells.RNNCell):
            raise ValueError(f"Supported cell types are {list(_CELLS)}; got {cell_type}")
        cells = [kind(num_units=size) for size in num_units]
        return cells[0] if len(cells) == 1 else _cells.MultiRNNCell(cells)

    return make


def _inputs(
    features: Mapping[str, Any], columns: Any, context_columns: Any, partitioner: Any
) -> tuple[Tensor, Tensor]:
    """What the network sees, `[B, T, D]`, and how many steps of each sequence count, `[B]`."""
    with tf.variable_scope(
        "sequence_input_layer", values=list(features.values()), partitioner=partitioner
    ):
        steps, lengths = sequence_input_layer(features, columns)
        tf.summary.histogram("sequence_length", lengths)
        if context_columns:
            context = tf.feature_column.input_layer(features, context_columns)
            beside = tf.tile(tf.expand_dims(context, 1), [1, tf.shape(steps)[1], 1])
            steps = tf.concat([steps, beside], 2)
    return steps, lengths


def _specified(head: Any, features: Any, labels: Any, mode: str, logits: Tensor, given: Any) -> Any:
    """What the head makes; an optimizer of a program's own cuts no gradients."""
    optimizer = given
    if not isinstance(given, tf.train.Optimizer):
        optimizer = clip_gradients_by_norm(_optimizer(given, _RATE), _LARGEST_NORM)

    def train(loss: Tensor) -> Any:
        return optimizer.minimize(loss, global_step=tf.train.get_global_step())

    return head.create_estimator_spec(features, mode, logits, labels=labels, train_op_fn=train)

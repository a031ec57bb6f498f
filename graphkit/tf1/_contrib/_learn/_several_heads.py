"""contrib.learn's heads of several heads, and of losses that no labels belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._learn._head_makers import no_op_train_fn
from graphkit.tf1._contrib._learn._head_metrics import MetricKey
from graphkit.tf1._contrib._learn._heads import Head, require_mode, trained
from graphkit.tf1._contrib._learn._model_parts import ModeKeys, ModelFnOps

__all__ = ["loss_only_head", "multi_head"]


class LossOnlyHead(Head):
    """Losses beside those of labels; predicts nothing.

    Args:
        loss_fn: Makes a scalar, or a list of them.
        head_name: Appended to the name of the summary; the variable scope.
    """

    def __init__(self, loss_fn: Callable[[], Any], head_name: str | None) -> None:
        self._loss_fn = loss_fn
        self.head_name = head_name or "loss_only_head"

    @property
    def logits_dimension(self) -> int:
        """How many numbers the head needs of each example: none."""
        return 0

    def create_model_fn_ops(
        self,
        features: Mapping[str, Any],
        mode: str,
        labels: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        logits: Tensor | None = None,
        logits_input: Tensor | None = None,
        scope: Any = None,
    ) -> ModelFnOps:
        """As `Head` says, of the mode and `train_op_fn` alone."""
        require_mode(mode)
        if mode == ModeKeys.INFER:
            return ModelFnOps(mode, {})
        with tf.variable_scope(scope, default_name=self.head_name):
            loss = self._loss_fn()
            loss = tf.add_n(loss) if isinstance(loss, list) else loss
            with tf.name_scope(""):
                tf.summary.scalar(f"{MetricKey.LOSS}/{self.head_name}", tf.identity(loss))
            step = trained(train_op_fn, loss) if mode == ModeKeys.TRAIN else None
        return ModelFnOps(mode, {}, loss, step)


class MultiHead(Head):
    """Several heads on top of one model.

    Args:
        heads: The heads, each with a name.
        loss_weights: What their losses are multiplied by; 1 unless given.

    Raises:
        ValueError: There is another number of weights than of heads, or a head has no name.
    """

    def __init__(self, heads: Sequence[Any], loss_weights: Sequence[float] | None) -> None:
        if loss_weights and len(loss_weights) != len(heads):
            raise ValueError("heads and loss_weights must have same size")
        if not all(head.head_name for head in heads):
            raise ValueError("Members of MultiHead must have names.")
        self._heads = heads
        self._weights = loss_weights

    @property
    def logits_dimension(self) -> int:
        """How many numbers the heads need of each example, together."""
        return sum(head.logits_dimension for head in self._heads)

    def create_model_fn_ops(
        self,
        features: Mapping[str, Any],
        mode: str,
        labels: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        logits: Any = None,
        logits_input: Tensor | None = None,
        scope: Any = None,
    ) -> ModelFnOps:
        """As `Head` says; `logits` may be a dictionary, from a head's name to its own."""
        require_mode(mode)
        made = [
            head.create_model_fn_ops(
                features, mode, labels, no_op_train_fn, logits=own, logits_input=shared, scope=scope
            )
            for head, own, shared in self._inputs(logits, logits_input)
        ]
        if mode == ModeKeys.INFER:
            served = {
                name: ops.output_alternatives[name]
                for head, ops in zip(self._heads, made, strict=True)
                if ops.output_alternatives and (name := head.head_name)
            }
            return ModelFnOps(mode, self._predictions(made), output_alternatives=served)
        loss = self._merged(ops.loss for ops in made)
        metrics = {name: metric for ops in made for name, metric in ops.eval_metric_ops.items()}
        if mode == ModeKeys.EVAL:
            return ModelFnOps(mode, self._predictions(made), loss, eval_metric_ops=metrics)
        step = tf.group(trained(train_op_fn, loss), *(ops.train_op for ops in made))
        return ModelFnOps(mode, None, loss, step, metrics)

    def _inputs(self, logits: Any, logits_input: Any) -> Iterable[tuple[Any, Any, Any]]:
        """Each head with its own logits, or with the layer below them all."""
        if logits is None:
            return [(head, None, logits_input) for head in self._heads]
        if isinstance(logits, Mapping):
            needed = (head for head in self._heads if head.logits_dimension)
            own = {head.head_name: logits[head.head_name] for head in needed}
            return [(head, own.get(head.head_name), None) for head in self._heads]
        sizes = [head.logits_dimension for head in self._heads]
        starts = [sum(sizes[:number]) for number in range(len(sizes))]
        return [
            (head, tf.slice(logits, [0, start], [-1, size]), None)
            for head, start, size in zip(self._heads, starts, sizes, strict=True)
        ]

    def _predictions(self, made: Iterable[ModelFnOps]) -> dict[tuple[str, str], Tensor]:
        return {
            (head.head_name, name): value
            for head, ops in zip(self._heads, made, strict=True)
            for name, value in ops.predictions.items()
        }

    def _merged(self, losses: Iterable[Tensor]) -> Tensor:
        if not self._weights:
            return tf.add_n(list(losses))
        return tf.add_n([loss * weight for loss, weight in zip(losses, self._weights, strict=True)])


def loss_only_head(loss_fn: Callable[[], Any], head_name: str | None = None) -> Head:
    """Makes a head of losses beside those of labels, to be one of `multi_head`.

    Args:
        loss_fn: Makes a scalar, or a list of them.
        head_name: Appended to the name of the summary; the variable scope.

    Returns:
        The head; it needs no logits.
    """
    return LossOnlyHead(loss_fn, head_name)


def multi_head(heads: Sequence[Any], loss_weights: Sequence[float] | None = None) -> Head:
    """Makes one head of several.

    Its predictions are named by pairs of a head's name and what that head predicts.

    Args:
        heads: The heads, each with a name.
        loss_weights: What their losses are multiplied by; 1 unless given.

    Returns:
        The head; its logits are those of the heads side by side.

    Raises:
        ValueError: There is another number of weights than of heads, or a head has no name.
    """
    return MultiHead(heads, loss_weights)

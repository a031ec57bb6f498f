"""contrib.estimator's optimizer that gathers the gradients of all towers before it applies them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from graphkit._tf import tf

__all__ = ["GraphState", "TowerOptimizer", "scaled", "summed_on"]

_STATES = "replicate_model_fn_graph_states"


class GraphState:
    """The towers of a graph: how many there are, which one is built, what they gathered.

    Args:
        towers: How many towers there are.
        loss_reduction: How their losses are joined.
    """

    def __init__(self, towers: int = 1, loss_reduction: str | None = None) -> None:
        self.towers = towers
        self.loss_reduction = loss_reduction
        self.has_optimizer = False
        self._tower = 0
        self._first_scopes: Any = None
        # Tower to the gradients with variables of each call of an optimizer.
        self._gathered: defaultdict[int, list[list[Any]]] = defaultdict(list)

    @staticmethod
    def current() -> GraphState:
        """The state of the default graph, which has one tower unless told otherwise."""
        states = tf.get_collection_ref(_STATES)
        if not states:
            states.append(GraphState())
        found: GraphState = states[-1]
        return found

    @staticmethod
    @contextmanager
    def of_towers(towers: int, loss_reduction: str) -> Iterator[GraphState]:
        """The state while towers are built; gone afterwards, as no graph could be saved with it."""
        state = GraphState.current()
        state.towers, state.loss_reduction = towers, loss_reduction
        yield state
        tf.get_default_graph().clear_collection(_STATES)

    @contextmanager
    def tower(self, index: int) -> Iterator[None]:
        """The scopes of one tower: variables are the first tower's, and so are names alone."""
        with (
            tf.variable_scope("", reuse=index > 0) as variables,
            tf.name_scope(f"tower_{index}" if index else "") as names,
        ):
            self._tower = index
            if index == 0:
                self._first_scopes = variables, names
            yield

    @contextmanager
    def first_scopes(self) -> Iterator[None]:
        """The scopes of the first tower, from a later one."""
        variables, names = self._first_scopes
        with tf.variable_scope(variables), tf.name_scope(names):
            yield

    @property
    def is_last(self) -> bool:
        return self._tower == self.towers - 1

    @property
    def is_even(self) -> bool:
        """Whether every tower may have called the same optimizers."""
        return sum(map(len, self._gathered.values())) % self.towers == 0

    def gather(self, grads_and_vars: list[Any]) -> None:
        self._gathered[self._tower].append(grads_and_vars)

    def latest(self) -> list[tuple[Any, list[Any]]]:
        """Each variable with the gradients of all towers, of the optimizer that was called last."""
        call = len(self._gathered[self._tower]) - 1
        found: dict[Any, list[Any]] = {}
        for tower in range(self._tower + 1):
            for gradient, variable in self._gathered[tower][call]:
                if gradient is not None:
                    found.setdefault(variable.ref(), []).append(gradient)
        return [(key.deref(), gradients) for key, gradients in found.items()]


def scaled(loss: Any, loss_reduction: str | None, towers: int) -> Any:
    """A tower's part of the loss of all: sums are added up as they are, means are divided."""
    if loss is None or towers == 1 or loss_reduction == tf.losses.Reduction.SUM:
        return loss
    return tf.div(loss, 1.0 * towers, name="averaged_loss")


def summed_on(device: str, values: Sequence[Any], name: str | None = None) -> Any:
    """The sum of tensors, or of slices of a tensor, on a device."""
    with tf.device(device):
        if not isinstance(values[0], tf.IndexedSlices):
            return tf.add_n(values, name=name)
        joined = tf.concat([each.values for each in values], axis=0)
        indices = tf.concat([each.indices for each in values], axis=0)
        return tf.IndexedSlices(joined, indices, values[0].dense_shape)


class TowerOptimizer(tf.train.Optimizer):  # type: ignore[misc]
    """An optimizer that applies, in the last tower, the sum of the gradients of all towers.

    Without `replicate_model_fn`, or with one tower, it does what the optimizer does. Each tower has
    to call the same optimizers in the same order.

    Args:
        optimizer_or_optimizer_fn: The optimizer, or a function without arguments that makes it in
            the graph where it is used first.
    """

    COLLECTION_FOR_GRAPH_STATES = _STATES

    def __init__(self, optimizer_or_optimizer_fn: Any | Callable[[], Any]) -> None:
        # The base class would want a name and a lock of its own; the wrapped optimizer has them.
        self._given = optimizer_or_optimizer_fn

    def _wrapped(self) -> Any:
        if callable(self._given):
            self._given = self._given()
        GraphState.current().has_optimizer = True
        return self._given

    @staticmethod
    def has_been_used() -> bool:
        """Whether an optimizer of this kind was used while the graph's towers are built."""
        return GraphState.current().has_optimizer

    def get_slot(self, *args: Any, **more: Any) -> Any:
        return self._wrapped().get_slot(*args, **more)

    def get_slot_names(self, *args: Any, **more: Any) -> Any:
        return self._wrapped().get_slot_names(*args, **more)

    def get_name(self, *args: Any, **more: Any) -> Any:
        return self._wrapped().get_name(*args, **more)

    def variables(self, *args: Any, **more: Any) -> Any:
        return self._wrapped().variables(*args, **more)

    def compute_gradients(self, loss: Any, *args: Any, **more: Any) -> Any:
        """The gradients of a tower's part of the loss, with their variables."""
        state = GraphState.current()
        part = scaled(loss, state.loss_reduction, state.towers)
        return self._wrapped().compute_gradients(part, *args, **more)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, **more: Any) -> Any:
        """In the last tower, applies what all gathered; elsewhere, waits for the own gradients."""
        state = GraphState.current()
        if state.towers == 1:
            return self._wrapped().apply_gradients(grads_and_vars, global_step, **more)
        state.gather(grads_and_vars)
        if not state.is_last:
            own = [gradient for gradient, _ in grads_and_vars if gradient is not None]
            with tf.control_dependencies([getattr(each, "values", each) for each in own]):
                return tf.no_op(name="train_op_placeholder")
        with state.first_scopes():
            optimizer = self._wrapped()
            with tf.name_scope("gradient_aggregating"):
                pairs = [
                    (summed_on(variable.device, gradients), variable)
                    for variable, gradients in state.latest()
                ]
            return optimizer.apply_gradients(pairs, global_step=global_step, **more)

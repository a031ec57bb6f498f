"""The builder: one explicit graph, its seed and its default device, under one name."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType, TracebackType
from typing import Any

from graphkit._tf import Graph, Operation, Tensor, Variable, tf
from graphkit.errors import ArgumentTypeError
from graphkit.graph import layers
from graphkit.graph._devices import checked_device
from graphkit.graph._names import checked_graph, find_operation, find_tensor
from graphkit.graph._placeholders import PlaceholderInfo, declared_placeholders, new_placeholder
from graphkit.graph._training import make_train_op
from graphkit.graph._variables import count_parameters, new_constant, new_variable

__all__ = ["GraphBuilder"]


class GraphBuilder:
    """Owns a `tf.Graph` and adds to it, checking everything before the first node.

    Several builders live side by side without touching each other. As a context manager it makes
    its graph and its default device current, so that plain `tf.compat.v1` ops land in it; entering
    again, or another builder inside, is fine. Its own methods enter by themselves. Nothing here
    runs the graph.

        with GraphBuilder(seed=1) as g:
            x = g.placeholder("x", "float32", [None, 2])
            y = g.layers.dense(x, 1, name="y")

    Args:
        seed: The graph-level seed, as of `tf.set_random_seed`; `None` for a new one each run.
        device: Where ops go that ask for nothing else: a device string, function or `None`.
        graph: An existing graph to continue; a new one unless given.

    Raises:
        ArgumentError: The device is malformed.
        ArgumentTypeError: The seed is not a whole number, or `graph` is not a `tf.Graph`.
    """

    layers: ModuleType = layers

    def __init__(
        self, *, seed: int | None = None, device: Any = None, graph: Graph | None = None
    ) -> None:
        self._device = checked_device("GraphBuilder", "device", device)
        self._graph = tf.Graph() if graph is None else checked_graph("GraphBuilder", graph)
        self._entered: list[ExitStack] = []
        if seed is not None:
            self._graph.seed = _checked_seed(seed)

    @property
    def graph(self) -> Graph:
        """The `tf.Graph` this builder adds to."""
        return self._graph

    def __enter__(self) -> GraphBuilder:
        with ExitStack() as scopes:
            scopes.enter_context(self._graph.as_default())
            # Once only: a second time it would override a device asked for in between.
            if not self._entered and self._device is not None:
                scopes.enter_context(self._graph.device(self._device))
            self._entered.append(scopes.pop_all())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered.pop().__exit__(exc_type, exc, trace)

    def placeholder(
        self, name: str, dtype: Any, shape: Any, *, role: str = "input", default: Any = None
    ) -> Tensor:
        """Adds a placeholder: a tensor whose value is fed to each run.

        Unlike `tf.placeholder` it refuses a name that is taken, where TensorFlow 1 appended `_1`
        and a feed by name reached the older one.

        See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/placeholder.

        Args:
            name: Its name in the current scope; feeds can use it.
            dtype: Of the values fed: a `tf.DType`, a numpy dtype or a string.
            shape: One entry per axis, `None` where any size will do; `None` for any shape.
            role: "input", "label" or "switch"; see `placeholder_roles`.
            default: The value when nothing is fed; without one a run that needs it must feed it.

        Returns:
            The placeholder, of that dtype and static shape.

        Raises:
            ArgumentError: The name is invalid or taken, or shape, role or default do not fit.
            ArgumentTypeError: No such dtype, or the default is of another kind.
        """
        with self:
            return new_placeholder(self._graph, name, dtype, shape, role=role, default=default)

    def switch(self, name: str, *, default: bool = False) -> Tensor:
        """Adds a boolean placeholder that has a default, such as `is_training`.

        Args:
            name: Its name in the current scope.
            default: Its value in runs that do not feed it.

        Returns:
            The placeholder, bool `[]`.

        Raises:
            ArgumentError: The name is invalid or taken.
            ArgumentTypeError: The default is not a bool.
        """
        return self.placeholder(name, tf.bool, [], role="switch", default=default)

    @property
    def placeholders(self) -> dict[str, PlaceholderInfo]:
        """The graph's placeholders that have a role, by op name."""
        return declared_placeholders(self._graph)

    def constant(
        self, value: Any, dtype: Any = None, shape: Any = None, name: str = "Const"
    ) -> Tensor:
        """Adds a constant.

        See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/constant.

        Args:
            value: A number, string, nested list or array.
            dtype: Its dtype; that of the value unless given.
            shape: Its shape; that of the value unless given. A shorter value is filled up with its
                last entry, as in TensorFlow 1.
            name: Its name in the current scope.

        Returns:
            The constant.

        Raises:
            ArgumentError: The value does not fit the shape, or the name is invalid.
            ArgumentTypeError: The value does not fit the dtype, or there is no such dtype.
        """
        with self:
            return new_constant(self._graph, value, dtype, shape, name)

    def variable(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = "float32",
        *,
        initializer: Any = None,
        trainable: bool = True,
        regularizer: Any = None,
    ) -> Variable:
        """Adds a variable, or shares one when the variable scope says so.

        See https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/get_variable.

        Args:
            name: Its name in the current variable scope; the checkpoint key.
            shape: Its shape, fully known; left out when `initializer` is a value.
            dtype: Its dtype.
            initializer: An initializer or a value; Glorot uniform unless given.
            trainable: Whether optimizers train it.
            regularizer: Makes a loss of it, collected in `GraphKeys.REGULARIZATION_LOSSES`.

        Returns:
            The variable, a resource variable.

        Raises:
            ArgumentError: The name is invalid, or the shape missing, unknown or one too many.
            ArgumentTypeError: No such dtype, or the regularizer is not a function.
            ValueError: The variable exists and is not shared, or the reverse (TensorFlow's own).
        """
        with self:
            return new_variable(
                self._graph,
                name,
                shape,
                dtype,
                initializer=initializer,
                trainable=trainable,
                regularizer=regularizer,
            )

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Puts `name/` before the names of ops made inside; see `tf.name_scope`."""
        with self, tf.name_scope(name) as scope:
            yield scope

    @contextmanager
    def variable_scope(self, name: Any, reuse: Any = None) -> Iterator[Any]:
        """Puts `name/` before the names of variables and ops; see `tf.variable_scope`."""
        with self, tf.variable_scope(name, reuse=reuse) as scope:
            yield scope

    @contextmanager
    def device(self, device: Any) -> Iterator[None]:
        """Asks for a device for the ops made inside.

        Args:
            device: `"/cpu:0"`, `"/job:worker/task:0/gpu:1"` …, a device function, or `None` to ask
                for nothing. The device need not exist here; a run checks that.

        Yields:
            Nothing.

        Raises:
            ArgumentError: The string is not a device name.
            ArgumentTypeError: Neither string, function nor `None`.
        """
        checked_device("device", "device", device)
        with self, self._graph.device(device):
            yield

    @contextmanager
    def control_dependencies(self, inputs: Sequence[Any] | None) -> Iterator[None]:
        """Makes the ops made inside wait for `inputs`: ops, tensors or their names."""
        waited = None if inputs is None else [find_operation(self._graph, i) for i in inputs]
        with self, self._graph.control_dependencies(waited):
            yield

    def find(self, name: Any) -> Tensor:
        """Finds a tensor by name; see `find_tensor`."""
        return find_tensor(self._graph, name)

    def train_op(self, loss: Any, **options: Any) -> Operation:
        """Makes the op for one training step on `loss`, batch-norm updates included.

        Args:
            loss: The loss, a float scalar `[]`, or its name.
            **options: As of `make_train_op`.

        Returns:
            The op.

        Raises:
            ArgumentError: As `make_train_op`.
            ArgumentTypeError: As `make_train_op`.
            UnknownNameError: As `make_train_op`, or no tensor has that name.
        """
        with self:
            return make_train_op(self.find(loss), **options)

    def parameter_count(self) -> int:
        """Counts the numbers in all trainable variables."""
        return count_parameters(self._graph)


def _checked_seed(seed: Any) -> int:
    try:
        return operator.index(seed)
    except TypeError as exc:
        raise ArgumentTypeError(
            "GraphBuilder", "seed", repr(seed), "a whole number or None"
        ) from exc

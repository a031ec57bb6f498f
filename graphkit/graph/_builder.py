"""The builder: one explicit graph, its seed and its default device, under one name."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from graphkit._tf import Operation, Tensor, Variable, tf
from graphkit.graph import layers
from graphkit.graph._names import find_tensor
from graphkit.graph._placeholders import PlaceholderInfo, declared_placeholders, new_placeholder
from graphkit.graph._scopes import ScopedGraph
from graphkit.graph._training import make_train_op
from graphkit.graph._variables import count_parameters, new_constant, new_variable

__all__ = ["GraphBuilder"]


class GraphBuilder(ScopedGraph):
    """Owns a `tf.Graph` and adds to it, checking everything before the first node.

    Several builders live side by side without touching each other. As a context manager it makes
    its graph and its default device current, so that plain `tf.compat.v1` ops land in it; entering
    again, or another builder inside, is fine. Its own methods enter by themselves; the layers find
    the graph by their input, but the default device only inside the `with`. Nothing here runs the
    graph.

    >>> with GraphBuilder(seed=1) as g:
    ...     x = g.placeholder("x", "float32", [None, 2])
    ...     y = g.layers.dense(x, 3, name="y")
    >>> g.find("y/BiasAdd").shape.as_list(), g.parameter_count()
    ([None, 3], 9)

    Args:
        seed: The graph-level seed, as of `tf.set_random_seed`; `None` for a new one each run.
        device: Where ops go that ask for nothing else: a device string, function or `None`.
        graph: An existing graph to continue; a new one unless given.

    Raises:
        ArgumentError: The device is malformed.
        ArgumentTypeError: The seed is not a whole number, or `graph` is not a `tf.Graph`.
    """

    layers: ModuleType = layers

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

    def find(self, name: Any) -> Tensor:
        """Finds a tensor by name; see `find_tensor`.

        Args:
            name: `"name"`, `"name:0"`, or a tensor or variable of this graph.

        Returns:
            The tensor.

        Raises:
            UnknownNameError: No such tensor; the nearest names are suggested.
            ArgumentError: The tensor belongs to another graph, or the op has no outputs.
            ArgumentTypeError: Neither a name nor a tensor.
        """
        return find_tensor(self._graph, name)

    def train_op(
        self,
        loss: Any,
        *,
        optimizer: Any = None,
        learning_rate: Any = None,
        global_step: Variable | None = None,
        var_list: Sequence[Variable] | None = None,
        clip_norm: float | None = None,
        update_ops: Sequence[Any] | None = None,
        name: str | None = None,
    ) -> Operation:
        """Makes the op for one training step on `loss`, batch-norm updates included.

        Args:
            loss: The loss, a float scalar `[]`, or its name.
            optimizer: As of `make_train_op`, like all that follow.
            learning_rate: A number above 0, a float scalar or a function that gives one.
            global_step: The variable that counts steps.
            var_list: The variables to train.
            clip_norm: The largest global norm of the gradients.
            update_ops: What runs before the step.
            name: The name of the op.

        Returns:
            The op.

        Raises:
            ArgumentError: As `make_train_op`.
            ArgumentTypeError: As `make_train_op`.
            UnknownNameError: As `make_train_op`, or no tensor has that name.
        """
        with self:
            return make_train_op(
                self.find(loss),
                optimizer=optimizer,
                learning_rate=learning_rate,
                global_step=global_step,
                var_list=var_list,
                clip_norm=clip_norm,
                update_ops=update_ops,
                name=name,
            )

    def parameter_count(self) -> int:
        """Counts the numbers in all trainable variables."""
        return count_parameters(self._graph)

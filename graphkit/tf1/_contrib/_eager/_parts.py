"""contrib.eager, the parts that are made otherwise today."""

from __future__ import annotations

from collections.abc import Iterator as Iteration
from collections.abc import Sequence
from typing import Any

from graphkit._tf import tf
from graphkit.tf1._namespace import load

__all__ = ["Iterator", "Saver", "defun", "get_optimizer_variables", "list_devices"]

_Function: Any = load("tensorflow.python.eager.polymorphic_function.polymorphic_function:Function")
_tf_decorator: Any = load("tensorflow.python.util.tf_decorator")


class Iterator:
    """Goes through a data set, element by element.

    Args:
        dataset: A tf.data.Dataset.
    """

    def __init__(self, dataset: Any) -> None:
        self._elements: Iteration[Any] = iter(dataset)

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        return next(self._elements)

    def next(self) -> Any:
        """Gives the next element.

        Returns:
            Tensors, in the structure of the data set.

        Raises:
            StopIteration: There is none.
        """
        return next(self._elements)

    def get_next(self, name: str | None = None) -> Any:
        """Gives the next element.

        Args:
            name: Kept for callers that pass it.

        Returns:
            Tensors, in the structure of the data set.

        Raises:
            OutOfRangeError: There is none.
        """
        try:
            return next(self._elements)
        except StopIteration:
            raise tf.errors.OutOfRangeError(None, None, "End of sequence") from None


class Saver:
    """Saves variables of an eager program by name, and restores them.

    Args:
        var_list: The variables.
    """

    def __init__(self, var_list: Sequence[Any]) -> None:
        self._saver = tf.train.Saver(list(var_list))

    def save(self, file_prefix: str, global_step: Any = None) -> str:
        """Writes a checkpoint.

        Args:
            file_prefix: Its path.
            global_step: Added to the path.

        Returns:
            The path written.
        """
        path: str = self._saver.save(None, file_prefix, global_step=global_step)
        return path

    def restore(self, file_prefix: str) -> None:
        """Reads a checkpoint.

        Args:
            file_prefix: Its path.
        """
        self._saver.restore(None, file_prefix)


class _GraphFunction(_Function):  # type: ignore[misc]  # TensorFlow's base has no types
    """A compiled function whose variables belong to the graph that calls it.

    `tf.function` keeps its variables to itself: it traces twice, makes them on the first call only
    and asks nobody to initialise them.
    """

    def _generate_scoped_tracing_options(self, _scope: Any, scope_type: Any) -> Any:
        def pass_on(next_creator: Any, **kwargs: Any) -> Any:
            return next_creator(**kwargs)

        return super()._generate_scoped_tracing_options(pass_on, scope_type)


def defun(
    func: Any = None,
    input_signature: Any = None,
    autograph: bool = True,
    experimental_autograph_options: Any = None,
    experimental_relax_shapes: bool = False,
) -> Any:
    """Compiles a Python function into a graph, for each shape and dtype it is called with.

    Variables it makes are those of the calling graph: in its collections, initialised with them.

    Args:
        func: The function; a decorator is made without it.
        input_signature: The only shapes and dtypes it takes.
        autograph: Whether its `if` and `while` may depend on tensors.
        experimental_autograph_options: More about that.
        experimental_relax_shapes: Whether fewer graphs are made for many shapes.

    Returns:
        The compiled function, or a decorator.
    """

    def decorate(function: Any) -> Any:
        compiled = _GraphFunction(
            function,
            getattr(function, "__name__", "function"),
            input_signature=input_signature,
            autograph=autograph,
            reduce_retracing=experimental_relax_shapes,
            experimental_autograph_options=experimental_autograph_options,
        )
        return _tf_decorator.make_decorator(function, compiled)

    return decorate if func is None else decorate(func)


def get_optimizer_variables(optimizer: Any) -> list[Any]:
    """Lists what an optimizer keeps beside the variables it trains.

    Args:
        optimizer: An optimizer of `tf.train`.

    Returns:
        Its variables.
    """
    variables: list[Any] = optimizer.variables()
    return variables


def list_devices() -> list[str]:
    """Lists the devices this process can use.

    Returns:
        Their full names.
    """
    names: list[str] = load("graphkit.tf1.config:experimental_list_devices")()
    return names

"""Custom getters that give each trainable variable twins: one on the worker, one that is shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from graphkit._tf import Variable, tf

__all__ = [
    "AGNCustomGetter",
    "ElasticAverageCustomGetter",
    "ModelAverageCustomGetter",
    "TwinGetter",
    "as_local_variables",
]

_GLOBAL, _LOCAL = tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES


def as_local_variables(variables: Iterable[Variable]) -> None:
    """Moves variables from the collection of global variables to that of local ones.

    Args:
        variables: The variables.
    """
    moved = list(variables)
    names = {var.op.name for var in moved}
    kept = tf.get_collection_ref(_GLOBAL)
    kept[:] = [var for var in kept if var.op.name not in names]
    for var in moved:
        tf.add_to_collection(_LOCAL, var)


def _parts(var: Variable) -> list[Variable]:
    """The parts of a divided variable; an ordinary one is its own only part."""
    return [var] if hasattr(var, "op") else list(var)


class TwinGetter:
    """Makes trainable variables on the worker; what is not trainable stays as it is.

    Args:
        worker_device: Where the worker is.
    """

    def __init__(self, worker_device: Any) -> None:
        self._worker_device = worker_device
        self._global_twins: dict[str, Variable] = {}
        self._local_twins: dict[str, Variable] = {}

    def global_twin(self, var: Variable) -> Variable:
        """Finds the shared twin.

        Args:
            var: A trainable variable this made.

        Returns:
            The twin.
        """
        return self._global_twins[var.op.name]

    def local_twin(self, var: Variable) -> Variable:
        """Finds the twin on the worker.

        Args:
            var: A trainable variable this made.

        Returns:
            The twin.
        """
        return self._local_twins[var.op.name]

    def __call__(
        self,
        getter: Callable[..., Variable],
        name: str,
        trainable: bool,
        collections: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Variable:
        if not trainable:
            return self._untrained(getter, name, collections, *args, **kwargs)
        with tf.device(self._worker_device):
            var = getter(name, *args, trainable=True, collections=[_LOCAL], **kwargs)
        if kwargs.get("reuse") is not True:
            self._add_twins(getter, name, var, *args, **kwargs)
        return var

    def _untrained(
        self, getter: Callable[..., Variable], name: str, collections: Any, *args: Any, **kw: Any
    ) -> Variable:
        on_worker = _LOCAL in (collections or ())
        with tf.device(self._worker_device if on_worker else None):
            return getter(name, *args, trainable=False, collections=collections, **kw)

    def _add_twins(
        self, getter: Callable[..., Variable], name: str, var: Variable, *args: Any, **kw: Any
    ) -> None:
        """Makes what stands beside a trained variable; each way of averaging has its own."""
        raise NotImplementedError

    def _remember(self, twins: dict[str, Variable], var: Variable, twin: Variable) -> None:
        for part, other in zip(_parts(var), _parts(twin), strict=True):
            twins[part.op.name] = other


class _TwoTwins(TwinGetter):
    """A shared twin, and a second one on the worker."""

    _second: str

    def _add_twins(
        self, getter: Callable[..., Variable], name: str, var: Variable, *args: Any, **kw: Any
    ) -> None:
        def twin(lead: str, collection: str) -> Variable:
            made = f"{lead}/{name}"
            return getter(made, *args, trainable=False, collections=[collection], **kw)

        self._remember(self._global_twins, var, twin("global_center_variable", _GLOBAL))
        with tf.device(self._worker_device):
            self._remember(self._local_twins, var, twin(self._second, _LOCAL))


class AGNCustomGetter(_TwoTwins):
    """Makes variables for `AGNOptimizer`: each has a shared twin, and one that sums gradients.

    Args:
        worker_device: Where the worker is.
    """

    _second = "grad_variable"


class ElasticAverageCustomGetter(_TwoTwins):
    """Makes variables for `ElasticAverageOptimizer`: each has a shared centre, and a local one.

    Args:
        worker_device: Where the worker is.
    """

    _second = "local_center_variable"


class ModelAverageCustomGetter(TwinGetter):
    """Makes variables for `ModelAverageOptimizer`: each has a shared average.

    Args:
        worker_device: Where the worker is.
    """

    def _add_twins(
        self, getter: Callable[..., Variable], name: str, var: Variable, *args: Any, **kw: Any
    ) -> None:
        for part in _parts(var):
            lead = f"global_center_variable/{part.op.name}"
            initial = tf.cond(
                tf.is_variable_initialized(part), part.read_value, lambda p=part: p.initial_value
            )
            twin = tf.Variable(initial, trainable=False, collections=[_GLOBAL], name=lead)
            self._remember(self._global_twins, part, twin)

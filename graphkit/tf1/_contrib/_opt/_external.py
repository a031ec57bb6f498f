"""contrib.opt's optimizers that run outside TensorFlow, such as SciPy's."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from graphkit._tf import Tensor, Variable, tf
from graphkit.tf1._namespace import load

__all__ = ["ExternalOptimizerInterface", "ScipyOptimizerInterface"]

_Evaluate = Callable[[Any], list[Any]]


def _shape(var: Variable) -> tuple[int, ...]:
    return tuple(var.get_shape().as_list())


def _packed(tensors: Sequence[Tensor]) -> Tensor | None:
    """Lays tensors end to end in one vector."""
    if not tensors:
        return None
    flat = [tf.reshape(tensor, [-1]) for tensor in tensors]
    return flat[0] if len(flat) == 1 else tf.concat(flat, 0)


def _gradient(tensor: Tensor, variables: Sequence[Variable]) -> Tensor | None:
    found = zip(variables, tf.gradients(tensor, list(variables)), strict=True)
    return _packed([tf.zeros_like(var) if grad is None else grad for var, grad in found])


def _bounds(variables: Sequence[Variable], given: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    """Lower and upper bound of every number of all variables."""
    # Variables compare elementwise where TensorFlow 2's behaviour is on, so they are told by name.
    by_name = {getattr(var, "deref", lambda v=var: v)().name: pair for var, pair in given.items()}
    packed: list[tuple[Any, Any]] = []
    for var in variables:
        low, high = by_name.get(var.name, (-np.inf, np.inf))
        shape = _shape(var)
        packed.extend(
            zip(np.broadcast_to(low, shape).flat, np.broadcast_to(high, shape).flat, strict=True)
        )
    return packed


class ExternalOptimizerInterface:
    """The frame of an optimizer that runs outside the graph; a subclass has `_minimize`.

    Args:
        loss: What is to become small, a scalar.
        var_list: The variables; all trainable ones unless given.
        equalities: Scalars that are to be zero.
        inequalities: Scalars that are to be zero or more.
        var_to_bounds: Variable to its lowest and highest value, numbers or arrays that broadcast.
        **optimizer_kwargs: For the optimizer.
    """

    def __init__(
        self,
        loss: Tensor,
        var_list: Sequence[Variable] | None = None,
        equalities: Sequence[Tensor] | None = None,
        inequalities: Sequence[Tensor] | None = None,
        var_to_bounds: Mapping[Any, Any] | None = None,
        **optimizer_kwargs: Any,
    ) -> None:
        self._loss = loss
        self._equalities = list(equalities or ())
        self._inequalities = list(inequalities or ())
        self._vars = tf.trainable_variables() if var_list is None else list(var_list)
        self._packed_bounds = None if var_to_bounds is None else _bounds(self._vars, var_to_bounds)
        self._new_values = [tf.placeholder(var.dtype.base_dtype) for var in self._vars]
        self._updates = [
            tf.assign(var, tf.reshape(value, _shape(var)))
            for var, value in zip(self._vars, self._new_values, strict=True)
        ]
        self._loss_gradient = _gradient(loss, self._vars)
        self._equality_gradients = [_gradient(part, self._vars) for part in self._equalities]
        self._inequality_gradients = [_gradient(part, self._vars) for part in self._inequalities]
        self.optimizer_kwargs = optimizer_kwargs
        self._packed_var = _packed(self._vars)
        ends = list(itertools.accumulate(math.prod(_shape(var)) for var in self._vars))
        self._slices = [slice(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True)]

    def minimize(
        self,
        session: Any = None,
        feed_dict: Mapping[Any, Any] | None = None,
        fetches: Sequence[Any] | None = None,
        step_callback: Callable[[Any], None] | None = None,
        loss_callback: Callable[..., None] | None = None,
        **run_kwargs: Any,
    ) -> None:
        """Runs the optimizer to its end and gives the variables the values it found.

        Args:
            session: The session; the current one unless given.
            feed_dict: What is fed in every run.
            fetches: What is fetched for `loss_callback` with every loss.
            step_callback: Called after a step with the vector of all values.
            loss_callback: Called with what was fetched.
            **run_kwargs: For the last `session.run`.
        """
        session = session or tf.get_default_session()
        fed = dict(feed_dict or {})
        told = list(fetches or [])

        def move(values: Any, **options: Any) -> None:
            parts = [values[part] for part in self._slices]
            fed_values = dict(zip(self._new_values, parts, strict=True))
            session.run(self._updates, feed_dict=fed_values, **options)

        def function(tensors: list[Tensor], callback: Any = None) -> _Evaluate:
            def evaluate(values: Any) -> list[Any]:
                # Variables are moved, not fed: one can be read by many ops.
                move(values)
                found: list[Any] = session.run([*tensors, *told], fed)
                if callback is not None:
                    callback(*found[len(tensors) :])
                return found[: len(tensors)]

            return evaluate

        values = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=function([self._loss, self._loss_gradient], loss_callback),
            equality_funcs=[function([part]) for part in self._equalities],
            equality_grad_funcs=[function([part]) for part in self._equality_gradients],
            inequality_funcs=[function([part]) for part in self._inequalities],
            inequality_grad_funcs=[function([part]) for part in self._inequality_gradients],
            packed_bounds=self._packed_bounds,
            step_callback=step_callback or (lambda values: None),
            optimizer_kwargs=self.optimizer_kwargs,
        )
        move(values, **run_kwargs)

    def _minimize(self, **kwargs: Any) -> Any:
        raise NotImplementedError(
            "To use ExternalOptimizerInterface, subclass from it and implement the _minimize() "
            "method."
        )


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """Runs `scipy.optimize.minimize`; L-BFGS-B unless `method` says otherwise.

    Args:
        loss: What is to become small, a scalar.
        var_list: The variables; all trainable ones unless given.
        equalities: Scalars that are to be zero.
        inequalities: Scalars that are to be zero or more.
        var_to_bounds: Variable to its lowest and highest value.
        **optimizer_kwargs: For SciPy: `method`, `tol`, `options` …
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(self, **kwargs: Any) -> Any:
        chosen = dict(kwargs["optimizer_kwargs"])
        method = chosen.pop("method", self._DEFAULT_METHOD)
        kinds = (("eq", "equality"), ("ineq", "inequality"))
        constraints = [
            {
                "type": kind,
                "fun": lambda x, function=function: np.float64(function(x)[0]),
                "jac": lambda x, gradient=gradient: np.asarray(gradient(x)[0], np.float64),
            }
            for kind, name in kinds
            for function, gradient in zip(
                kwargs[f"{name}_funcs"], kwargs[f"{name}_grad_funcs"], strict=True
            )
        ]
        own = {
            "jac": True,
            "callback": kwargs["step_callback"],
            "method": method,
            "constraints": constraints,
            "bounds": kwargs["packed_bounds"],
        }
        if "bounds" in chosen:
            raise ValueError("Bounds must be set using the var_to_bounds argument")
        for name in sorted(own.keys() & chosen.keys()):
            raise ValueError(
                f"Optimizer keyword arg '{name}' is set automatically and cannot be injected "
                "manually"
            )

        def loss_and_gradient(x: Any) -> tuple[float, Any]:
            loss, gradient = kwargs["loss_grad_func"](x)
            return float(loss), gradient.astype(np.float64)

        minimize = load("scipy.optimize:minimize")
        result = minimize(loss_and_gradient, kwargs["initial_val"], **own, **chosen)
        told = {"Message": result.message, "Objective function value": f"{result.fun:f}"}
        counts = {"Number of iterations": "nit", "Number of functions evaluations": "nfev"}
        told.update({text: result[key] for text, key in counts.items() if key in result})
        lines = "".join(f"\n  {text}: {value}" for text, value in told.items())
        tf.logging.info("Optimization terminated with:%s", lines)
        return result["x"]

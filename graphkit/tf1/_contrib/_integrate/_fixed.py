"""Differential equations on a grid of times: midpoint rule and Runge-Kutta of order 4."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._integrate._checks import check_types, increasing

__all__ = ["odeint_fixed"]

_Slope: TypeAlias = Callable[[Any, Any], Any]


def odeint_fixed(
    func: _Slope, y0: Any, t: Any, dt: Any = None, method: str = "rk4", name: str | None = None
) -> Tensor:
    """Solves `dy/dt = func(y, t)` with steps of a given size.

    Args:
        func: State and time to the state's slope.
        y0: The state at the first time.
        t: The times `[N]`, increasing.
        dt: The size of steps, a scalar or one for each interval `[N - 1]`; it is made smaller so
            that whole steps fit. One step for each interval unless given.
        method: "rk4" or "midpoint".
        name: The op's name.

    Returns:
        The states at these times `[N, …]`.

    Raises:
        TypeError: The state, the times or the steps are whole numbers.
        ValueError: The method is another one, or the sizes do not go together.
    """
    with tf.name_scope(name, "odeint_fixed", [y0, t, dt]):
        t = tf.convert_to_tensor(t, preferred_dtype=tf.float64, name="t")
        y0 = tf.convert_to_tensor(y0, name="y0")
        intervals = t[1:] - t[:-1]
        dt = intervals if dt is None else dt
        dt = tf.convert_to_tensor(dt, preferred_dtype=tf.float64, name="dt")
        counts = tf.ceil(intervals / dt)
        dt = intervals / counts
        check_types(y0, t, dt)
        _check_sizes(t, dt)
        with increasing(t), tf.name_scope(method):
            if method not in _METHODS:
                raise ValueError(f"method not supported: {method}; there are {sorted(_METHODS)}")
            return _integrated(_METHODS[method], func, y0, t, dt, tf.cast(counts, tf.int32))


def _check_sizes(t: Any, dt: Any) -> None:
    if len(t.shape.as_list()) > 1 or len(dt.shape.as_list()) > 1:
        raise ValueError("t must be a 1D tensor")
    if t.shape.as_list()[0] != dt.shape.as_list()[0] + 1:
        raise ValueError("t and dt have incompatible lengths, must be N and N-1")


def _integrated(step: Any, func: _Slope, y0: Any, t: Any, dt: Any, counts: Any) -> Tensor:
    """The states at all times: a loop over intervals, and one over the steps of each."""

    def interval(states: Any, y: Any, now: Any, number: Any) -> Any:
        size = dt[number - 1]

        def one_step(y: Any, now: Any, done: Any) -> Any:
            return y + tf.cast(step(func, now, size, y), y.dtype), now + size, done + 1

        y, now, _ = tf.while_loop(
            lambda y, now, done: done < counts[number - 1], one_step, (y, now, 0)
        )
        return states.write(number, y), y, now, number + 1

    times = tf.size(t)
    states = tf.TensorArray(y0.dtype, times).write(0, y0)
    states, _, _, _ = tf.while_loop(
        lambda states, y, now, number: number < times, interval, (states, y0, t[0], 1)
    )
    found = states.stack()
    found.set_shape(t.shape.concatenate(y0.shape))
    return found


def _midpoint(func: _Slope, t: Any, dt: Any, y: Any) -> Any:
    size = tf.cast(dt, y.dtype)
    return size * func(y + func(y, t) * size / 2, t + dt / 2)


def _rk4(func: _Slope, t: Any, dt: Any, y: Any) -> Any:
    size, middle = tf.cast(dt, y.dtype), t + dt / 2
    first = func(y, t)
    second = func(y + size * first / 2, middle)
    third = func(y + size * second / 2, middle)
    last = func(y + size * third, t + dt)
    return tf.add_n([first, 2 * second, 2 * third, last]) * (size / 6)


_METHODS = {"midpoint": _midpoint, "rk4": _rk4}

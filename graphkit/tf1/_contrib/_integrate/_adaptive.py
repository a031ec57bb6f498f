"""Differential equations with steps as small as the error asks for: Dormand and Prince's pair.

The coefficients are those of Shampine, "Some practical Runge-Kutta formulas" (1986), section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from graphkit._tf import Tensor, tf
from graphkit.tf1._contrib._integrate._checks import check_types, increasing

__all__ = ["odeint"]

_Slope: TypeAlias = Callable[[Any, Any], Any]

_TIMES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_FIFTH = (35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84)
_STAGES = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    _FIFTH,
)
_MIDDLE = (
    6025192743 / 30085553152 / 2,
    0,
    51252292925 / 65400821598 / 2,
    -2691868925 / 45128329728 / 2,
    187940372067 / 1594534317056 / 2,
    -1776094331 / 19743644256 / 2,
    11237099 / 235043384 / 2,
)
_FOURTH = (1951 / 21600, 0, 22642 / 50085, 451 / 720, -12231 / 42400, 649 / 6300, 1 / 60)
_ERROR = tuple(four - five for four, five in zip(_FOURTH, (*_FIFTH, 0), strict=True))
_ORDER = 5


class _Settings(NamedTuple):
    """How long steps may be."""

    first_step: float = 1.0
    safety: float = 0.9
    ifactor: float = 10.0
    dfactor: float = 0.2
    max_num_steps: int = 1000


class _Reached(NamedTuple):
    """The end of the last step, and the polynomial inside it."""

    y: Any
    slope: Any
    before: Any
    now: Any
    dt: Any
    polynomial: list[Any]


class _History(NamedTuple):
    """The ends of all steps that were tried, and what their errors were of those allowed."""

    times: Any
    ratios: Any


def odeint(
    func: _Slope,
    y0: Any,
    t: Any,
    rtol: Any = 1e-6,
    atol: Any = 1e-12,
    method: str | None = None,
    options: Mapping[str, Any] | None = None,
    full_output: bool = False,
    name: str | None = None,
) -> Any:
    """Solves `dy/dt = func(y, t)` with steps as small as the error asks for.

    Args:
        func: State and time to the state's slope.
        y0: The state at the first time.
        t: The times `[N]`, increasing.
        rtol: The error that is allowed, as a part of the state.
        atol: The error that is allowed besides.
        method: "dopri5", the only one.
        options: With `method` only: `first_step`, `safety`, `ifactor`, `dfactor`, `max_num_steps`.
        full_output: Whether the second result is given, too.
        name: The op's name.

    Returns:
        The states at these times `[N, …]`; and `num_func_evals`, `integrate_points` and
        `error_ratio`, of all steps that were tried.

    Raises:
        TypeError: The state or the times are whole numbers, or an option is another one.
        ValueError: The method is another one, or missing where there are options.
    """
    if method not in (None, "dopri5"):
        raise ValueError(f"invalid method: {method!r}")
    if options is not None and method is None:
        raise ValueError("cannot supply `options` without specifying `method`")
    with tf.name_scope(name, "odeint", [y0, t, rtol, atol]):
        y0 = tf.convert_to_tensor(y0, name="y0")
        t = tf.convert_to_tensor(t, preferred_dtype=tf.float64, name="t")
        check_types(y0, t)
        allowed = [tf.convert_to_tensor(error, tf.abs(y0).dtype) for error in (rtol, atol)]
        states, history = _solved(func, y0, t, allowed, _Settings(**(options or {})))
        if not full_output:
            return states
        tried = history.times.stack()
        return states, {
            "num_func_evals": 6 * tf.size(tried) + 1,
            "integrate_points": tried,
            "error_ratio": history.ratios.stack(),
        }


def _solved(
    func: _Slope, y0: Any, t: Any, allowed: list[Any], settings: _Settings
) -> tuple[Tensor, _History]:
    def step(reached: _Reached, history: _History, tries: Any) -> Any:
        with tf.control_dependencies(_checks(reached, tries, settings)):
            y, slopes = _stepped(func, reached)
        size = tf.cast(reached.dt, y.dtype)
        ratio = _ratio(_weighted(size, _ERROR, slopes), reached.y, y, allowed)
        end = reached.now + reached.dt
        tried = _History(
            history.times.write(history.times.size(), end),
            history.ratios.write(history.ratios.size(), ratio),
        )
        accepted, kept = (
            [y, slopes[-1], end, *_polynomial(reached.y, y, slopes, size)],
            [reached.y, reached.slope, reached.now, *reached.polynomial],
        )
        y, slope, now, *polynomial = tf.cond(ratio <= 1, lambda: accepted, lambda: kept)
        dt = _next_size(reached.dt, ratio, settings)
        return _Reached(y, slope, reached.now, now, dt, polynomial), tried, tries + 1

    def to_time(states: Any, history: _History, reached: _Reached, number: Any) -> Any:
        reached, history, _ = tf.while_loop(
            lambda reached, *rest: t[number] > reached.now, step, (reached, history, 0)
        )
        return states.write(number, _value(reached, t[number])), history, reached, number + 1

    with increasing(t):
        times = tf.size(t)
    states = tf.TensorArray(y0.dtype, size=times).write(0, y0)
    history = _History(
        tf.TensorArray(t.dtype, size=0, dynamic_size=True),
        tf.TensorArray(allowed[0].dtype, size=0, dynamic_size=True),
    )
    first = tf.convert_to_tensor(settings.first_step, t.dtype)
    start = _Reached(y0, func(y0, t[0]), t[0], t[0], first, [y0] * 5)
    states, history, _, _ = tf.while_loop(
        lambda states, history, reached, number: number < times,
        to_time,
        (states, history, start, 1),
    )
    found = states.stack()
    found.set_shape(t.shape.concatenate(y0.shape))
    return found, history


def _checks(reached: _Reached, tries: Any, settings: _Settings) -> list[Any]:
    finite = tf.reduce_all(tf.is_finite(tf.abs(reached.y)))
    return [
        tf.Assert(reached.now + reached.dt > reached.now, ["underflow in dt", reached.dt]),
        tf.Assert(tries < settings.max_num_steps, ["max_num_steps exceeded"]),
        tf.Assert(finite, ["non-finite values in state `y`", reached.y]),
    ]


def _weighted(scale: Any, weights: Iterable[float], slopes: list[Any]) -> Any:
    # Fewer slopes than weights are known at the first stages of a step.
    return tf.add_n([scale * w * slope for w, slope in zip(weights, slopes, strict=False) if w])


def _stepped(func: _Slope, reached: _Reached) -> tuple[Any, list[Any]]:
    """The state after one step, and its slopes at all stages."""
    size, slopes, y = tf.cast(reached.dt, reached.y.dtype), [reached.slope], reached.y
    for part, weights in zip(_TIMES, _STAGES, strict=True):
        y = reached.y + _weighted(size, weights, slopes)
        slopes.append(func(y, reached.now + part * reached.dt))
    return tf.identity(y), slopes


def _ratio(error: Any, before: Any, after: Any, allowed: list[Any]) -> Tensor:
    """The error of a step as a part of the allowed one, over all numbers of the state."""
    rtol, atol = allowed
    tolerance = atol + rtol * tf.maximum(tf.abs(before), tf.abs(after))
    return tf.sqrt(tf.reduce_mean(tf.square(tf.abs(error)) / tf.square(tolerance)))


def _next_size(dt: Any, ratio: Any, settings: _Settings) -> Any:
    grown = tf.cast(ratio, dt.dtype) ** (1 / _ORDER) / settings.safety
    return dt / tf.maximum(tf.minimum(grown, 1 / settings.dfactor), 1 / settings.ifactor)


def _polynomial(y0: Any, y1: Any, slopes: list[Any], dt: Any) -> list[Any]:
    """The five factors, highest first, of a polynomial from 0 to 1 through the step."""
    middle, first, last = y0 + _weighted(dt, _MIDDLE, slopes), slopes[0], slopes[-1]
    return [
        -2 * dt * first + 2 * dt * last - 8 * y0 - 8 * y1 + 16 * middle,
        5 * dt * first - 3 * dt * last + 18 * y0 + 14 * y1 - 32 * middle,
        -4 * dt * first + dt * last - 11 * y0 - 5 * y1 + 16 * middle,
        dt * first,
        y0,
    ]


def _value(reached: _Reached, t: Any) -> Tensor:
    inside = (reached.before <= t) & (t <= reached.now)
    told = ["invalid interpolation, fails `t0 <= t <= t1`:", reached.before, t, reached.now]
    with tf.control_dependencies([tf.Assert(inside, told)]):
        x = (t - reached.before) / (reached.now - reached.before)
        x = tf.cast(x, reached.polynomial[0].dtype)
    value = reached.polynomial[0]
    for factor in reached.polynomial[1:]:
        value = value * x + factor
    return value

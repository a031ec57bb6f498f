"""contrib.integrate against equations whose solutions are known."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

integrate = tf.contrib.integrate

TIMES = np.array([0.0, 0.1, 0.5, 2.0, 2.1])

# The slope, the state at the first time, and the solution.
EQUATIONS = {
    "decay": (lambda y, t: -2 * y, 3.0, lambda t: 3 * np.exp(-2 * t)),
    "power": (lambda y, t: 4 * t**3, 1.0, lambda t: 1 + t**4),
    "logistic": (lambda y, t: y * (1 - y), 0.25, lambda t: 1 / (1 + 3 * np.exp(-t))),
    "several": (
        lambda y, t: y * tf.constant([1.0, -1.0], tf.float64),
        [1.0, 2.0],
        lambda t: np.stack([np.exp(t), 2 * np.exp(-t)], -1),
    ),
}


def start(value):
    return tf.constant(value, tf.float64)


@pytest.mark.parametrize("name", sorted(EQUATIONS))
@pytest.mark.parametrize("rtol", [1e-4, 1e-9])
def test_errors_are_as_small_as_they_were_asked_to_be(session, name, rtol):
    slope, first, solution = EQUATIONS[name]
    found = integrate.odeint(slope, start(first), TIMES, rtol=rtol)
    assert found.shape.as_list() == [5, *np.shape(first)]
    np.testing.assert_allclose(session.run(found), solution(TIMES), rtol=20 * rtol)


@pytest.mark.parametrize(("method", "order"), [("midpoint", 2), ("rk4", 4)])
@pytest.mark.parametrize("name", ["decay", "logistic"])
def test_half_the_step_leaves_the_error_of_the_order(session, method, order, name):
    slope, first, solution = EQUATIONS[name]
    found = [
        integrate.odeint_fixed(slope, start(first), [0.0, 1.0], dt=dt, method=method)[1]
        for dt in (0.1, 0.05)
    ]
    errors = np.abs(session.run(found) - solution(1.0))
    assert errors[0] / errors[1] == pytest.approx(2**order, rel=0.15)


def test_steps_are_made_smaller_so_that_whole_ones_fit(session):
    tried = []

    def slope(y, t):
        tried.append(t)
        return tf.ones_like(y)

    found = integrate.odeint_fixed(slope, start(0.0), [0.0, 1.0, 1.5], dt=0.4, method="midpoint")
    np.testing.assert_allclose(session.run(found), [0.0, 1.0, 1.5])
    # The slope's ops are made once for the start of a step and once for its middle.
    assert len(tried) == 2


def test_gradients_go_through_a_grid(session):
    rate = tf.constant(0.7, tf.float64)
    found = integrate.odeint_fixed(lambda y, t: rate * y, start(2.0), [0.0, 1.0], dt=0.01)
    slope = session.run(tf.gradients(found[1], rate)[0])
    assert slope == pytest.approx(2 * np.exp(0.7), rel=1e-6)


def test_a_tighter_error_takes_more_steps(session):
    slope, first, _ = EQUATIONS["logistic"]
    told = [
        integrate.odeint(slope, start(first), TIMES, rtol=rtol, full_output=True)[1]
        for rtol in (1e-3, 1e-8)
    ]
    few, many = session.run(told)
    assert few["num_func_evals"] < many["num_func_evals"]
    for found in (few, many):
        tries = len(found["integrate_points"])
        assert (found["num_func_evals"], len(found["error_ratio"])) == (6 * tries + 1, tries)
        # Steps whose error was too large are tried again, and the last time is reached.
        accepted = found["integrate_points"][found["error_ratio"] <= 1]
        assert (np.diff(accepted) > 0).all()
        assert accepted[-1] >= TIMES[-1]


@pytest.mark.parametrize(
    ("options", "times", "message"),
    [
        ({"max_num_steps": 2}, [0.0, 9.0], "max_num_steps exceeded"),
        ({}, [1.0, 1.0], "must be monotonic increasing"),
        ({"first_step": 0.0}, [0.0, 1.0], "underflow in dt"),
    ],
)
def test_what_stops_a_solution_is_told(session, options, times, message):
    slope, first, _ = EQUATIONS["decay"]
    found = integrate.odeint(slope, start(first), times, method="dopri5", options=options)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(found)

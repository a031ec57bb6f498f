"""Programs with contrib.integrate: states, the steps that were tried, and misuse."""

import numpy as np


def decay(tf):
    return lambda y, t: -y


def driven(tf):
    return lambda y, t: tf.cast(tf.sin(t), y.dtype) - 0.5 * y


def circle(tf):
    turn = tf.constant([[0.0, 1.0], [-1.0, 0.0]], tf.float64)
    return lambda y, t: tf.matmul(y, turn)


def spiral(tf):
    return lambda y, t: tf.constant(1j - 0.2, tf.complex128) * y


def stiff(tf):
    return lambda y, t: -20.0 * (y - tf.cast(tf.cos(t), y.dtype))


STARTS = {
    "decay": (decay, np.float64(1.0), [0.0, 1.0, 2.0]),
    "driven": (driven, np.array([1.0, -2.0]), [0.0, 0.3, 2.5, 2.6]),
    "single": (driven, np.array([1.0, -2.0], np.float32), [0.0, 0.3, 2.5, 2.6]),
    "circle": (circle, np.array([[1.0, 0.0], [0.5, 0.5]]), [0.0, 1.5, 6.0]),
    "spiral": (spiral, np.complex128(1 + 0.5j), [0.0, 0.1, 4.0]),
    "stiff": (stiff, np.array([0.0, 2.0]), [0.0, 0.5, 3.0]),
}


def solved(kind, **given):
    def program(tf):
        slope, start, times = STARTS[kind]
        found, told = tf.contrib.integrate.odeint(
            slope(tf), tf.constant(start), times, full_output=True, **given
        )
        plain = tf.stack([tf.real(found), tf.imag(found)]) if kind == "spiral" else found
        return {
            "states": plain,
            "evaluations": told["num_func_evals"],
            "points": told["integrate_points"],
            "ratios": told["error_ratio"],
        }

    return program


def on_a_grid(kind, method, **given):
    def program(tf):
        slope, start, times = STARTS[kind]
        found = tf.contrib.integrate.odeint_fixed(
            slope(tf), tf.constant(start), times, method=method, **given
        )
        return {"states": tf.stack([tf.real(found), tf.imag(found)]) if kind == "spiral" else found}

    return program


def slope_of_the_start(tf):
    start = tf.constant(1.5, tf.float64)
    grid = tf.contrib.integrate.odeint_fixed(decay(tf), start, [0.0, 1.0, 2.0], dt=0.25)
    return {"slope": tf.gradients(grid[2], start)[0]}


def failing(call):
    def program(tf):
        found = call(tf.contrib.integrate, tf)
        return {"found": found}

    return program


OPTIONS = {"first_step": 0.01, "safety": 0.8, "ifactor": 3.0, "dfactor": 0.5}

PROGRAMS = {
    "slope_of_the_start": slope_of_the_start,
    "decay": solved("decay"),
    "driven": solved("driven", rtol=1e-4, atol=1e-6),
    "circle": solved("circle", rtol=1e-8),
    "spiral": solved("spiral"),
    "stiff": solved("stiff"),
    "options": solved("stiff", method="dopri5", options=OPTIONS),
    "too_many_steps": solved("stiff", method="dopri5", options={"max_num_steps": 3}),
    "midpoint": on_a_grid("circle", "midpoint", dt=0.5),
    "midpoint_sizes": on_a_grid("driven", "midpoint", dt=[0.1, 0.4, 0.05]),
    "rk4_single": on_a_grid("single", "rk4", dt=0.25),
    "rk4": on_a_grid("spiral", "rk4", dt=0.3),
    "rk4_one_step": on_a_grid("decay", "rk4"),
    "other_method": failing(lambda i, tf: i.odeint(decay(tf), 1.0, [0.0, 1.0], method="euler")),
    "only_options": failing(lambda i, tf: i.odeint(decay(tf), 1.0, [0.0, 1.0], options={})),
    "other_option": failing(
        lambda i, tf: i.odeint(decay(tf), 1.0, [0.0, 1.0], method="dopri5", options={"x": 1})
    ),
    "whole_state": failing(lambda i, tf: i.odeint(decay(tf), 1, [0.0, 1.0])),
    "whole_times": failing(lambda i, tf: i.odeint(decay(tf), 1.0, tf.constant([0, 1]))),
    "backwards": failing(lambda i, tf: i.odeint(decay(tf), 1.0, [1.0, 0.0])),
    "endless": failing(lambda i, tf: i.odeint(lambda y, t: y * y, 1.0, [0.0, 2.0])),
    "other_grid_method": failing(
        lambda i, tf: i.odeint_fixed(decay(tf), 1.0, [0.0, 1.0], method="euler")
    ),
    "too_few_sizes": failing(
        lambda i, tf: i.odeint_fixed(decay(tf), 1.0, [0.0, 1.0, 2.0, 3.0], dt=[0.1, 0.2])
    ),
    "times_of_times": failing(lambda i, tf: i.odeint_fixed(decay(tf), 1.0, [[0.0, 1.0]] * 3)),
}

"""How functions of tensors change with what goes in, by differences."""

from __future__ import annotations

import numpy as np

import graphkit.tf1 as tf


def measured(session, function, point, step=1e-5):
    """The Jacobian of a function of tensors, by differences."""
    place = tf.placeholder(tf.float64, point.shape)
    made = function(place)
    columns = [
        (session.run(made, {place: point + by}) - session.run(made, {place: point - by}))
        / (2 * step)
        for by in step * np.eye(len(point))
    ]
    return np.stack(columns, -1)

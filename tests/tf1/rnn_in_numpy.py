"""Values, formulas and single steps that the tests of contrib.rnn's cells share."""

from __future__ import annotations

import numpy as np

import graphkit.tf1 as tf

rnn = tf.contrib.rnn

X = np.array([[0.5, -1.0, 0.25], [0.1, 0.2, -0.7]], np.float32)
H = np.array([[0.3, -0.6], [0.0, 0.4]], np.float32)
C = np.array([[0.9, -0.2], [-1.1, 0.5]], np.float32)
LSTM = rnn.LSTMStateTuple(C, H)
SEQUENCE = np.cos(0.9 * np.arange(24.0)).reshape(3, 2, 4).astype(np.float32)


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def made_up(seed, shape):
    size = int(np.prod(shape)) if shape else 1
    return (0.8 * np.sin(1.7 * np.arange(size) + 0.9 * seed + 0.3)).reshape(shape)


def filled(session):
    """Gives every variable a made-up value; the values by the end of their names."""
    values = {}
    session.run(tf.global_variables_initializer())
    for seed, variable in enumerate(tf.global_variables()):
        value = made_up(seed, variable.shape.as_list()).astype(np.float32)
        variable.load(value, session)
        values["/".join(variable.op.name.split("/")[1:])] = value
    return values


def stepped(cell, x, state):
    """One step: the output, the parts of the next state, and the variables' values."""
    output, following = cell(tf.constant(x), tf.nest.map_structure(tf.constant, state))
    with tf.Session() as session:
        values = filled(session)
        return *session.run([output, tf.nest.flatten(following)]), values


def gates(x, h, kernel, bias=0.0, parts=4):
    return np.split(np.concatenate([x, h], 1) @ kernel + bias, parts, axis=1)


def lstm(i, j, f, o, before, forget_bias=1.0):
    c = sigmoid(f + forget_bias) * before + sigmoid(i) * np.tanh(j)
    return c, sigmoid(o) * np.tanh(c)

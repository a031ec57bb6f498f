"""The table of a model that no program of 1.15 could print."""

from __future__ import annotations

import graphkit.tf1 as tf
from graphkit.port._keras._summary import print_summary


def test_a_layer_that_was_never_called_has_no_parameters():
    class Own(tf.keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.used = tf.keras.layers.Dense(2, name="used")
            self.unused = tf.keras.layers.Dense(2, name="unused")

        def call(self, inputs):
            return self.used(inputs)

    with tf.Graph().as_default():
        model = Own()
        model(tf.zeros([1, 3]))
        lines = []
        print_summary(model, print_fn=lines.append, expand_nested=True)
    assert [line.split() for line in lines if "Dense" in line] == [
        ["used", "(Dense)", "multiple", "8"],
        ["unused", "(Dense)", "multiple", "0", "(unused)"],
    ]
    assert lines[-4:-1] == ["Total params: 8", "Trainable params: 8", "Non-trainable params: 0"]

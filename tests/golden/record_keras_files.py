"""Saves models with Keras for tests/export, as keras_files/.

    /path/to/python3.7 tests/golden/record_keras_files.py
    python tests/golden/record_keras_files.py

The first, with TensorFlow 1.15.5 and Keras 2.2.4 of its time, writes

    sequential.h5   a whole model with a Lambda layer, trained a step with Adam, by Keras 2.2.4
    weights.h5      the weights of that model alone
    functional.h5   a whole model of two inputs with a model inside, by tf.keras of 1.15.5

The second, with the Keras of today, writes today.keras.
"""

from __future__ import print_function

import os
import sys

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_files")


def sequential(keras):
    layers = keras.layers
    model = keras.models.Sequential(
        [
            layers.Conv2D(2, 3, input_shape=(4, 4, 1), name="conv"),
            layers.BatchNormalization(name="norm"),
            layers.Lambda(lambda x: x * 2, name="twice"),
            layers.Flatten(name="flat"),
            layers.Dense(3, name="out"),
        ]
    )
    model.compile("adam", "mse")
    model.fit(np.ones([2, 4, 4, 1]), np.ones([2, 3]), verbose=0)
    return model


def functional(keras):
    layers = keras.layers
    inside = keras.models.Sequential(
        [layers.Dense(2, input_shape=(3,), name="inner")], name="inside"
    )
    one = keras.Input((3,), name="one")
    two = keras.Input((3,), name="two")
    y = layers.Add(name="sum")([inside(one), inside(two)])
    return keras.Model([one, two], layers.Dense(1, use_bias=False, name="out")(y), name="both")


def record_old():
    import keras
    import tensorflow as tf

    model = sequential(keras)
    model.save(os.path.join(HERE, "sequential.h5"))
    model.save_weights(os.path.join(HERE, "weights.h5"))
    functional(tf.keras).save(os.path.join(HERE, "functional.h5"))


def record_today():
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="out")], name="small")
    model.compile("sgd", "mse")
    model.save(os.path.join(HERE, "today.keras"))


if __name__ == "__main__":
    if not os.path.isdir(HERE):
        os.mkdir(HERE)
    if sys.version_info < (3, 8):
        record_old()
    else:
        record_today()

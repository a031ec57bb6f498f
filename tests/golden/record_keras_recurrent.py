"""Records how tf.keras of TensorFlow 1.15.5 names layers and the weights of recurrent ones.

    tf115/bin/python tests/golden/record_keras_recurrent.py

It writes keras_recurrent.json and, into the folder keras_recurrent, what it saved of one
model: all of it (model.h5) and a checkpoint of tf.train.Saver (saved.*).
"""

import json
import os

import numpy as np
import tensorflow as tf
from tensorflow.python.keras.utils.generic_utils import to_snake_case  # noqa: TID251

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "keras_recurrent")
layers = tf.keras.layers
CLASSES = ["VGG16", "ResNet50", "CNN2", "MyLSTM2", "_Hidden", "Conv2D", "AE", "V2Net", "GRU4Rec"]
# What makes a layer, and the shape of what it gets.
CASES = {
    "lstm": ("LSTM(2)", [1, 3, 4]),
    "gru": ("GRU(2)", [1, 3, 4]),
    "simple": ("SimpleRNN(2)", [1, 3, 4]),
    "named": ("LSTM(2, name='mine')", [1, 3, 4]),
    "cudnn": ("CuDNNGRU(2)", [1, 3, 4]),
    "cell": ("RNN(LSTMCell(2))", [1, 3, 4]),
    "cells": ("RNN([LSTMCell(2), GRUCell(3)])", [1, 3, 4]),
    "stacked": ("RNN(StackedRNNCells([SimpleRNNCell(2)]))", [1, 3, 4]),
    "stacked twice": ("RNN([StackedRNNCells([SimpleRNNCell(2)]), GRUCell(2)])", [1, 3, 4]),
    "peephole": ("RNN(PeepholeLSTMCell(2))", [1, 3, 4]),
    "both ways": ("Bidirectional(LSTM(2))", [1, 3, 4]),
    "steps": ("TimeDistributed(GRU(2))", [1, 2, 3, 4]),
    "pictures": ("ConvLSTM2D(2, 2)", [1, 2, 4, 4, 1]),
    "pictures both ways": ("Bidirectional(ConvLSTM2D(2, 2))", [1, 2, 4, 4, 1]),
}


def made(text):
    known = {name: getattr(layers, name) for name in dir(layers)}
    known["PeepholeLSTMCell"] = tf.keras.experimental.PeepholeLSTMCell
    return eval(text, known)


def names(weights):
    return [weight.name for weight in weights]


def named(case):
    text, shape = case
    with tf.Graph().as_default():
        layer = made(text)
        layer(tf.zeros(shape))
        return {"make": text, "shape": shape, "name": layer.name, "weights": names(layer.weights)}


def model():
    return tf.keras.Sequential(
        [
            layers.ConvLSTM2D(2, 2, input_shape=(3, 3, 3, 1), return_sequences=True),
            layers.TimeDistributed(layers.Flatten()),
            layers.Bidirectional(layers.GRU(2, return_sequences=True)),
            layers.LSTM(2, return_sequences=True),
            layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)]),
        ]
    )


def functional():
    with tf.Graph().as_default():
        inputs = layers.Input((3, 4))
        both = layers.Bidirectional(layers.LSTM(2))(inputs)
        model = tf.keras.Model(inputs, layers.add([both, layers.GRU(4)(inputs)]))
        again = tf.keras.Model.from_config(model.get_config())
        return {"made": names(model.weights), "config": names(again.weights)}


def saved():
    x = np.linspace(-1, 1, 54).reshape([2, 3, 3, 3, 1]).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.keras.backend.set_session(session)
        whole = model()
        random = np.random.RandomState(7)
        whole.set_weights([random.uniform(-1, 1, w.shape).astype("f") for w in whole.weights])
        again = {
            "json": names(tf.keras.models.model_from_json(whole.to_json()).weights),
            "clone": names(tf.keras.models.clone_model(whole).weights),
            "config": names(tf.keras.Sequential.from_config(whole.get_config()).weights),
        }
        saver = tf.train.Saver(whole.weights)
        saver.save(session, os.path.join(FILES, "saved"), write_meta_graph=False, write_state=False)
        whole.save(os.path.join(FILES, "model.h5"))
        found = whole.predict(x)
        return dict(
            again,
            weights=names(whole.weights),
            layers=[layer.name for layer in whole.layers],
            predicted=found.tolist(),
        )


def main():
    if not os.path.isdir(FILES):
        os.mkdir(FILES)
    kinds = {name: getattr(layers, name) for name in dir(layers)}
    kinds = {name: kind for name, kind in kinds.items() if isinstance(kind, type)}
    recorded = {
        "layers": {name: to_snake_case(kind.__name__) for name, kind in kinds.items()},
        "classes": {name: to_snake_case(name) for name in CLASSES},
        "cases": {name: named(case) for name, case in CASES.items()},
        "functional": functional(),
        "saved": saved(),
    }
    with open(os.path.join(HERE, "keras_recurrent.json"), "w") as file:
        json.dump(recorded, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()

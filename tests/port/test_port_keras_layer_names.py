"""Layers of tf_keras, by whatever way a program has them, are named as in 1.15.5."""

from __future__ import annotations

import importlib

import pytest

from graphkit._tf import tf
from graphkit.port._keras import _layer_names as names
from graphkit.tf1._namespace import load

layers = load("tf_keras.api._v1.keras.layers")  # the package `keras` of a program
PARTS = ("kernel", "recurrent_kernel", "bias")
# What each layer is, and the scopes in which 1.15.5 has the weights of its cells.
LAYERS = {
    "lstm": (lambda: layers.LSTM(2), ["lstm"]),
    "gru": (lambda: layers.GRU(2), ["gru"]),
    "simple": (lambda: layers.SimpleRNN(2), ["simple_rnn"]),
    "named": (lambda: layers.LSTM(2, name="mine"), ["mine"]),
    "cell": (lambda: layers.RNN(layers.LSTMCell(2)), ["rnn"]),
    "cells": (lambda: layers.RNN([layers.LSTMCell(2), layers.GRUCell(3)]), ["rnn", "rnn"]),
    "both ways": (
        lambda: layers.Bidirectional(layers.LSTM(2)),
        ["bidirectional/forward_lstm", "bidirectional/backward_lstm"],
    ),
}


@pytest.fixture
def as_before(monkeypatch):
    """Names weights as 1.15 did, in one test only."""
    for path in names._MODULES:
        module = importlib.import_module(path)
        monkeypatch.setattr(module, "backend", module.backend)
    for path in names._NAMING:
        module = importlib.import_module(path)
        monkeypatch.setattr(module, "to_snake_case", module.to_snake_case)
    names.name_layers_as_before()


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_weights_are_named_by_their_layer(as_before, graph, name):
    make, scopes = LAYERS[name]
    layer = make()
    layer(tf.zeros([1, 3, 4]))
    expected = [
        f"{scope}/{part}" + ("_1" if scope in scopes[:place] else "")
        for place, scope in enumerate(scopes)
        for part in PARTS
    ]
    assert [weight.name.partition(":")[0] for weight in layer.weights] == expected


def test_the_rest_of_the_backend_is_as_it_was(as_before):
    backend = importlib.import_module("tf_keras.backend")
    for path in names._MODULES:
        module = importlib.import_module(path)
        assert module.backend.floatx() == backend.floatx()
        kept = module.backend
        names.name_layers_as_before()
        assert module.backend is kept


def test_classes_of_ones_own_are_named_by_the_rule_of_then(as_before, graph):
    kind = type("VGG16", (layers.Layer,), {})
    assert [kind().name, kind().name] == ["vg_g16", "vg_g16_1"]


def test_layers_of_tf_layers_are_named_by_it_too(as_before, graph):
    base = load("tf_keras.src.legacy_tf_layers.base:Layer")
    assert type("CNN2", (base,), {})().name.startswith("cn_n2")


def test_programs_of_tensorflow_2_keep_its_names(run):
    found = run(
        "import tensorflow as tf\n"
        "layer = tf.keras.layers.LSTM(2)\n"
        "tf.function(layer)(tf.zeros([1, 3, 4]))\n"
        "names = [weight.name for weight in layer.weights]\n"
    )
    assert {name.split("/")[1] for name in found["names"]} == {"lstm_cell"}

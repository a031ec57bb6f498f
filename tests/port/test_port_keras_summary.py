"""The table of a model that no program of 1.15 could print."""

from __future__ import annotations

import h5py

import graphkit.tf1 as tf
from graphkit.port._keras._modules import work_as_before
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


def table(model, **options):
    lines = []
    print_summary(model, print_fn=lines.append, **options)
    return lines


def test_a_net_with_branches_has_a_column_of_connections():
    """The widths are Keras's: 98 characters, columns that end at 33, 55, 67 and 100 percent."""
    layers = tf.keras.layers
    with tf.Graph().as_default():
        shared = layers.Dense(2, name="shared")
        left, right = layers.Input([3], name="left"), layers.Input([3], name="right")
        both = layers.Add(name="both")([shared(left), shared(right)])
        lines = table(tf.keras.Model([left, right], both, name="net"))
    assert lines[:4] == [
        'Model: "net"',
        "_" * 98,
        f"{'Layer (type)':32}{'Output Shape':21}{'Param #':12}{'Connected to':33}",
        "=" * 98,
    ]
    assert [line.split() for line in lines[4:-4] if line[0] not in "_="] == [
        ["left", "(InputLayer)", "[(None,", "3)]", "0"],
        ["right", "(InputLayer)", "[(None,", "3)]", "0"],
        ["shared", "(Dense)", "(None,", "2)", "8", "left[0][0]"],
        ["right[0][0]"],
        ["both", "(Add)", "(None,", "2)", "0", "shared[0][0]"],
        ["shared[1][0]"],
    ]
    assert lines[-4:-1] == ["Total params: 8", "Trainable params: 8", "Non-trainable params: 0"]


def test_a_chain_may_be_told_its_width_and_columns(capsys):
    with tf.Graph().as_default():
        model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=[3])], name="chain")
        model.layers[0].trainable = False
        in_parts = table(model, line_length=40, positions=[0.5, 0.85, 1.0])
        assert table(model, line_length=40, positions=[20, 34, 40]) == in_parts
        print_summary(model, line_length=40, positions=[20, 34, 40])
    assert capsys.readouterr().out.splitlines() == in_parts
    assert in_parts[1] == "_" * 40
    assert in_parts[2] == f"{'Layer (type)':20}{'Output Shape':14}{'Param #':6.6}"
    assert in_parts[-4:-1] == [
        "Total params: 8",
        "Trainable params: 0",
        "Non-trainable params: 8",
    ]


def test_a_long_name_is_cut_and_keeps_a_space():
    name = "a_layer_with_a_name_of_forty_characters_"
    with tf.Graph().as_default():
        dense = tf.keras.layers.Dense(2, input_shape=[3], name=name)
        lines = table(tf.keras.Sequential([dense]))
    assert lines[4] == f"{name[:28]} {'(None, 2)':26}{'8':10}"


def test_counts_have_commas():
    with tf.Graph().as_default():
        lines = table(tf.keras.Sequential([tf.keras.layers.Dense(1000, input_shape=[2000])]))
    assert lines[-4:-2] == ["Total params: 2,001,000", "Trainable params: 2,001,000"]


def test_keras_prints_and_saves_as_before(monkeypatch, tmp_path):
    from tf_keras.src.saving import saving_lib
    from tf_keras.src.utils import layer_utils

    for module, name in [
        (layer_utils, "print_summary"),
        (saving_lib, "saving_v3_enabled"),
        (saving_lib, "save_weights_only"),
        (saving_lib, "load_weights_only"),
    ]:
        monkeypatch.setattr(module, name, getattr(module, name))
    work_as_before()
    lines = []
    with tf.Graph().as_default(), tf.Session().as_default():
        dense = tf.keras.layers.Dense(2, input_shape=[3], kernel_initializer="ones")
        model = tf.keras.Sequential([dense], name="chain")
        model.summary(print_fn=lines.append)
        path = tmp_path / "net.weights.h5"
        model.save_weights(str(path))
        dense.set_weights([weight * 0 for weight in dense.get_weights()])
        model.load_weights(str(path))
        assert dense.get_weights()[0].tolist() == [[1.0, 1.0]] * 3
    assert lines[:2] == ['Model: "chain"', "_" * 65]
    with h5py.File(path) as file:
        assert dense.name in file  # the old layout: layers by their names

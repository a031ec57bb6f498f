"""`tf.keras` names layers and weights as 1.15.5 did (tests/golden/keras_recurrent.json)."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import h5py
import numpy as np
import pytest
import tf_keras

from graphkit import tf1
from graphkit._tf import tf
from graphkit.tf1._core._keras_names import to_snake_case

GOLDEN = Path(__file__).parents[1] / "golden"
RECORDED = json.loads((GOLDEN / "keras_recurrent.json").read_text())
FILES = GOLDEN / "keras_recurrent"
SAVED = RECORDED["saved"]
INPUTS = np.linspace(-1, 1, 54).reshape([2, 3, 3, 3, 1]).astype(np.float32)

pytestmark = pytest.mark.filterwarnings("ignore:`Model.state_updates`:UserWarning")

layers = tf1.keras.layers
models = tf1.keras.models
KNOWN = {name: getattr(layers, name) for name in RECORDED["layers"]}
KNOWN["PeepholeLSTMCell"] = tf1.keras.experimental.PeepholeLSTMCell


def made(text):
    return eval(text, dict(KNOWN))


def names(weights):
    return [weight.name for weight in weights]


@pytest.fixture
def old_loops():
    """Loops as every program of `graphkit run` has them, which are made in half the time."""
    tf.disable_control_flow_v2()
    yield
    tf.enable_control_flow_v2()


@pytest.fixture(scope="module")
def _models_of_before():
    with tf.Graph().as_default() as graph, tf.Session(graph=graph):
        loaded = models.load_model(str(FILES / "model.h5"))
        # 1.15 made these one after the other.
        made_models = {
            "weights": loaded,
            "json": models.model_from_json(config_of(FILES / "model.h5")),
            "clone": models.clone_model(loaded),
            "config": tf1.keras.Sequential.from_config(loaded.get_config()),
        }
    with tf.Session(graph=graph) as session:
        yield session, made_models


@pytest.fixture
def before(_models_of_before):
    """Models of the file that 1.15 wrote, and their session."""
    session, made_models = _models_of_before
    with session.graph.as_default(), session.as_default():
        yield session, made_models


def text_of(read):
    return read if isinstance(read, str) else read.decode()


def config_of(path):
    with h5py.File(path) as file:
        return text_of(file.attrs["model_config"])


def weight_names(group):
    return [text_of(name) for name in group.attrs["weight_names"]]


@pytest.mark.parametrize("case", sorted(RECORDED["cases"]))
def test_layers_and_weights_have_the_names_of_before(graph, case):
    recorded = RECORDED["cases"][case]
    layer = made(recorded["make"])
    layer(tf.zeros(recorded["shape"]))
    assert layer.name == recorded["name"]
    assert names(layer.weights) == recorded["weights"]


@pytest.mark.parametrize("name", sorted(RECORDED["layers"]))
def test_each_class_gives_the_name_that_it_gave(name):
    assert to_snake_case(KNOWN[name].__name__) == RECORDED["layers"][name]


@pytest.mark.parametrize("name", sorted(RECORDED["classes"]))
def test_digits_end_words(name):
    assert to_snake_case(name) == RECORDED["classes"][name]


def test_a_recurrent_layer_of_ones_own_is_named_by_the_rule(graph):
    kind = type("MyLSTM2", (layers.LSTM,), {})
    assert kind(2).name == RECORDED["classes"]["MyLSTM2"]


@pytest.mark.parametrize(
    "name", ["SimpleRNN", "GRU", "LSTM", "CuDNNGRU", "CuDNNLSTM", "ConvLSTM2D"]
)
def test_recurrent_layers_are_of_one_kind_that_is_also_todays(name):
    assert issubclass(KNOWN[name], layers.RNN)
    assert issubclass(KNOWN[name], tf_keras.layers.RNN)


def test_cells_keep_their_own_names(graph):
    layer = layers.RNN([layers.LSTMCell(2), layers.GRUCell(3, name="mine")])
    layer(tf.zeros([1, 3, 4]))
    assert isinstance(layer.cell, layers.StackedRNNCells)
    assert [cell.name for cell in layer.cell.cells] == ["lstm_cell", "mine"]


def test_a_cell_that_cannot_be_built_keeps_its_name(graph):
    layer = layers.LSTM(2, kernel_initializer=lambda shape, **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        layer(tf.zeros([1, 3, 4]))
    assert layer.cell.name == "lstm_cell"


def test_names_are_those_of_before_in_eager_execution_too():
    layer = layers.LSTM(2, name="eager")
    layer(tf.zeros([1, 3, 4]))
    assert names(layer.weights) == ["eager/kernel:0", "eager/recurrent_kernel:0", "eager/bias:0"]


def test_a_layer_built_by_hand_has_no_scope(graph):
    layer = layers.GRU(2)
    layer.build((None, 3, 4))
    assert names(layer.weights) == ["kernel:0", "recurrent_kernel:0", "bias:0"]


def test_others_who_use_tf_keras_meet_its_names(graph):
    layers.LSTM(2)(tf.zeros([1, 3, 4]))
    theirs = tf_keras.layers.LSTM(2, name="theirs")
    theirs(tf.zeros([1, 3, 4]))
    assert theirs.weights[0].name == "theirs/lstm_cell/kernel:0"
    assert tf_keras.layers.ConvLSTM2D(2, 2).name == "conv_lstm2d"


@pytest.mark.parametrize("way", ["weights", "json", "clone", "config"])
def test_a_model_that_1_15_saved_has_the_names_that_it_had(before, way):
    model = before[1][way]
    assert [layer.name for layer in model.layers] == SAVED["layers"]
    assert names(model.weights) == SAVED[way]


def test_a_model_of_a_graph_has_the_names_that_it_had(graph, old_loops):
    inputs = layers.Input((3, 4))
    both = layers.Bidirectional(layers.LSTM(2))(inputs)
    model = tf1.keras.Model(inputs, layers.add([both, layers.GRU(4)(inputs)]))
    assert names(model.weights) == RECORDED["functional"]["made"]
    again = tf1.keras.Model.from_config(model.get_config())
    assert names(again.weights) == RECORDED["functional"]["config"]


def test_a_model_that_1_15_saved_gives_the_same_numbers(before):
    loaded = before[1]["weights"]
    loaded.load_weights(str(FILES / "model.h5"))
    np.testing.assert_allclose(loaded.predict(INPUTS), SAVED["predicted"], rtol=1e-5)


def test_weights_of_1_15_are_loaded_by_the_names_of_layers(before):
    model = before[1]["json"]
    model.load_weights(str(FILES / "model.h5"), by_name=True)
    np.testing.assert_allclose(model.predict(INPUTS), SAVED["predicted"], rtol=1e-5)


def test_a_checkpoint_of_1_15_restores_by_the_keys_of_the_weights(before):
    session, made_models = before
    model = made_models["weights"]
    tf.train.Saver(model.weights).restore(session, str(FILES / "saved"))
    np.testing.assert_allclose(model.predict(INPUTS), SAVED["predicted"], rtol=1e-5)


def test_what_is_saved_has_the_keys_and_names_that_1_15_looks_for(before, tmp_path):
    session, made_models = before
    model = made_models["weights"]
    session.run(tf.variables_initializer(model.weights))
    tf.train.Saver(model.weights).save(session, str(tmp_path / "saved"))
    keys = tf.train.list_variables(str(tmp_path / "saved"))
    assert keys == tf.train.list_variables(str(FILES / "saved"))
    model.save_weights(str(tmp_path / "weights.h5"))
    with h5py.File(tmp_path / "weights.h5") as file, h5py.File(FILES / "model.h5") as wanted:
        for layer in SAVED["layers"]:
            assert weight_names(file[layer]) == weight_names(wanted["model_weights"][layer])


def test_a_config_names_classes_that_every_program_with_tf_keras_has(graph):
    written = tf_keras.layers.serialize(layers.RNN(layers.GRUCell(2)))
    assert written["module"].startswith("tf_keras.")
    read = tf_keras.layers.deserialize(written)
    assert isinstance(read, tf_keras.layers.RNN)
    assert not isinstance(read, layers.RNN)


@pytest.mark.parametrize("make", ["LSTM(2)", "RNN([GRUCell(2)])", "TimeDistributed(GRU(2))"])
def test_a_layer_comes_back_from_its_config(graph, make):
    layer = made(make)
    again = layers.deserialize(layers.serialize(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


def test_classes_of_ones_own_go_before(graph):
    mine = type("LSTM", (layers.LSTM,), {})
    written = layers.serialize(layers.LSTM(2))
    assert type(layers.deserialize(written, {"LSTM": mine})) is mine
    with tf1.keras.utils.custom_object_scope({"LSTM": mine}):
        assert type(layers.deserialize(written)) is mine
    assert type(layers.deserialize(written)) is layers.LSTM


@pytest.mark.parametrize("kind", ["Sequential", "Model"])
def test_models_are_those_of_tf_keras(kind):
    assert getattr(tf1.keras, kind) is getattr(models, kind) is getattr(tf_keras, kind)


def written_by(layers, make):
    """The config of a model of one layer, and the class that reads it."""
    inputs = layers.Input((3, 4))
    layer = eval(make, {name: getattr(layers, name) for name in ("GRU", "RNN", "TimeDistributed")})
    return tf_keras.Model(inputs, layer(inputs)).get_config()


@pytest.mark.parametrize("make", ["GRU(2)", "GRU(2, name='mine')"])
def test_a_config_of_tf_keras_is_read_with_its_layers(graph, make):
    read = tf_keras.Model.from_config(written_by(tf_keras.layers, make))
    assert type(read.layers[1]) is tf_keras.layers.GRU
    assert read.weights[0].name.endswith("/gru_cell/kernel:0")


@pytest.mark.parametrize("make", ["GRU(2)", "GRU(2, name='mine')"])
def test_a_config_of_these_layers_is_read_with_them(graph, old_loops, make):
    config = written_by(layers, make)
    for read in (tf_keras.Model.from_config(config), models.Model.from_config(config)):
        assert type(read.layers[1]) is layers.GRU


def of_before():
    return json.loads(config_of(FILES / "model.h5"))["config"]


@pytest.mark.parametrize("part", ["layers", None], ids=["the list of layers", "the whole config"])
def test_a_config_that_1_15_wrote_is_read_with_its_layers(graph, old_loops, part):
    read = tf1.keras.Sequential.from_config(of_before()[part] if part else of_before())
    assert [type(layer) for layer in read.layers] == [
        *(layers.ConvLSTM2D, layers.TimeDistributed, layers.Bidirectional, layers.LSTM, layers.RNN)
    ]
    assert names(read.weights) == SAVED["weights"]


def test_a_file_that_others_read_has_their_layers(graph, old_loops):
    read = tf_keras.models.model_from_json(config_of(FILES / "model.h5"))
    assert "/lstm_cell" in read.layers[3].weights[0].name


def test_classes_of_ones_own_go_before_in_a_model(graph, old_loops):
    mine = type("GRU", (layers.GRU,), {})
    read = tf1.keras.Model.from_config(written_by(layers, "GRU(2)"), {"GRU": mine})
    assert type(read.layers[1]) is mine


@pytest.mark.parametrize("path", ["python.keras", "contrib.keras"])
def test_other_paths_lead_to_the_same_layers_and_models(path):
    found = importlib.import_module(f"graphkit.tf1.{path}")
    assert found.layers.ConvLSTM2D is layers.ConvLSTM2D
    assert found.models.load_model is models.load_model


def test_a_list_is_no_config_of_a_model():
    with pytest.raises(TypeError, match=r"Sequential\.from_config"):
        models.model_from_config([{"class_name": "LSTM", "config": {}}])

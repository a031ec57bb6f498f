"""Every kind of source: one network, saved in every way TensorFlow knows, frozen from each."""

from __future__ import annotations

import shutil
import warnings

import numpy as np
import pytest

from graphkit._tf import keras, tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    MissingFileError,
    UnknownNameError,
    UnsafeFileError,
)
from graphkit.export import convert, freeze, load_graph

W = np.arange(12, dtype=np.float32).reshape(4, 3) / 10
B = np.float32([0.5, -0.5, 1])
X = np.float32([[1, 2, 3, 4], [0, -1, 0.5, 2]])


def build():
    """`prob = softmax(x w + b)`, one variable of each kind."""
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    w = tf.get_variable("w", [4, 3], use_resource=True)
    b = tf.get_variable("b", [3], use_resource=False)
    return x, tf.nn.softmax(tf.matmul(x, w) + b, name="prob")


def build_in_scope():
    with tf.variable_scope("net"):
        build()


def build_larger():
    build()
    tf.get_variable("w_of_another_shape", [9])
    tf.identity(tf.get_default_graph().get_tensor_by_name("prob:0") * tf.get_variable("c", [3]))


def build_of_other_shape():
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    tf.matmul(x, tf.get_variable("w", [4, 2]), name="prob")


def probabilities(x):
    logits = x @ W + B
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A folder with everything one session can be saved as."""
    folder = tmp_path_factory.mktemp("all sources")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x, prob = build()
        session.run(tf.global_variables_initializer())
        w, b = tf.global_variables()
        w.load(W, session)
        b.load(B, session)
        saver = tf.train.Saver()
        saver.save(session, str(folder / "with.ckpt"), latest_filename="state")
        saver.save(
            session, str(folder / "bare.ckpt"), latest_filename="other", write_meta_graph=False
        )
        tf.train.write_graph(graph, str(folder), "graph.pbtxt")
        _save_model(session, folder / "model", {"serving_default": (x, prob)})
        _save_model(session, folder / "two", {"first": (x, prob), "second": (x, prob.op.inputs[0])})
        freeze(session, folder / "frozen.pb", outputs="prob")
    return folder


def _save_model(session, folder, signatures):
    builder = tf.saved_model.Builder(str(folder))
    defined = {
        key: tf.saved_model.predict_signature_def({"x": x}, {"y": y})
        for key, (x, y) in signatures.items()
    }
    builder.add_meta_graph_and_variables(session, ["serve"], defined)
    builder.save()


def check(path, x="x", y="prob"):
    with load_graph(path) as frozen:
        assert set(frozen.inputs) == {x}
        np.testing.assert_allclose(frozen.run({x: X})[y], probabilities(X), rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("with.ckpt", {}),
        ("with.ckpt.meta", {}),
        ("bare.ckpt", {"graph": build}),
        ("bare.ckpt.index", {"graph": build}),
        ("model", {}),
        ("model/saved_model.pb", {}),
        ("model", {"tag": "serve", "signature": "serving_default"}),
        ("two", {"signature": "first"}),
        ("frozen.pb", {}),
        ("frozen.pb", {"outputs": ["prob:0"], "inputs": ["x:0"]}),
    ],
)
def test_a_source_is_known_by_what_it_holds(saved, tmp_path, name, options):
    if name == "bare.ckpt.index":
        with pytest.raises(ArgumentError, match=r"the prefix '.*bare.ckpt', got"):
            freeze(saved / name, tmp_path / "m.pb", **options)
        return
    report = freeze(saved / name, tmp_path / "m.pb", **options)
    assert (report.batches_checked, report.max_abs_diff <= 1e-5) == (2, True)
    check(tmp_path / "m.pb")


def test_the_name_of_a_file_says_nothing(saved, tmp_path):
    shutil.copy(saved / "frozen.pb", tmp_path / "weights.h5")
    freeze(tmp_path / "weights.h5", tmp_path / "m.pb")
    check(tmp_path / "m.pb")


def test_the_graph_of_a_saved_model_has_to_lie_beside_its_values(saved, tmp_path):
    shutil.copy(saved / "model" / "saved_model.pb", tmp_path / "odd.pb")
    with pytest.raises(MissingFileError, match=r"odd.pb: is the graph of a SavedModel; name the f"):
        freeze(tmp_path / "odd.pb", tmp_path / "m.pb")


def test_a_graph_for_a_checkpoint_may_be_a_file(saved, tmp_path):
    freeze(saved / "bare.ckpt", tmp_path / "m.pb", graph=saved / "graph.pbtxt", outputs="prob")
    check(tmp_path / "m.pb")


def test_a_graph_for_a_checkpoint_may_be_a_graph(saved, tmp_path, graph):
    build()
    freeze(saved / "bare.ckpt", tmp_path / "m.pb", graph=graph)
    check(tmp_path / "m.pb")


def test_a_second_signature_gives_its_own_outputs(saved, tmp_path):
    report = freeze(saved / "two", tmp_path / "m.pb", signature="second")
    assert [info.name for info in report.outputs] == ["add"]
    with load_graph(tmp_path / "m.pb") as frozen:
        np.testing.assert_allclose(frozen.run({"x": X})["add"], X @ W + B, rtol=1e-5)


def test_a_frozen_graph_is_cut_shorter(saved, tmp_path):
    freeze(saved / "frozen.pb", tmp_path / "m.pb", outputs="MatMul")
    with load_graph(tmp_path / "m.pb") as frozen:
        np.testing.assert_allclose(frozen.run({"x": X})["MatMul"], X @ W, rtol=1e-5)


def test_a_model_of_tensorflow_2_keeps_its_functions(tmp_path):
    with tf.init_scope():
        module = tf.compat.v2.Module()
        module.w = tf.compat.v2.Variable(W)
        spec = tf.TensorSpec([None, 4], tf.float32, name="x")
        call = tf.function(lambda x: {"y": tf.matmul(x, module.w)}, input_signature=[spec])
        tf.saved_model.save(module, str(tmp_path / "model"), signatures=call)
    freeze(tmp_path / "model", tmp_path / "m.pb")
    with load_graph(tmp_path / "m.pb") as frozen:
        [found] = frozen.run({"serving_default_x": X}).values()
    np.testing.assert_allclose(found, X @ W, rtol=1e-5)


@pytest.fixture(scope="module")
def keras_files(tmp_path_factory):
    """A model of Keras 2 in both formats, and what it predicts."""
    folder = tmp_path_factory.mktemp("keras")
    layers = keras().layers
    random = np.random.default_rng(3)
    with tf.Graph().as_default(), tf.Session().as_default(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras recommends its other format
        model = keras().Sequential(
            [
                layers.Dense(5, activation="relu", input_shape=(4,), name="hidden"),
                layers.BatchNormalization(),
                layers.Dropout(0.5),
                layers.Dense(3, activation="softmax", name="prob"),
            ]
        )
        model.set_weights([random.uniform(0.1, 1, w.shape) for w in model.get_weights()])
        model.save(folder / "model.h5")
        model.save_weights(folder / "weights.h5")
        expected = model.predict(X)
        odd = keras().Sequential([layers.Lambda(lambda x: x * 2, input_shape=(4,), name="code")])
        odd.save(folder / "lambda.h5")
    return folder, expected


def test_a_model_of_keras_is_frozen_for_inference(keras_files, tmp_path):
    folder, expected = keras_files
    report = freeze(folder / "model.h5", tmp_path / "m.pb")
    assert [info.name for info in report.outputs] == ["prob/Softmax"]
    with load_graph(tmp_path / "m.pb") as frozen:
        kinds = {op.type for op in frozen.graph.get_operations()}
        found = frozen.run({report.inputs[0].name: X})["prob/Softmax"]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert not kinds & {"RandomUniform", "VarHandleOp", "ReadVariableOp"}


def test_code_in_a_model_of_keras_is_not_run_unasked(keras_files, tmp_path):
    with pytest.raises(UnsafeFileError, match=r"lambda.h5: it names 'Lambda', .*--allow Lambda"):
        freeze(keras_files[0] / "lambda.h5", tmp_path / "m.pb")
    assert not (tmp_path / "m.pb").exists()


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("nowhere", {}, MissingFileError, "nowhere: does not exist and is no checkpoint"),
        ("bare.ckpt", {}, MissingFileError, r"bare.ckpt.meta: does not exist; .*--script, graph"),
        ("graph.pbtxt", {}, ArgumentError, r"holds '[wb]' and 2 variables .*--graph"),
        ("two", {}, ArgumentError, r"signature must be one of 'first', 'second' \(signature"),
        ("two", {"signature": "firsd"}, UnknownNameError, "'firsd'; did you mean 'first'"),
        ("model", {"tag": "train"}, UnknownNameError, "no tag named 'train'; there is 'serve'"),
        ("with.ckpt", {"tag": "serve"}, ArgumentError, "tag must be left out; .* no SavedModel"),
        ("frozen.pb", {"graph": build}, ArgumentError, "graph must be left out; .* no checkpoint"),
        ("bare.ckpt", {"graph": 3}, ArgumentTypeError, "graph must be a tf.Graph, the path"),
        ("bare.ckpt", {"graph": dict}, ArgumentError, "a function that adds ops to the current"),
        (
            "bare.ckpt",
            {"graph": build_in_scope},
            CorruptFileError,
            r"no value for the graph's variables 'net/w' \(probably 'w' there\), 'net/b' .*rename",
        ),
        (
            "bare.ckpt",
            {"graph": build_of_other_shape},
            CorruptFileError,
            r"holds 'w' of shape \[4, 3\], the graph wants \(4, 2\)",
        ),
    ],
)
def test_what_does_not_fit_is_told(saved, tmp_path, name, options, error, message):
    with pytest.raises(error, match=message):
        freeze(saved / name, tmp_path / "m.pb", **options)
    assert not (tmp_path / "m.pb").exists()


def test_only_variables_that_are_needed_have_to_be_stored(saved, tmp_path):
    freeze(saved / "bare.ckpt", tmp_path / "m.pb", graph=build_larger, outputs="prob")
    check(tmp_path / "m.pb")
    with pytest.raises(CorruptFileError, match="holds no value for the graph's variables 'c'"):
        freeze(saved / "bare.ckpt", tmp_path / "n.pb", graph=build_larger)


def test_parts_of_a_variable_are_taken_from_the_whole(saved, tmp_path):
    def build_in_parts():
        x = tf.placeholder(tf.float32, [None, 4], name="x")
        parts = tf.fixed_size_partitioner(2, axis=0)
        w = tf.get_variable("w", [4, 3], partitioner=parts, use_resource=False)
        tf.matmul(x, tf.convert_to_tensor(w), name="y")

    freeze(saved / "bare.ckpt", tmp_path / "m.pb", graph=build_in_parts)
    with load_graph(tmp_path / "m.pb") as frozen:
        np.testing.assert_allclose(frozen.run({"x": X})["y"], X @ W, rtol=1e-5)


@pytest.mark.parametrize("given", [3, None, object()])
def test_what_is_no_source_is_refused(tmp_path, given):
    with pytest.raises(ArgumentTypeError, match=r"source must be a tf.Session, or the path"):
        freeze(given, tmp_path / "m.pb")


def test_a_source_is_not_written_over(saved, tmp_path):
    shutil.copy(saved / "frozen.pb", tmp_path / "m.pb")
    with pytest.raises(ArgumentError, match="path must be another file than the source"):
        freeze(tmp_path / "m.pb", tmp_path / "m.pb")


def test_weights_alone_are_no_source(keras_files, tmp_path):
    with pytest.raises(CorruptFileError, match=r"weights.h5: holds the weights .* no model"):
        freeze(keras_files[0] / "weights.h5", tmp_path / "m.pb")


@pytest.mark.parametrize("name", ["model", "with.ckpt"])
def test_any_source_can_be_converted(saved, tmp_path, name):
    report = convert(saved / name, tmp_path / "served")
    assert [info.name for info in report.inputs] == ["x"]
    freeze(tmp_path / "served", tmp_path / "m.pb")
    with load_graph(tmp_path / "m.pb") as frozen:
        [found] = frozen.run(dict.fromkeys(frozen.inputs, X)).values()
    np.testing.assert_allclose(found, probabilities(X), rtol=1e-5)

"""What tf.keras of 1.15 had: wrappers for scikit-learn, HDF5 matrices, models on many devices."""

from __future__ import annotations

import multiprocessing

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.tf1._core._keras_models import replicated

pytestmark = pytest.mark.filterwarnings("ignore:.*state_updates")

keras = tf.keras
layers = keras.layers

X = np.cos(np.arange(60.0)).reshape(20, 3).astype(np.float32)
Y = (X @ [1.0, -2.0, 0.5] > 0).astype(int)


def build(units=4, rate=0.5):
    # An initializer's own seed gives the same numbers in every order of tests.
    start = keras.initializers.RandomUniform(-0.5, 0.5, seed=3)
    model = keras.Sequential(
        [
            layers.Dense(units, "tanh", kernel_initializer=start, input_shape=(3,)),
            layers.Dense(1, "sigmoid", kernel_initializer=start),
        ]
    )
    model.compile(keras.optimizers.SGD(rate), "binary_crossentropy", ["accuracy"])
    return model


def test_scikit_learn_searches_the_arguments_of_a_model(graph):
    search = pytest.importorskip("sklearn.model_selection")
    model = keras.wrappers.scikit_learn.KerasClassifier(build, epochs=25, shuffle=False, verbose=0)
    found = search.GridSearchCV(model, {"rate": [0.0, 2.0]}, cv=2).fit(X, Y)
    assert found.best_params_ == {"rate": 2.0}
    assert found.best_score_ > 0.6
    assert found.predict(X).shape == (20, 1)


def test_scikit_learn_validates_a_regressor_by_its_loss(graph):
    selection = pytest.importorskip("sklearn.model_selection")

    def line():
        model = keras.Sequential([layers.Dense(1, input_shape=(3,))])
        model.compile("sgd", "mse")
        return model

    model = keras.wrappers.scikit_learn.KerasRegressor(line, epochs=1, verbose=0)
    scores = selection.cross_val_score(model, X, X.sum(1), cv=3)
    assert scores.shape == (3,)
    assert (scores < 0).all()


def test_a_clone_has_the_same_arguments_and_no_model(graph):
    base = pytest.importorskip("sklearn.base")
    model = keras.wrappers.scikit_learn.KerasClassifier(build, units=2, epochs=1, verbose=0)
    model.fit(X, Y)
    again = base.clone(model)
    assert again.get_params() == model.get_params()
    assert not hasattr(again, "model")


def test_arguments_of_fit_go_before_those_of_the_estimator(graph):
    model = keras.wrappers.scikit_learn.KerasClassifier(build, epochs=2, verbose=0)
    assert len(model.fit(X, Y, epochs=3).epoch) == 3
    assert len(model.fit(X, Y).epoch) == 2
    with pytest.raises(ValueError, match="depth is not a legal parameter"):
        model.set_params(depth=2)


@pytest.fixture
def rows(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = str(tmp_path / "rows.h5")
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = X, Y
    yield path
    file = keras.utils.HDF5Matrix.refs.pop(path, None)
    if file is not None:
        file.close()


def test_a_model_fits_rows_of_a_file_as_it_fits_arrays(graph, rows):
    matrix = keras.utils.HDF5Matrix
    model, again = build(), build()
    again.set_weights(model.get_weights())
    options = {"epochs": 2, "batch_size": 5, "shuffle": False, "verbose": 0}
    model.fit(matrix(rows, "x", 5), matrix(rows, "y", 5), **options)
    again.fit(X[5:], Y[5:], **options)
    for first, second in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5)


def test_matrices_share_one_open_file(rows):
    matrix = keras.utils.HDF5Matrix
    first, second = matrix(rows, "x"), matrix(rows, "y", 3, 9)
    assert first.data.file == second.data.file
    assert (first.shape, second.shape, second.ndim) == ((20, 3), (6,), 1)
    with pytest.raises(IndexError, match="no row 6 among 6"):
        second[6]


def test_a_file_that_is_not_there_is_told(tmp_path):
    pytest.importorskip("h5py")
    with pytest.raises(OSError, match="missing"):
        keras.utils.HDF5Matrix(str(tmp_path / "missing.h5"), "x")


@pytest.mark.parametrize("parts", [2, 3, 7])
def test_a_batch_is_shared_among_devices_and_put_together_again(graph, parts):
    model = build()
    shared = replicated(model, ["/cpu:0"] * parts, "/cpu:0")
    assert shared.output_shape == (None, 1)
    np.testing.assert_allclose(shared.predict(X), model.predict(X), rtol=1e-5)
    # The weights are the same ones: what one learns, the other knows.
    shared.compile("sgd", "mse")
    shared.fit(X, Y, epochs=1, verbose=0)
    np.testing.assert_allclose(shared.predict(X), model.predict(X), rtol=1e-5)


def test_a_model_with_several_inputs_and_outputs_is_shared(graph):
    left, right = layers.Input([2]), layers.Input([3])
    both = layers.Concatenate()([left, right])
    model = keras.Model([left, right], [layers.Dense(1)(both), both])
    shared = replicated(model, ["/cpu:0"] * 2, "/cpu:0")
    given = [X[:5, :2], X[:5]]
    for first, second in zip(shared.predict(given), model.predict(given), strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5)


def test_gpus_that_are_not_there_are_named(graph):
    with pytest.raises(ValueError, match=r"'/gpu:41'.*However this machine only has: \['/cpu:0'"):
        keras.utils.multi_gpu_model(build(), [40, 41])


@pytest.mark.parametrize("kind", ["Conv1D", "Conv2D", "Conv3D"])
def test_kernels_that_are_turned_twice_are_as_before(graph, kind):
    axes = int(kind[4])
    model = keras.Sequential([getattr(layers, kind)(2, 3, input_shape=(5,) * axes + (1,))])
    before = model.get_weights()
    keras.utils.convert_all_kernels_in_model(model)
    turned = model.get_weights()[0]
    np.testing.assert_array_equal(turned, np.flip(before[0], tuple(range(axes))))
    keras.utils.convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


def test_reading_processes_are_ended(monkeypatch):
    from tf_keras.src.utils import data_utils

    pool = multiprocessing.get_context("spawn").Pool(1)
    monkeypatch.setattr(data_utils, "_DATA_POOLS", {pool})
    workers = list(pool._pool)
    assert keras.experimental.terminate_keras_multiprocessing_pools(grace_period=1.0) == []
    assert not any(worker.is_alive() for worker in workers)


def test_a_savers_checkpoint_with_the_names_of_1_15_is_restored_by_a_map(graph, tmp_path):
    """1.15 called the weights `lstm/kernel`; those of today are named by their cell."""
    shapes = {"kernel": [4, 12], "recurrent_kernel": [3, 12], "bias": [12]}
    path = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        for number, (name, shape) in enumerate(shapes.items()):
            tf.get_variable(f"lstm/{name}", initializer=tf.fill(shape, float(number)))
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, path)
    layer = tf.keras.layers.LSTM(3)
    layer(tf.zeros([1, 2, 4]))
    saver = tf.train.Saver({f"lstm/{name}": getattr(layer.cell, name) for name in shapes})
    with tf.Session() as session:
        saver.restore(session, path)
        for number, weight in enumerate(session.run(layer.weights)):
            assert (weight == number).all()

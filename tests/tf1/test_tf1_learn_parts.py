"""contrib.learn's monitor of validation, its files and its refusals."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf
from graphkit.errors import RefusedNameError

learn = tf.contrib.learn
ValidationMonitor = learn.monitors.ValidationMonitor
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

X = np.linspace(-1, 1, 8, dtype=np.float32).reshape(8, 1)
Y = 3 * X


def model(features, labels, mode):
    scores = tf.layers.dense(features, 1, kernel_initializer=tf.zeros_initializer())
    loss = tf.losses.mean_squared_error(tf.reshape(labels, [-1, 1]), scores)
    step = tf.train.get_global_step()
    return scores, loss, tf.train.GradientDescentOptimizer(0.3).minimize(loss, step)


@pytest.fixture
def estimator(tmp_path):
    config = learn.RunConfig(save_checkpoints_secs=None, save_checkpoints_steps=2)
    return learn.Estimator(model, str(tmp_path), config)


def test_a_monitor_measures_while_an_estimator_is_trained(estimator):
    monitor = ValidationMonitor(
        X,
        Y,
        every_n_steps=2,
        early_stopping_rounds=100,
        name="validation",
        check_interval_secs=None,
    )
    estimator.fit(X, Y, steps=9, monitors=[monitor])
    assert monitor.best_value < 2
    assert monitor.best_metrics["global_step"] > 0
    assert monitor.best_step > 2
    assert not monitor.early_stopped


def test_training_ends_when_nothing_becomes_better(estimator):
    constant = {"constant": lambda predictions, labels: tf.metrics.mean(tf.ones([1]))}
    monitor = ValidationMonitor(
        input_fn=lambda: (tf.constant(X), tf.constant(Y)),
        eval_steps=1,
        every_n_steps=2,
        metrics=constant,
        early_stopping_rounds=4,
        early_stopping_metric="constant",
        early_stopping_metric_minimize=False,
        check_interval_secs=None,
    )
    estimator.fit(X, Y, steps=60, monitors=[monitor])
    assert monitor.early_stopped
    assert monitor.best_value == 1
    assert tf.train.load_variable(estimator.model_dir, "global_step") < 20


def test_a_monitor_without_rounds_only_measures(estimator, tmp_path):
    monitor = ValidationMonitor(X, Y, every_n_steps=1, name="seen")
    estimator.fit(X, Y, steps=4, monitors=[monitor])
    assert (tmp_path / "eval_seen").exists()
    assert monitor.best_step is None
    assert monitor.best_value is None


def test_a_monitor_says_which_values_there_are(estimator):
    monitor = ValidationMonitor(
        X, Y, every_n_steps=1, early_stopping_rounds=1, early_stopping_metric="missing"
    )
    with pytest.raises(ValueError, match=r"Metric missing missing .*\['global_step', 'loss'\]"):
        estimator.fit(X, Y, steps=6, monitors=[monitor])
    with pytest.raises(ValueError, match="Either x or input_fn should be provided"):
        ValidationMonitor()


@pytest.mark.parametrize("kind", ["DNNEstimator", "LinearEstimator", "DNNLinearCombinedEstimator"])
def test_estimators_of_a_head_fit(tmp_path, kind):
    columns = [tf.contrib.layers.real_valued_column("x")]
    options = {
        "DNNEstimator": {"feature_columns": columns, "hidden_units": [2]},
        "LinearEstimator": {"feature_columns": columns},
        "DNNLinearCombinedEstimator": {"linear_feature_columns": columns},
    }[kind]
    head = tf.contrib.estimator.regression_head()
    made = getattr(learn, kind)(head=head, model_dir=str(tmp_path), **options)
    made.fit({"x": X}, Y, steps=3)
    assert made.evaluate({"x": X}, Y)["global_step"] == 3


def test_heads_train_with_old_optimizers(tmp_path):
    columns = [tf.contrib.layers.real_valued_column("x")]
    labels = (X > 0).astype(np.int32)
    heads = tf.contrib.estimator
    for name, made in {
        "binary": heads.binary_classification_head(),
        "classes": heads.multi_class_head(3),
        "logistic": heads.logistic_regression_head(),
        "counts": heads.poisson_regression_head(),
    }.items():
        estimator = learn.LinearEstimator(
            head=made,
            feature_columns=columns,
            model_dir=str(tmp_path / name),
            optimizer=tf.train.GradientDescentOptimizer(0.5),
        )
        wanted = labels if name in ("binary", "classes") else labels.astype(np.float32)
        estimator.fit({"x": X}, wanted, steps=20)
        assert estimator.evaluate({"x": X}, wanted)["loss"] < 1.05
        assert estimator.get_variable_value("linear/x/weight").any()


def test_model_function_operations_are_a_tuple_without_the_mode_first(graph):
    scores, loss = tf.zeros([2]), tf.constant(1.0)
    made = learn.ModelFnOps("eval", scores, loss)
    assert made[0] is scores
    assert made[1] is loss
    assert (made.mode, made.scaffold) == ("eval", None)


def test_a_file_with_a_wrong_header_is_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("9,1\n1,2\n")
    with pytest.raises(ValueError, match=r"data\.csv: 1 rows where the header says 9"):
        learn.datasets.base.load_csv_with_header(str(path), int, float)


def test_a_run_that_is_left_stops_its_queues(graph):
    queue = tf.train.range_input_producer(2, shuffle=False)
    running = learn.graph_actions.run_feeds_iter({"n": queue.dequeue()}, [None, None, None])
    assert next(running) == {"n": 0}
    running.close()
    assert next(running, "ended") == "ended"


def test_columns_come_from_their_files(graph):
    layers = tf.contrib.layers
    words = layers.sparse_column_with_keys("w", ["a", "b"])
    features = {"w": tf.constant([["b"]])}
    layer = layers.input_from_feature_columns(features, [layers.one_hot_column(words)])
    with tf.Session() as session:
        session.run(tf.tables_initializer())
        assert session.run(layer).tolist() == [[0, 1]]
    assert layers.SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY == 0xDECAFCAFFE


@pytest.mark.parametrize(
    "name",
    [
        "extract_dask_data",
        "io.dask_io.extract_dask_labels",
        "io.data_feeder.DaskDataFeeder",
    ],
)
def test_parts_that_cannot_come_back_say_what_to_use(name):
    found = learn
    *path, last = name.split(".")
    for part in path:
        found = getattr(found, part)
    with pytest.raises(RefusedNameError, match="is not available: use "):
        getattr(found, last)


def test_contrib_keras_has_what_keras_has():
    keras = tf.contrib.keras
    assert keras.utils.to_categorical([1], 2).tolist() == [[0, 1]]
    assert keras.utils.HDF5Matrix is tf.keras.utils.HDF5Matrix
    assert keras.wrappers.scikit_learn is tf.keras.wrappers.scikit_learn

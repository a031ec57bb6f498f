"""contrib.learn's ready models beyond what was recorded: exports, forms of arguments, refusals."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

learn, layers = tf.contrib.learn, tf.contrib.layers
pytestmark = [
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

X = np.array([[1, 2], [3, -1], [0, 1], [2, 2]], np.float32)
IDS = np.array([0, 1, 2, 0])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.fixture(scope="module")
def classifier(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("classifier"))
    made = learn.LinearClassifier([layers.real_valued_column("x", 2)], folder, n_classes=3)
    return made.fit({"x": X}, IDS, steps=30)


def test_probabilities_are_those_of_the_variables(classifier):
    weights = classifier.get_variable_value("linear/x/weight")
    bias = classifier.get_variable_value("linear/bias_weight")
    logits = X @ weights + bias
    expected = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    found = np.array(list(classifier.predict_proba({"x": X})))
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert list(classifier.predict({"x": X})) == expected.argmax(1).tolist()


def test_losses_and_accuracies_are_those_of_numpy(classifier):
    probabilities = classifier.predict_proba({"x": X}, as_iterable=False)
    measured = classifier.evaluate({"x": X}, IDS)
    expected = -np.log(probabilities[np.arange(4), IDS]).mean()
    assert measured["loss"] == pytest.approx(expected, rel=1e-5)
    assert measured["accuracy"] == np.mean(probabilities.argmax(1) == IDS)


def test_predictions_can_be_chosen(classifier):
    each = next(classifier.predict({"x": X}, outputs=["logits"]))
    assert sorted(each) == ["logits"]
    batches = list(classifier.predict({"x": X}, batch_size=3, iterate_batches=True))
    assert [batch["classes"].shape for batch in batches] == [(3,), (1,)]
    with pytest.raises(ValueError, match="Expected to run at least one output"):
        list(classifier.predict({"x": X}, outputs=["nothing"]))


def test_an_export_predicts_what_the_estimator_predicts(classifier, tmp_path):
    def receiver():
        fed = tf.placeholder(tf.string, [None])
        spec = {"x": tf.FixedLenFeature([2], tf.float32)}
        parsed = tf.parse_example(fed, spec)
        return tf.estimator.export.ServingInputReceiver(parsed, {"examples": fed})

    path = classifier.export_savedmodel(str(tmp_path), receiver).decode()
    rows = []
    for row in X:
        example = tf.train.Example()
        example.features.feature["x"].float_list.value.extend(row)
        rows.append(example.SerializeToString())
    with tf.contrib.predictor.from_saved_model(path) as predict:
        found = predict({"inputs": rows})
    expected = classifier.predict_proba({"x": X}, as_iterable=False)
    np.testing.assert_allclose(found["scores"], expected, rtol=1e-5)
    assert found["classes"].tolist() == [[b"0", b"1", b"2"]] * 4


def test_a_program_may_derive_from_an_estimator(tmp_path):
    class Doubling(learn.LinearRegressor):
        def predict_scores(self, *args, **options):
            return (2 * score for score in super().predict_scores(*args, **options))

    columns = [layers.real_valued_column("x", 2)]
    made = Doubling(columns, str(tmp_path)).fit({"x": X}, X.sum(1), steps=2)
    plain = learn.LinearRegressor(columns, str(tmp_path))
    doubled = [2 * score for score in plain.predict({"x": X})]
    np.testing.assert_allclose(list(made.predict({"x": X})), doubled)


def test_classes_can_be_words(tmp_path):
    words = np.array(["low", "mid", "high", "low"])
    made = learn.LinearClassifier(
        [layers.real_valued_column("x", 2)],
        str(tmp_path),
        n_classes=3,
        label_keys=["low", "mid", "high"],
        optimizer=tf.train.GradientDescentOptimizer(0.5),
    )

    def input_fn():
        return {"x": tf.constant(X)}, tf.constant(words)

    made.fit(input_fn=input_fn, steps=60)
    assert [each.decode() for each in made.predict(input_fn=input_fn)] == words.tolist()
    assert made.evaluate(input_fn=input_fn, steps=1)["accuracy"] == 1


def test_embeddings_can_learn_at_another_rate(tmp_path):
    words = layers.sparse_column_with_keys("w", ["a", "b"])
    slow = layers.embedding_column(words, 2)
    made = learn.DNNRegressor(
        [3],
        [slow],
        str(tmp_path),
        optimizer=lambda: tf.train.GradientDescentOptimizer(0.1),
        embedding_lr_multipliers={slow: 0.0},
    )

    def input_fn():
        return {"w": tf.constant([["a"], ["b"]])}, tf.constant([1.0, 5.0])

    made.fit(input_fn=input_fn, steps=1)
    name = next(n for n in made.get_variable_names() if "embedding" in n)
    before = made.get_variable_value(name)
    made.fit(input_fn=input_fn, steps=3)
    np.testing.assert_array_equal(made.get_variable_value(name), before)


def test_rates_are_of_embeddings_only(tmp_path):
    number = layers.real_valued_column("x", 2)
    made = learn.DNNRegressor([2], [number], embedding_lr_multipliers={number: 0.5})
    with pytest.raises(ValueError, match="embedding_lr_multipliers must be an embedding column"):
        made.fit({"x": X}, IDS.astype(np.float32), steps=1)


def test_one_variable_for_all_columns_is_refused():
    with pytest.raises(ValueError, match="_joint_weights must be False, a variable per column"):
        learn.LinearClassifier([layers.real_valued_column("x")], _joint_weight=True)


def test_features_are_changed_before_the_model_sees_them(tmp_path):
    columns = [layers.real_valued_column("twice", 2)]
    made = learn.LinearRegressor(
        columns, str(tmp_path), feature_engineering_fn=lambda x, y: ({"twice": 2 * x["x"]}, y)
    )
    made.fit({"x": X}, X.sum(1), steps=1)
    assert len(list(made.predict({"x": X}))) == 4


@pytest.mark.parametrize("weight", [0.5, 3.0])
def test_weights_of_one_size_change_the_reported_loss_of_no_head(graph, weight):
    head = learn.multi_class_head(2, weight_column_name="w")
    logits, labels = np.array([[0.5], [-1.0]], np.float32), np.array([[1], [0]])
    made = head.create_model_fn_ops(
        {"w": tf.fill([2, 1], weight)}, "eval", tf.constant(labels), None, tf.constant(logits)
    )
    value, update = made.eval_metric_ops["loss"]
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run(update)
        reported, trained = session.run([value, made.loss])
    signs = np.where(labels == 1, logits, -logits)
    expected = -np.log(sigmoid(signs)).mean()
    assert reported == pytest.approx(expected, rel=1e-5)
    assert trained == pytest.approx(weight * expected, rel=1e-5)


def test_the_areas_under_curves_are_of_weighted_examples(graph):
    head = learn.multi_class_head(2, weight_column_name="w")
    logits = np.array([[2.0], [1.0], [0.0], [-1.0]], np.float32)
    labels = np.array([[1], [0], [1], [0]])
    weights = np.array([[1.0], [3.0], [1.0], [1.0]], np.float32)
    made = head.create_model_fn_ops(
        {"w": tf.constant(weights)}, "eval", tf.constant(labels), None, tf.constant(logits)
    )
    value, update = made.eval_metric_ops["auc"]
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        session.run(update)
        area = session.run(value)
    # Of the pairs of a right and a wrong example, those in order: 4 of 4 and 1 of 4.
    assert area == pytest.approx((4 + 1) / 8, abs=1e-3)


def test_an_estimator_without_a_model_directory_makes_one():
    made = learn.LinearRegressor([layers.real_valued_column("x")])
    other = learn.LinearRegressor([layers.real_valued_column("x")])
    assert made.model_dir
    assert made.model_dir != other.model_dir
    assert made.params["head"].logits_dimension == 1

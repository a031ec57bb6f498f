"""Programs with contrib.estimator's recurrent estimators: names, measures and errors."""

import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def input_fn(tf):
    prices = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1.0, 2.0, 3.0], [2, 2])
    words = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], ["a", "b", "a"], [2, 2])
    features = {"price": prices, "word": words, "age": tf.constant([[0.5], [1.0]])}
    return features, tf.constant([[1], [0]])


def columns(tf):
    sequences = tf.contrib.feature_column
    words = sequences.sequence_categorical_column_with_vocabulary_list("word", ["a", "b"])
    return {
        "price": sequences.sequence_numeric_column("price"),
        "word": tf.feature_column.embedding_column(words, 3),
        "age": tf.feature_column.numeric_column("age"),
    }


def described(tf, made):
    made.train(lambda: input_fn(tf), steps=2)
    measured = made.evaluate(lambda: input_fn(tf), steps=1)
    first = next(made.predict(lambda: input_fn(tf)))
    names = sorted(made.get_variable_names())
    return [
        [[name, list(made.get_variable_value(name).shape)] for name in names],
        sorted(measured),
        sorted([key, list(np.shape(value))] for key, value in first.items()),
    ]


def classifiers(tf):
    make, known = tf.contrib.estimator.RNNClassifier, columns(tf)
    found = []
    for options in (
        {"num_units": [4]},
        {"num_units": [4, 2], "cell_type": "lstm", "n_classes": 3, "optimizer": "Adam"},
        {"rnn_cell_fn": lambda mode: tf.nn.rnn_cell.GRUCell(3)},
    ):
        made = make(
            [known["price"], known["word"]], [known["age"]], model_dir=tempfile.mkdtemp(), **options
        )
        found.append(described(tf, made))
    return {"found": repr(found)}


def estimator(tf):
    known = columns(tf)
    made = tf.contrib.estimator.RNNEstimator(
        tf.contrib.estimator.regression_head(),
        [known["price"]],
        num_units=[2],
        model_dir=tempfile.mkdtemp(),
        optimizer=tf.train.GradientDescentOptimizer(0.1),
    )
    return {"found": repr(described(tf, made))}


def misuse(tf):
    classifier, known = tf.contrib.estimator.RNNClassifier, columns(tf)
    head, given = tf.contrib.estimator.regression_head(), [known["price"]]
    make = tf.contrib.estimator.RNNEstimator

    def cell_fn(mode):
        return tf.nn.rnn_cell.GRUCell(3)

    wrong = {
        "both": lambda: classifier(given, num_units=[2], rnn_cell_fn=cell_fn),
        "type": lambda: classifier(given, cell_type="gru", rnn_cell_fn=cell_fn),
        "sequences": lambda: make(head, given, num_units=[2], return_sequences=True),
        "tensor": lambda: make(head, given, num_units=[2]).train(
            lambda: (tf.zeros([2, 1]), tf.zeros([2, 1])), steps=1
        ),
        "kind": lambda: classifier(given, num_units=[2], cell_type=int).train(
            lambda: input_fn(tf), steps=1
        ),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


PROGRAMS = {"classifiers": classifiers, "estimator": estimator, "misuse": misuse}

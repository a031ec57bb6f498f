"""Programs with contrib.learn's recurrent estimator: names, predictions, measures and errors."""

import tempfile

import numpy as np

X = np.linspace(-1, 1, 12).reshape(2, 3, 2).astype(np.float32)
LENGTHS = np.array([3, 2], np.int32)


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


class Predictions:
    """As contrib.learn numbered them, in a module that only imports reach."""

    SINGLE_VALUE = 1
    MULTIPLE_VALUE = 2


def kinds(tf):
    return tf.contrib.learn.ProblemType, Predictions


def features(tf, with_lengths=True):
    made = {"x": tf.constant(X), "c": tf.constant([[0.5], [-1.0]])}
    if with_lengths:
        made["sequence_length"] = tf.constant(LENGTHS)
    return made


def described(tf, problem, prediction, labels, with_lengths=True, **options):
    """Names and shapes of what is trained and predicted; numbers depend on random weights."""
    layers = tf.contrib.layers
    problems, predictions = kinds(tf)
    made = tf.contrib.learn.DynamicRnnEstimator(
        getattr(problems, problem),
        getattr(predictions, prediction),
        [layers.real_valued_column("x", 2)],
        model_dir=tempfile.mkdtemp(),
        **options,
    )

    def input_fn():
        return features(tf, with_lengths), tf.constant(labels)

    made.fit(input_fn=input_fn, steps=2)
    measured = made.evaluate(input_fn=input_fn, steps=1)
    first = next(made.predict(input_fn=input_fn))
    names = sorted(made.get_variable_names())
    return [
        [[name, list(np.shape(made.get_variable_value(name)))] for name in names],
        sorted(measured),
        sorted([key, list(np.shape(value)), str(value.dtype)] for key, value in first.items()),
    ]


BY_SEQUENCE = np.array([1, 0])
BY_STEP = np.array([[1, 0, 2], [2, 1, 0]])


def estimators(tf):
    context = [tf.contrib.layers.real_valued_column("c", 1)]
    found = [
        described(tf, "CLASSIFICATION", "SINGLE_VALUE", BY_SEQUENCE, num_classes=2, num_units=3),
        described(
            tf,
            "CLASSIFICATION",
            "MULTIPLE_VALUE",
            BY_STEP,
            num_classes=3,
            num_units=[3, 2],
            cell_type="lstm",
            predict_probabilities=True,
            context_feature_columns=context,
            optimizer="Momentum",
            momentum=0.9,
        ),
        described(
            tf,
            "LINEAR_REGRESSION",
            "SINGLE_VALUE",
            BY_SEQUENCE.astype(np.float32),
            num_units=2,
            cell_type="gru",
            dropout_keep_probabilities=[0.9, 0.8],
            optimizer="Adam",
        ),
        described(
            tf,
            "LINEAR_REGRESSION",
            "MULTIPLE_VALUE",
            BY_STEP.astype(np.float32),
            with_lengths=False,
            num_units=2,
            cell_type=tf.contrib.rnn.BasicRNNCell,
        ),
        described(
            tf,
            "CLASSIFICATION",
            "SINGLE_VALUE",
            BY_SEQUENCE,
            num_classes=2,
            num_units=2,
            predict_probabilities=True,
        ),
    ]
    return {"found": repr(found)}


def misuse(tf):
    make, layers = tf.contrib.learn.DynamicRnnEstimator, tf.contrib.layers
    problems, predictions = kinds(tf)
    columns = [layers.real_valued_column("x", 2)]
    number, single = problems.LINEAR_REGRESSION, predictions.SINGLE_VALUE

    def fitted(given=None, **options):
        def input_fn():
            more = given() if given else {}
            return dict(features(tf), **more), tf.constant([1.0, 0.0])

        return lambda: make(number, single, columns, **options).fit(input_fn=input_fn, steps=1)

    wrong = {
        "problem": lambda: make(problems.LOGISTIC_REGRESSION, single, columns),
        "prediction": lambda: make(number, 3, columns),
        "classes": lambda: make(problems.CLASSIFICATION, single, columns),
        "cell": fitted(num_units=2, cell_type=int),
        "dropout": fitted(num_units=2, dropout_keep_probabilities=[0.5]),
        "state": fitted(lambda: {"rnn_cell_state_0": tf.zeros([2, 3])}, num_units=[3, 3]),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


def logistic(tf):
    """A model function of probabilities, measured as two classes are."""

    def model_fn(features, labels, mode):
        weight = tf.get_variable("w", [2, 1], initializer=tf.constant_initializer([[0.5], [-1.0]]))
        logits = tf.matmul(features, weight)
        loss = tf.losses.sigmoid_cross_entropy(labels, logits)
        step = tf.train.get_global_step()
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss, step)
        return tf.sigmoid(logits), loss, train

    rows = X[:, 0]

    def input_fn():
        return tf.constant(rows), tf.constant([[1], [0]])

    found = []
    for thresholds in (None, [0.25, 0.75]):
        made = tf.contrib.learn.LogisticRegressor(model_fn, thresholds, tempfile.mkdtemp())
        made.fit(input_fn=input_fn, steps=2)
        measured = made.evaluate(input_fn=input_fn, steps=1)
        found.append(sorted([k, round(float(v), 4)] for k, v in measured.items()))
        found.append(np.round(list(made.predict(input_fn=input_fn)), 4).tolist())
    return {"found": repr(found)}


PROGRAMS = {"estimators": estimators, "misuse": misuse, "logistic": logistic}

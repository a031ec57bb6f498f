"""Programs with contrib.layers' targets: losses, predictions and what is measured of a model."""


def features(tf):
    return {"weight": tf.constant([[1], [0], [3], [2]], tf.int64)}


LABELS = {
    "regression": [1.5, -0.5, 2.0, 0.0],
    "pairs": [[1.0, 0.5], [0.0, -1.0], [2.0, 2.0], [0.5, 0.25]],
    "binary": [[1], [0], [1], [0]],
    "svm": [1, 0, 1, 0],
    "classes": [2, 0, 1, 1],
}


def targets(tf, **given):
    slim = tf.contrib.slim
    return {
        "regression": slim.regression_target(**given),
        "pairs": slim.regression_target(label_dimension=2, **given),
        "binary": slim.multi_class_target(2, **given),
        "svm": slim.binary_svm_target(**given),
        "classes": slim.multi_class_target(3, **given),
    }


def logits_of(tf, target):
    wide = tf.constant([[0.5, -1.0, 2.0], [1.5, 0.25, -0.5], [-0.75, 0.0, 1.0], [3.0, -2.0, 0.125]])
    return wide[:, : target.num_label_columns]


def one(kind, **given):
    def program(tf):
        target = targets(tf, **given)[kind]
        logits, labels = logits_of(tf, target), tf.constant(LABELS[kind])
        return {
            "training": target.training_loss(logits, labels, features(tf)),
            "loss": target.loss(logits, labels, features(tf)),
            "predicted": target.logits_to_predictions(logits),
            "columns": target.num_label_columns,
            "label": target.label_name or "",
            "problem": target.problem_type,
            "name": target.training_loss(logits, labels, features(tf), name="mine").op.name,
        }

    return program


def measured(kind, metrics=None, **given):
    def program(tf):
        target = targets(tf, **given)[kind]
        logits, labels = logits_of(tf, target), tf.constant(LABELS[kind])
        chosen = metrics and {
            name: getattr(tf.contrib.metrics, metric) for name, metric in metrics.items()
        }
        found = target.get_eval_ops(features(tf), logits, labels, chosen)
        # The updates give the values of this one batch.
        return dict({name: ops[1] for name, ops in found.items()}, names=sorted(found))

    return program


def probabilities(tf):
    found = {}
    for kind in ("binary", "classes"):
        target = targets(tf)[kind]
        found[kind] = target.logits_to_predictions(logits_of(tf, target), proba=True)
    return found


def default_metrics(tf):
    metrics = tf.contrib.slim.get_default_binary_metrics_for_eval([0.25, 0.75])
    likely, right = tf.constant([0.1, 0.4, 0.8, 0.9]), tf.constant([0.0, 1.0, 0.0, 1.0])
    weights = tf.constant([1, 2, 3, 4])
    found = {name: metric(likely, right)[1] for name, metric in metrics.items()}
    for name, metric in metrics.items():
        found[name + "/weighted"] = metric(likely, right, weights=weights)[1]
    return found


def kinds(tf):
    kind = tf.contrib.slim.ProblemType
    return {
        "values": [
            kind.UNSPECIFIED,
            kind.CLASSIFICATION,
            kind.LINEAR_REGRESSION,
            kind.LOGISTIC_REGRESSION,
        ]
    }


def one_class(tf):
    tf.contrib.slim.multi_class_target(1)


def classes_as_floats(tf):
    target = tf.contrib.slim.multi_class_target(3)
    target.loss(tf.zeros([2, 3]), tf.constant([0.0, 1.0]), {})


def other_width(tf):
    target = tf.contrib.slim.regression_target()
    target.loss(tf.zeros([2, 1]), tf.constant([[0.0, 1.0], [2.0, 3.0]]), {})


def margin_as_probability(tf):
    target = tf.contrib.slim.binary_svm_target()
    target.logits_to_predictions(tf.zeros([2, 1]), proba=True)


def odd_metric(name):
    def program(tf):
        target = tf.contrib.slim.multi_class_target(2)
        metrics = {name: tf.contrib.metrics.streaming_accuracy}
        target.get_eval_ops({}, tf.zeros([2, 1]), tf.constant([0, 1]), metrics)

    return program


def experimental(tf):
    """The mark of functions that may still change."""

    @tf.contrib.slim.experimental
    def doubled(x, by=2):
        """Doubles a number."""
        return by * x

    lines = doubled.__doc__.splitlines()
    return {"doubled": doubled(3), "by": doubled(3, by=4), "name": doubled.__name__, "doc": lines}


def experimental_number(tf):
    tf.contrib.slim.experimental(3)


KINDS = ("regression", "pairs", "binary", "svm", "classes")
WEIGHTED = {"weight_column_name": "weight", "label_name": "wanted"}
CHOSEN = {
    "accuracy": "streaming_accuracy",
    ("mine", "classes"): "streaming_mean_absolute_error",
    ("likely", "probabilities"): "streaming_mean_squared_error",
}

PROGRAMS = dict(
    {
        "probabilities": probabilities,
        "default_metrics": default_metrics,
        "kinds": kinds,
        "one_class": one_class,
        "classes_as_floats": classes_as_floats,
        "other_width": other_width,
        "margin_as_probability": margin_as_probability,
        "metric_of_three_words": odd_metric(("a", "classes", "b")),
        "metric_of_other_words": odd_metric(("a", "b")),
        "metric_of_a_number": odd_metric(3),
        "experimental": experimental,
        "experimental_number": experimental_number,
        "measured_regression": measured(
            "regression", {"error": "streaming_mean_absolute_error"}, **WEIGHTED
        ),
        "measured_nothing_else": measured("pairs"),
        "measured_binary": measured("binary", dict(list(CHOSEN.items())[:2])),
        "measured_binary_weighted": measured("svm", {"right": "streaming_accuracy"}, **WEIGHTED),
        "measured_classes": measured("classes", **WEIGHTED),
        "measured_probabilities": measured(
            "classes", {("first", "classes"): "streaming_mean_absolute_error"}
        ),
    },
    **{kind: one(kind) for kind in KINDS},
)
PROGRAMS.update({"weighted_" + kind: one(kind, **WEIGHTED) for kind in KINDS})

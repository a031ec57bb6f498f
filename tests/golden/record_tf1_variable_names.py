"""Programs that say what contrib.learn's ready estimators call the variables of each column."""

import tempfile

import numpy as np

X = np.array([[1, 2], [3, -1], [0, 1]], np.float32)
WORDS = ([[0, 0], [1, 0], [2, 0]], ["a", "b", "a"], [3, 1])
IDS = ([[0, 0], [1, 0], [2, 0]], [1, 0, 2], [3, 1])
WEIGHTS = ([[0, 0], [1, 0], [2, 0]], [0.5, 2.0, 1.0], [3, 1])


def columns(tf):
    layers = tf.contrib.layers
    numbers = layers.real_valued_column("x", 2)
    words = layers.sparse_column_with_hash_bucket("words", 4)
    ids = layers.sparse_column_with_integerized_feature("ids", 3)
    key = layers.SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY
    return {
        "numbers": numbers,
        "words": words,
        "ids": ids,
        "keys": layers.sparse_column_with_keys("words", ["a", "b"]),
        "buckets": layers.bucketized_column(numbers, [0.0, 1.0]),
        "weighted": layers.weighted_sparse_column(ids, "weights"),
        "crossed": layers.crossed_column([words, ids], 5, hash_key=key),
        "embedded": layers.embedding_column(words, 2),
        "one_hot": layers.one_hot_column(ids),
    }


def input_fn(tf):
    sparse = {"words": WORDS, "ids": IDS, "weights": WEIGHTS}
    features = {name: tf.SparseTensor(*parts) for name, parts in sparse.items()}
    features["ids"] = tf.cast(features["ids"], tf.int64)
    features["x"] = tf.constant(X)
    return features, tf.constant([[1], [0], [1]])


def described(tf, estimator):
    estimator.fit(input_fn=lambda: input_fn(tf), steps=1)
    names = sorted(estimator.get_variable_names())
    return [[name, list(np.shape(estimator.get_variable_value(name)))] for name in names]


WIDE = "numbers words buckets weighted crossed".split()
DEEP = "numbers embedded one_hot".split()


def linear(tf):
    found = []
    for chosen in (WIDE, ["numbers"], ["keys"], ["ids", "buckets"]):
        with tf.Graph().as_default():
            parts = [columns(tf)[name] for name in chosen]
            made = tf.contrib.learn.LinearClassifier(parts, tempfile.mkdtemp())
            found.append(described(tf, made))
    return {"found": repr(found)}


def linear_regressor(tf):
    parts = [columns(tf)[name] for name in ("numbers", "words")]
    made = tf.contrib.learn.LinearRegressor(
        parts, tempfile.mkdtemp(), optimizer="Adam", enable_centered_bias=True
    )
    return {"found": repr(described(tf, made))}


def deep(tf):
    parts = [columns(tf)[name] for name in DEEP]
    made = tf.contrib.learn.DNNClassifier([3], parts, tempfile.mkdtemp(), n_classes=3)
    return {"found": repr(described(tf, made))}


def wide_and_deep(tf):
    known = columns(tf)
    made = tf.contrib.learn.DNNLinearCombinedClassifier(
        tempfile.mkdtemp(),
        linear_feature_columns=[known[name] for name in WIDE],
        dnn_feature_columns=[known[name] for name in DEEP],
        dnn_hidden_units=[3],
    )
    return {"found": repr(described(tf, made))}


def weighted_sum(tf):
    layers, known = tf.contrib.layers, columns(tf)
    features, _ = input_fn(tf)
    parts = [known[name] for name in WIDE]
    found = layers.weighted_sum_from_feature_columns(features, parts, 2, ["mine"])
    kept = [variable.op.name for variable in tf.get_collection("mine")]
    twice = layers.weighted_sum_from_feature_columns(features, parts[:1], 1, scope="again")
    return {
        "predictions": found[0],
        "again": twice[0],
        "bias": found[2],
        "kept": sorted(kept),
        "models": sorted(v.op.name for v in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)),
        "columns": sorted([column.name, len(made)] for column, made in found[1].items()),
    }


def layer(tf):
    """The vectors of shared columns are made once, wherever they are used."""
    layers, known = tf.contrib.layers, columns(tf)
    features, _ = input_fn(tf)
    features["more"] = features["words"]
    words = [layers.sparse_column_with_hash_bucket(name, 4) for name in ("words", "more")]
    shared = layers.shared_embedding_columns(words, 2)
    outs = {}
    first = layers.input_from_feature_columns(
        features, [*shared, known["numbers"], known["embedded"]], ["mine"], cols_to_outs=outs
    )
    again = layers.input_from_feature_columns(features, shared[:1], trainable=False, scope="again")
    kept = [variable.op.name for variable in tf.get_collection("mine")]
    return {
        "first": first,
        "again": again,
        "kept": sorted(kept),
        "outs": sorted([column.name, part.shape.as_list()] for column, part in outs.items()),
    }


PROGRAMS = {
    "layer": layer,
    "linear": linear,
    "linear_regressor": linear_regressor,
    "deep": deep,
    "wide_and_deep": wide_and_deep,
    "weighted_sum": weighted_sum,
}

"""Programs with contrib.estimator, feature_column and optimizer_v2."""

import itertools
import os
import tempfile


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def ragged(tf, values, dtype=None):
    places = [[0, 0], [0, 1], [1, 0]]
    return tf.SparseTensor(places, tf.constant(values, dtype), [2, 2])


def sequences(tf):
    columns = tf.contrib.feature_column
    words = columns.sequence_categorical_column_with_vocabulary_list("word", ["a", "b"])
    ids = columns.sequence_categorical_column_with_identity("id", 3)
    made = [
        tf.feature_column.embedding_column(words, 2, initializer=tf.ones_initializer()),
        tf.feature_column.indicator_column(ids),
        columns.sequence_numeric_column("number", normalizer_fn=lambda x: x * 2.0),
    ]
    features = {
        "word": ragged(tf, ["a", "z", "b"]),
        "id": ragged(tf, [2, 0, 1], tf.int64),
        "number": ragged(tf, [1.0, 2.0, 3.0]),
    }
    layer, lengths = columns.sequence_input_layer(features, made)
    return {"layer": layer, "lengths": lengths}


def sequences_of_files(tf):
    columns = tf.contrib.feature_column
    path = os.path.join(tempfile.mkdtemp(), "words")
    with open(path, "w") as out:
        out.write("a\nb\n")
    made = [
        columns.sequence_categorical_column_with_vocabulary_file("word", path, num_oov_buckets=1),
        columns.sequence_categorical_column_with_hash_bucket("hash", 4),
    ]
    features = {"word": ragged(tf, ["a", "z", "b"]), "hash": ragged(tf, ["x", "y", "x"])}
    layer, lengths = columns.sequence_input_layer(
        features, [tf.feature_column.indicator_column(column) for column in made]
    )
    return {"layer": layer, "lengths": lengths}


def sequences_refused(tf):
    columns = tf.contrib.feature_column
    number = tf.feature_column.numeric_column("n")
    layer = columns.sequence_input_layer
    return {
        "empty": error_of(lambda: layer({}, [])),
        "no_sequence": error_of(lambda: layer({"n": tf.ones([2, 1])}, [number])),
    }


def lengths_differ(tf):
    columns = tf.contrib.feature_column
    made = [columns.sequence_numeric_column(name) for name in "ab"]
    long = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1.0, 2.0, 3.0], [2, 2])
    short = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], [1.0, 2.0, 3.0], [2, 2])
    layer, lengths = columns.sequence_input_layer({"a": long, "b": short}, made)
    return {"layer": layer, "lengths": lengths}


def optimizer(name, *args):
    def program(tf):
        v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
        made = getattr(tf.contrib.optimizer_v2, name)(*args)
        step = made.minimize(tf.reduce_sum(tf.square(v - [1.0, 2.0])))
        with tf.control_dependencies([step]):
            return {"v": v.read_value() if hasattr(v, "read_value") else tf.identity(v)}

    return program


def clipped(tf):
    v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    made = tf.contrib.estimator.clip_gradients_by_norm(tf.train.MomentumOptimizer(1.0, 0.5), 0.5)
    pairs = made.compute_gradients(3.0 * tf.reduce_sum(v) + 4.0 * w)
    step = made.apply_gradients(pairs)
    with tf.control_dependencies([step]):
        found = {"v": tf.identity(v.read_value()), "w": tf.identity(w.read_value())}
    return dict(
        found,
        name=made.get_name(),
        slots=made.get_slot_names(),
        slot=[made.get_slot(v, "momentum").op.name],
    )


def small_model(tf, folder):
    def model_fn(features, labels, mode, config):
        del config
        scores = tf.layers.dense(features["x"], 1, kernel_initializer=tf.ones_initializer())
        predictions = {"score": scores}
        export = {"serving_default": tf.estimator.export.PredictOutput(predictions)}
        loss = None if mode == "infer" else tf.losses.mean_squared_error(labels, scores)
        step = tf.train.get_or_create_global_step()
        train = None if loss is None else tf.assign_add(step, 1).op
        return tf.estimator.EstimatorSpec(
            mode, predictions, loss, train_op=train, export_outputs=export
        )

    return tf.estimator.Estimator(model_fn, folder)


def features(tf):
    return {
        "x": tf.constant([[1.0], [2.0]]),
        "key": tf.constant(["first", "second"]),
        "sparse": tf.SparseTensor([[0, 0]], ["word"], [2, 1]),
    }


def forwarded(tf):
    forward = tf.contrib.estimator.forward_features
    made = small_model(tf, tempfile.mkdtemp())
    made.train(lambda: (features(tf), tf.zeros([2, 1])), steps=1)

    def rows(estimator):
        found = itertools.islice(estimator.predict(lambda: features(tf)), 2)
        return [
            [sorted(row), row["score"].tolist(), str(row.get("sparse", "none"))] for row in found
        ]

    return {
        "one": rows(forward(made, "key")),
        "sparse": rows(forward(made, ["key", "sparse"], {"sparse": "nothing"})),
        "errors": [
            error_of(lambda: forward(made, 3)),
            error_of(lambda: forward(made, ["key", 3])),
            error_of(lambda: rows(forward(made))),
            error_of(lambda: rows(forward(made, "missing"))),
            error_of(lambda: rows(forward(forward(made, "key"), "key"))),
            error_of(lambda: rows(forward(made, "key", {"key": "x"}))),
        ],
    }


def exported_for_modes(tf):
    made = small_model(tf, tempfile.mkdtemp())
    made.train(lambda: (features(tf), tf.zeros([2, 1])), steps=1)

    def receiver():
        x = tf.placeholder(tf.float32, [None, 1])
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    module = tf.contrib.estimator
    one = module.export_saved_model_for_mode(made, tempfile.mkdtemp(), receiver)
    several = module.export_all_saved_models(made, tempfile.mkdtemp(), {"infer": receiver})
    return {
        "files": sorted(os.listdir(os.fsdecode(one))),
        "also": sorted(os.listdir(os.fsdecode(several))),
        "none": error_of(lambda: module.export_saved_model_for_mode(made, "x", None)),
    }


PROGRAMS = {
    "sequences": sequences,
    "sequences_of_files": sequences_of_files,
    "sequences_refused": sequences_refused,
    "lengths_differ": lengths_differ,
    "adadelta": optimizer("AdadeltaOptimizer", 0.5),
    "adagrad": optimizer("AdagradOptimizer", 0.5),
    "adam": optimizer("AdamOptimizer", 0.5),
    "gradient_descent": optimizer("GradientDescentOptimizer", 0.5),
    "momentum": optimizer("MomentumOptimizer", 0.5, 0.9),
    "rmsprop": optimizer("RMSPropOptimizer", 0.5),
    "clipped": clipped,
    "forwarded": forwarded,
    "exported_for_modes": exported_for_modes,
}

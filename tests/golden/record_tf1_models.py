"""Programs with contrib.factorization, estimator, feature_column, optimizer_v2, session_bundle."""

import importlib
import itertools
import os
import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def points():
    corners = np.array([[0, 0], [4, 0], [0, 4]], np.float32)
    noise = 0.3 * np.cos(np.arange(24)).reshape(12, 2)
    return (np.tile(corners, [4, 1]) + noise).astype(np.float32)


CENTRES = [[0.5, 0.1], [3.0, 0.2], [0.1, 3.0]]


def apart(program):
    """The same program in a graph of its own: its variables have no shape to compare."""

    def inside(tf, *args, **options):
        with tf.Graph().as_default():
            return program(tf, *args, **options)

    return inside


@apart
def trained(tf, steps=3, **options):
    """Trains some steps and gives everything a step knows."""
    made = tf.contrib.factorization.KMeans(tf.constant(points()), 3, **options)
    scores, index, distance, ready, init, step = made.training_graph()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(ready)
        for _ in range(3):
            session.run(init)
        for _ in range(steps):
            session.run(step)
        found = session.run([scores[0], index[0], distance[0]])
        kept = {v.op.name: session.run(v).tolist() for v in tf.global_variables()}
    return {
        "shapes": [np.shape(part) for part in found],
        "scores": found[0].round(4).tolist(),
        "index": found[1].tolist(),
        "distance": found[2].round(4).tolist(),
        "before": [bool(before)],
        "centres": np.round(kept["clusters"], 4).tolist(),
        "names": sorted(kept),
    }


def kmeans(**options):
    return lambda tf: trained(tf, **options)


def kmeans_in_batches(**options):
    """Mini batches read and write counts in no fixed order, so numbers are not compared."""

    def program(tf):
        start = np.array(CENTRES, np.float32)
        found = trained(tf, initial_clusters=start, use_mini_batch=True, **options)
        return {part: found[part] for part in ("shapes", "index", "before", "names")}

    return program


def kmeans_given(**options):
    return kmeans(initial_clusters=np.array(CENTRES, np.float32), **options)


@apart
def kmeans_sharded(tf):
    parts = [tf.constant(points()[:6]), tf.constant(points()[6:])]
    made = tf.contrib.factorization.KMeans(parts, 3, initial_clusters=tf.constant(CENTRES))
    _, index, _, _, init, step = made.training_graph()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(init)
        session.run(step)
        return {"index": [part.tolist() for part in session.run(list(index))]}


def kmeans_refusals(tf):
    made = tf.contrib.factorization.KMeans
    return {
        "start": error_of(lambda: made(tf.ones([2, 2]), 2, initial_clusters="first")),
        "metric": error_of(lambda: made(tf.ones([2, 2]), 2, distance_metric="manhattan")),
    }


def clustering(tf):
    factorization = tf.contrib.factorization

    def once():
        return tf.train.limit_epochs(tf.constant(points()), num_epochs=1)

    made = factorization.KMeansClustering(
        3, tempfile.mkdtemp(), np.array(CENTRES, np.float32), use_mini_batch=False
    )
    made.train(once, steps=1)
    return {
        "centres": np.round(made.cluster_centers(), 4).tolist(),
        "index": [int(index) for index in made.predict_cluster_index(once)],
        "score": round(float(made.score(once)), 3),
        "distances": np.round(list(made.transform(once)), 3).tolist(),
        "constants": [
            factorization.COSINE_DISTANCE,
            factorization.SQUARED_EUCLIDEAN_DISTANCE,
            factorization.RANDOM_INIT,
            factorization.KMEANS_PLUS_PLUS_INIT,
        ],
        "refused": [
            error_of(lambda: factorization.KMeansClustering(2, initial_clusters="first")),
            error_of(lambda: factorization.KMeansClustering(2, distance_metric="manhattan")),
        ],
    }


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


def bundle_modules(tf):
    root = "tensorflow_core" if tf.__name__ == "tensorflow" else tf.__name__
    return [
        importlib.import_module("%s.contrib.session_bundle.%s" % (root, leaf))
        for leaf in ("exporter", "gc", "constants")
    ]


def bundle(tf):
    exporter, gc, constants = bundle_modules(tf)
    x = tf.placeholder(tf.float32, [None, 1], name="x")
    with tf.device("/cpu:0"):
        v = tf.get_variable("v", [], initializer=tf.ones_initializer())
    y = tf.add(x, v, name="y")
    step = tf.train.get_or_create_global_step()
    base = tempfile.mkdtemp()
    asset = os.path.join(base, "words.txt")
    with open(asset, "w") as out:
        out.write("word\n")
    made = exporter.Exporter(tf.train.Saver())
    early = error_of(lambda: made.export(base, step))
    made.init(
        init_op=tf.no_op("ready"),
        clear_devices=True,
        default_graph_signature=exporter.regression_signature(x, y),
        named_graph_signatures={
            "inputs": exporter.generic_signature({"images": x}),
            "outputs": exporter.classification_signature(x, scores_tensor=y),
            "classes": exporter.classification_signature(x, classes_tensor=y),
        },
        assets_collection=[tf.constant(asset, name="asset")],
    )
    again = error_of(made.init)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            last = made.export(
                base + "/", step, session, exports_to_keep=gc.largest_export_versions(2)
            )
            session.run(step.assign_add(1))
        session.run(step.assign_add(-1))
        twice = error_of(lambda: made.export(base, step, session))
    if isinstance(last, bytes):
        last = last.decode()
    collections = tf.train.import_meta_graph(os.path.join(last, "export.meta")) and {
        key: [item.value for item in tf.get_collection(key)]
        for key in (constants.SIGNATURES_KEY, constants.ASSETS_KEY)
    }
    return {
        "early": early,
        "again": again,
        "twice": twice,
        "versions": sorted(name for name in os.listdir(base) if name.startswith("0")),
        "files": sorted(os.listdir(last)),
        "assets": os.listdir(os.path.join(last, "assets")),
        "asset": collections[constants.ASSETS_KEY][0].decode("latin-1"),
        "signature": len(collections[constants.SIGNATURES_KEY][0]),
        "graphs": [len(tf.get_collection(constants.GRAPH_KEY)) > 0],
        "constants": sorted(
            "%s=%s" % (name, getattr(constants, name)) for name in dir(constants) if name.isupper()
        ),
    }


def bundle_errors(tf):
    exporter = bundle_modules(tf)[0]
    tf.get_variable("v", [])
    made = exporter.Exporter(tf.train.Saver())
    tensors = {
        "no_tensor": "path",
        "no_constant": tf.placeholder(tf.string, []),
        "no_string": tf.constant(1),
        "several": tf.constant(["a", "b"]),
        "empty": tf.constant(""),
    }
    found = {
        name: error_of(lambda t=tensor: made.init(assets_collection=[t]))
        for name, tensor in tensors.items()
    }
    found["init_op"] = error_of(lambda: made.init(init_op=3))
    return found


def versions(tf):
    gc = bundle_modules(tf)[1]
    paths = [gc.Path("/%d" % number, number) for number in (0, 4, 5, 6, 7, 9, 12)]

    def chosen(choice):
        return [path.export_version for path in choice(paths)]

    largest, thirds = gc.largest_export_versions(2), gc.mod_export_version(3)
    return {
        "largest": chosen(largest),
        "every": chosen(gc.one_of_every_n_export_versions(3)),
        "thirds": chosen(thirds),
        "union": chosen(gc.union(largest, thirds)),
        "rest": chosen(gc.negation(largest)),
    }


PROGRAMS = {
    "kmeans_given": kmeans_given(),
    "kmeans_cosine": kmeans_given(distance_metric="cosine"),
    "kmeans_mini_batch": kmeans_in_batches(),
    "kmeans_mini_batch_cosine": kmeans_in_batches(distance_metric="cosine"),
    "kmeans_in_steps": kmeans_in_batches(mini_batch_steps_per_iteration=2),
    "kmeans_in_steps_cosine": kmeans_in_batches(
        mini_batch_steps_per_iteration=2, distance_metric="cosine"
    ),
    "kmeans_random": kmeans(random_seed=5),
    "kmeans_plus_plus": kmeans(initial_clusters="kmeans_plus_plus", random_seed=5),
    "kmeans_kmc2": kmeans(initial_clusters="kmc2", random_seed=5),
    "kmeans_function": kmeans(initial_clusters=lambda inputs, k: inputs[0][:k] + 0.0),
    "kmeans_sharded": kmeans_sharded,
    "kmeans_refusals": kmeans_refusals,
    "clustering": clustering,
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
    "bundle": bundle,
    "bundle_errors": bundle_errors,
    "versions": versions,
}

"""Programs with contrib.factorization's clusters."""

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


def learned(tf):
    """The estimator of contrib.learn, which had other methods."""
    kind = tf.contrib.learn.KMeansClustering

    def once():
        return tf.train.limit_epochs(tf.constant(points()), num_epochs=1), None

    def always():
        return tf.constant(points()), None

    def halves():
        both = tf.constant(points())
        return {"b": both[:, 1:], "a": both[:, :1]}, None

    start = np.array(CENTRES, np.float32)
    made = kind(3, tempfile.mkdtemp(), start, use_mini_batch=False)
    same = made.fit(input_fn=always, steps=1) is made
    until = kind(3, initial_clusters=start, use_mini_batch=False, relative_tolerance=0.01)
    until.fit(input_fn=halves)
    return {
        "same": same,
        "centres": np.round(made.clusters(), 4).tolist(),
        "index": [int(index) for index in made.predict_cluster_idx(input_fn=once)],
        "score": round(float(made.score(input_fn=always, steps=1)), 3),
        "distances": [
            np.round(each["all_scores"], 3).tolist()
            for each in made.transform(input_fn=once, as_iterable=True)
        ],
        "names": sorted(made.get_variable_names()),
        "until": np.round(until.clusters(), 4).tolist(),
        "steps": int(until.get_variable_value("global_step")),
        "keys": [kind.SCORES, kind.CLUSTER_IDX, kind.CLUSTERS, kind.ALL_SCORES, kind.LOSS_OP_NAME],
        "constants": [kind.SQUARED_EUCLIDEAN_DISTANCE, kind.COSINE_DISTANCE, kind.RANDOM_INIT],
    }


PROGRAMS = {
    "learned": learned,
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
}

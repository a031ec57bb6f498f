"""Programs with contrib.factorization's mixtures of Gaussians: the graph, and the estimator."""

import tempfile

import numpy as np

POINTS = np.array(
    [[0, 0], [0.5, 0.2], [-0.4, 0.1], [0.2, -0.5], [4, 4], [4.5, 3.5], [3.8, 4.4], [5, 5]],
    np.float32,
)
MEANS = np.array([[0.5, 0.5], [3.0, 3.5]], np.float32)


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def rounded(value):
    return (np.round(np.asarray(value, np.float64), 3) + 0.0).tolist()


def steps(tf, covariance, params, parts=1):
    """What three steps make, and the names of variables."""
    data = [tf.constant(part) for part in np.split(POINTS, parts)]
    make = tf.contrib.factorization.GmmAlgorithm
    made = make(data, 2, tf.constant(MEANS), params, covariance)
    found = [sorted(v.op.name for v in tf.global_variables())]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found.append(bool(session.run(made.is_initialized())))
        session.run(made.init_ops())
        session.run(made.init_ops())
        found.append(bool(session.run(made.is_initialized())))
        fetched = {
            "alphas": made.alphas(),
            "means": made.clusters(),
            "covs": made.covariances(),
            "likelihood": made.log_likelihood_op(),
            "scores": made.scores(),
            "ids": made.assignments(),
        }
        for _ in range(3):
            found.append(sorted([k, rounded(v)] for k, v in session.run(fetched).items()))
            session.run(made.training_ops())
    return found


def em(tf):
    found = []
    for covariance, params in (
        ("full", "wmc"),
        ("diag", "wmc"),
        ("full", "m"),
        ("full", "wm"),
        ("diag", "m"),
    ):
        with tf.Graph().as_default():
            found.append(steps(tf, covariance, params))
    return {"found": repr(found)}


def functions(tf):
    with tf.Graph().as_default(), tf.Session() as session:
        made = tf.contrib.factorization.gmm(tf.constant(POINTS), MEANS, 2, 5, "diag", "mc")
        loss, scores, ids, train, init, is_initialized = made
        session.run(tf.global_variables_initializer())
        session.run(init)
        session.run(train)
        return {
            "loss": rounded(session.run(loss)),
            "scores": rounded(session.run(scores)),
            "ids": [[rounded(session.run(part)) for part in parts] for parts in ids],
            "initialized": bool(session.run(is_initialized)),
        }


def estimator(tf):
    def input_fn():
        return tf.constant(POINTS), None

    make = tf.contrib.factorization.GMM
    made = make(2, tempfile.mkdtemp(), initial_clusters=MEANS, covariance_type="full")
    made.fit(input_fn=input_fn, steps=4)
    measured = made.evaluate(input_fn=input_fn, steps=1)
    halves = make(2, tempfile.mkdtemp(), initial_clusters=MEANS, covariance_type="diag")
    halves.fit(
        input_fn=lambda: ({"b": tf.constant(POINTS[:, 1:]), "a": tf.constant(POINTS[:, :1])}, None),
        steps=2,
    )
    return {
        "weights": rounded(made.weights()),
        "clusters": rounded(made.clusters()),
        "covariances": rounded(made.covariances()),
        "halves": [rounded(halves.clusters()), rounded(halves.covariances())],
        "names": sorted(made.get_variable_names()),
        "ids": [int(found) for found in made.predict_assignments(input_fn)],
        "score": rounded(made.score(input_fn, steps=1)),
        "measured": sorted([k, rounded(v)] for k, v in measured.items()),
        "keys": [make.SCORES, make.LOG_LIKELIHOOD, make.ASSIGNMENTS],
        "labels": error_of(
            lambda: made.fit(input_fn=lambda: (tf.constant(POINTS), tf.zeros([8])), steps=1)
        ),
        "covariance": error_of(
            lambda: tf.contrib.factorization.gmm(tf.constant(POINTS), "random", 2, 5, "other")
        ),
    }


PROGRAMS = {"em": em, "functions": functions, "estimator": estimator}

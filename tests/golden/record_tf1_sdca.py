"""Programs with stochastic dual coordinate ascent: the solver alone, and below estimators."""

import tempfile

import numpy as np

X = np.array([[1, 2], [3, -1], [0, 1], [-2, 1]], np.float32)
LABELS = np.array([1, 0, 1, 0], np.float32)
NAMES = ["a", "b", "c", "d"]
WORDS = ([[0, 0], [1, 0], [1, 1], [2, 0], [3, 0]], ["u", "v", "w", "u", "w"], [4, 2])


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def rounded(value):
    """To three places, as the order of examples is a matter of chance; never minus zero."""
    return (np.round(np.asarray(value, np.float64), 3) + 0.0).ravel().tolist()


def parts(tf, with_words=True):
    """What the solver takes: examples and variables."""
    column = tf.contrib.linear_optimizer.SparseFeatureColumn(
        [0, 1, 1, 2, 3], [0, 1, 2, 0, 2], [1.0, 0.5, 2.0, 1.0, 1.0]
    )
    examples = {
        "example_labels": tf.constant(LABELS),
        "example_weights": tf.constant([1.0, 2.0, 0.5, 1.0]),
        "example_ids": tf.constant(NAMES),
        "dense_features": [tf.constant(X)],
        "sparse_features": [column] if with_words else [],
    }
    words = [tf.Variable(tf.zeros([3]), name="words")] if with_words else []
    variables = {
        "dense_features_weights": [tf.Variable(tf.zeros([2]), name="numbers")],
        "sparse_features_weights": words,
    }
    return examples, variables


def solved(tf, steps, with_words=True, **options):
    chosen = {"symmetric_l1_regularization": 0.0, "symmetric_l2_regularization": 1.0}
    chosen.update(options)
    examples, variables = parts(tf, with_words)
    model = tf.contrib.linear_optimizer.SdcaModel(examples, variables, chosen)
    step = tf.train.get_or_create_global_step()
    train = model.minimize(global_step=step)
    update = model.update_weights(train)
    found = {
        "predictions": model.predictions(examples),
        "regularized": model.regularized_loss(examples),
        "unregularized": model.unregularized_loss(examples),
        "converged": model.approximate_duality_gap() < 0.01,
        "numbers": variables["dense_features_weights"][0],
        "step": step,
    }
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(train)
        session.run(update)
        return [[name, rounded(session.run(value))] for name, value in sorted(found.items())]


def losses(tf):
    """All but the hinge loss, whose corners are met or missed by chance."""
    found = []
    for kind in ("logistic", "squared", "smooth_hinge", "poisson"):
        with tf.Graph().as_default():
            found.append([kind, solved(tf, 100, loss_type=kind + "_loss")])
    return {"found": repr(found)}


def options(tf):
    found = []
    for chosen in (
        {"symmetric_l1_regularization": 0.5},
        {"symmetric_l2_regularization": 4.0},
        {"symmetric_l2_regularization": 0.25},
        {"symmetric_l2_regularization": 0.0},
        {"num_table_shards": 2},
        {"num_loss_partitions": 2},
        {"with_words": False},
    ):
        with tf.Graph().as_default():
            found.append(solved(tf, 100, loss_type="squared_loss", **chosen))
    return {"found": repr(found)}


def names(tf):
    examples, variables = parts(tf)
    chosen = {"symmetric_l1_regularization": 0.0, "symmetric_l2_regularization": 1.0}
    with tf.name_scope("mine"):
        tf.contrib.linear_optimizer.SdcaModel(
            examples, variables, dict(chosen, loss_type="logistic_loss")
        )
    saved = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
    return {
        "summaries": sorted(op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)),
        "saved": sorted(each.name for each in saved),
    }


def input_fn(tf):
    features = {
        "x": tf.constant(X),
        "words": tf.SparseTensor(*WORDS),
        "id": tf.constant(NAMES),
        "w": tf.constant([1.0, 2.0, 1.0, 1.0]),
        "weights": tf.SparseTensor(WORDS[0], [0.5, 1.0, 2.0, 1.0, 1.5], WORDS[2]),
    }
    return features, tf.constant(LABELS.astype(np.int32).reshape(-1, 1))


def columns(tf):
    layers = tf.contrib.layers
    numbers = layers.real_valued_column("x", 2)
    keys = layers.sparse_column_with_keys("words", ["u", "v"])
    return {
        "numbers": numbers,
        "keys": keys,
        "words": layers.sparse_column_with_hash_bucket("words", 4),
        "buckets": layers.bucketized_column(numbers, [0.0, 1.5]),
        "weighted": layers.weighted_sparse_column(keys, "weights"),
    }


def described(tf, estimator, steps=40):
    def given():
        return input_fn(tf)

    estimator.fit(input_fn=given, steps=steps)
    measured = estimator.evaluate(input_fn=given, steps=1)
    kept = [name for name in sorted(estimator.get_variable_names()) if "HashTable" not in name]
    values = [[name, rounded(estimator.get_variable_value(name))] for name in kept]
    tables = sorted(set(estimator.get_variable_names()) - set(kept))
    return [values, tables, sorted([k, rounded(v)] for k, v in measured.items())]


def estimators(tf):
    learn, known = tf.contrib.learn, columns(tf)
    sdca = tf.contrib.linear_optimizer.SDCAOptimizer
    found = []
    for chosen, make in (
        (["numbers"], learn.LinearClassifier),
        (["numbers"], learn.LinearRegressor),
        (["numbers", "words", "buckets"], learn.LinearClassifier),
        (["keys", "weighted"], learn.LinearRegressor),
    ):
        made = make(
            [known[name] for name in chosen],
            tempfile.mkdtemp(),
            optimizer=sdca("id", symmetric_l2_regularization=2.0),
            weight_column_name="w",
        )
        found.append(described(tf, made))
    return {"found": repr(found)}


def machine(tf):
    learn, known = tf.contrib.learn, columns(tf)
    made = learn.SVM(
        "id",
        [known["numbers"], known["words"]],
        model_dir=tempfile.mkdtemp(),
        l1_regularization=0.1,
        l2_regularization=1.5,
    )
    values, tables, measured = described(tf, made)
    first = next(made.predict(input_fn=lambda: input_fn(tf)))
    classes = list(made.predict_classes(input_fn=lambda: input_fn(tf)))
    return {
        "names": [name for name, _ in values],
        "tables": tables,
        "measured": [name for name, _ in measured],
        "predicted": sorted(first),
        "classes": [int(c) for c in classes],
        "probabilities": error_of(lambda: list(made.predict_proba(input_fn=lambda: input_fn(tf)))),
    }


def misuse(tf):
    learn, known = tf.contrib.learn, columns(tf)
    solver = tf.contrib.linear_optimizer
    examples, variables = parts(tf)
    good = {
        "symmetric_l1_regularization": 0.0,
        "symmetric_l2_regularization": 1.0,
        "loss_type": "squared_loss",
    }

    def fitted(make, *arguments, **others):
        optimizer = solver.SDCAOptimizer(others.pop("id", "id"))
        return lambda: make(*arguments, optimizer=optimizer, **others).fit(
            input_fn=lambda: input_fn(tf), steps=1
        )

    numbers = [known["numbers"]]
    wrong = {
        "nothing": lambda: solver.SdcaModel(None, variables, good),
        "no_options": lambda: solver.SdcaModel(examples, variables, {}),
        "loss": lambda: solver.SdcaModel(examples, variables, dict(good, loss_type="other")),
        "negative": lambda: solver.SdcaModel(
            examples, variables, dict(good, symmetric_l2_regularization=-1.0)
        ),
        "list": lambda: solver.SdcaModel(dict(examples, dense_features=X), variables, good),
        "classes": fitted(learn.LinearClassifier, numbers, n_classes=3),
        "wide": fitted(learn.LinearRegressor, numbers, label_dimension=2),
        "ids": fitted(learn.LinearClassifier, numbers, id="other"),
        "kernels": lambda: learn.SVM("id", numbers, kernels=[3]),
    }
    made = solver.SDCAOptimizer("id", 3, adaptive=False)
    return {
        "errors": sorted([name, error_of(call)] for name, call in wrong.items()),
        "optimizer": [
            made.get_name(),
            made.example_id_column,
            made.num_loss_partitions,
            repr(made.num_table_shards),
            made.symmetric_l1_regularization,
            made.symmetric_l2_regularization,
            made.adaptive,
            repr(made.partitioner),
        ],
    }


def mapped(tf):
    """A linear model of random features, which are NumPy's and so the same everywhere."""
    kernels, known = tf.contrib.kernel_methods, columns(tf)
    mapper = kernels.RandomFourierFeatureMapper(2, 3, stddev=2.0, name="one")
    found = []
    for chosen, classes in ((["words"], 2), ([], 3)):
        made = kernels.KernelLinearClassifier(
            [known[name] for name in chosen],
            tempfile.mkdtemp(),
            n_classes=classes,
            kernel_mappers={known["numbers"]: [mapper]},
            optimizer=tf.train.GradientDescentOptimizer(0.5),
        )
        found.append(described(tf, made))
        first = next(made.predict_proba(lambda: input_fn(tf)))
        found.append(rounded(first))
        found.append([int(c) for c in made.predict_classes(lambda: input_fn(tf))])
        found.append(sorted(next(made.predict(input_fn=lambda: input_fn(tf)))))
    wrong = {
        "nothing": lambda: kernels.KernelLinearClassifier(),
        "mapper": lambda: kernels.KernelLinearClassifier(kernel_mappers={known["numbers"]: [3]}),
        "classes": lambda: kernels.KernelLinearClassifier([known["numbers"]], n_classes=1),
    }
    return {
        "found": repr(found),
        "errors": sorted([name, error_of(call)] for name, call in wrong.items()),
    }


PROGRAMS = {
    "losses": losses,
    "options": options,
    "names": names,
    "estimators": estimators,
    "machine": machine,
    "misuse": misuse,
    "mapped": mapped,
}

"""Programs with contrib.estimator's replicate_model_fn and TowerOptimizer."""

import tempfile

TWICE = ["/cpu:0", "/cpu:0"]
SUM, MEAN = "weighted_sum", "weighted_sum_by_nonzero_weights"


def error_of(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
    return "nothing"


def batch(tf):
    features = {
        "x": tf.constant([[1.0], [-2.0], [0.5], [3.0]]),
        "i": tf.constant([0, 1, 1, 3]),
    }
    return features, tf.constant([1.0, 2.0, -3.0, 0.5])


def momentum(tf):
    return tf.train.MomentumOptimizer(0.05, 0.5)


def wrapped(tf):
    return tf.contrib.estimator.TowerOptimizer(momentum(tf))


def wrapped_function(tf):
    return tf.contrib.estimator.TowerOptimizer(lambda: momentum(tf))


def descent(tf):
    return tf.contrib.estimator.TowerOptimizer(tf.train.GradientDescentOptimizer(0.01))


def model(tf, *make_optimizers):
    """A regression on a number and an embedding."""

    def model_fn(features, labels, mode):
        made = tf.layers.dense(features["x"], 2, name="d", kernel_initializer=tf.ones_initializer())
        table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
        outputs = tf.reduce_sum(made * tf.nn.embedding_lookup(table, features["i"]), 1)
        if mode == "infer":
            return predicted(tf, mode, outputs)
        loss = tf.losses.mean_squared_error(labels, outputs)
        measures = {
            "mean": tf.metrics.mean(outputs),
            "error": tf.metrics.mean_absolute_error(labels, outputs),
        }
        step, train = tf.train.get_or_create_global_step(), []
        for make in make_optimizers or [wrapped]:
            with tf.control_dependencies(train[-1:]):
                train.append(make(tf).minimize(loss, step))
        train = tf.group(*train)
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, train_op=train, eval_metric_ops=measures if mode == "eval" else None
        )

    return model_fn


def predicted(tf, mode, outputs):
    kinds = tf.estimator.export
    rows = tf.expand_dims(outputs, 1)
    exported = {
        "numbers": kinds.RegressionOutput(outputs),
        "all": kinds.PredictOutput({"y": outputs, "rows": rows}),
        "classes": kinds.ClassificationOutput(
            scores=rows, classes=tf.tile(tf.constant([["a"]]), [tf.shape(rows)[0], 1])
        ),
        "serving_default": kinds.PredictOutput({"y": outputs}),
    }
    return tf.estimator.EstimatorSpec(mode, {"y": outputs}, export_outputs=exported)


def replicated(tf, model_fn, mode, reduction=MEAN, devices=TWICE):
    features, labels = batch(tf)
    built = tf.contrib.estimator.replicate_model_fn(model_fn, reduction, devices)
    return built(features, None if mode == "infer" else labels, mode)


def trained(reduction, *make_optimizers, devices=TWICE):
    def program(tf):
        made = model(tf, *make_optimizers)
        spec = replicated(tf, made, "train", reduction, devices)
        names = [spec.loss.name, spec.train_op.name]
        names += sorted(v.name for v in tf.global_variables())
        values = {v.op.name.replace("/", "_"): v for v in tf.global_variables()}
        return dict(values, train=spec.train_op, loss=spec.loss, names=repr(names))

    return program


def measured(tf):
    spec = replicated(tf, model(tf), "eval")
    update = spec.eval_metric_ops["mean"][1]
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        session.run(spec.eval_metric_ops["error"][1])
        session.run(update)
        values = session.run({name: pair[0] for name, pair in spec.eval_metric_ops.items()})
        kept = session.run(tf.get_collection(tf.GraphKeys.METRIC_VARIABLES))
    return {
        "mean": [round(float(values["mean"]), 4)],
        "error": [round(float(values["error"]), 4)],
        "kept": [round(float(value), 4) for value in kept],
        "loss": spec.loss,
        "name": spec.loss.name,
    }


def predictions(tf):
    spec = replicated(tf, model(tf), "infer")
    found = spec.export_outputs
    return {
        "y": spec.predictions["y"],
        "name": spec.predictions["y"].name,
        "outputs": sorted(found),
        "numbers": found["numbers"].value,
        "rows": found["all"].outputs["rows"],
        "scores": found["classes"].scores,
        "classes": found["classes"].classes,
    }


def placed(tf):
    """Where variables and the operations of each tower are put."""
    # In a graph of its own: what runs afterwards may have one processor.
    with tf.Graph().as_default() as graph:
        replicated(tf, model(tf), "train", devices=["/cpu:0", "/cpu:1", "/cpu:0", "/cpu:1"])
        variables = tf.global_variables()
    multiplied = [[op.name, op.device] for op in graph.get_operations() if op.type == "MatMul"]
    return {
        "multiplied": [pair for pair in multiplied if "gradients" not in pair[0]],
        "held": [[variable.name, variable.device] for variable in variables],
        "split": [op.name for op in graph.get_operations() if op.type == "Split"],
    }


def sparse(tf):
    """Sparse features, labels by name, and no name of a feature alone."""
    words = tf.SparseTensor([[0, 1], [2, 0], [3, 2]], [1.0, 2.0, 3.0], [4, 3])
    seen = []

    def model_fn(features, labels, mode, params):
        rows = tf.sparse_tensor_to_dense(features["words"])
        seen.append(tf.concat([rows, labels["weights"]], 1))
        loss = tf.reduce_sum(rows) + params["more"]
        return tf.estimator.EstimatorSpec(mode, loss=loss)

    built = tf.contrib.estimator.replicate_model_fn(model_fn, SUM, TWICE)
    labels = {"weights": tf.constant([[1.0], [2.0], [3.0], [4.0]])}
    spec = built({"words": words}, labels, "eval", params={"more": 0.5})
    return {"loss": spec.loss, "first": seen[0], "second": seen[1]}


def misuse(tf):
    make = tf.contrib.estimator.replicate_model_fn
    calls, built = [], []

    def sometimes(tf):
        calls.append(1)
        return wrapped(tf) if len(calls) != 2 else momentum(tf)

    def uneven(features, labels, mode):
        measures = {"mean": tf.metrics.mean(features["x"])}
        built.append(1)
        if len(built) == 1:
            positive = features["x"] > 0
            measures["count"] = tf.metrics.true_positives(positive, positive)
        return tf.estimator.EstimatorSpec(mode, loss=tf.zeros([]), eval_metric_ops=measures)

    def inside(call):
        with tf.Graph().as_default():
            return error_of(call)

    wrong = {
        "unreduced": lambda: make(model(tf), "none"),
        "uneven batch": lambda: replicated(tf, model(tf), "train", devices=["/cpu:0"] * 3),
        "unwrapped": lambda: replicated(tf, model(tf, momentum), "train"),
        "unlike calls": lambda: replicated(tf, model(tf, sometimes), "train"),
        "unlike measures": lambda: replicated(tf, uneven, "eval", devices=TWICE),
        "one device": lambda: replicated(tf, model(tf, momentum), "train", devices=["/cpu:0"]),
        "this machine's": lambda: replicated(tf, model(tf, momentum), "train", devices=None),
    }
    return {"errors": sorted([name, inside(call)] for name, call in wrong.items())}


def forwarded(tf):
    """The wrapped optimizer's own names, slots and variables."""
    weight = tf.get_variable("weight", initializer=[1.0, 2.0])
    made = wrapped_function(tf)
    before = made.has_been_used()
    train = made.minimize(tf.reduce_sum(weight**2))
    return {
        "train": train,
        "weight": weight,
        "slot": made.get_slot(weight, "momentum"),
        "told": repr([before, made.has_been_used(), made.get_name(), made.get_slot_names()]),
        "held": [variable.name for variable in made.variables()],
        "key": made.COLLECTION_FOR_GRAPH_STATES,
    }


def estimator(tf):
    """A whole estimator on two processors, as one on one processor."""
    counted = tf.estimator.RunConfig(session_config=tf.ConfigProto(device_count={"CPU": 2}))
    found = []
    for devices in (["/cpu:0", "/cpu:1"], ["/cpu:0"]):
        built = tf.contrib.estimator.replicate_model_fn(model(tf), MEAN, devices)
        made = tf.estimator.Estimator(built, tempfile.mkdtemp(), counted)
        made.train(lambda: batch(tf), steps=3)
        measures = made.evaluate(lambda: batch(tf), steps=2)
        first = next(made.predict(lambda: batch(tf)[0]))
        kept = {name: made.get_variable_value(name) for name in made.get_variable_names()}
        found.append(
            [
                [[name, kept[name].round(4).tolist()] for name in sorted(kept)],
                [[name, round(float(measures[name]), 4)] for name in sorted(measures)],
                round(float(first["y"]), 4),
            ]
        )
    return {"found": found}


def canned(tf):
    """The names of a replicated DNN classifier, whose optimizer is made for each tower."""

    def optimizer():
        return tf.contrib.estimator.TowerOptimizer(tf.train.AdagradOptimizer(0.5))

    def given():
        return {"x": batch(tf)[0]["x"]}, tf.constant([[1], [0], [0], [1]])

    found = []
    for devices in (TWICE, TWICE[:1]):
        folder, columns = tempfile.mkdtemp(), [tf.feature_column.numeric_column("x")]
        plain = tf.estimator.DNNClassifier([2], columns, folder, optimizer=optimizer)
        model_fn = tf.contrib.estimator.replicate_model_fn(plain.model_fn, SUM, devices)
        made = tf.estimator.Estimator(model_fn, folder)
        made.train(given, steps=2)
        measures = sorted(made.evaluate(given, steps=1))
        found.append([sorted(made.get_variable_names()), measures])
        found.append(sorted(next(made.predict(lambda: given()[0]))))
    return {"found": found}


PROGRAMS = {
    "canned": canned,
    "means": trained(MEAN),
    "sums": trained(SUM),
    "two_optimizers": trained(MEAN, wrapped, descent),
    "two_of_a_kind": trained(MEAN, wrapped, wrapped),
    "made_by_function": trained(SUM, wrapped_function),
    "one_tower": trained(MEAN, devices=["/cpu:0"]),
    "four_towers": trained(MEAN, devices=["/cpu:0"] * 4),
    "measured": measured,
    "predictions": predictions,
    "placed": placed,
    "sparse": sparse,
    "misuse": misuse,
    "forwarded": forwarded,
    "estimator": estimator,
}

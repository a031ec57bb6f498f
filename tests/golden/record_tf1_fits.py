"""Programs that train, measure and predict with contrib.learn's estimators, from arrays."""

import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def rounded(values):
    return np.round(np.asarray(values, np.float64), 5).tolist()


X = np.array([[1, 2], [3, -1], [0, 1], [2, 2], [-1, 3]], np.float32)
Y = np.array([1, 0, 1, 0, 1], np.float32)


def feeds(feeder, count):
    """What a feeder feeds in some steps, by the placeholders' names."""
    feeder.input_builder()
    feed = feeder.get_feed_dict_fn()
    found = []
    for _ in range(count):
        try:
            fed = feed()
        except StopIteration:
            found.append("end")
            continue
        named = {key if isinstance(key, str) else key.name: value for key, value in fed.items()}
        found.append(
            [[key, str(v.dtype), list(v.shape), rounded(v)] for key, v in sorted(named.items())]
        )
    return found


def feeders(tf):
    setup = tf.contrib.learn.io.data_feeder.setup_train_data_feeder
    named = {"a": X[:, 0].astype(np.int64), "b": X.astype(np.float64)}
    made = {
        "shuffled": setup(X, Y, None, batch_size=2),
        "in_order": setup(X, Y, None, batch_size=2, shuffle=False, epochs=1),
        "whole": setup(X, None, None, shuffle=False),
        "named": setup(named, {"y": Y.astype(np.int32)}, None, 3, shuffle=False, epochs=2),
        "one_hot": setup(X, Y.astype(np.int32), 3, 2, shuffle=False),
        "regression": setup(X, Y.astype(np.int32), 1, 4, shuffle=False),
        "columns": setup(X[:, 0], Y.reshape(-1, 1), None, 4, shuffle=False),
        "images": setup(np.ones([2, 3, 4, 1], np.uint8), None, None, 1),
        "wide": setup(X, np.arange(10).reshape(5, 2), None, 5, shuffle=False),
    }
    found = {name: feeds(feeder, 4) for name, feeder in made.items()}
    placeholders = []
    for name in sorted(made):
        with tf.Graph().as_default():
            for part in made[name].input_builder():
                tensors = part.values() if isinstance(part, dict) else [part]
                for tensor in tensors:
                    known = tensor is not None
                    placeholders.append(
                        [tensor.name, tensor.dtype.name, repr(tensor.shape.as_list())]
                        if known
                        else ["none"]
                    )
    return {
        "found": repr(sorted(found.items())),
        "placeholders": sorted(placeholders),
        "sizes": [feeder.batch_size for _, feeder in sorted(made.items())],
        "shapes": repr([made[name].input_shape for name in sorted(made)]),
        "params": sorted(made["shuffled"].get_feed_params().items()),
        "wrong": [
            error_of(lambda: setup(X, Y, None, 0)),
            error_of(lambda: setup(iter(X), Y, None, 2)),
        ],
    }


def streams(tf):
    setup = tf.contrib.learn.io.data_feeder.setup_train_data_feeder
    predict = tf.contrib.learn.io.data_feeder.setup_predict_data_feeder
    batches = predict(X, 2)
    return {
        "stream": repr(feeds(setup(iter(X), iter(Y), None, 2), 4)),
        "unlabelled": repr(feeds(setup(iter(X), None, None, 3), 3)),
        "batches": [rounded(batch) for batch in batches],
        "whole": [rounded(batch) for batch in predict(X[:, 0])],
        "wrong": error_of(lambda: predict(X, 0)),
        "processor": setup is not None
        and rounded(tf.contrib.learn.io.data_feeder.setup_processor_data_feeder(X)),
    }


def line(tf, seen=None):
    """A model function without a mode: it needs labels to predict as well."""

    def model_fn(features, labels):
        if seen is not None:
            seen.append([features.dtype.name, features.shape.as_list(), labels.dtype.name])
        weight = tf.get_variable("weight", [2, 1], initializer=tf.ones_initializer())
        scores = tf.squeeze(tf.matmul(tf.cast(features, tf.float32), weight), 1)
        loss = tf.reduce_mean(tf.square(scores - tf.cast(labels, tf.float32)))
        step = tf.train.get_global_step()
        return scores, loss, tf.train.GradientDescentOptimizer(0.05).minimize(loss, step)

    return model_fn


def arrays(tf):
    learn = tf.contrib.learn
    seen = []
    made = learn.Estimator(line(tf, seen), tempfile.mkdtemp())
    same = made.fit(X, Y, steps=7, batch_size=2) is made
    trained = rounded(made.get_variable_value("weight"))
    measured = made.evaluate(X, Y, batch_size=2)
    predicted = list(made.predict(X, batch_size=3))
    at_once = made.predict(X, batch_size=3, as_iterable=False)
    batches = [list(batch.shape) for batch in made.predict(X, batch_size=3, iterate_batches=True)]
    made.partial_fit(X, Y)
    return {
        "same": same,
        "seen": seen,
        "weight": trained,
        "measured": sorted([key, float(np.round(value, 5))] for key, value in measured.items()),
        "predicted": rounded(predicted),
        "at_once": rounded(at_once),
        "batches": batches,
        "partly": rounded(made.get_variable_value("weight")),
        "names": sorted(made.get_variable_names()),
    }


def dictionary(tf):
    def model_fn(features, labels, mode, params):
        weight = tf.get_variable("w", [1, 1], initializer=tf.constant_initializer(params["w"]))
        scores = tf.matmul(tf.cast(features["a"], tf.float32), weight) + features["b"][:, :1]
        predictions = {"scores": scores, "classes": tf.cast(scores > 1, tf.int64)}
        if mode == tf.contrib.learn.ModeKeys.INFER:
            return predictions, None, None
        wanted = tf.expand_dims(labels["y"], 1)
        loss = tf.reduce_mean(tf.square(scores - wanted))
        step = tf.train.get_global_step()
        train = tf.train.AdagradOptimizer(0.1).minimize(loss, step)
        return tf.contrib.learn.ModelFnOps(mode, predictions, loss, train)

    learn = tf.contrib.learn
    made = learn.SKCompat(learn.Estimator(model_fn, tempfile.mkdtemp(), params={"w": 0.5}))
    x, y = {"a": np.arange(5), "b": X}, {"y": Y}
    made.fit(x, y, batch_size=3, steps=4)
    mean = learn.MetricSpec(lambda predictions, labels: tf.metrics.mean(predictions), "scores", "y")
    scored = made.score(x, y, batch_size=2, metrics={"mean": mean})
    predicted = made.predict(x, batch_size=2)
    one = made.predict(x, outputs=["classes"])
    return {
        "scored": sorted([key, float(np.round(value, 5))] for key, value in scored.items()),
        "kinds": sorted([key, str(v.dtype), list(v.shape)] for key, v in predicted.items()),
        "scores": rounded(predicted["scores"]),
        "one": sorted([key, v.tolist()] for key, v in one.items()),
    }


def inputs_of_functions(tf):
    learn = tf.contrib.learn

    def input_fn():
        return tf.constant(X), tf.constant(Y)

    def queued():
        row, label = tf.train.slice_input_producer([X, Y], num_epochs=1, shuffle=False)
        return tf.train.batch([row, label], 2, allow_smaller_final_batch=True)

    made = learn.Estimator(line(tf), tempfile.mkdtemp())
    made.fit(input_fn=input_fn, steps=3)
    made.fit(input_fn=input_fn, max_steps=2)
    step = int(made.get_variable_value("global_step"))
    made.fit(input_fn=input_fn, max_steps=5)
    return {
        "steps": [step, int(made.get_variable_value("global_step"))],
        "constant": rounded(list(made.predict(input_fn=input_fn))),
        "features_only": rounded(list(made.predict(input_fn=lambda: tf.constant(X)))),
        "at_once": rounded(made.predict(input_fn=input_fn, as_iterable=False)),
        "queued": rounded(list(made.predict(input_fn=queued))),
        "measured": round(float(made.evaluate(input_fn=queued)["loss"]), 5),
        "limited": round(float(made.evaluate(input_fn=queued, steps=1)["loss"]), 5),
    }


def misuse(tf):
    learn = tf.contrib.learn
    new = learn.Estimator(line(tf), tempfile.mkdtemp())
    made = learn.Estimator(line(tf), tempfile.mkdtemp())

    def input_fn():
        return tf.constant(X), tf.constant(Y)

    made.fit(input_fn=input_fn, steps=1)
    wrong = {
        "no_input": lambda: made.fit(steps=1),
        "both": lambda: made.fit(X, Y, input_fn=input_fn, steps=1),
        "labels": lambda: made.fit(y=Y, input_fn=input_fn, steps=1),
        "size": lambda: made.fit(input_fn=input_fn, batch_size=1, steps=1),
        "steps": lambda: made.fit(input_fn=input_fn, steps=1, max_steps=1),
        "tensor": lambda: made.fit(tf.constant(X), tf.constant(Y), steps=1),
        "metrics": lambda: made.evaluate(input_fn=input_fn, steps=1, metrics=[3]),
        "outputs": lambda: list(made.predict(X, outputs=["scores"])),
        "feeds": lambda: made.evaluate(X, Y, feed_fn=dict),
        "params": lambda: learn.Estimator(line(tf), params={"a": 1}),
        "two_folders": lambda: learn.Estimator(
            line(tf), "/one", config=learn.RunConfig(model_dir="/two")
        ),
        "pair": lambda: learn.Estimator(lambda features, labels: (1, 2), tempfile.mkdtemp()).fit(
            X, Y, steps=1
        ),
    }
    untrained = []
    for call in (lambda: new.evaluate(X, Y), lambda: list(new.predict(X))):
        try:
            call()
        except learn.NotFittedError:
            untrained.append("not fitted")
    return {
        "untrained": untrained,
        "errors": sorted([name, error_of(call)] for name, call in wrong.items()),
        "interfaces": [
            isinstance(made, kind)
            for kind in (learn.BaseEstimator, learn.Evaluable, learn.Trainable)
        ],
        "not_fitted": [base.__name__ for base in learn.NotFittedError.__mro__[1:3]],
    }


def measures(tf):
    learn = tf.contrib.learn

    def model_fn(features, labels, mode):
        scores = tf.reduce_sum(features, 1)
        predictions = {"sum": scores, "positive": tf.cast(scores > 1.5, tf.float32)}
        loss = tf.reduce_mean(scores)
        metrics = {"own": tf.metrics.mean(scores), "loss": tf.metrics.mean(2.0 * loss)}
        step = tf.assign_add(tf.train.get_global_step(), 1)
        return learn.ModelFnOps(mode, predictions, loss, step, metrics)

    made = learn.Estimator(model_fn, tempfile.mkdtemp()).fit(X, Y, steps=1)
    metrics = {
        "accuracy": learn.MetricSpec(tf.contrib.metrics.streaming_accuracy, "positive"),
        "core": learn.MetricSpec(tf.metrics.accuracy, "positive"),
        "own": learn.MetricSpec(lambda labels, predictions: tf.metrics.mean(labels), "sum"),
    }
    of_key = {("pair", "positive"): tf.contrib.metrics.streaming_mean_absolute_error}
    found = made.evaluate(X, Y, metrics=metrics, batch_size=2)
    pair = made.evaluate(X, Y, metrics=of_key)
    plain = made.evaluate(X, Y, batch_size=2)
    return {
        "found": sorted([key, float(np.round(value, 5))] for key, value in found.items()),
        "pair": round(float(pair["pair"]), 5),
        "plain": sorted([key, float(np.round(value, 5))] for key, value in plain.items()),
    }


def columns(tf):
    learn = tf.contrib.learn
    found = learn.infer_real_valued_columns_from_input(X)
    named = learn.infer_real_valued_columns_from_input_fn(
        lambda: ({"b": tf.zeros([2, 3]), "a": tf.zeros([2, 1])}, tf.zeros([2]))
    )
    spec = tf.contrib.layers.create_feature_spec_for_parsing(named)
    return {
        "whole": [[column.name] for column in found],
        "named": [column.name for column in named],
        "spec": sorted([key, list(part.shape), part.dtype.name] for key, part in spec.items()),
        "words": error_of(
            lambda: learn.infer_real_valued_columns_from_input(np.array([["a"], ["b"]]))
        ),
    }


def operations(tf):
    """What a model function may return, and what it may not."""
    make = tf.contrib.learn.ModelFnOps
    loss, step = tf.constant(1.0), tf.constant(0)
    variable = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    sparse = tf.SparseTensor([[0]], [1.0], [1])
    made = make("train", {"v": variable, "s": sparse, "n": [1.0, 2.0]}, tf.ones([1]), step)
    wrong = {
        "no_step": lambda: make("train", loss, loss),
        "no_loss": lambda: make("train", loss, None, step),
        "no_loss_to_measure": lambda: make("eval", loss),
        "no_predictions": lambda: make("eval", None, loss),
        "nothing_to_infer": lambda: make("infer"),
        "long_loss": lambda: make("train", loss, tf.ones([2]), step),
        "metrics": lambda: make("infer", loss, eval_metric_ops=[1]),
        "hooks": lambda: make("infer", loss, training_hooks=[1]),
        "chief_hooks": lambda: make("infer", loss, training_chief_hooks=["a"]),
        "other_mode": lambda: make("other"),
        "only_training": lambda: make("train", None, loss, step),
        "only_inference": lambda: make("infer", 3.0),
    }
    return {
        "loss": made.loss,
        "variable": made.predictions["v"],
        "numbers": made.predictions["n"],
        "sparse": isinstance(made.predictions["s"], tf.SparseTensor),
        "empty": [repr(made.eval_metric_ops), repr(made.training_hooks)],
        "errors": sorted([name, error_of(call)] for name, call in wrong.items()),
    }


PROGRAMS = {
    "feeders": feeders,
    "streams": streams,
    "arrays": arrays,
    "dictionary": dictionary,
    "inputs_of_functions": inputs_of_functions,
    "misuse": misuse,
    "measures": measures,
    "columns": columns,
    "operations": operations,
}

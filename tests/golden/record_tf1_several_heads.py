"""Programs with contrib.learn's heads of several heads, alone and below a ready estimator."""

import tempfile

import numpy as np

BODY = np.array([[0.5, -1.0], [1.5, 0.5], [-0.5, 2.5]], np.float32)
LABELS = {
    "height": np.array([[1.0], [0.0], [3.0]], np.float32),
    "kind": np.array([[1], [2], [0]]),
}


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def heads(tf, weights=None, extra=True):
    learn = tf.contrib.learn
    found = [
        learn.regression_head(label_name="height", head_name="h"),
        learn.multi_class_head(3, label_name="kind", head_name="k"),
    ]
    if extra:
        found.append(
            learn.head.loss_only_head(lambda: [tf.constant(0.5), tf.constant(0.25)], "reg")
        )
    return learn.multi_head(found, weights)


def made(tf, head, mode, train=None, **options):
    labels = {name: tf.constant(value) for name, value in LABELS.items()}
    return head.create_model_fn_ops({}, mode, labels, train or (lambda loss: tf.no_op()), **options)


def named(predictions):
    return {"/".join(key): value for key, value in predictions.items()}


def parts(tf, **options):
    """What three heads make of one layer in each mode."""
    head = heads(tf, options.pop("weights", None))
    measured = made(tf, head, "eval", **options)
    inferred = made(tf, head, "infer", **options)
    trained = made(tf, head, "train", **options)
    updates = [update for _, update in measured.eval_metric_ops.values()]
    return dict(
        named(inferred.predictions),
        loss=measured.loss,
        training_loss=trained.loss,
        updates=tf.stack([tf.cast(update, tf.float32) for update in updates[:1]]),
        metrics=sorted(measured.eval_metric_ops),
        metrics_of_training=sorted(trained.eval_metric_ops),
        served=repr(
            sorted((k, p, sorted(v)) for k, (p, v) in inferred.output_alternatives.items())
        ),
        measured=sorted("/".join(key) for key in measured.predictions),
        nothing=[str(trained.predictions), str(inferred.loss)],
        dimension=head.logits_dimension,
    )


def of_a_layer(tf):
    return parts(tf, logits_input=tf.constant(BODY))


def of_logits(tf):
    wide = np.arange(12, dtype=np.float32).reshape(3, 4) / 5 - 1
    return parts(tf, logits=tf.constant(wide), weights=[1.0, 0.5, 2.0])


def of_named_logits(tf):
    own = {"h": tf.constant(BODY[:, :1]), "k": tf.constant(BODY[:, [0, 1, 0]])}
    return parts(tf, logits=own)


def trained(tf):
    """The one step of all heads together sees the weighted loss."""
    weight = tf.get_variable("w", [2, 4], initializer=tf.ones_initializer())
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    head = heads(tf, [1.0, 0.5, 2.0])
    logits = tf.matmul(tf.constant(BODY), weight)
    found = made(tf, head, "train", optimizer.minimize, logits=logits)
    return {"train": found.train_op, "loss": found.loss, "w": weight}


def alone(tf):
    head = tf.contrib.learn.head.loss_only_head(lambda: tf.constant(1.5))
    found = {mode: made(tf, head, mode) for mode in ("train", "eval", "infer")}
    return {
        "loss": found["train"].loss,
        "measured": found["eval"].loss,
        "name": head.head_name,
        "dimension": head.logits_dimension,
        "nothing": [str(found["infer"].loss), str(found["eval"].predictions)],
        "summaries": sorted(op.name for op in tf.get_collection(tf.GraphKeys.SUMMARIES)),
    }


def below_an_estimator(tf):
    learn, layers = tf.contrib.learn, tf.contrib.layers

    def input_fn():
        return {"x": tf.constant(BODY)}, {k: tf.constant(v) for k, v in LABELS.items()}

    estimator = learn.DNNEstimator(
        head=heads(tf),
        hidden_units=[3],
        feature_columns=[layers.real_valued_column("x", 2)],
        model_dir=tempfile.mkdtemp(),
    ).fit(input_fn=input_fn, steps=2)
    measured = estimator.evaluate(input_fn=input_fn, steps=1)
    (first,) = list(estimator.predict(input_fn=input_fn, as_iterable=True))[:1]
    return {
        "variables": sorted(estimator.get_variable_names()),
        "measured": sorted(measured),
        "predictions": sorted("/".join(key) for key in first),
        "step": int(measured["global_step"]),
    }


def misuse(tf):
    learn = tf.contrib.learn
    head = heads(tf)
    body = tf.constant(BODY)
    wrong = {
        "unnamed": lambda: learn.multi_head([learn.regression_head()]),
        "weights": lambda: heads(tf, [1.0]),
        "mode": lambda: made(tf, head, "other", logits_input=body),
        "no_logits": lambda: made(tf, head, "train"),
        "both": lambda: made(tf, head, "train", logits_input=body, logits=tf.zeros([3, 4])),
        "missing": lambda: made(tf, head, "eval", logits={"h": body[:, :1]}),
        "no_step": lambda: head.create_model_fn_ops(
            {}, "train", {k: tf.constant(v) for k, v in LABELS.items()}, logits_input=body
        ),
        "narrow": lambda: made(tf, head, "eval", logits=tf.zeros([3, 2])),
        "lonely": lambda: learn.head.loss_only_head(lambda: 1.0).create_model_fn_ops({}, "train"),
        "lonely_mode": lambda: learn.head.loss_only_head(None).create_model_fn_ops({}, "other"),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


PROGRAMS = {
    "of_a_layer": of_a_layer,
    "of_logits": of_logits,
    "of_named_logits": of_named_logits,
    "trained": trained,
    "alone": alone,
    "below_an_estimator": below_an_estimator,
    "misuse": misuse,
}

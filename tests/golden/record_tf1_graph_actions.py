"""Programs that train, measure and run a graph with contrib.learn.graph_actions."""

import tempfile

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def model(tf, broken=False):
    """A weight that goes half the way to 8 in each step."""
    step = tf.train.create_global_step()
    fed = tf.placeholder_with_default(tf.constant(8.0), [], name="fed")
    weight = tf.get_variable("weight", [], initializer=tf.zeros_initializer())
    loss = tf.square(weight - fed) / 2 + (np.nan if broken else 0.0)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(loss, step)
    return train, loss, weight, fed


def trained(tf, folder, **options):
    with tf.Graph().as_default() as graph:
        train, loss, _, fed = model(tf, options.pop("broken", False))
        if "feed" in options:
            values = iter(options.pop("feed"))
            options["feed_fn"] = lambda: {fed: next(values)}
        found = tf.contrib.learn.graph_actions.train(graph, folder, train, loss, **options)
    return None if found is None else round(float(found), 5)


def measured(tf, folder, **options):
    with tf.Graph().as_default() as graph:
        _, _, weight, _ = model(tf)
        count = tf.Variable(0, collections=[tf.GraphKeys.LOCAL_VARIABLES], name="count")
        if options.pop("counted", False):
            options["update_op"] = tf.assign_add(count, 1)
        found, step = tf.contrib.learn.graph_actions.evaluate(
            graph, tempfile.mkdtemp(), folder, {"w": weight, "n": count}, **options
        )
    return [sorted([k, round(float(v), 5)] for k, v in found.items()), int(step)]


def actions(tf):
    folder = tempfile.mkdtemp()
    losses = [
        trained(tf, folder, steps=2),
        trained(tf, folder, steps=1),
        trained(tf, folder, max_steps=3),
        trained(tf, folder, max_steps=5),
        trained(tf, tempfile.mkdtemp(), feed=[4.0, 2.0]),
        trained(tf, tempfile.mkdtemp(), steps=1, broken=True, fail_on_nan_loss=False) != 0,
        trained(tf, tempfile.mkdtemp(), monitors=[tf.contrib.learn.monitors.StopAtStep(4)]),
    ]
    found = [
        measured(tf, folder, max_steps=1),
        measured(tf, folder, max_steps=3, counted=True),
        measured(tf, None, max_steps=1),
    ]
    with tf.Graph().as_default():
        _, loss, weight, fed = model(tf)
        latest = tf.train.latest_checkpoint(folder)
        infer = tf.contrib.learn.infer
        inferred = [
            sorted(infer(latest, {"w": weight, "loss": loss}, {fed: 7.0}).items()),
            sorted(infer(None, {"w": weight}).items()),
        ]
    checkpoints = sorted(
        name.split("/")[-1].split("-")[-1]
        for name in tf.train.get_checkpoint_state(folder).all_model_checkpoint_paths
    )
    return {
        "losses": losses,
        "measured": repr(found),
        "inferred": repr([[[k, round(float(v), 5)] for k, v in each] for each in inferred]),
        "checkpoints": checkpoints,
        "writers": [
            tf.contrib.learn.graph_actions.get_summary_writer(folder)
            is tf.summary.FileWriterCache.get(folder),
            tf.contrib.learn.graph_actions.clear_summary_writers() is None,
        ],
    }


def misuse(tf):
    folder = tempfile.mkdtemp()

    def without(*names):
        with tf.Graph().as_default() as graph:
            train, loss, _, _ = model(tf)
            given = {"output_dir": folder, "train_op": train, "loss_op": loss}
            given.update({name: None for name in names})
            tf.contrib.learn.graph_actions.train(graph, **given)

    def without_step():
        with tf.Graph().as_default() as graph:
            loss = tf.constant(1.0)
            tf.contrib.learn.train(graph, folder, tf.no_op(), loss, steps=1)

    wrong = {
        "both": lambda: trained(tf, folder, steps=1, max_steps=1),
        "folder": lambda: without("output_dir"),
        "train_op": lambda: without("train_op"),
        "loss_op": lambda: without("loss_op"),
        "step": without_step,
        "nan": lambda: trained(tf, folder, steps=1, broken=True),
        "feed": lambda: trained(tf, tempfile.mkdtemp(), feed=["word"]),
        "evaluate": lambda: tf.contrib.learn.evaluate(tf.Graph(), "", None, {}),
        "infer": lambda: tf.contrib.learn.infer(None, {}),
    }
    return {"errors": sorted([name, error_of(call)] for name, call in wrong.items())}


PROGRAMS = {"actions": actions, "misuse": misuse}

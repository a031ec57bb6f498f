"""Programs with contrib.learn's monitors: when they look, what they keep and what they write."""

import glob
import logging
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


def logged(tf, call):
    """The lines of its log that a call writes."""
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(record.getMessage())

    handler, logger = Keep(), logging.getLogger("tensorflow")
    before = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.INFO)
    logger.addHandler(handler)
    try:
        call()
    finally:
        logger.removeHandler(handler)
        tf.logging.set_verbosity(before)
    return lines


def model(tf):
    """A weight that is 1.0, 1.5, 1.75 … after each step, and its loss."""
    tf.train.create_global_step()
    # Of the old kind, which is read after the step that changes it, every time.
    start = tf.zeros_initializer()
    weight = tf.get_variable("weight", [], initializer=start, use_resource=False)
    loss = tf.square(weight - 2.0, name="loss")
    tf.summary.scalar("the_loss", loss)
    step = tf.train.get_global_step()
    train = tf.train.GradientDescentOptimizer(0.25).minimize(loss, step)
    return loss, train


def watched(tf, monitors, train, steps=6):
    """Trains with monitors; how many steps there were."""
    hook = tf.contrib.learn.monitors.RunHookAdapterForMonitors(monitors)
    taken = 0
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        while not session.should_stop() and taken < steps:
            session.run(train)
            taken += 1
    return taken


def asked(tf):
    """What a monitor of one's own is told."""
    learn = tf.contrib.learn
    loss, train = model(tf)
    told = []

    class Mine(learn.monitors.EveryN):
        def every_n_step_begin(self, step):
            told.append(["begin", int(step)])
            return ["loss", "weight:0", loss]

        def every_n_step_end(self, step, outputs):
            values = [outputs["loss"], outputs["weight:0"], outputs[loss]]
            told.append(["end", int(step), [round(float(value), 5) for value in values]])
            return step >= 5

        def every_n_post_step(self, step, session):
            told.append(["post", int(step), session is not None])

    taken = watched(tf, [Mine(2, 1), Mine(every_n_steps=4, first_n_steps=-1)], train, 8)
    return {"told": told, "taken": taken}


def stopped(tf):
    monitors = tf.contrib.learn.monitors
    _, train = model(tf)
    found = [watched(tf, [monitors.StopAtStep(num_steps=3)], train)]
    found.append(watched(tf, [monitors.StopAtStep(last_step=2)], train))
    found.append(monitors.StopAtStep(1).run_on_all_workers)
    found.append(monitors.BaseMonitor().run_on_all_workers)
    for settings in ({}, {"num_steps": 1, "last_step": 2}):
        found.append(error_of(lambda given=settings: monitors.StopAtStep(**given)))
    return {"found": found}


def printed(tf):
    monitors = tf.contrib.learn.monitors
    loss, train = model(tf)
    chosen = [
        monitors.PrintTensor(["loss", "weight:0"], every_n=3),
        monitors.PrintTensor({"it": "loss"}, 2, 0),
        monitors.get_default_monitors(loss_op=loss)[0],
    ]
    lines = logged(tf, lambda: watched(tf, chosen, train, 5))
    return {"lines": [line for line in lines if line.startswith("Step")]}


def trainable(tf):
    with tf.variable_scope("a"):
        tf.get_variable("b", [2], initializer=tf.ones_initializer())
    _, train = model(tf)
    chosen = [tf.contrib.learn.monitors.LoggingTrainable(scope="a", every_n=2)]
    lines = logged(tf, lambda: watched(tf, chosen, train, 3))
    return {"lines": [line for line in lines if line.startswith("Logging")]}


def captured(tf):
    _, train = model(tf)
    monitor = tf.contrib.learn.monitors.CaptureVariable("weight", every_n=2, first_n=1)
    watched(tf, [monitor], train)
    return {"values": sorted([int(step), float(v)] for step, v in monitor.values.items())}


def no_number(tf):
    monitors = tf.contrib.learn.monitors
    x = tf.get_variable("x", [], initializer=tf.constant_initializer(1.0))
    tf.train.create_global_step()
    loss = tf.log(x)
    with tf.control_dependencies([loss]):
        train = tf.group(tf.assign_sub(x, 1.0), tf.assign_add(tf.train.get_global_step(), 1))
    gentle = monitors.NanLoss(loss, every_n_steps=1, fail_on_nan_loss=False)
    found = [watched(tf, [gentle], train)]
    strict = monitors.NanLoss(loss, every_n_steps=1)
    found.append(error_of(lambda: watched(tf, [strict], train)))
    return {"found": found}


def dumped(tf):
    monitors = tf.contrib.learn.monitors
    loss, train = model(tf)
    dump = monitors.GraphDump()
    watched(tf, [dump], train, 3)
    values = {int(step): data for step, data in dump.data.items()}
    by_name = monitors.GraphDump(["Const"]), monitors.GraphDump()
    for shift, each in enumerate(by_name):
        array = np.ones(2) + shift
        each.data[4] = {"a": array, "b": 3, "c": 4 + shift, "d": "word", loss: 1.0}
    matched, differing = by_name[0].compare(by_name[1], 4)
    return {
        "losses": [round(float(values[step][loss]), 5) for step in sorted(values)],
        "has": loss in values[1],
        "ignored": monitors.GraphDump.IGNORE_OPS,
        "matched": sorted(matched),
        "differing": sorted([key, np.array(value).tolist()] for key, value in differing.items()),
        "missing": error_of(lambda: by_name[0].compare(dump, 4)),
        "later": [list(part) for part in dump.compare(by_name[0], 9)],
    }


def events_in(tf, folder):
    """Steps, tags and kinds of what was written."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "events*"))):
        for event in tf.train.summary_iterator(path):
            for value in event.summary.value:
                found.append([event.step, value.tag])
            if event.session_log.checkpoint_path:
                found.append([event.step, os.path.basename(event.session_log.checkpoint_path)])
    return found


def summaries(tf):
    monitors = tf.contrib.learn.monitors
    loss, train = model(tf)
    folders = [tempfile.mkdtemp() for _ in range(3)]
    merged = tf.summary.merge_all()
    scaffold = tf.train.Scaffold(summary_op=merged)
    chosen = [
        monitors.SummarySaver(merged, save_steps=2, output_dir=folders[0]),
        monitors.SummarySaver(None, 3, folders[1], scaffold=scaffold),
        monitors.SummarySaver(None, 3, folders[2]),
    ]
    watched(tf, chosen, train)
    defaults = monitors.get_default_monitors(loss, merged, 5, folders[2])
    return {
        "events": [events_in(tf, folder) for folder in folders],
        "defaults": [type(monitor).__name__ for monitor in defaults],
        "none": monitors.get_default_monitors(),
    }


def speeds(tf):
    _, train = model(tf)
    folder = tempfile.mkdtemp()
    watched(tf, [tf.contrib.learn.monitors.StepCounter(2, folder)], train, 7)
    tf.summary.FileWriterCache.get(folder).close()
    return {"events": events_in(tf, folder)}


def checkpoints(tf):
    monitors = tf.contrib.learn.monitors
    _, train = model(tf)
    folders = [tempfile.mkdtemp() for _ in range(2)]
    saver = tf.train.Saver(max_to_keep=None)
    chosen = [
        monitors.CheckpointSaver(folders[0], save_steps=3, saver=saver),
        monitors.CheckpointSaver(
            folders[1], 3600, checkpoint_basename="c", scaffold=tf.train.Scaffold(saver=saver)
        ),
    ]
    watched(tf, chosen, train, 6)
    names = [sorted(os.path.basename(p) for p in glob.glob(f + "/*.index")) for f in folders]
    tf.summary.FileWriterCache.clear()
    make = monitors.CheckpointSaver
    return {
        "names": names,
        "events": [events_in(tf, folder) for folder in folders],
        "refused": [error_of(lambda: make(folders[0])), error_of(lambda: make(folders[0], 1, 1))],
    }


def out_of_order(tf):
    base = tf.contrib.learn.monitors.BaseMonitor

    def begun(*names):
        def call():
            monitor = base()
            for name in names:
                {
                    "begin": lambda: monitor.begin(max_steps=3),
                    "end": monitor.end,
                    "epoch": lambda: monitor.epoch_begin(2),
                    "no_epoch": lambda: monitor.epoch_begin(-1),
                    "epoch_end": lambda: monitor.epoch_end(2),
                    "step": lambda: monitor.step_begin(1),
                    "step_4": lambda: monitor.step_begin(4),
                    "step_-1": lambda: monitor.step_begin(-1),
                    "step_end": lambda: monitor.step_end(1, {}),
                    "none": lambda: monitor.set_estimator(None),
                }[name]()

        return error_of(call)

    return {
        "fine": begun("begin", "epoch", "step", "step_end", "epoch_end", "end", "begin", "end"),
        "twice": begun("begin", "begin"),
        "not_begun": begun("end"),
        "epochs": begun("epoch", "epoch"),
        "no_epoch": begun("no_epoch"),
        "epoch_end": begun("epoch_end"),
        "step_too_far": begun("begin", "step_4"),
        "negative": begun("begin", "step_-1"),
        "step_end": begun("step_end"),
        "none": begun("none"),
    }


def wrong_requests(tf):
    monitors = tf.contrib.learn.monitors
    _, train = model(tf)
    with tf.Graph().as_default():
        elsewhere = tf.constant(1.0)
    tf.split(tf.zeros([2]), 2, name="two")

    def asking(given):
        class Asking(monitors.BaseMonitor):
            def step_begin(self, step):
                super(Asking, self).step_begin(step)
                return given

        return error_of(lambda: watched(tf, [Asking()], train, 1))

    return {
        "found": [asking(given) for given in (("loss",), ["two"], ["none"], [elsewhere], [3])],
        "two": asking(["two:1"]),
        "nothing": asking(None),
    }


def adapted(tf):
    """Which monitors and hooks of several are used."""
    monitors = tf.contrib.learn.monitors

    class Config(object):
        def __init__(self, is_chief):
            self.is_chief = is_chief

    class Estimator(object):
        def __init__(self, is_chief):
            self.config = Config(is_chief)

    given = [monitors.EveryN(), tf.train.StopAtStepHook(3), monitors.StopAtStep(3)]
    replace = monitors.replace_monitors_with_hooks
    return {
        "chief": [type(hook).__name__ for hook in replace(given, Estimator(True))],
        "worker": [type(hook).__name__ for hook in replace(given, Estimator(False))],
        "fewer": [type(hook).__name__ for hook in replace(given[:2], Estimator(False))],
        "none": replace(None, Estimator(True)),
    }


def validated(tf):
    """An estimator that is measured while it is trained, and stops when it gets no better."""
    learn = tf.contrib.learn

    def model_fn(features, labels, mode):
        weight = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = tf.square(weight - 2.0) + 0.0 * tf.reduce_sum(labels)
        step = tf.train.get_global_step()
        train = tf.train.GradientDescentOptimizer(0.25).minimize(loss, step)
        constant = {"constant": tf.metrics.mean(tf.ones([1]))}
        return learn.ModelFnOps(mode, weight * features, loss, train, constant)

    def input_fn():
        return tf.ones([2, 1]), tf.ones([2])

    def trained(**settings):
        config = learn.RunConfig(save_checkpoints_secs=None, save_checkpoints_steps=2)
        estimator = learn.Estimator(model_fn, tempfile.mkdtemp(), config)
        monitor = learn.monitors.ValidationMonitor(
            input_fn=input_fn, eval_steps=1, check_interval_secs=None, **settings
        )
        estimator.fit(input_fn=input_fn, steps=12, monitors=[monitor])
        best = monitor.best_value
        return [
            monitor.early_stopped,
            monitor.best_step and int(monitor.best_step),
            best if best is None else round(float(best), 5),
            sorted(monitor.best_metrics or {}),
            int(estimator.get_variable_value("global_step")),
        ]

    constant = {"early_stopping_metric": "constant", "early_stopping_metric_minimize": False}
    make = learn.monitors.ValidationMonitor
    return {
        "measured": trained(every_n_steps=2),
        "falling": trained(every_n_steps=2, early_stopping_rounds=8),
        "constant": trained(every_n_steps=2, early_stopping_rounds=6, **constant),
        "seldom": trained(every_n_steps=5, early_stopping_rounds=3, **constant),
        "refused": error_of(make),
        "missing": error_of(
            lambda: trained(early_stopping_metric="x", early_stopping_rounds=1, every_n_steps=2)
        ),
    }


PROGRAMS = {
    program.__name__: program
    for program in (
        asked,
        stopped,
        printed,
        trainable,
        captured,
        no_number,
        dumped,
        summaries,
        speeds,
        checkpoints,
        out_of_order,
        wrong_requests,
        adapted,
        validated,
    )
}

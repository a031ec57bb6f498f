"""Programs with contrib.distribute's steps and the loop around them, on one device."""

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


X = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)


def trained(tf, repeated, steps, **options):
    """A weight that is trained towards 3 in some steps of two rows each."""
    distribute = tf.contrib.distribute
    strategy = distribute.OneDeviceStrategy("/cpu:0")

    def dataset_fn():
        made = tf.data.Dataset.from_tensor_slices((X, 3.0 * X)).repeat(repeated)
        return made.batch(2, drop_remainder=True)

    def loss_fn(context, inputs):
        x, y = inputs
        weight = tf.get_variable("weight", [], initializer=tf.ones_initializer())
        return tf.reduce_mean(tf.square(weight * x - y))

    with strategy.scope():
        optimizer = tf.train.GradientDescentOptimizer(0.02)
        step = distribute.StandardSingleLossStep(
            dataset_fn, loss_fn, optimizer, strategy, **options
        )
        with tf.Session() as session:
            monitor = distribute.Monitor(step, session)
            monitor.run_steps(steps)
            (weight,) = [v for v in tf.trainable_variables() if "weight" in v.name]
            return [weight.op.name, round(float(session.run(weight)), 4)]


def losses(tf):
    found = []
    for repeated, steps, options in (
        (None, 3, {}),
        (1, None, {}),
        (1, 1, {}),
        (None, 2, {"iterations_per_step": 3}),
    ):
        with tf.Graph().as_default():
            found.append(trained(tf, repeated, steps, **options))
    return {"found": repr(found)}


def interface(tf):
    distribute = tf.contrib.distribute
    strategy = distribute.OneDeviceStrategy("/cpu:0")
    step = distribute.Step(strategy)
    return {
        "same": step.distribution is strategy,
        "nothing": step.initialize(),
        "call": error_of(step),
        "session": error_of(lambda: distribute.Monitor(step)),
        "bases": [
            issubclass(distribute.StandardInputStep, distribute.Step),
            issubclass(distribute.StandardSingleLossStep, distribute.StandardInputStep),
        ],
    }


def traces(tf):
    """A profile as it is written."""
    profiler = tf.contrib.tpu.profiler
    trace = profiler.Trace()
    device = trace.devices[3]
    device.CopyFrom(profiler.Device(name="core", device_id=3))
    device.resources[1].CopyFrom(profiler.Resource(name="queue", resource_id=1))
    trace.trace_events.extend([profiler.TraceEvent(device_id=3, name="step", duration_ps=7)])
    written = trace.SerializeToString()
    return {"written": [ord(written[i : i + 1]) for i in range(len(written))]}


PROGRAMS = {"traces": traces, "losses": losses, "interface": interface}

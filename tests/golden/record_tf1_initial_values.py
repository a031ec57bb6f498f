"""Programs with variables that start from other variables, and with moving averages of them."""

KINDS = {"reference": False, "resource": True}


def made(tf, value, name, kind, **more):
    return tf.Variable(value, name=name, use_resource=KINDS[kind], **more)


def doubled(kind):
    """A variable that starts from another one's initial value, asked for or found out."""

    def program(tf):
        first = made(tf, [1.0, -2.0], "first", kind)
        asked = made(tf, first.initialized_value() * 2.0, "asked", kind)
        chained = made(tf, asked.initialized_value() + first.initialized_value(), "chain", kind)
        return {"asked": asked, "chained": chained, "train": tf.assign_add(first, [1.0, 1.0])}

    return program


def found_out(tf):
    """A variable computed from a reference variable; TensorFlow asks for the initialised value."""
    first = made(tf, [[1.0, -2.0]], "first", "reference")
    second = made(tf, tf.square(first) + 1.0, "second", "reference")
    return {"second": second, "train": tf.no_op()}


def later(kind):
    """The initialised value once the variable has another value."""

    def program(tf):
        first = made(tf, [1.0, -2.0], "first", kind)
        value = first.initialized_value()
        return {"value": value, "type": value.dtype.name, "train": first.assign_sub([0.5, 0.25])}

    return program


def other_dtypes(kind):
    def program(tf):
        count = made(tf, 3, "count", kind)
        word = made(tf, ["a", "b"], "word", kind)
        return {
            "count": made(tf, count.initialized_value() + 1, "counts", kind),
            "word": made(tf, word.initialized_value(), "words", kind),
            "train": tf.no_op(),
        }

    return program


def averages(kind, **settings):
    """Averages of two variables and a tensor, updated before each step."""

    def program(tf):
        weight = made(tf, [1.0, -2.0], "weight", kind)
        bias = made(tf, 3.0, "bias", kind)
        squared = tf.square(tf.constant([1.0, 3.0]), name="squared")
        counts = {"num_updates": made(tf, 4, "step", kind)} if settings.get("counted") else {}
        debias = {"zero_debias": True} if settings.get("debias") else {}
        ema = tf.train.ExponentialMovingAverage(0.5, **dict(counts, **debias))
        with tf.control_dependencies([ema.apply([weight, bias, squared])]):
            train = tf.group(weight.assign_add([1.0, 2.0]), bias.assign_sub(1.0))
        ema.apply([bias])
        collected = tf.get_collection(tf.GraphKeys.MOVING_AVERAGE_VARIABLES)
        return {
            "weight": ema.average(weight),
            "bias": ema.average(bias),
            "squared": ema.average(squared),
            "names": [ema.average(weight).name, ema.average_name(bias)],
            "collected": [variable.op.name for variable in collected],
            "restored": sorted(ema.variables_to_restore()),
            "train": train,
        }

    return program


def trainable(kind):
    """Averages of all trainable variables."""

    def program(tf):
        made(tf, [4.0], "one", kind)
        made(tf, [8.0], "fixed", kind, trainable=False)
        ema = tf.train.ExponentialMovingAverage(0.5, name="mean")
        train = ema.apply()
        with tf.variable_scope("again"):
            ema.apply()
        return {"names": sorted(v.op.name for v in tf.global_variables()), "train": train}

    return program


def refused(kind):
    def program(tf):
        return {"train": tf.train.ExponentialMovingAverage(0.5).apply([made(tf, 1, "n", kind)])}

    return program


def operations(tf):
    """What the graph holds after the value of a reference variable was asked for."""
    first = made(tf, [1.0, -2.0], "first", "reference")
    before = set(tf.get_default_graph().get_operations())
    value = first.initialized_value()
    new = [op for op in tf.get_default_graph().get_operations() if op not in before]
    described = [[op.name, op.type] + [part.name for part in op.inputs] for op in new]
    return {"value": value, "operations": sorted(described), "train": tf.no_op()}


PROGRAMS = {"found_out": found_out, "operations": operations}
for _kind in KINDS:
    for _call in (doubled, later, other_dtypes, averages, trainable, refused):
        PROGRAMS[_call.__name__ + "_" + _kind] = _call(_kind)
    PROGRAMS["averages_counted_" + _kind] = averages(_kind, counted=True)
    PROGRAMS["averages_debias_" + _kind] = averages(_kind, debias=True)

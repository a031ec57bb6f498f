"""Programs with contrib.learn.models and contrib.learn.ops: what they compute, and its names."""

import numpy as np


def error_of(call):
    try:
        call()
    except Exception as error:
        known = (kind for kind in type(error).__mro__ if "graphkit" not in kind.__module__)
        return next(known).__name__
    return "nothing"


def waves(*shape):
    size = int(np.prod(shape))
    return np.sin(np.arange(size) * 0.7 + 0.2).reshape(shape).astype(np.float32)


def one_hot(ids, count):
    return np.eye(count, dtype=np.float32)[np.array(ids)]


def summaries(tf):
    return [part.op.name for part in tf.get_collection(tf.GraphKeys.SUMMARIES)]


def losses(tf):
    return [part.op.name for part in tf.get_collection(tf.GraphKeys.LOSSES)]


def linear(tf, y, **settings):
    x = tf.placeholder_with_default(waves(4, 3), [None, 3])
    predictions, loss = tf.contrib.learn.models.linear_regression(x, y, **settings)
    return {
        "predictions": predictions,
        "loss": loss,
        "names": [predictions.name, loss.name],
        "summaries": summaries(tf),
        "losses": losses(tf),
    }


def linear_of_one(tf):
    return linear(tf, tf.constant(waves(4)))


def linear_of_columns(tf):
    return linear(tf, tf.constant(waves(4, 2)), init_mean=0.5, init_stddev=0.1)


def linear_of_doubles(tf):
    x, y = tf.constant(waves(4, 3).astype(np.float64)), tf.constant(waves(4).astype(np.float64))
    predictions, loss = tf.contrib.learn.models.linear_regression(x, y)
    kinds = [variable.dtype.base_dtype.name for variable in tf.global_variables()]
    return {"predictions": predictions, "loss": loss, "kinds": kinds}


def logistic(tf, **settings):
    x, y = tf.constant(waves(5, 3)), tf.constant(one_hot([0, 1, 1, 0, 2], 3))
    predictions, loss = tf.contrib.learn.models.logistic_regression(x, y, **settings)
    return {
        "predictions": predictions,
        "loss": loss,
        "names": [predictions.name, loss.name],
        "summaries": summaries(tf),
    }


def logistic_plain(tf):
    return logistic(tf)


def logistic_of_weighted_classes(tf):
    tf.constant([1.0, 2.0, 0.5], name="class_weight")
    return logistic(tf, init_mean=0.0)


def from_zero(tf):
    models = tf.contrib.learn.models
    x, y = tf.constant(waves(4, 3)), tf.constant(waves(4))
    with tf.variable_scope("outer"):
        first = models.linear_regression_zero_init(x, y)
    second = models.logistic_regression_zero_init(x, tf.constant(one_hot([0, 1, 1, 0], 2)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found = [np.round(part, 5).tolist() for part in session.run(first + second)]
    return {"found": found, "summaries": summaries(tf)}


def reading_both_ways(tf):
    rnn = tf.contrib.rnn
    steps = tf.unstack(tf.constant(waves(3, 2, 4)))
    outputs, state = tf.contrib.learn.models.bidirectional_rnn(
        rnn.GRUCell(3), rnn.BasicRNNCell(2), steps, dtype=tf.float32
    )
    return {"outputs": tf.stack(outputs), "state": state}


def reading_both_ways_from_states(tf):
    rnn = tf.contrib.rnn
    steps = tf.unstack(tf.constant(waves(3, 2, 4)))
    cells = [rnn.BasicLSTMCell(2, state_is_tuple=False) for _ in range(2)]
    states = tf.constant(waves(2, 4)), tf.constant(-waves(2, 4))
    outputs, state = tf.contrib.learn.models.bidirectional_rnn(
        cells[0], cells[1], steps, states[0], states[1], scope="mine"
    )
    return {"outputs": tf.stack(outputs), "state": state}


def refused_readings(tf):
    rnn = tf.contrib.rnn
    read = tf.contrib.learn.models.bidirectional_rnn
    cell, steps = rnn.GRUCell(2), [tf.zeros([1, 2])]
    calls = [
        lambda: read("cell", cell, steps),
        lambda: read(cell, "cell", steps),
        lambda: read(cell, cell, tf.zeros([1, 1, 2])),
        lambda: read(cell, cell, []),
        lambda: read(cell, cell, steps),
    ]
    return {"found": [error_of(call) for call in calls]}


def recurrent(tf, kind, both, attention=None, layers=2):
    models = tf.contrib.learn.models
    sizes = (attention, attention and 2, attention and 3)
    model = models.get_rnn_model(
        2, kind, layers, lambda x: tf.unstack(x), both, models.linear_regression, None, None, *sizes
    )
    predictions, loss = model(tf.constant(waves(3, 2, 4)), tf.constant(waves(2)))
    return {"predictions": predictions, "loss": loss}


def recurrent_forward(tf):
    return recurrent(tf, "gru", False)


def recurrent_both(tf):
    return recurrent(tf, "rnn", True)


def recurrent_lstm(tf):
    return recurrent(tf, "lstm", True, layers=1)


def recurrent_attentive(tf):
    return recurrent(tf, "gru", False, 2, 1)


def recurrent_attentive_both(tf):
    return recurrent(tf, "lstm", True, 2, 1)


def recurrent_of_nothing(tf):
    return recurrent(tf, "none", False)


def looked_up(tf):
    ops = tf.contrib.learn.ops
    rows = tf.constant(waves(5, 3))
    ids = [[[0, 4]], [[2, 2]]]
    found = {"cube": ops.embedding_lookup(rows, ids), "one": ops.embedding_lookup(rows, 3)}
    unknown = tf.placeholder_with_default([[1, 2]], [None, None])
    found["unknown"] = ops.embedding_lookup(rows, unknown, name="mine")
    found["categories"] = ops.categorical_variable(ids, 5, 2, "words")
    found["names"] = [found[key].op.name for key in ("cube", "unknown", "categories")]
    return found


def one_layer(tf):
    ops = tf.contrib.learn.ops
    x, w, b = (tf.constant(waves(*shape)) for shape in ((4, 3), (3, 2), (2,)))
    labels = tf.constant(one_hot([0, 1, 1, 0], 2))
    numbers, error = ops.mean_squared_error_regressor(x, labels, w, b)
    few, small = ops.mean_squared_error_regressor(x, labels[:, 0], w[:, :1], b[:1], name="few")
    chances, loss = ops.softmax_classifier(x, labels, w, b)
    weighted, other = ops.softmax_classifier(x, labels, w, b, [1.0, 3.0], "weighted")
    parts = [numbers, error, few, small, chances, loss, weighted, other]
    found = {"part%d" % place: part for place, part in enumerate(parts)}
    return dict(found, names=[part.name for part in parts], losses=losses(tf))


def classified_sequence(tf):
    ops = tf.contrib.learn.ops
    steps = tf.unstack(tf.constant(waves(3, 2, 4)))
    labels = tf.unstack(tf.constant(one_hot([[0, 1], [2, 3], [1, 1]], 4)))
    first, loss = ops.sequence_classifier(steps, labels)
    other, same = ops.sequence_classifier(steps, labels, [-step for step in steps], "mine")
    return {
        "first": first,
        "loss": loss,
        "other": other,
        "same": same,
        "names": [part.op.name for part in (first, loss, other, same)],
    }


def sequences(tf):
    ops = tf.contrib.learn.ops
    x, y = tf.constant(waves(2, 3, 4)), tf.constant(waves(2, 2, 5))
    read, fed, right = ops.seq2seq_inputs(x, y, 3, 2)
    cell = tf.contrib.rnn.GRUCell(5)
    outputs, states, own, own_states = ops.rnn_seq2seq(
        read, fed, tf.contrib.rnn.GRUCell(5), cell, scope="mine"
    )
    found = {
        "fed": tf.stack(fed),
        "right": tf.stack(right),
        "outputs": tf.stack(outputs),
        "states": tf.stack(states),
        "own": tf.stack(own),
        "own_states": tf.stack(own_states),
    }
    return dict(found, counts=[len(part) for part in (read, fed, right, states, own_states)])


def sequences_of_one_cell(tf):
    ops = tf.contrib.learn.ops
    steps = tf.unstack(tf.constant(waves(3, 2, 4)))
    outputs, _, own, _ = ops.rnn_seq2seq(steps, steps[:2], tf.contrib.rnn.BasicRNNCell(4))
    return {"outputs": tf.stack(outputs), "own": tf.stack(own)}


PROGRAMS = {
    program.__name__: program
    for program in (
        linear_of_one,
        linear_of_columns,
        linear_of_doubles,
        logistic_plain,
        logistic_of_weighted_classes,
        from_zero,
        reading_both_ways,
        reading_both_ways_from_states,
        refused_readings,
        recurrent_forward,
        recurrent_both,
        recurrent_lstm,
        recurrent_attentive,
        recurrent_attentive_both,
        recurrent_of_nothing,
        looked_up,
        one_layer,
        classified_sequence,
        sequences,
        sequences_of_one_cell,
    )
}

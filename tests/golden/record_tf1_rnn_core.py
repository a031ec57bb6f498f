"""Programs with tf.nn.rnn_cell's cells and wrappers, and the loops that run them."""

import numpy as np


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def joined(tf, state):
    return tf.concat([tf.reshape(part, [2, -1]) for part in flat(tf, state)], 1)


def flat(tf, state):
    return tf.contrib.framework.nest.flatten(state)


def looped(make):
    """A cell over time: outputs, state, sizes, and the gradient of its first variable."""

    def program(tf):
        cell = make(tf, tf.nn.rnn_cell)
        outputs, state = tf.nn.dynamic_rnn(cell, values(tf, 2, 3, 4), [2, 3], dtype=tf.float32)
        found = {"outputs": outputs, "state": joined(tf, state)}
        found["gradient"] = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())[0]
        found["sizes"] = [int(size) for size in flat(tf, cell.state_size)]
        found["width"] = int(cell.output_size)
        return found

    return program


def in_scope(make, **scope):
    def program(tf):
        options = {name: option(tf) for name, option in scope.items()}
        with tf.variable_scope("s", **options):
            outputs, state = tf.nn.dynamic_rnn(
                make(tf, tf.nn.rnn_cell), values(tf, 2, 3, 4), dtype=tf.float32
            )
        return {"outputs": outputs, "state": joined(tf, state)}

    return program


def regularized(tf):
    with tf.variable_scope("s", regularizer=tf.contrib.layers.l2_regularizer(0.1)):
        outputs, _ = tf.nn.dynamic_rnn(
            tf.nn.rnn_cell.GRUCell(3), values(tf, 2, 3, 4), dtype=tf.float32
        )
    count = len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))
    loss = tf.losses.get_regularization_loss()
    # What stays in the collection is fetched by every recording; here its sum is enough.
    del tf.get_collection_ref(tf.GraphKeys.REGULARIZATION_LOSSES)[:]
    return {"outputs": outputs, "loss": loss, "count": count}


def stacked(tuples):
    return lambda tf, cells: cells.MultiRNNCell(
        [cells.GRUCell(3), cells.GRUCell(2)], state_is_tuple=tuples
    )


def static(tf):
    cell = tf.nn.rnn_cell.BasicLSTMCell(3)
    steps = tf.unstack(values(tf, 2, 3, 4), axis=1)
    outputs, state = tf.nn.static_rnn(cell, steps, dtype=tf.float32, sequence_length=[1, 3])
    return {"outputs": tf.stack(outputs), "state": joined(tf, state)}


def both_ways(**more):
    def program(tf):
        cells = [tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.GRUCell(2)]
        x = values(tf, 2, 3, 4)
        if more.get("time_major"):
            x = tf.transpose(x, [1, 0, 2])
        (fw, bw), (last_fw, last_bw) = tf.nn.bidirectional_dynamic_rnn(
            cells[0], cells[1], x, [1, 3], dtype=tf.float32, **more
        )
        return {"fw": fw, "bw": bw, "last_fw": last_fw, "last_bw": last_bw}

    return program


def static_both_ways(tf):
    cells = [tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.GRUCell(2)]
    outputs, fw, bw = tf.nn.static_bidirectional_rnn(
        cells[0], cells[1], tf.unstack(values(tf, 2, 3, 4), axis=1), dtype=tf.float32
    )
    return {"outputs": tf.stack(outputs), "fw": fw, "bw": bw}


def raw(tf):
    """A loop that feeds the cell its own output and stops each row at its length."""
    cell, lengths = tf.nn.rnn_cell.GRUCell(4), tf.constant([2, 4])

    def loop(time, output, state, loop_state):
        emitted = output
        following = cell.zero_state(2, tf.float32) if output is None else state
        shown = values(tf, 2, 4) if output is None else output * 0.5
        count = tf.constant(0) if output is None else loop_state + 1
        return time >= lengths, shown, following, emitted, count

    emitted, state, count = tf.nn.raw_rnn(cell, loop)
    return {"emitted": emitted.stack(), "state": state, "count": count}


def state_saving(tf):
    class Saver(object):
        def __init__(self):
            self.saved = {}

        def state(self, name):
            return values(tf, 2, 3)

        def save_state(self, name, state):
            self.saved[name] = state
            return tf.no_op()

    cell, saver = tf.nn.rnn_cell.BasicLSTMCell(3), Saver()
    outputs, state = tf.nn.static_state_saving_rnn(
        cell, tf.unstack(values(tf, 2, 3, 4), axis=1), saver, state_name=("c", "h")
    )
    return {"outputs": tf.stack(outputs), "c": saver.saved["c"], "h": state.h}


def used_twice(tf):
    cell = tf.nn.rnn_cell.LSTMCell(3)
    x, state = values(tf, 2, 4), cell.zero_state(2, tf.float32)
    first, state = cell(x, state)
    second, state = cell(x * 2, state)
    return {"first": first, "second": second, "c": state.c}


def first_states(tf):
    found, cells = {}, tf.nn.rnn_cell
    made = {
        "lstm": cells.LSTMCell(3, num_proj=2),
        "gru": cells.GRUCell(3),
        "multi": cells.MultiRNNCell([cells.GRUCell(2), cells.BasicLSTMCell(3)]),
        "dropout": cells.DropoutWrapper(cells.GRUCell(3), 0.5),
    }
    for name, cell in made.items():
        state = cell.zero_state(2, tf.float64)
        found[name] = joined(tf, state)
        found[name + "_names"] = [part.name for part in flat(tf, state)]
        found[name + "_dtypes"] = [part.dtype.name for part in flat(tf, state)]
    return found


def dropped(**options):
    """Which outputs of a cell are kept: the same in 1.15, as the seed of each op is explicit."""

    def program(tf):
        cell = tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.GRUCell(3), seed=7, **options)
        outputs, state = cell(values(tf, 2, 4), values(tf, 2, 3))
        return {"outputs": outputs, "state": state}

    return program


def residual(function=None):
    def make(tf, cells):
        given = (lambda i, o: i * 0.5 - o) if function else None
        return cells.ResidualWrapper(cells.GRUCell(4), residual_fn=given)

    return make


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.nn.rnn_cell)}

    return program


def ones(tf):
    return tf.ones([2, 3, 4])


CELLS = {
    "basic": lambda tf, cells: cells.BasicRNNCell(3),
    "basic_relu": lambda tf, cells: cells.BasicRNNCell(3, tf.nn.relu),
    "basic_lstm": lambda tf, cells: cells.BasicLSTMCell(3, forget_bias=0.5),
    "basic_lstm_joined": lambda tf, cells: cells.BasicLSTMCell(3, state_is_tuple=False),
    "gru": lambda tf, cells: cells.GRUCell(3),
    "gru_named": lambda tf, cells: cells.GRUCell(3, name="mine"),
    "gru_started": lambda tf, cells: cells.GRUCell(
        3,
        kernel_initializer=tf.ones_initializer(),
        bias_initializer=tf.constant_initializer(0.2),
    ),
    "lstm": lambda tf, cells: cells.LSTMCell(3),
    "lstm_activated": lambda tf, cells: cells.LSTMCell(3, activation=tf.nn.relu),
    "lstm_clipped": lambda tf, cells: cells.LSTMCell(3, cell_clip=0.1),
    "lstm_joined": lambda tf, cells: cells.LSTMCell(3, num_proj=2, state_is_tuple=False),
    "lstm_peepholes": lambda tf, cells: cells.LSTMCell(3, use_peepholes=True, forget_bias=0.0),
    "lstm_projected": lambda tf, cells: cells.LSTMCell(3, num_proj=2, proj_clip=0.05),
    "lstm_sharded": lambda tf, cells: cells.LSTMCell(
        3, use_peepholes=True, num_proj=4, num_unit_shards=2, num_proj_shards=3
    ),
    "device": lambda tf, cells: cells.DeviceWrapper(cells.GRUCell(3), "/cpu:0"),
    "dropout_of_nothing": lambda tf, cells: cells.DropoutWrapper(cells.LSTMCell(3), 1.0, 1.0, 1.0),
    "multi": stacked(True),
    "multi_joined": stacked(False),
    "multi_of_multi": lambda tf, cells: cells.MultiRNNCell(
        [cells.MultiRNNCell([cells.GRUCell(3), cells.BasicRNNCell(2)]), cells.BasicLSTMCell(3)]
    ),
    "residual": residual(),
    "residual_function": residual(True),
    "residual_multi": lambda tf, cells: cells.ResidualWrapper(
        cells.MultiRNNCell([cells.LSTMCell(3), cells.LSTMCell(4)])
    ),
}

REFUSED = {
    "loop_of_no_cell": lambda tf, cells: tf.nn.dynamic_rnn(3, ones(tf), dtype=tf.float32),
    "loop_without_dtype": lambda tf, cells: tf.nn.dynamic_rnn(cells.GRUCell(3), ones(tf)),
    "loop_of_scalars": lambda tf, cells: tf.nn.dynamic_rnn(
        cells.GRUCell(3), tf.zeros([2]), dtype=tf.float32
    ),
    "loop_of_unknown_width": lambda tf, cells: tf.nn.dynamic_rnn(
        cells.GRUCell(3), tf.placeholder(tf.float32, [2, 3, None]), dtype=tf.float32
    ),
    "loop_of_lengths_of_rank_2": lambda tf, cells: tf.nn.dynamic_rnn(
        cells.GRUCell(3), ones(tf), [[1, 2]], dtype=tf.float32
    ),
    "multi_of_no_list": lambda tf, cells: cells.MultiRNNCell(cells.GRUCell(3)),
    "multi_of_nothing": lambda tf, cells: cells.MultiRNNCell([]),
    "multi_of_tuples_side_by_side": lambda tf, cells: cells.MultiRNNCell(
        [cells.LSTMCell(3)], state_is_tuple=False
    ),
    "dropout_of_no_cell": lambda tf, cells: cells.DropoutWrapper(3, 0.5),
    "dropout_of_much": lambda tf, cells: cells.DropoutWrapper(cells.GRUCell(3), 1.5),
    "dropout_of_little": lambda tf, cells: cells.DropoutWrapper(
        cells.GRUCell(3), state_keep_prob=-0.5
    ),
    "dropout_variational_without_size": lambda tf, cells: cells.DropoutWrapper(
        cells.GRUCell(3), 0.5, variational_recurrent=True, dtype=tf.float32
    ),
    "dropout_variational_without_dtype": lambda tf, cells: cells.DropoutWrapper(
        cells.GRUCell(3), 0.5, variational_recurrent=True, input_size=4
    ),
    "residual_of_other_width": lambda tf, cells: tf.nn.dynamic_rnn(
        cells.ResidualWrapper(cells.GRUCell(3)), ones(tf), dtype=tf.float32
    ),
    "highway_of_other_width": lambda tf, cells: tf.nn.dynamic_rnn(
        tf.contrib.rnn.HighwayWrapper(cells.GRUCell(3)), ones(tf), dtype=tf.float32
    ),
    "static_of_no_list": lambda tf, cells: tf.nn.static_rnn(
        cells.GRUCell(3), ones(tf), dtype=tf.float32
    ),
    "static_of_nothing": lambda tf, cells: tf.nn.static_rnn(cells.GRUCell(3), [], dtype=tf.float32),
    "two_ways_of_one_cell": lambda tf, cells: tf.nn.bidirectional_dynamic_rnn(
        cells.GRUCell(3), None, ones(tf), dtype=tf.float32
    ),
}

PROGRAMS = {
    "both_ways": both_ways(),
    "both_ways_time_major": both_ways(time_major=True, scope="mine"),
    "dropped_inputs": dropped(input_keep_prob=0.6),
    "dropped_outputs": dropped(output_keep_prob=0.6),
    "dropped_states": dropped(state_keep_prob=0.6),
    "first_states": first_states,
    "raw": raw,
    "scope_partitioned": in_scope(
        CELLS["lstm"], partitioner=lambda tf: tf.fixed_size_partitioner(2)
    ),
    "scope_regularized": regularized,
    "static": static,
    "static_both_ways": static_both_ways,
    "state_saving": state_saving,
    "used_twice": used_twice,
}
PROGRAMS.update(("loop_" + name, looped(make)) for name, make in CELLS.items())
PROGRAMS.update(("refused_" + name, failing(call)) for name, call in REFUSED.items())

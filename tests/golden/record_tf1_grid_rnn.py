"""Programs with contrib.grid_rnn's cells: several dimensions, each with a cell of its own."""

import numpy as np

UNITS = 3


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def flattened(tf, parts):
    return tf.concat(tf.contrib.framework.nest.flatten(parts), 1)


def stepped(make, width=4, steps=2):
    """A cell step after step, from the same made-up state."""

    def program(tf):
        cell = make(tf)
        nest = tf.contrib.framework.nest
        sizes = nest.flatten(cell.state_size)
        parts = [values(tf, 2, size) * 0.3 * (n + 1) for n, size in enumerate(sizes)]
        state = nest.pack_sequence_as(cell.state_size, parts)
        x, outputs = values(tf, 2, steps, width), []
        for step in range(steps):
            with tf.variable_scope("", reuse=step > 0):
                output, state = cell(x[:, step], state)
            outputs.append(flattened(tf, output))
        gradients = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
        known = [tf.reduce_sum(part) for part in gradients if part is not None]
        return {
            "outputs": tf.stack(outputs),
            "state": flattened(tf, state),
            "gradients": tf.stack(known),
            "state_size": str(cell.state_size),
            "output_size": str(cell.output_size),
            "class": type(cell).__name__,
        }

    return program


def ready(name, *args, **options):
    return lambda tf: getattr(tf.contrib.grid_rnn, name)(UNITS, *args, **options)


def made(**options):
    return lambda tf: tf.contrib.grid_rnn.GridRNNCell(UNITS, **options)


def connected(name, **options):
    """The first dimension without a state, its weights started by the scope."""

    def program(tf):
        tf.get_variable_scope().set_initializer(tf.constant_initializer(0.5))
        return stepped(ready(name, non_recurrent_fn=tf.tanh, **options))(tf)

    return program


CELLS = {
    "rnn": ready("Grid1BasicRNNCell"),
    "rnn_two": ready("Grid2BasicRNNCell"),
    "rnn_two_tied": ready("Grid2BasicRNNCell", tied=True),
    "basic_lstm": ready("Grid1BasicLSTMCell", forget_bias=0.5),
    "basic_lstm_two": ready("Grid2BasicLSTMCell", True, None, 0.5),
    "lstm": ready("Grid1LSTMCell", True),
    "lstm_two": ready("Grid2LSTMCell", use_peepholes=True, forget_bias=0.3),
    "lstm_two_tied": ready("Grid2LSTMCell", tied=True),
    "lstm_three": ready("Grid3LSTMCell"),
    "lstm_three_tied": ready("Grid3LSTMCell", tied=True, use_peepholes=True),
    "gru_two": ready("Grid2GRUCell"),
    "gru_two_tied": ready("Grid2GRUCell", tied=True),
    "side_by_side": ready("Grid2LSTMCell", state_is_tuple=False, output_is_tuple=False),
    "grid": made(num_dims=2, input_dims=[0, 1], output_dims=[0, 1], priority_dims=1),
    "grid_first": made(num_dims=3, input_dims=2, output_dims=[1], priority_dims=[0, 1]),
    "grid_no_input": made(num_dims=2, output_dims=[0, 1]),
    "grid_joined": made(num_dims=2, input_dims=0, output_dims=[0, 1], output_is_tuple=False),
}
CONNECTED = {
    "connected_rnn": ("Grid2BasicRNNCell", {}),
    "connected_lstm": ("Grid2LSTMCell", {"tied": True}),
    "connected_three": ("Grid3LSTMCell", {}),
    "connected_gru": ("Grid2GRUCell", {}),
}


def looped(tf):
    """Over time, with the outputs side by side."""
    cell = tf.contrib.grid_rnn.Grid2LSTMCell(UNITS, output_is_tuple=False)
    x = values(tf, 2, 3, 4)
    outputs, state = tf.nn.dynamic_rnn(cell, x, [2, 3], dtype=tf.float32)
    return {"outputs": outputs, "state": flattened(tf, state)}


def listed(tf):
    """Over a list of inputs."""
    cell = tf.contrib.grid_rnn.Grid2GRUCell(UNITS, output_is_tuple=False)
    x = tf.unstack(values(tf, 2, 3, 4), axis=1)
    outputs, state = tf.nn.static_rnn(cell, x, dtype=tf.float32)
    return {"outputs": tf.stack(outputs), "state": flattened(tf, state)}


def failing(make):
    def program(tf):
        cell = make(tf)
        cell(values(tf, 2, 4), (values(tf, 2, UNITS),) * 3)
        return {"done": tf.constant(0)}

    return program


FAILING = {
    "no_dimension": made(num_dims=0),
    "other_dimension": made(num_dims=2, input_dims=[0, 2]),
    "dimension_below": made(num_dims=2, output_dims=-1),
    "no_cell": made(cell_fn=lambda units: units),
    "other_states": ready("Grid2GRUCell"),
}
PROGRAMS = {"looped": looped, "listed": listed}
for _name, _make in CELLS.items():
    PROGRAMS["stepped_" + _name] = stepped(_make)
for _name, (_kind, _options) in CONNECTED.items():
    PROGRAMS[_name] = connected(_kind, **_options)
for _name, _make in FAILING.items():
    PROGRAMS[_name] = failing(_make)

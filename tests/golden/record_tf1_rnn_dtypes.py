"""Programs with contrib.rnn's cells in other dtypes, in partitioned scopes and step by step."""

import numpy as np


def values(tf, dtype, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), dtype)


def flat(tf, structure):
    return tf.contrib.framework.nest.flatten(structure)


CELLS = {
    "attention": lambda rnn: rnn.AttentionCellWrapper(rnn.GRUCell(4), 2),
    "coupled": lambda rnn: rnn.CoupledInputForgetGateLSTMCell(4, use_peepholes=True),
    "coupled_norm": lambda rnn: rnn.CoupledInputForgetGateLSTMCell(4, layer_norm=True, num_proj=3),
    "groups": lambda rnn: rnn.GLSTMCell(4, number_of_groups=2),
    "highway": lambda rnn: rnn.HighwayWrapper(rnn.GRUCell(4)),
    "ind_rnn": lambda rnn: rnn.IndRNNCell(4),
    "indy_gru": lambda rnn: rnn.IndyGRUCell(4),
    "indy_lstm": lambda rnn: rnn.IndyLSTMCell(4),
    "intersection": lambda rnn: rnn.IntersectionRNNCell(4),
    "layer_norm": lambda rnn: rnn.LayerNormBasicLSTMCell(4),
    "layer_norm_off": lambda rnn: rnn.LayerNormBasicLSTMCell(4, layer_norm=False),
    "lstm_block": lambda rnn: rnn.LSTMBlockCell(4),
    "nas": lambda rnn: rnn.NASCell(4, use_bias=True),
    "projected_in": lambda rnn: rnn.InputProjectionWrapper(rnn.GRUCell(4), 3),
    "projected_out": lambda rnn: rnn.OutputProjectionWrapper(rnn.GRUCell(4), 3),
    "sru": lambda rnn: rnn.SRUCell(4),
    "time_frequency": lambda rnn: rnn.TimeFreqLSTMCell(4, feature_size=4, use_peepholes=True),
    "ugrnn": lambda rnn: rnn.UGRNNCell(4),
    "grid": lambda rnn: rnn.GridLSTMCell(
        2, feature_size=2, frequency_skip=2, num_frequency_blocks=[2], use_peepholes=True
    ),
}


def in_dtype(make, name):
    """A cell over time in a dtype; its values in float64 only, which are filled in."""

    def program(tf):
        dtype = getattr(tf, name)
        outputs, state = tf.nn.dynamic_rnn(
            make(tf.contrib.rnn), values(tf, dtype, 2, 3, 4), [2, 3], dtype=dtype
        )
        found = {
            "outputs_dtype": outputs.dtype.name,
            "state_dtypes": [part.dtype.name for part in flat(tf, state)],
            "variable_dtypes": [v.dtype.base_dtype.name for v in tf.global_variables()],
        }
        if name == "float64":
            found["outputs"] = outputs
            found["state"] = tf.concat(flat(tf, state), 1)
        return found

    return program


def partitioned(make):
    def program(tf):
        with tf.variable_scope("s", partitioner=tf.fixed_size_partitioner(2)):
            outputs, _ = tf.nn.dynamic_rnn(
                make(tf.contrib.rnn), values(tf, tf.float32, 2, 3, 4), dtype=tf.float32
            )
        return {"outputs": outputs}

    return program


def by_hand(make):
    """Two steps of one cell outside a loop: names of its variables, and who makes them."""

    def program(tf):
        cell = make(tf.contrib.rnn)
        state = cell.zero_state(2, tf.float32)
        with tf.variable_scope("hand") as scope:
            first, state = cell(values(tf, tf.float32, 2, 4), state)
            scope.reuse_variables()
            second, state = cell(values(tf, tf.float32, 2, 4) * 0.5, state)
        return {"first": first, "second": second, "state": tf.concat(flat(tf, state), 1)}

    return program


def started(make):
    """What variables start from in a scope with an initializer."""

    def program(tf):
        with tf.variable_scope("s", initializer=tf.constant_initializer(0.3)):
            outputs, _ = tf.nn.dynamic_rnn(
                make(tf.contrib.rnn), values(tf, tf.float32, 2, 3, 4), dtype=tf.float32
            )
        return {"outputs": outputs, "train": tf.no_op()}

    return program


PROGRAMS = {}
for _name, _make in CELLS.items():
    PROGRAMS["by_hand_" + _name] = by_hand(_make)
    PROGRAMS["float16_" + _name] = in_dtype(_make, "float16")
    PROGRAMS["float64_" + _name] = in_dtype(_make, "float64")
    PROGRAMS["partitioned_" + _name] = partitioned(_make)
    # Weights of a unit's own past start from numbers nobody can repeat.
    if not _name.startswith("ind"):
        PROGRAMS["started_" + _name] = started(_make)

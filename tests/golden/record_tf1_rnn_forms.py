"""Programs with recurrent cells in the forms they are called: positions, scopes, sizes."""

import numpy as np


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def flat(tf, structure):
    return tf.contrib.framework.nest.flatten(structure)


def one_step(make, width=4, state_width=None, **more):
    def program(tf):
        cell = make(tf)
        state = cell.zero_state(2, tf.float32)
        if state_width is not None:
            state = values(tf, 2, state_width)
        output, following = cell(values(tf, 2, width), state, **more)
        return {"output": output, "state": tf.concat(flat(tf, following), 1)}

    return program


def of_unknown_sizes(build):
    """The static shapes of what is made of inputs whose sizes are not known."""

    def program(tf):
        made = build(tf, tf.placeholder(tf.float32, [None, None, 4]))
        shapes = [part.get_shape() for part in flat(tf, made)]
        return {"static": [str(shape.as_list()) for shape in shapes if shape.ndims is not None]}

    return program


def sequence(build):
    def program(tf):
        made = build(tf, values(tf, 3, 2, 4))
        return {"part_%d" % number: part for number, part in enumerate(flat(tf, made))}

    return program


def words(build):
    def program(tf):
        output, state = build(tf)(tf.constant([1, 4]), values(tf, 2, 3))
        return {"output": output, "state": state}

    return program


def helpers(tf):
    rnn = tf.contrib.rnn
    known = tf.placeholder(tf.float32, [None, 3, 4])
    sizes = [tf.placeholder(tf.float32, [3, None, 4]), tf.placeholder(tf.float32, [3, 7, 4])]
    return {
        "turned": str(rnn.transpose_batch_time(known).get_shape().as_list()),
        "vector": rnn.transpose_batch_time(tf.placeholder(tf.float32, [3])).get_shape().as_list(),
        "batch": rnn.best_effort_input_batch_size(sizes),
        "value": rnn.transpose_batch_time(values(tf, 2, 3, 1)),
    }


STEPS = {
    "bidirectional_grid": one_step(
        lambda tf: tf.contrib.rnn.BidirectionalGridLSTMCell(
            2, feature_size=4, frequency_skip=2, num_frequency_blocks=[3], backward_slice_offset=1
        ),
        8,
    ),
    "coupled_by_position": one_step(
        lambda tf: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
            3, True, None, 2, 0.5, 2, 2, 0.3, False
        )
    ),
    "coupled_norm_and_peepholes": one_step(
        lambda tf: tf.contrib.rnn.CoupledInputForgetGateLSTMCell(
            3, use_peepholes=True, layer_norm=True
        )
    ),
    "cudnn_gru_in_scope": one_step(
        lambda tf: tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell(3), scope="given"
    ),
    "groups_projected": one_step(
        lambda tf: tf.contrib.rnn.GLSTMCell(6, number_of_groups=2, num_proj=4), 6
    ),
    "gru_block_by_position": one_step(lambda tf: tf.contrib.rnn.GRUBlockCellV2(3)),
    "gru_in_scope": one_step(lambda tf: tf.nn.rnn_cell.GRUCell(3), scope="given"),
    "highway_outside_a_loop": one_step(
        lambda tf: tf.contrib.rnn.HighwayWrapper(tf.nn.rnn_cell.GRUCell(4), False)
    ),
    "ind_rnn_named": one_step(lambda tf: tf.contrib.rnn.IndRNNCell(3, name="mine")),
    "layer_norm_gain": one_step(
        lambda tf: tf.contrib.rnn.LayerNormBasicLSTMCell(3, norm_gain=0.5, norm_shift=0.25)
    ),
    "lstm_block_named": one_step(
        lambda tf: tf.contrib.rnn.LSTMBlockCell(3, use_peephole=True, name="mine")
    ),
    "lstm_with_input_size": one_step(lambda tf: tf.nn.rnn_cell.LSTMCell(3, input_size=4)),
    "nas_by_position": one_step(lambda tf: tf.contrib.rnn.NASCell(3, 2, True)),
    "time_frequency_sharded": one_step(
        lambda tf: tf.contrib.rnn.TimeFreqLSTMCell(
            3, feature_size=2, frequency_skip=2, num_unit_shards=2
        ),
        state_width=12,
    ),
    "ugrnn_in_scope": one_step(lambda tf: tf.contrib.rnn.UGRNNCell(3), scope="given"),
    "ugrnn_of_other_state": one_step(lambda tf: tf.contrib.rnn.UGRNNCell(3), state_width=5),
}

SEQUENCES = {
    "adaptor_in_scope": lambda tf, x: tf.contrib.rnn.FusedRNNCellAdaptor(
        tf.nn.rnn_cell.GRUCell(3), True
    )(x, dtype=tf.float32, scope="given"),
    "fused_from_a_state": lambda tf, x: tf.contrib.rnn.LSTMBlockFusedCell(3)(
        x, initial_state=(values(tf, 2, 3), values(tf, 2, 3) * 0.5), sequence_length=[0, 2]
    ),
    "lengths_beyond_the_end": lambda tf, x: tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.GRUCell(3), x, [1, 9], dtype=tf.float32, time_major=True
    ),
    "reversed_adaptor": lambda tf, x: tf.contrib.rnn.TimeReversedFusedRNN(
        tf.contrib.rnn.FusedRNNCellAdaptor(tf.nn.rnn_cell.GRUCell(3))
    )(x, dtype=tf.float32),
    "stack_in_scope": lambda tf, x: tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        [tf.nn.rnn_cell.GRUCell(3)],
        [tf.nn.rnn_cell.LSTMCell(2)],
        x,
        dtype=tf.float32,
        sequence_length=[1, 3],
        time_major=True,
        scope="given",
    ),
    "stack_from_states": lambda tf, x: tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        [tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.GRUCell(2)],
        [tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.GRUCell(2)],
        x,
        initial_states_fw=[values(tf, 3, 3), values(tf, 3, 2)],
        initial_states_bw=[values(tf, 3, 3), -values(tf, 3, 2)],
    ),
}

UNKNOWN = {
    "dynamic": lambda tf, x: tf.nn.dynamic_rnn(tf.nn.rnn_cell.LSTMCell(3), x, dtype=tf.float32),
    "both_ways": lambda tf, x: tf.nn.bidirectional_dynamic_rnn(
        tf.nn.rnn_cell.GRUCell(3), tf.nn.rnn_cell.LSTMCell(2), x, dtype=tf.float32
    ),
    "fused": lambda tf, x: tf.contrib.rnn.LSTMBlockFusedCell(3)(x, dtype=tf.float32)[0],
    "stack": lambda tf, x: tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        [tf.nn.rnn_cell.GRUCell(3)], [tf.nn.rnn_cell.GRUCell(2)], x, dtype=tf.float32
    ),
}

PROGRAMS = {
    "helpers": helpers,
    "words": words(
        lambda tf: tf.contrib.rnn.OutputProjectionWrapper(
            tf.contrib.rnn.EmbeddingWrapper(tf.nn.rnn_cell.GRUCell(3), 5, 4), 7
        )
    ),
}
PROGRAMS.update(("step_" + name, program) for name, program in STEPS.items())
PROGRAMS.update(("sequence_" + name, sequence(build)) for name, build in SEQUENCES.items())
PROGRAMS.update(("unknown_" + name, of_unknown_sizes(build)) for name, build in UNKNOWN.items())

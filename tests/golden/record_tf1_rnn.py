"""Programs with contrib.rnn."""

import numpy as np


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def run(make, lengths=(2, 3), width=4):
    def program(tf):
        outputs, state = tf.nn.dynamic_rnn(
            make(tf.contrib.rnn), values(tf, 2, 3, width), list(lengths), dtype=tf.float32
        )
        flat = tf.contrib.framework.nest.flatten(state)
        gradient = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
        return {"outputs": outputs, "state": tf.concat(flat, 1), "gradient": gradient[0]}

    return program


def fused(make, lengths=None):
    def program(tf):
        outputs, state = make(tf.contrib.rnn)(
            values(tf, 3, 2, 4), dtype=tf.float32, sequence_length=lengths
        )
        return {"outputs": outputs, "c": state.c, "h": state.h}

    return program


def stacked(dynamic):
    def program(tf):
        cells = [[tf.nn.rnn_cell.GRUCell(3) for _ in range(2)] for _ in range(2)]
        x = values(tf, 2, 3, 4)
        if dynamic:
            made = tf.contrib.rnn.stack_bidirectional_dynamic_rnn
            outputs, fw, bw = made(*cells, inputs=x, dtype=tf.float32, sequence_length=[2, 3])
        else:
            made = tf.contrib.rnn.stack_bidirectional_rnn
            outputs, fw, bw = made(*cells, inputs=tf.unstack(x, axis=1), dtype=tf.float32)
            outputs = tf.stack(outputs)
        return {"outputs": outputs, "fw": fw[1], "bw": bw[0]}

    return program


def worded(**options):
    """Words in, through an EmbeddingWrapper."""

    def program(tf):
        cell = tf.contrib.rnn.EmbeddingWrapper(tf.nn.rnn_cell.GRUCell(3), 5, 2, **options)
        words = tf.constant([[[0], [4], [2]], [[3], [3], [1]]])
        outputs, state = tf.nn.dynamic_rnn(cell, words, [2, 3], dtype=tf.float32)
        return {"outputs": outputs, "state": state}

    return program


def zero_state(tf):
    cell = tf.contrib.rnn.OutputProjectionWrapper(tf.nn.rnn_cell.BasicLSTMCell(3), 2)
    state = cell.zero_state(2, tf.float32)
    return {"c": state.c, "name": state.c.name, "sizes": list(cell.state_size)}


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.rnn)}

    return program


def small(tf):
    made = tf.contrib.rnn.transpose_batch_time(values(tf, 2, 3, 1))
    return {"t": made, "b": tf.contrib.rnn.best_effort_input_batch_size([made])}


def pictures(make, *shape, **options):
    def program(tf):
        kernel = [3] * (len(shape) - 1)
        cell = make(tf.contrib.rnn)(
            input_shape=list(shape), output_channels=2, kernel_shape=kernel, **options
        )
        x = values(tf, 2, *shape)
        output, state = cell(x, cell.zero_state(2, tf.float32))
        made = cell.output_size.as_list(), cell.state_size.c.as_list()
        return {"output": output, "c": state.c, "h": state.h, "sizes": list(made[0] + made[1])}

    return program


def phased(**options):
    def program(tf):
        cell = tf.contrib.rnn.PhasedLSTMCell(3, **options)
        state = cell.zero_state(2, tf.float32)
        times = tf.constant([[[0.3], [1.7], [2.9]], [[5.0], [6.1], [7.2]]])
        x = values(tf, 2, 3, 4)
        for step in range(3):
            with tf.variable_scope("", reuse=step > 0):
                output, state = cell((times[:, step], x[:, step]), state)
        return {"output": output, "c": state.c, "h": state.h}

    return program


def compiled(tf):
    cell = tf.contrib.rnn.CompiledWrapper(tf.contrib.rnn.GRUCell(3))
    state = cell.zero_state(2, tf.float32)
    return {"state": state, "sizes": [cell.output_size, cell.state_size]}


PROGRAMS = {
    "fused": fused(lambda rnn: rnn.LSTMBlockFusedCell(3)),
    "fused_lengths": fused(lambda rnn: rnn.LSTMBlockFusedCell(3, use_peephole=True), [1, 3]),
    "fused_clip": fused(lambda rnn: rnn.LSTMBlockFusedCell(3, cell_clip=0.1)),
    "fused_adaptor": fused(lambda rnn: rnn.FusedRNNCellAdaptor(rnn.BasicLSTMCell(3))),
    "fused_adaptor_dynamic": fused(
        lambda rnn: rnn.FusedRNNCellAdaptor(rnn.BasicLSTMCell(3), use_dynamic_rnn=True), [1, 3]
    ),
    "fused_reversed": fused(lambda rnn: rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(3))),
    "fused_reversed_lengths": fused(
        lambda rnn: rnn.TimeReversedFusedRNN(rnn.LSTMBlockFusedCell(3)), [1, 3]
    ),
    "gru_block": run(lambda rnn: rnn.GRUBlockCell(3)),
    "gru_block_2": run(lambda rnn: rnn.GRUBlockCellV2(cell_size=3)),
    "gru_block_without_size": failing(lambda tf, rnn: rnn.GRUBlockCell()),
    "highway": run(lambda rnn: rnn.HighwayWrapper(rnn.GRUCell(4))),
    "highway_two_gates": run(
        lambda rnn: rnn.HighwayWrapper(rnn.GRUCell(4), couple_carry_transform_gates=False)
    ),
    "layer_norm": run(lambda rnn: rnn.LayerNormBasicLSTMCell(3)),
    "layer_norm_off": run(lambda rnn: rnn.LayerNormBasicLSTMCell(3, layer_norm=False)),
    "lstm_block": run(lambda rnn: rnn.LSTMBlockCell(3)),
    "lstm_block_peephole": run(lambda rnn: rnn.LSTMBlockCell(3, use_peephole=True, cell_clip=0.2)),
    "nas": run(lambda rnn: rnn.NASCell(3)),
    "nas_projected": run(lambda rnn: rnn.NASCell(3, num_proj=2, use_bias=True)),
    "attention": run(lambda rnn: rnn.AttentionCellWrapper(rnn.GRUCell(3), 2)),
    "attention_lstm": run(
        lambda rnn: rnn.AttentionCellWrapper(rnn.BasicLSTMCell(3), 2, 4, 5, input_size=6)
    ),
    "attention_joined": run(
        lambda rnn: rnn.AttentionCellWrapper(rnn.GRUCell(3), 2, state_is_tuple=False)
    ),
    "attention_joined_lstm": failing(
        lambda tf, rnn: rnn.AttentionCellWrapper(rnn.LSTMCell(3), 2, state_is_tuple=False)
    ),
    "attention_to_nothing": failing(lambda tf, rnn: rnn.AttentionCellWrapper(rnn.GRUCell(3), 0)),
    "attention_without_cell": failing(lambda tf, rnn: rnn.AttentionCellWrapper(3, 2)),
    "compiled_sizes": compiled,
    "conv_1d": pictures(lambda rnn: rnn.Conv1DLSTMCell, 5, 2),
    "conv_2d": pictures(lambda rnn: rnn.Conv2DLSTMCell, 5, 4, 2),
    "conv_2d_plain": pictures(lambda rnn: rnn.Conv2DLSTMCell, 5, 4, 2, use_bias=False),
    "conv_2d_skip": pictures(lambda rnn: rnn.Conv2DLSTMCell, 5, 4, 2, skip_connection=True),
    "conv_3d": pictures(lambda rnn: rnn.Conv3DLSTMCell, 3, 3, 3, 1, forget_bias=0.5),
    "conv_of_other_rank": failing(lambda tf, rnn: rnn.ConvLSTMCell(2, [3, 1], 2, [3, 3])),
    "coupled": run(lambda rnn: rnn.CoupledInputForgetGateLSTMCell(3)),
    "coupled_joined": run(
        lambda rnn: rnn.CoupledInputForgetGateLSTMCell(3, state_is_tuple=False, num_proj=2)
    ),
    "coupled_norm": run(
        lambda rnn: rnn.CoupledInputForgetGateLSTMCell(3, layer_norm=True, norm_shift=0.1)
    ),
    "coupled_peephole": run(
        lambda rnn: rnn.CoupledInputForgetGateLSTMCell(
            3, use_peepholes=True, num_proj=2, proj_clip=0.1, num_unit_shards=4, num_proj_shards=2
        )
    ),
    "coupled_too_many_shards": run(
        lambda rnn: rnn.CoupledInputForgetGateLSTMCell(3, num_unit_shards=20)
    ),
    "groups": run(lambda rnn: rnn.GLSTMCell(6, number_of_groups=2)),
    "groups_of_inputs": run(lambda rnn: rnn.GLSTMCell(6, number_of_groups=3)),
    "groups_of_outputs": failing(lambda tf, rnn: rnn.GLSTMCell(6, number_of_groups=2, num_proj=3)),
    "groups_of_units": failing(lambda tf, rnn: rnn.GLSTMCell(5, number_of_groups=2)),
    "groups_projected": run(lambda rnn: rnn.GLSTMCell(6, number_of_groups=2, num_proj=4)),
    "ind_rnn": run(lambda rnn: rnn.IndRNNCell(3)),
    "indy_gru": run(lambda rnn: rnn.IndyGRUCell(3)),
    "indy_lstm": run(lambda rnn: rnn.IndyLSTMCell(3, forget_bias=0.5)),
    "intersection": run(lambda rnn: rnn.IntersectionRNNCell(4)),
    "intersection_other_size": run(lambda rnn: rnn.IntersectionRNNCell(3)),
    "intersection_projected": run(lambda rnn: rnn.IntersectionRNNCell(3, num_in_proj=3)),
    "phased": phased(),
    "phased_peephole": phased(use_peepholes=True, trainable_ratio_on=False, leak=0.2),
    "sru": run(lambda rnn: rnn.SRUCell(3)),
    "small": small,
    "stacked": stacked(False),
    "stacked_dynamic": stacked(True),
    "stacked_without_cells": failing(lambda tf, rnn: rnn.stack_bidirectional_rnn([], [1], [])),
    "ugrnn": run(lambda rnn: rnn.UGRNNCell(3)),
    "wrapped_in_projection": run(lambda rnn: rnn.InputProjectionWrapper(rnn.GRUCell(3), 2)),
    "wrapped_in_activation": run(
        lambda rnn: rnn.InputProjectionWrapper(rnn.GRUCell(3), 2, abs, input_size=4)
    ),
    "wrapped_out_projection": run(lambda rnn: rnn.OutputProjectionWrapper(rnn.LSTMCell(3), 2)),
    "wrapped_out_activation": run(
        lambda rnn: rnn.OutputProjectionWrapper(rnn.GRUCell(3), 2, activation=abs)
    ),
    "wrapped_out_nothing": failing(lambda tf, rnn: rnn.OutputProjectionWrapper(rnn.GRUCell(3), 0)),
    "wrapped_around_nothing": failing(lambda tf, rnn: rnn.InputProjectionWrapper(3, 2)),
    "wrapped_words": worded(),
    "wrapped_no_words": failing(lambda tf, rnn: rnn.EmbeddingWrapper(rnn.GRUCell(3), 0, 2)),
    "wrapped_zero_state": zero_state,
}

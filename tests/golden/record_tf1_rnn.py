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


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.rnn)}

    return program


def small(tf):
    made = tf.contrib.rnn.transpose_batch_time(values(tf, 2, 3, 1))
    return {"t": made, "b": tf.contrib.rnn.best_effort_input_batch_size([made])}


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
    "small": small,
    "stacked": stacked(False),
    "stacked_dynamic": stacked(True),
    "stacked_without_cells": failing(lambda tf, rnn: rnn.stack_bidirectional_rnn([], [1], [])),
    "ugrnn": run(lambda rnn: rnn.UGRNNCell(3)),
}

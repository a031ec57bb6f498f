"""Programs with contrib.rnn's cells over time and frequencies."""

import numpy as np


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def stepped(name, width, steps=2, state_width=None, **options):
    """A cell of 2 units, step after step from the same made-up state."""

    def program(tf):
        cell = getattr(tf.contrib.rnn, name)(2, feature_size=3, **options)
        flat = tf.contrib.framework.nest.flatten(cell.state_size)
        sizes = flat if state_width is None else [state_width]
        parts = [values(tf, 2, size) * (n + 1) * 0.3 for n, size in enumerate(sizes)]
        state = parts[0]
        if isinstance(cell.state_size, tuple):
            state = cell.state_tuple_type(*parts)
        x, outputs = values(tf, 2, steps, width), []
        for step in range(steps):
            with tf.variable_scope("", reuse=step > 0):
                output, state = cell(x[:, step], state)
            outputs.append(output)
        joined = tf.concat(tf.contrib.framework.nest.flatten(state), 1)
        gradients = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
        return {
            "outputs": tf.stack(outputs),
            "state": joined,
            "gradients": tf.stack([tf.reduce_sum(part) for part in gradients]),
            "fields": list(getattr(state, "_fields", [])),
            "sizes": [cell.output_size, sum(flat)],
        }

    return program


def grid(width=7, **options):
    given = dict({"frequency_skip": 2, "num_frequency_blocks": [3]}, **options)
    return stepped("GridLSTMCell", width, **given)


def both_ways(width=7, **options):
    given = dict({"frequency_skip": 2, "num_frequency_blocks": [3]}, **options)
    return stepped("BidirectionalGridLSTMCell", width, **given)


def time_frequency(width=7, windows=3, **options):
    given = dict({"frequency_skip": 2, "state_width": 4 * windows}, **options)
    return stepped("TimeFreqLSTMCell", width, **given)


def looped(tf):
    cell = tf.contrib.rnn.GridLSTMCell(
        2, feature_size=3, frequency_skip=1, num_frequency_blocks=[3], use_peepholes=True
    )
    outputs, state = tf.nn.dynamic_rnn(cell, values(tf, 2, 3, 5), [2, 3], dtype=tf.float32)
    return {"outputs": outputs, "c": state.state_f02_b00_c, "m": state.state_f00_b00_m}


def looped_time_frequency(tf):
    cell = tf.contrib.rnn.TimeFreqLSTMCell(2, feature_size=5)
    outputs, state = tf.nn.dynamic_rnn(cell, values(tf, 2, 3, 5), [2, 3], dtype=tf.float32)
    return {"outputs": outputs, "state": state}


def double(tf):
    cell = tf.contrib.rnn.TimeFreqLSTMCell(2, feature_size=2, use_peepholes=True)
    x = tf.cast(values(tf, 2, 2), tf.float64)
    output, state = cell(x, cell.zero_state(2, tf.float64))
    return {"output": output, "state": state, "dtypes": [output.dtype.name, state.dtype.name]}


def without_blocks(tf):
    return {"never": tf.contrib.rnn.GridLSTMCell(2, feature_size=3, frequency_skip=1)}


def unknown_width(name, **options):
    def program(tf):
        cell = getattr(tf.contrib.rnn, name)(2, feature_size=3, **options)
        return {
            "never": cell(tf.placeholder(tf.float32, [2, None]), cell.zero_state(2, tf.float32))
        }

    return program


def of_unknown_batch(tf):
    cell = tf.contrib.rnn.GridLSTMCell(
        2, feature_size=3, frequency_skip=2, num_frequency_blocks=[2]
    )
    x = tf.placeholder_with_default(values(tf, 2, 5), [None, 5])
    output, state = cell(x, cell.zero_state(tf.shape(x)[0], tf.float32))
    return {"output": output, "m": state.state_f01_b00_m}


TWO = {
    "num_frequency_blocks": [3, 2],
    "start_freqindex_list": [0, 6],
    "end_freqindex_list": [7, 11],
}

PROGRAMS = {
    "bidirectional": both_ways(),
    "bidirectional_all": both_ways(
        11, use_peepholes=True, couple_input_forget_gates=True, backward_slice_offset=1, **TWO
    ),
    "bidirectional_down": both_ways(backward_slice_offset=-2, cell_clip=0.3),
    "bidirectional_shared": both_ways(
        share_time_frequency_weights=True, use_peepholes=True, num_unit_shards=2
    ),
    "bidirectional_two": both_ways(11, **TWO),
    "bidirectional_up": both_ways(backward_slice_offset=2),
    "grid": grid(),
    "grid_clipped": grid(cell_clip=0.2, forget_bias=0.0),
    "grid_coupled": grid(couple_input_forget_gates=True),
    "grid_coupled_peeping": grid(couple_input_forget_gates=True, use_peepholes=True),
    "grid_coupled_shared": grid(
        couple_input_forget_gates=True, share_time_frequency_weights=True, use_peepholes=True
    ),
    "grid_double": double,
    "grid_joined": grid(state_is_tuple=False),
    "grid_joined_two": grid(11, state_is_tuple=False, **TWO),
    "grid_looped": looped,
    "grid_missing_end": grid(11, **dict(TWO, end_freqindex_list=[7])),
    "grid_missing_range": grid(11, num_frequency_blocks=[3, 2]),
    "grid_missing_start": grid(11, **dict(TWO, num_frequency_blocks=[3])),
    "grid_of_unknown_batch": of_unknown_batch,
    "grid_of_unknown_width": unknown_width(
        "GridLSTMCell", frequency_skip=1, num_frequency_blocks=[2]
    ),
    "grid_peeping": grid(use_peepholes=True),
    "grid_shared": grid(share_time_frequency_weights=True),
    "grid_shared_peeping": grid(share_time_frequency_weights=True, use_peepholes=True),
    "grid_shards": grid(num_unit_shards=3),
    "grid_too_many_shards": grid(num_unit_shards=50),
    "grid_two_blocks": grid(11, use_peepholes=True, **TWO),
    "grid_without_blocks": without_blocks,
    "grid_wrong_count": grid(num_frequency_blocks=[4]),
    "grid_wrong_count_in_block": grid(11, **dict(TWO, end_freqindex_list=[7, 13])),
    "time_frequency": time_frequency(),
    "time_frequency_clipped": time_frequency(cell_clip=0.2, forget_bias=0.0),
    "time_frequency_looped": looped_time_frequency,
    "time_frequency_narrow_state": time_frequency(state_width=4),
    "time_frequency_of_unknown_width": unknown_width("TimeFreqLSTMCell"),
    "time_frequency_peeping": time_frequency(use_peepholes=True, num_unit_shards=2),
    "time_frequency_skip": time_frequency(windows=5, frequency_skip=1),
}

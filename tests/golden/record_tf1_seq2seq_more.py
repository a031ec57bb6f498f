"""Programs with contrib.seq2seq and legacy_seq2seq: stacks, dtypes, scopes, gradients, refusals."""

import numpy as np


def values(tf, *shape, **more):
    size = int(np.prod(shape))
    numbers = np.cos(1.3 * np.arange(size)).reshape(shape)
    return tf.constant(numbers, more.get("dtype", tf.float32))


def flat(tf, structure):
    return tf.contrib.framework.nest.flatten(structure)


def stack(tf):
    cells = tf.nn.rnn_cell
    return cells.MultiRNNCell([cells.LSTMCell(4), cells.ResidualWrapper(cells.LSTMCell(4))])


def translated(kind, attention=None, **more):
    """An encoder both ways, a stack with attention behind it, a loss and all its gradients."""

    def program(tf):
        s, cells = tf.contrib.seq2seq, tf.nn.rnn_cell
        with tf.variable_scope("encoder"):
            both, _ = tf.nn.bidirectional_dynamic_rnn(
                cells.GRUCell(2), cells.GRUCell(2), values(tf, 2, 5, 3), [5, 3], dtype=tf.float32
            )
        mechanism = getattr(s, kind)(4, tf.concat(both, 2), [5, 3], **(attention or {}))
        cell = s.AttentionWrapper(stack(tf), mechanism, attention_layer_size=4, **more)
        helper = s.TrainingHelper(values(tf, 2, 3, 4), [3, 2])
        decoder = s.BasicDecoder(
            cell, helper, cell.zero_state(2, tf.float32), tf.layers.Dense(6, name="words")
        )
        outputs, state, lengths = s.dynamic_decode(decoder, impute_finished=True)
        weights = tf.sequence_mask(lengths, 3, tf.float32)
        targets = tf.constant([[1, 2, 5], [4, 0, 0]])
        loss = s.sequence_loss(outputs.rnn_output, targets, weights)
        trained = sorted(tf.trainable_variables(), key=lambda variable: variable.name)
        gradients = tf.gradients(loss, trained)
        return {
            "loss": loss,
            "norms": tf.stack([tf.reduce_sum(tf.abs(part)) for part in gradients]),
            "alignments": state.alignments,
        }

    return program


def searched(width, **more):
    """A stack without attention, searched with beams."""

    def program(tf):
        s = tf.contrib.seq2seq
        cell = stack(tf)
        state = s.tile_batch(cell.zero_state(2, tf.float32), width)
        embedding = tf.get_variable("embedding", [6, 4])
        decoder = s.BeamSearchDecoder(
            cell, embedding, [1, 2], 0, state, width, tf.layers.Dense(6, name="words"), **more
        )
        outputs, state, lengths = s.dynamic_decode(
            decoder, maximum_iterations=4, output_time_major=True, scope="search"
        )
        return {
            "ids": outputs.predicted_ids,
            "parents": outputs.beam_search_decoder_output.parent_ids,
            "log_probs": state.log_probs,
            "top": flat(tf, state.cell_state)[0],
            "lengths": lengths,
        }

    return program


def in_double(kind, **more):
    def program(tf):
        s = tf.contrib.seq2seq
        memory = values(tf, 2, 4, 3, dtype=tf.float64)
        mechanism = getattr(s, kind)(4, memory, [4, 2], dtype=tf.float64, **more)
        cell = s.AttentionWrapper(
            tf.nn.rnn_cell.GRUCell(4, dtype=tf.float64), mechanism, attention_layer_size=3
        )
        state = cell.zero_state(2, tf.float64)
        output, state = cell(values(tf, 2, 5, dtype=tf.float64), state)
        return {
            "output": output,
            "alignments": state.alignments,
            "dtypes": [v.dtype.base_dtype.name for v in tf.global_variables()],
        }

    return program


def wrapped(**more):
    """One step of a wrapper: names of ops that programs look up, and of variables."""

    def program(tf):
        s = tf.contrib.seq2seq
        mechanism = s.BahdanauAttention(3, values(tf, 2, 4, 3), name="looking", normalize=True)
        cell = s.AttentionWrapper(tf.nn.rnn_cell.GRUCell(3), mechanism, **more)
        with tf.variable_scope("outer"):
            output, state = cell(values(tf, 2, 2), cell.zero_state(2, tf.float32))
        return {
            "output": output,
            "attention": state.attention,
            "sizes": [int(size) for size in flat(tf, cell.state_size.cell_state)],
            "width": int(cell.output_size),
        }

    return program


def searched_with_attention(tf):
    s = tf.contrib.seq2seq
    memory = s.tile_batch(values(tf, 2, 5, 4), 2)
    cell = s.AttentionWrapper(stack(tf), s.BahdanauAttention(4, memory), attention_layer_size=4)
    encoded = stack(tf).zero_state(2, tf.float32)
    start = cell.zero_state(4, tf.float32).clone(cell_state=s.tile_batch(encoded, 2))
    embedding = tf.get_variable("embedding", [6, 4])
    decoder = s.BeamSearchDecoder(
        cell, embedding, [1, 2], 0, start, 2, tf.layers.Dense(6), length_penalty_weight=0.5
    )
    outputs, state, _ = s.dynamic_decode(decoder, maximum_iterations=4)
    return {
        "ids": outputs.predicted_ids,
        "scores": outputs.beam_search_decoder_output.scores,
        "attention": state.cell_state.attention,
    }


def legacy(name, *arguments, **more):
    scope = more.pop("within", {})

    def program(tf):
        options = {key: make(tf) for key, make in scope.items()}
        words = [tf.constant([n % 4, (n + 2) % 5]) for n in range(3)]
        with tf.variable_scope("outer", **options):
            make = getattr(tf.contrib.legacy_seq2seq, name)
            outputs, state = make(words, words[:2], tf.nn.rnn_cell.GRUCell(3), *arguments, **more)
        trained = sorted(tf.trainable_variables(), key=lambda variable: variable.name)
        gradients = [tf.convert_to_tensor(part) for part in tf.gradients(outputs[-1], trained)]
        return {
            "outputs": tf.stack(outputs),
            "state": state,
            "norms": tf.stack([tf.reduce_sum(tf.abs(part)) for part in gradients]),
        }

    return program


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.seq2seq)}

    return program


def memory(tf):
    return tf.zeros([2, 3, 4])


REFUSED = {
    "beam_of_no_cell": lambda tf, s: s.BeamSearchDecoder(3, tf.eye(2), [0], 1, tf.zeros([2, 2]), 2),
    "beam_of_no_layer": lambda tf, s: s.BeamSearchDecoder(
        tf.nn.rnn_cell.GRUCell(2), tf.eye(2), [0], 1, tf.zeros([2, 2]), 2, output_layer=3
    ),
    "decoder_of_no_layer": lambda tf, s: s.BasicDecoder(
        tf.nn.rnn_cell.GRUCell(3), s.TrainingHelper(memory(tf), [3, 3]), tf.zeros([2, 3]), 3
    ),
    "helper_of_rows": lambda tf, s: s.TrainingHelper(memory(tf), [[3, 3]]),
    "loss_averaged_and_summed": lambda tf, s: s.sequence_loss(
        memory(tf), tf.zeros([2, 3], tf.int32), tf.ones([2, 3]), sum_over_batch=True
    ),
    "mode_of_monotonic": lambda tf, s: s.monotonic_attention([[0.5]], [[1.0]], "soft"),
    "tile_of_a_scalar": lambda tf, s: s.tile_batch(tf.constant(1.0), 2),
    "tile_of_no_rank": lambda tf, s: s.tile_batch(tf.placeholder(tf.float32), 2),
    "memory_of_unknown_depth": lambda tf, s: s.LuongAttention(
        4, tf.placeholder(tf.float32, [2, 3, None])
    ),
    "memory_that_is_empty": lambda tf, s: s.LuongAttention(4, memory(tf), [0, 2])(
        tf.zeros([2, 4]), tf.zeros([2, 3])
    ),
    "fused_without_dtype": lambda tf, s: tf.contrib.rnn.LSTMBlockFusedCell(3)(memory(tf)),
    "fused_of_three_states": lambda tf, s: tf.contrib.rnn.LSTMBlockFusedCell(3)(
        memory(tf), initial_state=[tf.zeros([3, 3])] * 3
    ),
    "wrapper_of_a_larger_batch": lambda tf, s: s.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4), s.LuongAttention(4, memory(tf))
    ).zero_state(6, tf.float32),
    "wrapper_of_a_larger_state": lambda tf, s: s.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4),
        s.LuongAttention(4, memory(tf)),
        initial_cell_state=tf.zeros([6, 4]),
    ),
    "wrapper_of_inputs": lambda tf, s: s.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4), s.LuongAttention(4, memory(tf)), cell_input_fn=3
    ),
    "wrapper_of_no_state": lambda tf, s: s.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4), s.LuongAttention(4, memory(tf))
    )(tf.zeros([2, 1]), tf.zeros([2, 4])),
    "wrapper_of_size_and_layer": lambda tf, s: s.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4),
        s.LuongAttention(4, memory(tf)),
        attention_layer_size=3,
        attention_layer=tf.layers.Dense(3),
    ),
}


def more_than_it_takes(tf):
    """A decoder is given keywords that are not for it."""
    s = tf.contrib.seq2seq
    helper = s.TrainingHelper(values(tf, 2, 3, 4), [3, 2])
    decoder = s.BasicDecoder(tf.nn.rnn_cell.GRUCell(3), helper, tf.zeros([2, 3]))
    outputs, state, _ = s.dynamic_decode(decoder, training=True)
    return {"outputs": outputs.rnn_output, "state": state}


PROGRAMS = {
    "more_than_it_takes": more_than_it_takes,
    "double_bahdanau": in_double("BahdanauAttention", normalize=True),
    "double_luong": in_double("LuongAttention", scale=True),
    "legacy_attention_heads": legacy("embedding_attention_seq2seq", 5, 5, 4, num_heads=2),
    "legacy_attention_partitioned": legacy(
        "embedding_attention_seq2seq",
        5,
        5,
        4,
        within={"partitioner": lambda tf: tf.fixed_size_partitioner(2)},
    ),
    "legacy_attention_scoped": legacy(
        "embedding_attention_seq2seq", 5, 5, 4, scope="mine", initial_state_attention=True
    ),
    "legacy_rnn_scoped": legacy("embedding_rnn_seq2seq", 5, 5, 4, scope="mine", feed_previous=True),
    "legacy_tied_fewer": legacy("embedding_tied_rnn_seq2seq", 5, 4, num_decoder_symbols=3),
    "searched_alone": searched(1),
    "searched_attention": searched_with_attention,
    "searched_stack": searched(3),
    "searched_stack_length": searched(2, length_penalty_weight=1.5),
    "translated_bahdanau": translated("BahdanauAttention", {"normalize": True}),
    "translated_luong": translated("LuongAttention", {"scale": True}, output_attention=False),
    "translated_monotonic": translated("LuongMonotonicAttention", {"score_bias_init": -2.0}),
    "wrapped": wrapped(),
    "wrapped_named": wrapped(name="mine", attention_layer_size=2),
    "wrapped_output": wrapped(output_attention=False),
}
PROGRAMS.update(("refused_" + what, failing(call)) for what, call in REFUSED.items())

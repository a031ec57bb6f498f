"""Programs with contrib.seq2seq."""

import numpy as np

START, END = 1, 0


def values(tf, *shape):
    size = int(np.prod(shape))
    return tf.constant(np.cos(1.3 * np.arange(size)).reshape(shape), tf.float32)


def mechanism(tf, kind, memory, **more):
    return getattr(tf.contrib.seq2seq, kind)(4, memory, [3, 5], **more)


def attention_cell(tf, kind="BahdanauAttention", memory=None, wrapper=None, **more):
    memory = values(tf, 2, 5, 6) if memory is None else memory
    return tf.contrib.seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4), mechanism(tf, kind, memory, **more), **(wrapper or {})
    )


def trained(kind="BahdanauAttention", wrapper=None, layer=True, **more):
    def program(tf):
        s = tf.contrib.seq2seq
        cell = attention_cell(tf, kind, wrapper=wrapper, **more)
        helper = s.TrainingHelper(values(tf, 2, 4, 3), [4, 2])
        projection = tf.layers.Dense(7, use_bias=False) if layer else None
        decoder = s.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), projection)
        outputs, state, lengths = s.dynamic_decode(decoder, impute_finished=True)
        found = {
            "outputs": outputs.rnn_output,
            "ids": outputs.sample_id,
            "attention": state.attention,
            "alignments": state.alignments,
            "time": state.time,
            "lengths": lengths,
        }
        if (wrapper or {}).get("alignment_history"):
            found["history"] = state.alignment_history.stack()
        return found

    return program


def plain_cell(tf, helper, limit=None, **more):
    s = tf.contrib.seq2seq
    cell = tf.nn.rnn_cell.BasicLSTMCell(4)
    decoder = s.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32), tf.layers.Dense(5))
    outputs, state, lengths = s.dynamic_decode(decoder, maximum_iterations=limit, **more)
    return {
        "outputs": outputs.rnn_output,
        "ids": outputs.sample_id,
        "c": state.c,
        "lengths": lengths,
    }


def greedy(tf):
    embedding = tf.get_variable("embedding", [5, 3])
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(embedding, [START, 2], END)
    return plain_cell(tf, helper, 6)


def greedy_imputed_time_major(tf):
    embedding = tf.get_variable("embedding", [5, 3])
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(
        lambda ids: tf.nn.embedding_lookup(embedding, ids), tf.fill([2], START), 3
    )
    return plain_cell(tf, helper, 6, impute_finished=True, output_time_major=True, scope="mine")


def no_steps(tf):
    embedding = tf.get_variable("embedding", [5, 3])
    helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(embedding, [START, 2], END)
    return plain_cell(tf, helper, 0)


def custom(tf):
    first = values(tf, 2, 3)

    def following(time, outputs, state, sample_ids):
        return tf.greater_equal(time + 1, [2, 3]), first * tf.to_float(time), state

    helper = tf.contrib.seq2seq.CustomHelper(
        lambda: (tf.constant([False, False]), first),
        lambda time, outputs, state: tf.cast(tf.argmax(outputs, 1), tf.int32),
        following,
    )
    return plain_cell(tf, helper)


def inference(tf):
    helper = tf.contrib.seq2seq.InferenceHelper(
        sample_fn=lambda outputs: outputs[:, :3],
        sample_shape=[3],
        sample_dtype=tf.float32,
        start_inputs=values(tf, 2, 3),
        end_fn=lambda samples: tf.constant([False, False]),
    )
    return plain_cell(tf, helper, 3)


def scheduled_embedding(probability):
    def program(tf):
        embedding = tf.get_variable("embedding", [5, 3])
        helper = tf.contrib.seq2seq.ScheduledEmbeddingTrainingHelper(
            values(tf, 2, 4, 3), [4, 3], embedding, probability
        )
        found = plain_cell(tf, helper)
        return found if probability == 0.0 else {"lengths": found["lengths"]}

    return program


def scheduled_output(probability):
    def program(tf):
        helper = tf.contrib.seq2seq.ScheduledOutputTrainingHelper(
            values(tf, 2, 4, 3),
            [4, 3],
            probability,
            next_inputs_fn=lambda outputs: outputs[:, :3],
            auxiliary_inputs=values(tf, 2, 4, 2),
        )
        return plain_cell(tf, helper)

    return program


def beam(attention=True, **more):
    def program(tf):
        s = tf.contrib.seq2seq
        embedding = tf.get_variable("embedding", [6, 3])
        if attention:
            memory = s.tile_batch(values(tf, 2, 5, 6), 3)
            attend = s.LuongAttention(4, memory, s.tile_batch(tf.constant([3, 5]), 3))
            cell = s.AttentionWrapper(
                tf.nn.rnn_cell.GRUCell(4),
                attend,
                attention_layer_size=4,
                alignment_history=True,
            )
            state = cell.zero_state(6, tf.float32)
        else:
            cell = tf.nn.rnn_cell.BasicLSTMCell(4)
            state = s.tile_batch(cell.zero_state(2, tf.float32), 3)
        decoder = s.BeamSearchDecoder(
            cell, embedding, [START, START], END, state, 3, tf.layers.Dense(6), **more
        )
        outputs, state, lengths = s.dynamic_decode(decoder, maximum_iterations=5)
        steps = outputs.beam_search_decoder_output
        found = {
            "ids": outputs.predicted_ids,
            "scores": steps.scores,
            "step_ids": steps.predicted_ids,
            "parents": steps.parent_ids,
            "log_probs": state.log_probs,
            "beam_lengths": state.lengths,
            "lengths": lengths,
        }
        if not more.get("reorder_tensor_arrays", True):
            found["history"] = state.cell_state.alignment_history.stack()
        return found

    return program


def loss(**more):
    def program(tf):
        weights = tf.constant([[1.0, 1.0, 0.0], [0.5, 0.0, 0.0]])
        targets = tf.constant([[1, 2, 0], [3, 1, 0]])
        return {
            "loss": tf.contrib.seq2seq.sequence_loss(values(tf, 2, 3, 4), targets, weights, **more)
        }

    return program


def tree(tf):
    ids = tf.constant([[[2, 3, 4]], [[5, 6, 0]], [[7, 8, 9]], [[1, 0, 1]]])
    parents = tf.constant([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[0, 1, 2]]])
    s = tf.contrib.seq2seq
    return {
        "three": s.gather_tree(ids, parents, [3], 0),
        "all": s.gather_tree(ids, parents, [4], 0),
        "nine": s.gather_tree(ids, parents, [4], 9),
        "none": s.gather_tree(ids, parents, [0], 9),
        "many": s.gather_tree(ids, parents, [9], 1),
    }


def tiled(tf):
    s = tf.contrib.seq2seq
    made = s.tile_batch((values(tf, 2, 3), tf.constant([1, 2])), 2)
    return {"a": made[0], "b": made[1]}


def small_parts(tf):
    s = tf.contrib.seq2seq
    p = tf.sigmoid(values(tf, 2, 5))
    previous = tf.nn.softmax(values(tf, 2, 5) * 2)
    found = {mode: s.monotonic_attention(p, previous, mode) for mode in ("recursive", "parallel")}
    found["hard"] = s.monotonic_attention(tf.round(p), tf.one_hot([1, 2], 5), "hard")
    found["hardmax"] = s.hardmax(p)
    found["cumprod"] = s.safe_cumprod(p, axis=1, exclusive=True)
    return found


def two_mechanisms(tf):
    s = tf.contrib.seq2seq
    mechanisms = [
        s.BahdanauAttention(4, values(tf, 2, 5, 6)),
        s.LuongAttention(4, values(tf, 2, 3, 2)),
    ]
    cell = s.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(4),
        mechanisms,
        attention_layer_size=[2, 3],
        output_attention=False,
        cell_input_fn=lambda inputs, last: inputs + last[:, :3],
    )
    out, state = cell(values(tf, 2, 3), cell.zero_state(2, tf.float32))
    return {"out": out, "attention": state.attention, "b": state.alignments[1]}


def failing(call):
    def program(tf):
        return {"never": call(tf, tf.contrib.seq2seq)}

    return program


def cloned(tf):
    cell = attention_cell(tf)
    state = cell.zero_state(2, tf.float32)
    return {"state": state.clone(cell_state=values(tf, 2, 4)).cell_state}


PROGRAMS = {
    "beam_attention": beam(length_penalty_weight=0.6, coverage_penalty_weight=0.3),
    "beam_history": beam(reorder_tensor_arrays=False),
    "beam_plain": beam(attention=False),
    "beam_length": beam(attention=False, length_penalty_weight=1.0),
    "beam_without_attention_has_no_coverage": beam(attention=False, coverage_penalty_weight=1.0),
    "cloned_state": cloned,
    "cloned_state_of_another_shape": failing(
        lambda tf, s: (
            attention_cell(tf).zero_state(2, tf.float32).clone(cell_state=tf.zeros([2, 9])).time
        )
    ),
    "custom": custom,
    "decode_no_decoder": failing(lambda tf, s: s.dynamic_decode(3)),
    "decode_limit_not_scalar": failing(
        lambda tf, s: s.dynamic_decode(
            s.BasicDecoder(
                tf.nn.rnn_cell.GRUCell(3),
                s.TrainingHelper(tf.zeros([2, 3, 3]), [1, 2]),
                tf.zeros([2, 3]),
            ),
            maximum_iterations=[1],
        )
    ),
    "decoder_of_no_cell": failing(lambda tf, s: s.BasicDecoder(1, None, None)),
    "decoder_of_no_helper": failing(
        lambda tf, s: s.BasicDecoder(tf.nn.rnn_cell.GRUCell(3), 1, tf.zeros([2, 3]))
    ),
    "gather_tree": tree,
    "greedy": greedy,
    "greedy_end_not_scalar": failing(
        lambda tf, s: s.GreedyEmbeddingHelper(tf.zeros([2, 2]), [0], [0])
    ),
    "greedy_imputed_time_major": greedy_imputed_time_major,
    "greedy_start_not_vector": failing(
        lambda tf, s: s.GreedyEmbeddingHelper(tf.zeros([2, 2]), 0, 0)
    ),
    "inference": inference,
    "loss": loss(),
    "loss_by_batch": loss(average_across_timesteps=False),
    "loss_by_time": loss(average_across_batch=False),
    "loss_each": loss(average_across_timesteps=False, average_across_batch=False),
    "loss_own": loss(
        softmax_loss_function=lambda labels, logits: (
            logits[:, 0] * (1.0 + 0.1 * np.arange(6, dtype=np.float32))
        )
    ),
    "loss_sum": loss(
        average_across_timesteps=False,
        average_across_batch=False,
        sum_over_timesteps=True,
        sum_over_batch=True,
    ),
    "loss_sum_batch": loss(
        average_across_timesteps=False, average_across_batch=False, sum_over_batch=True
    ),
    "loss_sum_and_average": loss(sum_over_timesteps=True),
    "loss_wrong_rank": failing(
        lambda tf, s: s.sequence_loss(tf.zeros([2, 3]), tf.zeros([2, 3]), tf.zeros([2, 3]))
    ),
    "luong_of_other_size": failing(
        lambda tf, s: s.LuongAttention(4, tf.zeros([2, 3, 3]))(tf.zeros([2, 5]), None)
    ),
    "no_steps": no_steps,
    "scheduled_embedding": scheduled_embedding(0.0),
    "scheduled_embedding_always": scheduled_embedding(1.0),
    "scheduled_output": scheduled_output(0.0),
    "scheduled_output_always": scheduled_output(1.0),
    "scheduled_probability_of_wrong_rank": scheduled_output([0.5]),
    "small_parts": small_parts,
    "tiled": tiled,
    "trained_bahdanau": trained(wrapper={"attention_layer_size": 5}),
    "trained_bahdanau_monotonic": trained("BahdanauMonotonicAttention", score_bias_init=-1.0),
    "trained_history": trained(wrapper={"alignment_history": True}),
    "trained_luong": trained("LuongAttention", layer=False),
    "trained_luong_monotonic_hard": trained("LuongMonotonicAttention", mode="hard", scale=True),
    "trained_luong_scaled": trained("LuongAttention", scale=True),
    "trained_normalized": trained(normalize=True),
    "two_mechanisms": two_mechanisms,
    "wrapper_of_no_mechanism": failing(
        lambda tf, s: s.AttentionWrapper(tf.nn.rnn_cell.GRUCell(3), "attention")
    ),
    "wrapper_of_too_many_sizes": failing(
        lambda tf, s: attention_cell(tf, wrapper={"attention_layer_size": [1, 2]})
    ),
}

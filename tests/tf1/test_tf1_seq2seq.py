"""Parts of contrib.seq2seq that no recorded program shows."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

seq2seq = tf.contrib.seq2seq
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


@pytest.mark.parametrize(
    ("averages", "expected"),
    # Recorded from 1.15.5.
    [
        ((True, False, False, True), [1.5071673393249512, 0.9079519510269165]),
        ((False, True, True, False), [1.1883273124694824, 1.6858198642730713, 0.0]),
        ((False, False, True, True), 1.156103491783142),
        ((False, False, True, False), [1.5071673393249512, 0.45397597551345825]),
        ((False, False, False, True), [0.8912454843521118, 1.6858198642730713, 0.0]),
    ],
)
def test_averages_and_sums_mix_as_they_did(graph, averages, expected):
    logits = tf.constant(np.cos(1.3 * np.arange(24)).reshape(2, 3, 4), tf.float32)
    weights = tf.constant([[1.0, 1.0, 0.0], [0.5, 0.0, 0.0]])
    loss = seq2seq.sequence_loss(logits, tf.constant([[1, 2, 0], [3, 1, 0]]), weights, *averages)
    np.testing.assert_allclose(run(loss), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([2, 3, 4], [2], [2, 3]), "Targets must be a"),
        (([2, 3, 4], [2, 3], [2]), "Weights must be a"),
    ],
)
def test_ranks_are_checked(graph, arguments, message):
    with pytest.raises(ValueError, match=message):
        seq2seq.sequence_loss(*(tf.zeros(shape) for shape in arguments))


def test_an_axis_cannot_be_averaged_and_summed(graph):
    parts = tf.zeros([1, 1, 2]), tf.zeros([1, 1], tf.int32), tf.ones([1, 1])
    with pytest.raises(ValueError, match="average_across_batch and sum_over_batch"):
        seq2seq.sequence_loss(*parts, sum_over_batch=True)


def test_words_are_drawn(graph):
    helper = seq2seq.SampleEmbeddingHelper(tf.eye(3), [0, 0], 2, softmax_temperature=0.01, seed=1)
    logits = tf.constant([[0.0, 9.0, 0.0], [9.0, 0.0, 0.0]])
    assert run(helper.sample(0, logits, ())).tolist() == [1, 0]
    plain = seq2seq.SampleEmbeddingHelper(tf.eye(3), [0, 0], 2)
    assert run(plain.sample(0, logits * 100, ())).tolist() == [1, 0]
    with pytest.raises(TypeError, match="single Tensor, got: <class 'tuple'>"):
        helper.sample(0, (logits,), ())


def test_helpers_say_what_they_are(graph):
    helper = seq2seq.TrainingHelper(tf.zeros([3, 2, 4]), tf.constant([1, 2]), time_major=True)
    assert helper.sample_ids_shape.as_list() == []
    assert helper.sample_ids_dtype == tf.int32
    assert helper.inputs.shape.as_list() == [3, 2, 4]
    assert run([helper.batch_size, helper.sequence_length])[0] == 2
    with pytest.raises(ValueError, match="Expected sequence_length to be a vector"):
        seq2seq.TrainingHelper(tf.zeros([2, 3, 4]), 3)
    custom = seq2seq.CustomHelper(None, None, None, [3], tf.float32)
    assert custom.sample_ids_shape.as_list() == [3]
    assert custom.sample_ids_dtype == tf.float32
    with pytest.raises(ValueError, match="batch_size accessed before initialize"):
        _ = custom.batch_size


def test_scheduled_words_come_from_an_embedding_function(graph):
    helper = seq2seq.ScheduledEmbeddingTrainingHelper(
        tf.zeros([2, 3, 4]), [3, 3], lambda ids: tf.one_hot(ids, 4), 1.0, seed=1
    )
    _, inputs, _ = helper.next_inputs(tf.constant(0), None, (), tf.constant([2, 3]))
    assert run(inputs).argmax(1).tolist() == [2, 3]
    output = seq2seq.ScheduledOutputTrainingHelper(tf.zeros([2, 3, 4]), [3, 3], 1.0)
    own = output.next_inputs(tf.constant(0), tf.ones([2, 4]), (), tf.constant([1, 0]))[1]
    assert run(own).sum(1).tolist() == [4, 0]


def test_mechanisms_show_their_parts(graph):
    memory = tf.ones([2, 3, 4])
    mechanism = seq2seq.BahdanauAttention(
        5, memory, custom_key_value_fn=lambda keys, values: (keys * 2, values * 3)
    )
    assert mechanism.memory_layer.units == mechanism.query_layer.units == 5
    assert mechanism.keys.shape.as_list() == [2, 3, 5]
    assert (mechanism.batch_size, mechanism.alignments_size, mechanism.state_size) == (2, 3, 3)
    assert run(mechanism.values).max() == 3
    assert run(mechanism.initial_alignments(2, tf.float32)).tolist() == [[0] * 3] * 2
    bare = seq2seq.AttentionMechanism()
    for name in ("alignments_size", "state_size"):
        with pytest.raises(NotImplementedError):
            getattr(bare, name)


def test_memories_of_unknown_length_and_higher_rank_are_masked(graph):
    memory = tf.placeholder_with_default(np.ones((2, 3, 2, 2), np.float32), [None, None, 2, 2])
    mechanism = seq2seq.LuongAttention(4, memory, [1, 3], score_mask_value=-1e9)
    assert run(mechanism.values)[0, :, 0, 0].tolist() == [1, 0, 0]
    assert run(mechanism.alignments_size) == 3


def test_noise_is_added_to_monotonic_scores(graph):
    mechanism = seq2seq.BahdanauMonotonicAttention(
        4, tf.ones([1, 3, 2]), sigmoid_noise=1.0, sigmoid_noise_seed=3
    )
    alignments, _ = mechanism(tf.ones([1, 4]), mechanism.initial_state(1, tf.float32))
    first = run(alignments)
    assert alignments.shape.as_list() == [1, 3]
    assert np.all(first >= 0)
    with pytest.raises(ValueError, match="'recursive', 'parallel', or 'hard'"):
        seq2seq.monotonic_attention([[0.5]], [[1.0]], "soft")


def test_hardmax_works_with_unknown_width(graph):
    scores = tf.placeholder_with_default(np.float32([[1, 3, 2]]), [None, None])
    assert run(seq2seq.hardmax(scores)).tolist() == [[0, 1, 0]]


def test_a_wrapper_can_be_given_layers_functions_and_a_state(graph):
    cell = tf.nn.rnn_cell.GRUCell(4)
    mechanism = seq2seq.LuongAttention(4, tf.ones([2, 3, 4]))
    wrapper = seq2seq.AttentionWrapper(
        cell,
        mechanism,
        attention_layer=lambda both: both[:, :4] * 2,
        initial_cell_state=tf.ones([2, 4]),
        alignment_history=True,
    )
    state = wrapper.get_initial_state(tf.ones([2, 1]))
    assert run(state.cell_state).tolist() == [[1] * 4] * 2
    assert wrapper.state_size.alignments == 3
    assert wrapper.output_size == 4
    attention, following = wrapper(tf.ones([2, 1]), state)
    assert run(following.alignment_history.stack()).shape == (1, 2, 3)
    assert attention.shape.as_list() == [2, 4]
    with pytest.raises(TypeError, match="instance of AttentionWrapperState"):
        wrapper(tf.ones([2, 1]), tf.zeros([2, 4]))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"cell_input_fn": 3}, TypeError, "cell_input_fn must be callable"),
        (
            {"attention_layer": [1], "attention_layer_size": 1},
            ValueError,
            "Only one of attention_layer_size and attention_layer",
        ),
        ({"attention_layer": [1, 2]}, ValueError, "attention_layer must contain exactly one"),
    ],
)
def test_wrong_options_of_a_wrapper_are_refused(graph, options, error, message):
    mechanism = seq2seq.LuongAttention(4, tf.ones([2, 3, 4]))
    with pytest.raises(error, match=message):
        seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), mechanism, **options)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"output_layer": 3}, TypeError, "output_layer must be a Layer"),
        ({"start_tokens": 1}, ValueError, "start_tokens must be a vector"),
        ({"end_token": [1]}, ValueError, "end_token must be a scalar"),
    ],
)
def test_wrong_arguments_of_a_beam_search_are_refused(graph, change, error, message):
    arguments = {
        "cell": tf.nn.rnn_cell.GRUCell(2),
        "embedding": tf.eye(2),
        "start_tokens": [0],
        "end_token": 1,
        "initial_state": tf.zeros([2, 2]),
        "beam_width": 2,
    }
    with pytest.raises(error, match=message):
        seq2seq.BeamSearchDecoder(**{**arguments, **change})


def test_a_beam_search_takes_a_function_and_keeps_arrays_as_they_are(graph):
    memory = seq2seq.tile_batch(tf.ones([1, 3, 2]), 2)
    mechanisms = [seq2seq.LuongAttention(2, memory), seq2seq.LuongAttention(2, memory)]
    cell = seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(2), mechanisms, alignment_history=True, output_attention=False
    )
    decoder = seq2seq.BeamSearchDecoder(
        cell,
        lambda ids: tf.one_hot(ids, 2),
        [0],
        1,
        cell.zero_state(2, tf.float32),
        2,
        coverage_penalty_weight=0.1,
        reorder_tensor_arrays=False,
    )
    outputs, state, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=3)
    assert run(outputs.predicted_ids).shape[0] == 1
    assert run(state.cell_state.alignment_history[0].stack()).shape[1:] == (2, 3)


def test_arrays_of_a_beam_search_are_put_in_order(graph):
    from graphkit.tf1._contrib._seq2seq._gather_tree import gather_tree_from_array

    values = tf.reshape(tf.range(6.0), [3, 2, 1])
    parents = tf.constant([[[0, 0]], [[1, 0]], [[0, 0]]])
    made = gather_tree_from_array(values, parents, tf.constant([[3, 2]]))
    # Beam 0 was beam 0 in step 1, which was beam 1 in step 0; beam 1 ended before step 2.
    assert run(made)[:, 0, 0].tolist() == [1, 2, 4]
    assert run(made)[:, 1, 0].tolist() == [1, 2, 5]


def test_only_layers_follow_a_cell(graph):
    helper = seq2seq.GreedyEmbeddingHelper(tf.eye(2), [0], 1)
    with pytest.raises(TypeError, match="output_layer must be a Layer"):
        seq2seq.BasicDecoder(tf.nn.rnn_cell.GRUCell(2), helper, tf.zeros([1, 2]), 3)


def test_a_decoder_of_ones_own_is_run(graph):
    class Counter(seq2seq.Decoder):
        batch_size = property(lambda self: tf.constant(1))
        output_size = property(lambda self: tf.TensorShape([]))
        output_dtype = property(lambda self: tf.int32)

        def initialize(self, name=None):
            return tf.constant([False]), tf.zeros([1]), tf.constant(0)

        def step(self, time, inputs, state, name=None):
            return time[tf.newaxis], state + 1, inputs, tf.constant([False]) | (state >= 2)

    outputs, state, lengths = seq2seq.dynamic_decode(Counter(), impute_finished=True)
    assert [part.tolist() for part in run([outputs, state, lengths])] == [[[0, 1, 2]], 3, [3]]


def test_batches_without_a_rank_are_not_tiled(graph):
    with pytest.raises(ValueError, match="statically known rank"):
        seq2seq.tile_batch(3, 2)
    unknown = tf.placeholder_with_default(np.float32([1, 2]), [None])
    assert run(seq2seq.tile_batch(unknown, 2)).tolist() == [1, 1, 2, 2]

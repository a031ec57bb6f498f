"""Parts of contrib.legacy_seq2seq that no recorded program shows."""

from __future__ import annotations

import pytest

import graphkit.tf1 as tf

legacy = tf.contrib.legacy_seq2seq
rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_the_name_before_1_0_is_the_same_module_in_content():
    assert tf.nn.seq2seq.sequence_loss is legacy.sequence_loss


def test_vectors_of_fed_words_can_be_kept_from_the_gradient(graph):
    cell = tf.nn.rnn_cell.GRUCell(3)
    outputs, _ = legacy.embedding_rnn_decoder(
        [tf.constant([1])] * 2,
        tf.zeros([1, 3]),
        cell,
        3,
        2,
        output_projection=(tf.ones([3, 3]), tf.zeros([3])),
        feed_previous=True,
        update_embedding_for_previous=False,
    )
    assert len(outputs) == 2


@pytest.mark.parametrize("decoder", ["embedding_rnn_decoder", "embedding_attention_decoder"])
def test_projections_must_fit(graph, decoder):
    cell = tf.nn.rnn_cell.GRUCell(3)
    more = [tf.zeros([1, 2, 3])] if "attention" in decoder else []
    with pytest.raises(ValueError, match=r"\(4,\) and \[3\] are incompatible"):
        getattr(legacy, decoder)(
            [tf.constant([1])],
            tf.zeros([1, 3]),
            *more,
            cell,
            3,
            2,
            output_projection=(tf.ones([3, 3]), tf.zeros([4])),
        )


def test_sizes_must_be_known(graph):
    cell = tf.nn.rnn_cell.GRUCell(3)
    unknown = tf.placeholder(tf.float32, [None, None, None])
    with pytest.raises(ValueError, match=r"Shape\[2\] of attention_states must be known"):
        legacy.attention_decoder([tf.zeros([1, 2])], tf.zeros([1, 3]), unknown, cell)
    with pytest.raises(ValueError, match="Could not infer input size"):
        legacy.attention_decoder([unknown[:, 0]], tf.zeros([1, 3]), tf.zeros([1, 2, 3]), cell)


def test_inputs_and_outputs_are_projected(graph):
    cell = rnn.OutputProjectionWrapper(
        rnn.InputProjectionWrapper(tf.nn.rnn_cell.GRUCell(3), 2, tf.nn.relu), 4, tf.tanh
    )
    output, state = cell(tf.zeros([1, 5]), cell.zero_state(1, tf.float32))
    assert output.shape.as_list() == [1, 4]
    assert state.shape.as_list() == [1, 3]
    assert (cell.output_size, cell.state_size) == (4, 3)
    plain = rnn.InputProjectionWrapper(tf.nn.rnn_cell.GRUCell(3), 2)
    assert plain(tf.zeros([1, 5]), tf.zeros([1, 3]))[0].shape.as_list() == [1, 3]
    assert plain.output_size == 3


def test_wrong_sizes_of_wrappers_are_refused():
    cell = tf.nn.rnn_cell.GRUCell(3)
    with pytest.raises(ValueError, match="must be > 0: 0, 3"):
        rnn.EmbeddingWrapper(cell, 0, 3)
    with pytest.raises(ValueError, match="output_size must be > 0: 0"):
        rnn.OutputProjectionWrapper(cell, 0)


def test_products_may_have_no_bias(graph):
    from graphkit.tf1._contrib._linear import linear

    assert linear([tf.ones([1, 2]), tf.ones([1, 3])], 4, bias=False).shape.as_list() == [1, 4]
    assert [v.op.name for v in tf.trainable_variables()] == ["kernel"]

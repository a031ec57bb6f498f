"""contrib.learn.models and contrib.learn.ops, where 1.15 could not follow, and trained.

What they compute otherwise is compared with 1.15.5 by `test_tf1_goldens.py`.
"""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

models = tf.contrib.learn.models
ops = tf.contrib.learn.ops
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def waves(*shape):
    return np.sin(np.arange(np.prod(shape)) * 0.7).reshape(shape).astype(np.float32)


def values(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def trained(loss, steps=60, rate=0.5):
    train = tf.train.GradientDescentOptimizer(rate).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(loss)
        for _ in range(steps):
            session.run(train)
        return before, session.run(loss)


def test_a_linear_regression_finds_a_line(graph):
    x = waves(20, 1)
    _, loss = models.linear_regression_zero_init(tf.constant(x), tf.constant(3 * x[:, 0] + 1))
    _, after = trained(loss)
    assert after < 1e-4


def test_a_logistic_regression_tells_classes_apart(graph):
    x = waves(20, 1)
    classes = np.eye(2, dtype=np.float32)[(x[:, 0] > 0).astype(int)]
    _, loss = models.logistic_regression_zero_init(tf.constant(x), tf.constant(classes))
    before, after = trained(loss)
    assert before == pytest.approx(np.log(2))
    assert after < 0.5 * before


def test_weights_of_classes_may_be_a_tensor(graph):
    x, y = tf.constant(waves(4, 2)), tf.constant(np.eye(2, dtype=np.float32)[[0, 1, 1, 0]])
    weights = tf.constant([2.0, 0.0])
    chances, _ = models.logistic_regression(x, y, weights, init_mean=1.0, init_stddev=0.0)
    expected = 1 / (1 + np.exp(-2 * (waves(4, 2).sum(1) + 1)))
    np.testing.assert_allclose(values(chances)[:, 0], expected, rtol=1e-5)


def test_the_backward_cell_begins_where_each_sequence_ends(graph):
    x = waves(4, 2, 3)
    read = models.bidirectional_rnn

    def outputs(steps, lengths, scope):
        start = tf.constant_initializer(0.3)
        with tf.variable_scope(scope, initializer=start):
            cells = [tf.nn.rnn_cell.BasicRNNCell(2) for _ in range(2)]
            found, state = read(
                *cells, tf.unstack(tf.constant(steps)), dtype=tf.float32, sequence_length=lengths
            )
        return tf.stack(found), state

    both, short, long = values(
        [outputs(x, [2, 4], "both"), outputs(x[:2, :1], None, "a"), outputs(x[:, 1:], None, "b")]
    )
    np.testing.assert_allclose(both[0][:2, :1], short[0], rtol=1e-5)
    np.testing.assert_allclose(both[0][:, 1:], long[0], rtol=1e-5)
    np.testing.assert_allclose(both[1], np.concatenate([short[1], long[1]]), rtol=1e-5)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_a_recurrent_model_is_trained(graph, cell, bidirectional):
    model = models.get_rnn_model(
        3, cell, 1, tf.unstack, bidirectional, models.linear_regression, None, None, 2, 2, 2
    )
    with tf.variable_scope("known", initializer=tf.constant_initializer(0.3)):
        _, loss = model(tf.constant(waves(3, 4, 2)), tf.constant(waves(4)))
    before, after = trained(loss, 20, 0.1)
    assert after < before


def test_rows_are_looked_up_for_ids_of_any_shape(graph):
    rows = waves(6, 2)
    for ids in (3, [1, 5], [[0], [2]], [[[4, 4, 1]]]):
        found = ops.embedding_lookup(rows, ids)
        assert found.shape.as_list() == [*np.shape(ids), 2]
        np.testing.assert_array_equal(values(found), rows[np.array(ids)])


def test_categories_share_no_rows_and_are_trained(graph):
    found = ops.categorical_variable([[0, 2]], 3, 4, "words")
    (rows,) = tf.trainable_variables()
    assert (rows.op.name, rows.shape.as_list()) == ("words/words_embeddings", [3, 4])
    (gradient,) = tf.gradients(found, rows)
    np.testing.assert_array_equal(values(tf.convert_to_tensor(gradient))[:, 0], [1, 0, 1])


def test_a_mark_of_ones_own_stands_around_what_is_written(graph):
    x, y, mark = (tf.constant(waves(*shape)) for shape in ((2, 3, 4), (2, 2, 5), (2, 5)))
    read, fed, right = ops.seq2seq_inputs(x, y, 3, 2, sentinel=mark)
    assert (len(read), len(fed), len(right)) == (3, 3, 3)
    assert fed[0] is mark
    assert right[-1] is mark


def test_a_decoder_that_samples_is_fed_its_own_outputs(graph):
    class Adding(tf.nn.rnn_cell.RNNCell):
        """Gives one more than it is fed, and counts its steps."""

        state_size = output_size = 1

        def __call__(self, inputs, state, scope=None):
            return inputs + 1, state + 1

    fed = [tf.constant([[number]]) for number in (10.0, 20.0, 30.0)]
    found = ops.rnn_decoder(fed, tf.zeros([1, 1]), Adding())
    outputs, states, own, own_states = values([[tf.squeeze(t) for t in part] for part in found])
    assert outputs == [11, 21, 31]
    assert own == [11, 12, 13]
    assert states == [0, 1, 2, 3]
    assert own_states == [0, 0, 1, 2]

"""Parts of contrib.rnn that no recorded program shows."""

from __future__ import annotations

import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_cells_say_their_sizes():
    for cell in (rnn.NASCell(4, num_proj=3), rnn.LSTMBlockCell(3), rnn.LayerNormBasicLSTMCell(3)):
        assert cell.output_size == 3
        assert cell.state_size.h == 3
    for cell in (rnn.UGRNNCell(3), rnn.GRUBlockCell(3)):
        assert (cell.output_size, cell.state_size) == (3, 3)
    assert rnn.LSTMBlockFusedCell(3).num_units == 3
    highway = rnn.HighwayWrapper(rnn.GRUCell(3))
    assert (highway.output_size, highway.state_size) == (3, 3)


def test_inputs_of_unknown_width_are_refused(graph):
    unknown = tf.placeholder(tf.float32, [2, None])
    for cell in (rnn.NASCell(3), rnn.GRUBlockCell(3)):
        with pytest.raises(ValueError, match=r"input size|inputs_shape\[1\]"):
            cell.build(unknown.shape)
    with pytest.raises(ValueError, match="tuple with length 2"):
        rnn.LSTMBlockCell(3)(tf.zeros([2, 4]), (tf.zeros([2, 3]),))


def test_dropout_inside_a_cell_follows_its_seed(graph):
    cell = rnn.LayerNormBasicLSTMCell(3, dropout_keep_prob=0.5, dropout_prob_seed=1)
    output, _ = cell(tf.ones([2, 4]), cell.zero_state(2, tf.float32))
    assert "Dropout" in " ".join(op.name for op in graph.get_operations()).title()
    assert output.shape.as_list() == [2, 3]


def test_a_fused_cell_starts_from_a_state(graph):
    start = (tf.zeros([2, 3]), tf.ones([2, 3]))
    outputs, state = rnn.LSTMBlockFusedCell(3)(tf.ones([4, 2, 5]), initial_state=start)
    assert outputs.shape.as_list() == [4, 2, 3]
    assert state.c.shape.as_list() == [2, 3]


@pytest.mark.parametrize(
    ("cells", "states", "message"),
    [
        (([1], []), None, "at least one bw cell"),
        (([1], [1, 2]), None, "same depth"),
        (([1], [1]), [1, 2], "initial_states_fw must be a list"),
    ],
)
def test_stacks_need_as_many_cells_of_each_kind(cells, states, message):
    with pytest.raises(ValueError, match=message):
        rnn.stack_bidirectional_dynamic_rnn(*cells, None, initial_states_fw=states)


def test_checkpoints_of_basic_cells_restore_into_block_cells(graph, tmp_path):
    x = tf.ones([2, 4])
    with tf.variable_scope("a"):
        cell = tf.nn.rnn_cell.BasicLSTMCell(3, name="lstm_cell")
        basic, _ = cell(x, cell.zero_state(2, tf.float32))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "c"))
        expected = session.run(basic)
    with tf.Graph().as_default(), tf.Session() as session:
        with tf.variable_scope("a"):
            cell = rnn.LSTMBlockCell(3)
            block, _ = cell(tf.ones([2, 4]), cell.zero_state(2, tf.float32))
        tf.train.Saver().restore(session, path)
        assert session.run(block) == pytest.approx(expected, abs=1e-6)

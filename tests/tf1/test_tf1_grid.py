"""contrib.rnn's cells over time and frequencies: formulas by hand, names, errors, checkpoints."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

rnn = tf.contrib.rnn
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

SPECTRUM = np.cos(0.7 * np.arange(10.0)).reshape(2, 5).astype(np.float32)
SIZES = {"feature_size": 3, "frequency_skip": 2}


def sigmoid(x):
    return 1.0 / (1.0 + np.exp(-x))


def grid(**options):
    return rnn.GridLSTMCell(2, num_frequency_blocks=[2], **{**SIZES, **options})


def both_ways(**options):
    return rnn.BidirectionalGridLSTMCell(2, num_frequency_blocks=[2], **{**SIZES, **options})


def stepped(cell, spectrum=SPECTRUM):
    """One step from ones: output, parts of the next state, variables by the end of their names."""
    state = tf.nest.map_structure(
        lambda size: tf.ones([len(spectrum), size]) * 0.5, cell.state_size
    )
    output, following = cell(tf.constant(spectrum), state)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {v.op.name.split("/", 1)[-1]: session.run(v) for v in tf.global_variables()}
        return *session.run([output, tf.nest.flatten(following)]), values


def lstm(gates, before, coupled=False):
    """Takes gates apart; the cell and how far it is open."""
    if coupled:
        i, j, o = np.split(gates, 3, axis=1)
        keep = 1 - sigmoid(i)
    else:
        i, j, f, o = np.split(gates, 4, axis=1)
        keep = sigmoid(f + 1.0)
    cell = keep * before + sigmoid(i) * np.tanh(j)
    return cell, sigmoid(o) * np.tanh(cell)


def crossed(spectrum, values, coupled=False, prefix=""):
    """The grid's step over two windows, from states of one half."""
    c_below = m_below = np.zeros([2, 2])
    half, outputs, following = np.full([2, 2], 0.5), [], []
    for window in (spectrum[:, :3], spectrum[:, 2:]):
        seen = np.concatenate([window, half, m_below], 1)
        gates = [seen @ values[f"{prefix}W_{k}_0_0"] + values[f"{prefix}B_{k}_0"] for k in "ft"]
        c_below, m_below = lstm(gates[0], c_below, coupled)
        c, m = lstm(gates[1], half, coupled)
        outputs += [m, m_below]
        following += [c, m]
    return np.concatenate(outputs, 1), following


@pytest.mark.parametrize("coupled", [False, True])
def test_two_lstms_cross_at_every_window(graph, coupled):
    output, following, values = stepped(grid(couple_input_forget_gates=coupled))
    expected, parts = crossed(SPECTRUM, values, coupled)
    assert output == pytest.approx(expected, abs=1e-6)
    assert np.array(following) == pytest.approx(np.array(parts), abs=1e-6)


def test_both_ways_is_one_grid_upwards_and_one_downwards(graph):
    output, following, values = stepped(both_ways())
    up, up_parts = crossed(SPECTRUM, values, prefix="fwd/")
    # Downwards the windows come in the other order, each as it is.
    swapped = np.concatenate([SPECTRUM[:, 2:], SPECTRUM[:, :3]], 1)
    down = {k: v for k, v in values.items() if k.startswith("bwd/")}
    expected, down_parts = crossed_windows(swapped[:, :3], swapped[:, 3:], down)
    assert output == pytest.approx(np.concatenate([up, expected], 1), abs=1e-6)
    assert np.array(following) == pytest.approx(np.array(up_parts + down_parts), abs=1e-6)


def crossed_windows(first, second, values):
    """`crossed` downwards, over windows that do not lie side by side."""
    c_below = m_below = np.zeros([2, 2])
    half, outputs, following = np.full([2, 2], 0.5), [], []
    for window in (first, second):
        seen = np.concatenate([window, half, m_below], 1)
        gates = [seen @ values[f"bwd/W_{k}_0_0"] + values[f"bwd/B_{k}_0"] for k in "ft"]
        c_below, m_below = lstm(gates[0], c_below)
        c, m = lstm(gates[1], half)
        outputs += [m, m_below]
        following += [c, m]
    return np.concatenate(outputs, 1), following


def test_an_lstm_passes_its_output_to_the_next_window(graph):
    cell = rnn.TimeFreqLSTMCell(2, use_peepholes=True, **SIZES)
    state = np.full([2, 8], 0.5, np.float32)
    output, following = cell(tf.constant(SPECTRUM), tf.constant(state))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = {v.op.name.split("/", 1)[-1]: session.run(v) for v in tf.global_variables()}
        found, after = session.run([output, following])
    below, outputs, parts, before = np.zeros([2, 2]), [], [], np.full([2, 2], 0.5)
    for window in (SPECTRUM[:, :3], SPECTRUM[:, 2:]):
        gates = np.concatenate([window, before, below], 1) @ values["W_0"] + values["B"]
        i, j, f, o = np.split(gates, 4, axis=1)
        keep = sigmoid(f + 1.0 + values["W_F_diag"] * before)
        c = keep * before + sigmoid(i + values["W_I_diag"] * before) * np.tanh(j)
        below = sigmoid(o + values["W_O_diag"] * c) * np.tanh(c)
        outputs.append(below)
        parts += [c, below]
    assert found == pytest.approx(np.concatenate(outputs, 1), abs=1e-6)
    assert after == pytest.approx(np.concatenate(parts, 1), abs=1e-6)


def test_shared_weights_are_half_the_variables(graph):
    grid(use_peepholes=True)(tf.constant(SPECTRUM), grid().zero_state(2, tf.float32))
    assert len(tf.trainable_variables()) == 4 + 12
    with tf.Graph().as_default():
        cell = grid(use_peepholes=True, share_time_frequency_weights=True)
        cell(tf.constant(SPECTRUM), cell.zero_state(2, tf.float32))
        assert len(tf.trainable_variables()) == 2 + 6


def test_variables_come_in_the_order_of_then(graph):
    cell = grid(use_peepholes=True, couple_input_forget_gates=True)
    cell(tf.constant(SPECTRUM), cell.zero_state(2, tf.float32))
    names = [v.op.name.rsplit("/", 1)[-1] for v in tf.trainable_variables()]
    assert names[:4] == ["W_f_0_0", "B_f_0", "W_t_0_0", "B_t_0"]
    assert names[4:] == [
        f"W_{gate}_diag_{along}{of}_0" for along in ("freq", "time") for gate in "IO" for of in "ft"
    ]


@pytest.mark.parametrize("share", [False, True])
def test_cells_stay_within_the_clip(graph, share):
    cell = grid(cell_clip=0.1, share_time_frequency_weights=share)
    _, following, _ = stepped(cell)
    assert max(np.abs(part).max() for part in following[::2]) == pytest.approx(0.1)


def test_states_have_names(graph):
    assert grid().state_tuple_type._fields == (
        "state_f00_b00_c",
        "state_f00_b00_m",
        "state_f01_b00_c",
        "state_f01_b00_m",
    )
    names = both_ways().state_tuple_type._fields
    assert names[:2] == ("fwd_state_f00_b00_c", "fwd_state_f00_b00_m")
    assert names[-1] == "bwd_state_f01_b00_m"
    assert type(grid().zero_state(3, tf.float32)).__name__ == "GridLSTMStateTuple"
    assert type(both_ways().state_size).__name__ == "BidirectionalGridLSTMStateTuple"


@pytest.mark.parametrize(
    ("make", "output", "state"),
    [
        (grid, 8, (2,) * 4),
        (lambda: grid(state_is_tuple=False), 8, 8),
        (both_ways, 16, (2,) * 8),
        (lambda: rnn.TimeFreqLSTMCell(3, feature_size=5), 3, 6),
    ],
)
def test_cells_say_their_sizes(make, output, state):
    assert make().output_size == output
    assert make().state_size == state


def test_a_state_side_by_side_is_the_tuple_side_by_side(graph):
    cells = [grid(), grid(state_is_tuple=False)]
    found = []
    for number, cell in enumerate(cells):
        with tf.variable_scope("shared", reuse=number > 0) as scope:
            state = cell.zero_state(2, tf.float32)
            output, following = cell(tf.constant(SPECTRUM), state, scope=scope)
            output, _ = cell(tf.constant(SPECTRUM), following, scope=reused(scope))
        found.append(output)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        first, second = session.run(found)
    assert first == pytest.approx(second, abs=1e-6)


def reused(scope):
    with tf.variable_scope(scope, reuse=True) as again:
        return again


@pytest.mark.parametrize("offset", [-1, 2])
def test_windows_beyond_the_spectrum_see_zeros(graph, offset):
    _, _, values = stepped(both_ways(backward_slice_offset=offset))
    graph_of_moved = tf.Graph()
    with graph_of_moved.as_default():
        moved = np.pad(SPECTRUM, [(0, 0), (max(-offset, 0), max(offset, 0))])
        moved = moved[:, max(offset, 0) :][:, :5]
        cell = both_ways()
        state = tf.nest.map_structure(lambda size: tf.fill([2, size], 0.5), cell.state_size)
        expected, _ = cell(tf.constant(moved), state)
        with tf.Session() as session:
            load(session, values)
            expected = session.run(expected)
    cell = both_ways(backward_slice_offset=offset)
    with tf.Graph().as_default():
        state = tf.nest.map_structure(lambda size: tf.fill([2, size], 0.5), cell.state_size)
        output, _ = cell(tf.constant(SPECTRUM), state)
        with tf.Session() as session:
            load(session, values)
            output = session.run(output)
    assert output[:, 8:] == pytest.approx(expected[:, 8:], abs=1e-6)
    assert (output[:, :8] != pytest.approx(expected[:, :8], abs=1e-6)) == (offset != 0)


def load(session, values):
    for variable in tf.global_variables():
        variable.load(values[variable.op.name.split("/", 1)[-1]], session)


@pytest.mark.parametrize(
    ("options", "width", "message"),
    [
        ({"num_frequency_blocks": [2, 1]}, 5, r"num_frequency_blocks is not 1, but instead is 2"),
        ({"num_frequency_blocks": [3]}, 5, r"requires 3 but gets 2, please check the input size"),
        (
            {"start_freqindex_list": [0, 2], "end_freqindex_list": [5]},
            5,
            r"start and end freqindex_list does not match 2 1",
        ),
        (
            {"start_freqindex_list": [0, 2], "end_freqindex_list": [5, 7]},
            7,
            r"num_frequency_blocks is not equal to start_freqindex_list 1 2",
        ),
        ({"start_freqindex_list": [0], "end_freqindex_list": [9]}, 9, r"requires 2 but gets 4"),
        ({}, None, r"Cannot infer input_size"),
    ],
)
def test_windows_that_do_not_fit_are_refused(graph, options, width, message):
    cell = rnn.GridLSTMCell(2, **{"num_frequency_blocks": [2], **SIZES, **options})
    spectrum = tf.placeholder(tf.float32, [2, width])
    with pytest.raises(ValueError, match=message):
        cell(spectrum, cell.zero_state(2, tf.float32))


def test_numbers_of_windows_are_required():
    for cell in (rnn.GridLSTMCell, rnn.BidirectionalGridLSTMCell):
        with pytest.raises(ValueError, match="Must specify num_frequency_blocks"):
            cell(2, feature_size=3, frequency_skip=1)


def test_too_many_shards_are_refused(graph):
    cell = grid(num_unit_shards=8)
    with pytest.raises(ValueError, match=r"Too many shards: shape=\[7, 8\], num_shards=8"):
        cell(tf.constant(SPECTRUM), cell.zero_state(2, tf.float32))


def test_shards_are_rows_one_below_the_other(graph):
    cell = grid(num_unit_shards=3)
    cell(tf.constant(SPECTRUM), cell.zero_state(2, tf.float32))
    shapes = {v.op.name.rsplit("/", 1)[-1]: v.shape.as_list() for v in tf.global_variables()}
    assert [shapes[f"W_f_0_{n}"] for n in range(3)] == [[3, 8], [2, 8], [2, 8]]


@pytest.mark.parametrize("make", [grid, both_ways, lambda: rnn.TimeFreqLSTMCell(2, feature_size=5)])
class TestInALoop:
    def looped(self, make):
        x = tf.constant(np.sin(np.arange(30.0)).reshape(2, 3, 5), tf.float32)
        return tf.nn.dynamic_rnn(make(), x, [2, 3], dtype=tf.float32)

    def test_gradients_reach_every_variable(self, graph, make):
        outputs, _ = self.looped(make)
        gradients = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
        assert gradients
        assert all(gradient is not None for gradient in gradients)

    def test_checkpoints_restore_into_another_graph(self, graph, tmp_path, make):
        outputs, _ = self.looped(make)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            expected = session.run(outputs)
            path = tf.train.Saver().save(session, str(tmp_path / "c"))
        assert (expected[0, 2] == 0).all()
        with tf.Graph().as_default(), tf.Session() as session:
            outputs, _ = self.looped(make)
            tf.train.Saver().restore(session, path)
            assert session.run(outputs) == pytest.approx(expected, abs=1e-6)

    def test_a_batch_may_be_of_unknown_size(self, graph, make):
        x = tf.placeholder(tf.float32, [None, 5])
        cell = make()
        output, _ = cell(x, cell.zero_state(tf.shape(x)[0], tf.float32))
        assert output.shape.as_list()[1] == cell.output_size
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for size in (1, 4):
                assert session.run(output, {x: np.ones([size, 5])}).shape[0] == size

"""The loops that run recurrent cells, against NumPy: lengths, directions, states, raw loops."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

BATCH, STEPS, WIDTH, UNITS = 3, 4, 2, 3
LENGTHS = [4, 1, 0]


def waves(*shape, seed=0.3):
    values = np.cos(seed + 1.7 * np.arange(np.prod(shape)))
    return values.reshape(shape).astype(np.float32)


INPUTS, START = waves(BATCH, STEPS, WIDTH), waves(BATCH, UNITS, seed=2.0)
KERNELS = {
    "a": waves(WIDTH + UNITS, UNITS, seed=3.0),
    "b": waves(WIDTH + UNITS, UNITS, seed=4.0),
    # For inputs that are both ways of a layer below.
    "wide": waves(2 * UNITS + UNITS, UNITS, seed=6.0),
}


class Plain(tf.nn.rnn_cell.RNNCell):
    """A cell of one given product and a tanh."""

    state_size = output_size = UNITS

    def __init__(self, kernel="a"):
        super().__init__()
        self._given = KERNELS[kernel]

    def __call__(self, inputs, state, scope=None):
        output = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), self._given))
        return output, output


def looped(inputs, kernel="a", lengths=None, start=None, backwards=False):
    """A cell over time; rows that have ended keep their state and give zeros."""
    outputs = np.zeros([BATCH, STEPS, UNITS])
    states = np.zeros([BATCH, UNITS]) if start is None else start.astype(float)
    for row in range(BATCH):
        length = STEPS if lengths is None else lengths[row]
        state = states[row]
        for time in reversed(range(length)) if backwards else range(length):
            state = np.tanh(np.concatenate([inputs[row, time], state]) @ KERNELS[kernel])
            outputs[row, time] = state
        states[row] = state
    return outputs, states


def assert_close(found, wanted):
    for part, one in zip(found, wanted, strict=True):
        np.testing.assert_allclose(part, one, atol=1e-5)


class TestDynamic:
    @pytest.mark.parametrize("time_major", [False, True])
    @pytest.mark.parametrize("lengths", [None, LENGTHS])
    @pytest.mark.parametrize("start", [None, START])
    def test_rows_stop_at_their_lengths(self, session, time_major, lengths, start):
        given = INPUTS.transpose(1, 0, 2) if time_major else INPUTS
        outputs, state = tf.nn.dynamic_rnn(
            Plain(),
            tf.constant(given),
            lengths,
            initial_state=None if start is None else tf.constant(start),
            dtype=tf.float32,
            time_major=time_major,
        )
        found, last = session.run([outputs, state])
        found = found.transpose(1, 0, 2) if time_major else found
        assert_close([found, last], looped(INPUTS, lengths=lengths, start=start))

    def test_sizes_are_known_as_far_as_the_inputs_are(self, graph):
        for shape in ([None, None, WIDTH], [BATCH, None, WIDTH], [None, STEPS, WIDTH]):
            x = tf.placeholder(tf.float32, shape)
            outputs, state = tf.nn.dynamic_rnn(Plain(), x, dtype=tf.float32)
            assert outputs.shape.as_list() == [*shape[:2], UNITS]
            assert state.shape.as_list() == [shape[0], UNITS]

    def test_lengths_may_be_fed(self, session):
        x = tf.placeholder(tf.float32, [None, None, WIDTH])
        lengths = tf.placeholder(tf.int64, [None])
        fetches = tf.nn.dynamic_rnn(Plain(), x, lengths, dtype=tf.float32)
        found = session.run(fetches, {x: INPUTS, lengths: LENGTHS})
        assert_close(found, looped(INPUTS, lengths=LENGTHS))

    def test_inputs_may_have_several_parts(self, session):
        class OfTwo(Plain):
            def __call__(self, inputs, state, scope=None):
                return super().__call__(tf.concat([inputs[0], inputs[1]], 1), state)

        parts = tuple(map(tf.constant, (INPUTS[..., :1], INPUTS[..., 1:])))
        found = session.run(tf.nn.dynamic_rnn(OfTwo(), parts, LENGTHS, dtype=tf.float32))
        assert_close(found, looped(INPUTS, lengths=LENGTHS))

    @pytest.mark.parametrize(
        ("options", "error", "message"),
        [
            ({}, ValueError, "initial_state.*dtype"),
            ({"sequence_length": [[1]], "dtype": tf.float32}, ValueError, "must be a vector"),
        ],
    )
    def test_what_says_too_little_is_refused(self, graph, options, error, message):
        with pytest.raises(error, match=message):
            tf.nn.dynamic_rnn(Plain(), tf.constant(INPUTS), **options)


class TestStatic:
    def steps(self):
        return [tf.constant(INPUTS[:, time]) for time in range(STEPS)]

    @pytest.mark.parametrize("lengths", [None, LENGTHS])
    @pytest.mark.parametrize("start", [None, START])
    def test_a_copy_for_each_step_is_the_loop(self, session, lengths, start):
        outputs, state = tf.nn.static_rnn(
            Plain(),
            self.steps(),
            initial_state=None if start is None else tf.constant(start),
            dtype=tf.float32,
            sequence_length=lengths,
        )
        found, last = session.run([tf.stack(outputs, 1), state])
        assert_close([found, last], looped(INPUTS, lengths=lengths, start=start))

    def test_both_ways_stand_side_by_side(self, session):
        outputs, forth, back = tf.nn.static_bidirectional_rnn(
            Plain("a"), Plain("b"), self.steps(), dtype=tf.float32
        )
        found = session.run([tf.stack(outputs, 1), forth, back])
        ahead, behind = looped(INPUTS, "a"), looped(INPUTS, "b", backwards=True)
        wanted = [np.concatenate([ahead[0], behind[0]], 2), ahead[1], behind[1]]
        assert_close(found, wanted)
        assert len(outputs) == STEPS

    def test_states_are_read_and_saved_by_name(self, session):
        class Saver:
            def __init__(self):
                self.saved = {}

            def state(self, name):
                return tf.constant(START)

            def save_state(self, name, state):
                self.saved[name] = state
                return tf.no_op()

        saver = Saver()
        outputs, state = tf.nn.static_state_saving_rnn(Plain(), self.steps(), saver, "kept")
        found = session.run([tf.stack(outputs, 1), state, saver.saved["kept"]])
        wanted = looped(INPUTS, start=START)
        assert_close(found, [*wanted, wanted[1]])


class TestBothWays:
    @pytest.mark.parametrize("lengths", [None, LENGTHS])
    @pytest.mark.parametrize("time_major", [False, True])
    def test_the_way_back_starts_at_each_rows_end(self, session, lengths, time_major):
        given = INPUTS.transpose(1, 0, 2) if time_major else INPUTS
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            Plain("a"),
            Plain("b"),
            tf.constant(given),
            lengths,
            dtype=tf.float32,
            time_major=time_major,
        )
        ahead, behind, first, last = session.run([*outputs, *states])
        if time_major:
            ahead, behind = ahead.transpose(1, 0, 2), behind.transpose(1, 0, 2)
        assert_close([ahead, first], looped(INPUTS, "a", lengths))
        assert_close([behind, last], looped(INPUTS, "b", lengths, backwards=True))

    def test_each_way_has_its_own_first_state(self, session):
        outputs, states = tf.nn.bidirectional_dynamic_rnn(
            Plain("a"),
            Plain("b"),
            tf.constant(INPUTS),
            initial_state_fw=tf.constant(START),
            initial_state_bw=tf.constant(-START),
        )
        ahead, behind, first, last = session.run([*outputs, *states])
        assert_close([ahead, first], looped(INPUTS, "a", start=START))
        assert_close([behind, last], looped(INPUTS, "b", start=-START, backwards=True))

    @pytest.mark.parametrize("dynamic", [True, False])
    def test_layers_see_both_ways_of_the_layer_below(self, session, dynamic):
        cells = [[Plain("a"), Plain("wide")], [Plain("b"), Plain("wide")]]
        if dynamic:
            outputs, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
                *cells, tf.constant(INPUTS), dtype=tf.float32
            )
        else:
            steps = [tf.constant(INPUTS[:, time]) for time in range(STEPS)]
            made, _, _ = tf.contrib.rnn.stack_bidirectional_rnn(*cells, steps, dtype=tf.float32)
            outputs = tf.stack(made, 1)
        below = np.concatenate([looped(INPUTS, "a")[0], looped(INPUTS, "b", backwards=True)[0]], 2)
        above = [looped(below, "wide", backwards=way)[0] for way in (False, True)]
        assert_close([session.run(outputs)], [np.concatenate(above, 2)])


class TestRaw:
    def test_a_loop_of_ones_own_is_the_dynamic_one(self, session):
        given = tf.TensorArray(tf.float32, STEPS).unstack(tf.constant(INPUTS.transpose(1, 0, 2)))

        def step(time, output, state, loop_state):
            following = tf.zeros([BATCH, UNITS]) if output is None else state
            finished = time >= LENGTHS
            inputs = tf.cond(
                tf.reduce_all(finished),
                lambda: tf.zeros([BATCH, WIDTH]),
                lambda: given.read(time),
            )
            inputs.set_shape([BATCH, WIDTH])
            return finished, inputs, following, output, None

        outputs, state, loop_state = tf.nn.raw_rnn(Plain(), step)
        found, last = session.run([outputs.stack(), state])
        assert_close([found.transpose(1, 0, 2), last], looped(INPUTS, lengths=LENGTHS))
        assert loop_state is None

    def test_a_loop_may_feed_back_emit_and_remember(self, session):
        def step(time, output, state, remembered):
            if output is None:
                emitted = tf.zeros([], tf.int32)
                return (
                    time >= [2] * BATCH,
                    tf.ones([BATCH, WIDTH]),
                    tf.constant(START),
                    emitted,
                    0.0,
                )
            emitted = tf.cast(tf.argmax(output, 1), tf.int32)
            remembered += tf.reduce_sum(output)
            return time >= [2] * BATCH, output[:, :WIDTH], state, emitted, remembered

        outputs, state, remembered = tf.nn.raw_rnn(Plain(), step)
        words, last, total = session.run([outputs.stack(), state, remembered])
        now, fed, sums, wanted = START, np.ones([BATCH, WIDTH]), 0.0, []
        for _ in range(2):
            now = np.tanh(np.concatenate([fed, now], 1) @ KERNELS["a"])
            fed, sums = now[:, :WIDTH], sums + now.sum()
            wanted.append(now.argmax(1))
        assert words.tolist() == np.array(wanted).tolist()
        np.testing.assert_allclose(last, now, atol=1e-5)
        assert total == pytest.approx(sums, abs=1e-4)

    def test_only_a_function_can_be_looped(self, graph):
        with pytest.raises(TypeError, match="must be a callable"):
            tf.nn.raw_rnn(Plain(), 3)

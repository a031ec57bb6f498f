"""contrib.training's pieces of sequences: what comes when, its states, its end."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from sequence_pieces import Fed, cut, expected_batches, steps_of, taken

import graphkit.tf1 as tf

training = tf.contrib.training
SIZES = [7, 1, 4, 3, 6]


@pytest.fixture(params=["today", "before"])
def control_flow(request):
    """Control flow of today, and that of every program of `graphkit run`."""
    if request.param == "before":
        tf.disable_control_flow_v2()
    yield
    tf.enable_control_flow_v2()


def saver(**changes):
    """A saver of one example with one step."""
    arguments = {
        "batch_size": 1,
        "num_unroll": 1,
        "input_length": 1,
        "input_key": "k",
        "input_sequences": {"x": tf.zeros([1, 2])},
        "input_context": {},
        "initial_states": {"h": tf.zeros([3])},
    }
    return training.SequenceQueueingStateSaver(**dict(arguments, **changes))


@pytest.mark.parametrize("num_unroll", [1, 2, 3, 8])
@pytest.mark.parametrize("batch_size", [1, 2, 4])
def test_pieces_come_as_computed_by_hand(graph, num_unroll, batch_size):
    fed = Fed(num_unroll, batch_size)
    expected = expected_batches(SIZES, num_unroll, batch_size)
    with tf.Session() as session:
        for number, size in enumerate(SIZES):
            fed.put(session, number, size)
        session.run(fed.end_op)
        for batch in expected:
            assert taken(session, fed) == batch
        with pytest.raises(tf.errors.OutOfRangeError):
            taken(session, fed)


def test_examples_put_in_later_come_after_those_before(graph):
    fed = Fed(2, 2)
    with tf.Session() as session:
        for number, size in ((0, 6), (1, 2)):
            fed.put(session, number, size)
        assert [piece["number"] for piece in taken(session, fed)] == [0, 1]
        for number, size in ((2, 4), (3, 2), (4, 2)):
            fed.put(session, number, size)
        order = [[piece["number"] for piece in taken(session, fed)] for _ in range(3)]
    # The first has three pieces, the others two each: no piece is left, and no batch was smaller.
    assert order == [[0, 2], [0, 2], [3, 4]]


class TestEnd:
    def test_a_rest_smaller_than_a_batch_stays_unless_allowed(self, graph):
        fed = Fed(2, 2, allow_small_batch=False)
        with tf.Session() as session:
            for number, size in enumerate([6, 3]):
                fed.put(session, number, size)
            session.run(fed.end_op)
            for batch in expected_batches([6, 3], 2, 2, small=False):
                assert taken(session, fed) == batch
            with pytest.raises(tf.errors.OutOfRangeError, match="insufficient elements"):
                taken(session, fed)

    def test_nothing_goes_in_after_the_end(self, graph):
        fed = Fed(2, 1)
        with tf.Session() as session:
            session.run(fed.end_op)
            with pytest.raises((tf.errors.CancelledError, tf.errors.AbortedError)):
                fed.put(session, 0, 3)

    def test_after_the_last_piece_nothing_is_kept(self, graph):
        fed = Fed(2, 1)
        left = [fed.saver.barrier.ready_size(), fed.saver.barrier.incomplete_size()]
        with tf.Session() as session:
            fed.put(session, 0, 3)
            assert session.run(left) == [1, 1]
            taken(session, fed)
            assert session.run(left) == [1, 0]
            taken(session, fed)
            assert session.run(left) == [0, 0]

    @pytest.mark.parametrize("ended", [False, True])
    @pytest.mark.parametrize("pieces", [0, 1, 2])
    def test_cancelling_always_returns(self, graph, control_flow, ended, pieces):
        """In 1.15 cancelling waits for ever where all pieces of an ended input were taken."""
        fed = Fed(2, 1)
        cancel = fed.saver.close(cancel_pending_enqueues=True)
        with tf.Session() as session:
            fed.put(session, 0, 3)
            if ended:
                session.run(fed.end_op)
            for _ in range(pieces):
                taken(session, fed)
            cancelling = threading.Thread(target=session.run, args=(cancel,), daemon=True)
            cancelling.start()
            cancelling.join(60)
            assert not cancelling.is_alive()

    def test_cancelling_ends_a_wait_for_pieces(self, graph):
        fed, errors = Fed(2, 1), []
        cancel = fed.saver.close(cancel_pending_enqueues=True)

        def wait():
            try:
                taken(session, fed)
            except tf.errors.OpError as error:
                errors.append(type(error))

        with tf.Session() as session:
            waiting = threading.Thread(target=wait, daemon=True)
            waiting.start()
            session.run(cancel)
            waiting.join(60)
        assert errors in ([tf.errors.OutOfRangeError], [tf.errors.CancelledError])


class TestStates:
    def test_a_piece_waits_for_all_its_states(self, graph):
        x = tf.placeholder_with_default(np.zeros([4, 1], np.float32), [None, 1])
        made = saver(
            num_unroll=2,
            input_length=4,
            input_sequences={"x": x},
            initial_states={"a": 1.0, "b": [2, 3]},
        )
        batch, ready = made.next_batch, made.barrier.ready_size()
        save_a = batch.save_state("a", batch.state("a") + 0.5)
        save_b = batch.save_state("b", batch.state("b") * 2)
        with tf.Session() as session:
            session.run(made.prefetch_op)
            # What is saved belongs to the batch of the same run.
            a, b, _, _ = session.run([batch.state("a"), batch.state("b"), save_a, save_b])
            assert (a.tolist(), b.tolist()) == ([1.0], [[2, 3]])
            assert session.run(ready) == 1
            a, b, _ = session.run([batch.state("a"), batch.state("b"), save_a])
            assert (a.tolist(), b.tolist()) == ([1.5], [[4, 6]])

    def test_one_state_of_two_is_not_enough(self, graph):
        made = saver(
            num_unroll=2,
            input_sequences={"x": tf.zeros([4, 1])},
            initial_states={"a": 1.0, "b": 2.0},
        )
        save = made.next_batch.save_state("a", made.next_batch.state("a"))
        sizes = [made.barrier.ready_size(), made.barrier.incomplete_size()]
        with tf.Session() as session:
            session.run(made.prefetch_op)
            session.run(save)
            assert session.run(sizes) == [0, 1]

    def test_a_state_that_was_not_declared(self, graph):
        batch = saver().next_batch
        with pytest.raises(KeyError, match="state was not declared: other"):
            batch.save_state("other", tf.zeros([1, 3]))
        with pytest.raises(KeyError, match="other"):
            batch.state("other")

    @pytest.mark.parametrize("shape", [[3], [1, 2], [2, 3]])
    def test_a_state_of_another_shape(self, graph, shape):
        with pytest.raises(ValueError, match=r"Shape check failed for .*convert_h"):
            saver().next_batch.save_state("h", tf.zeros(shape))

    @pytest.mark.parametrize("shape", [[3], [1, 2]])
    def test_a_state_of_another_shape_when_it_runs(self, graph, shape):
        made = saver()
        value = tf.placeholder(tf.float32)
        save = made.next_batch.save_state("h", value)
        with tf.Session() as session:
            session.run(made.prefetch_op)
            with pytest.raises(tf.errors.InvalidArgumentError, match="Shape of tensor"):
                session.run(save, {value: np.zeros(shape)})

    @pytest.mark.filterwarnings("ignore::UserWarning")
    def test_a_network_over_pieces_is_the_network_over_the_whole(self, graph):
        cell = tf.nn.rnn_cell.LSTMCell(4, initializer=tf.constant_initializer(0.3))
        sizes, inputs = [5, 3, 6], np.cos(np.arange(36)).reshape(3, 6, 2).astype(np.float32)
        fed = tf.placeholder(tf.float32, [None, 2])
        number = tf.placeholder(tf.string, [])
        batch = training.batch_sequences_with_states(
            number, {"x": fed}, {}, None, {"c": tf.zeros([4]), "h": tf.zeros([4])}, 2, 3
        )
        parts = tf.unstack(tf.reshape(batch.sequences["x"], [-1, 2, 2]), axis=1)
        with tf.variable_scope("net"):
            pieces, _ = tf.nn.static_state_saving_rnn(
                cell, parts, batch, ("c", "h"), sequence_length=batch.length
            )
        with tf.variable_scope("net", reuse=True):
            whole, _ = tf.nn.dynamic_rnn(cell, inputs, sizes, dtype=tf.float32)
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        found = {name: [] for name in "012"}
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for name, size in zip("012", sizes, strict=True):
                feeds = {number: name, fed: inputs[int(name), :size]}
                session.run(runner.enqueue_ops[0], feeds)
            session.run(runner.close_op)
            for _ in range(3):
                keys, outputs = session.run([batch.key, tf.stack(pieces, axis=1)])
                for key, output in zip(keys, outputs, strict=True):
                    found[key.decode()[-1]].extend(output)
            expected = session.run(whole)
        for name, size in zip("012", sizes, strict=True):
            assert np.array(found[name])[:size] == pytest.approx(expected[int(name), :size])


class TestCapacity:
    @pytest.mark.parametrize(("capacity", "noted"), [(None, -1), (4, 4)])
    def test_it_bounds_the_examples_not_the_pieces(self, graph, capacity, noted):
        saver(capacity=capacity)
        (queue,) = (op for op in graph.get_operations() if op.type == "FIFOQueueV2")
        assert queue.get_attr("capacity") == noted

    def test_an_example_waits_until_another_is_over(self, graph):
        fed = Fed(2, 1, capacity=1)
        with tf.Session() as session:
            fed.put(session, 0, 4)
            putting = threading.Thread(target=fed.put, args=(session, 1, 2), daemon=True)
            putting.start()
            for number, pieces in enumerate([2, 1]):
                found = [taken(session, fed) for _ in range(pieces)]
                assert found == [[piece] for piece in cut(number, 2 * pieces, 2)]
            putting.join(60)
            assert not putting.is_alive()

    @pytest.mark.parametrize("size", [3, np.int64(3)])
    def test_a_batch_needs_room(self, graph, size):
        with pytest.raises(ValueError, match="capacity 2 needs to be >= batch_size 3"):
            saver(batch_size=size, capacity=2)

    def test_a_batch_size_known_at_run_time_needs_room(self, graph):
        size = tf.placeholder_with_default(3, [])
        made = saver(batch_size=size, capacity=2)
        with tf.Session() as session:
            with pytest.raises(tf.errors.InvalidArgumentError, match="capacity needs to be"):
                session.run(made.prefetch_op)
            session.run(made.prefetch_op, {size: 2})


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"initial_states": [1.0]}, TypeError, "initial_states must be a dictionary"),
        ({"initial_states": {}}, ValueError, "initial_states may not be empty"),
        ({"initial_states": {3: 1.0}}, TypeError, "state name must be a string: 3"),
        ({"initial_states": {"a:b": 1.0}}, ValueError, "state name may not have a colon: 'a:b'"),
        ({"input_sequences": [1.0]}, TypeError, "sequences must be a dict"),
        ({"input_sequences": {}}, ValueError, "must have at least one sequence tensor"),
        ({"input_sequences": {3: [1.0]}}, TypeError, "sequence key must be a string: 3"),
        ({"input_sequences": {"a:b": [1.0]}}, ValueError, "sequence key may not have a colon"),
        ({"input_context": [1.0]}, TypeError, "context must be a dict"),
        ({"input_context": {3: 1.0}}, TypeError, "context key must be a string: 3"),
        ({"input_context": {"a:b": 1.0}}, ValueError, "context key may not have a colon: 'a:b'"),
        ({"input_length": np.int64(1)}, TypeError, "length dtype must be int32, but received"),
        ({"input_length": [1]}, ValueError, "Shape check failed for .*length"),
        ({"input_key": 3}, TypeError, "key dtype must be string, but received"),
        ({"input_key": ["a", "b"]}, ValueError, "Shape check failed for .*key"),
    ],
)
def test_what_is_no_example_is_refused(graph, changes, error, message):
    with pytest.raises(error, match=message):
        saver(**changes)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("input_sequences", r"Shape for sequence a is not fully defined \(ignoring first"),
        ("input_context", "Shape for context a is not fully defined: "),
        ("initial_states", "Shape for state a is not fully defined: "),
    ],
)
def test_sizes_are_known_when_the_graph_is_built(graph, part, told):
    with pytest.raises(ValueError, match=told):
        saver(**{part: {"a": tf.placeholder(tf.float32, [2, None])}})


@pytest.mark.parametrize(
    ("sizes", "changes", "message"),
    [
        ([1, 1], {"input_length": 3}, "Input length should be <= than length from sequences"),
        ([1, 1], {"num_unroll": 2}, "should be a multiple of: 2, but saw value"),
        ([0, 0], {}, "should be a multiple of: 1"),
        ([2, 1], {}, "Dimension 0 of sequence b should be"),
    ],
)
def test_sizes_that_do_not_fit_are_told_when_it_runs(graph, sizes, changes, message):
    a, b = (tf.placeholder(tf.float32, [None]) for _ in sizes)
    made = saver(input_sequences={"a": a, "b": b}, **changes)
    feeds = {part: np.zeros(size) for part, size in zip((a, b), sizes, strict=True)}
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=message):
        session.run(made.prefetch_op, feeds)


def test_a_key_whose_pieces_still_wait_is_refused(graph):
    made = saver(input_sequences={"x": tf.zeros([2, 1])})
    with tf.Session() as session:
        session.run(made.prefetch_op)
        with pytest.raises(tf.errors.InvalidArgumentError, match="00001_of_00002:k"):
            session.run(made.prefetch_op)


def test_two_savers_share_nothing(graph):
    one, other = (saver(input_key=key, name=key) for key in "ab")
    assert (one.name, other.name) == ("a/", "b/")
    assert one.barrier.name != other.barrier.name
    with tf.Session() as session:
        session.run([one.prefetch_op, other.prefetch_op])
        keys = session.run([one.next_batch.key, other.next_batch.key])
    assert [key.tolist() for key in keys] == [[b"00000_of_00001:a"], [b"00000_of_00001:b"]]


def test_the_reference_itself_by_hand():
    first, second = cut(3, 3, 2)
    assert (first["x"], second["x"]) == ([[30, 0], [31, 1]], [[32, 4], [0, 0]])
    assert (first["key"], first["next_key"]) == (b"00000_of_00002:3", b"00001_of_00002:3")
    assert (second["h"], second["length"], second["next_key"]) == ([61, 1], 1, b"STOP:3")
    assert steps_of(3, 3).dtype == np.int32

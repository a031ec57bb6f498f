"""contrib.training.batch_sequences_with_states: padding, sparse tensors, readers, shapes."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

training = tf.contrib.training
VALUES = {
    tf.int32: [3, -1, 2],
    tf.int64: [2**40, 0, -5],
    tf.float32: [0.5, -1.5, 2.0],
    tf.float64: [1e300, 0.25, -3.0],
    tf.bool: [True, False, True],
    tf.string: [b"a", b"", b"\xff"],
    tf.complex64: [1 + 2j, 0j, -3j],
}


def batch_of(sequences, context=None, **options):
    """A batch of one example a time, in pieces of two steps, and the op that puts it in."""
    options = {"num_unroll": 2, "batch_size": 1, **options}
    batch = training.batch_sequences_with_states(
        options.pop("input_key", "k"),
        sequences,
        {} if context is None else context,
        options.pop("input_length", None),
        {"h": tf.zeros([1])},
        options.pop("num_unroll"),
        options.pop("batch_size"),
        **options,
    )
    return batch, tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)[-1].enqueue_ops[0]


def pieces(batch, put, fetches, count, puts=1):
    """What is fetched with each of the first pieces."""
    save = batch.save_state("h", batch.state("h"))
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        for _ in range(puts):
            session.run(put)
        return [session.run([fetches, save])[0] for _ in range(count)]


def dense(sparse):
    """A fetched sparse tensor as an array."""
    found = np.zeros(sparse.dense_shape, np.asarray(sparse.values).dtype)
    found[tuple(np.asarray(sparse.indices).T)] = sparse.values
    return found


class TestPadding:
    @pytest.mark.parametrize("dtype", VALUES, ids=lambda dtype: dtype.name)
    def test_every_dtype_is_filled_with_its_zero(self, graph, dtype):
        batch, put = batch_of({"x": tf.constant(VALUES[dtype], dtype)})
        assert batch.sequences["x"].dtype == dtype
        first, second = pieces(batch, put, batch.sequences["x"], 2)
        zero = b"" if dtype == tf.string else 0
        assert first.tolist() == [VALUES[dtype][:2]]
        assert second.tolist() == [[VALUES[dtype][2], zero]]

    @pytest.mark.parametrize("rank", [0, 1, 3])
    def test_every_rank_is_filled_along_its_steps(self, graph, rank):
        shape = [2, 3, 2][:rank]
        values = np.arange(3 * np.prod(shape, dtype=int)).reshape([3, *shape]) + 1
        batch, put = batch_of({"x": tf.constant(values)})
        first, second = pieces(batch, put, batch.sequences["x"], 2)
        assert first.tolist() == [values[:2].tolist()]
        assert second.tolist() == [[values[2].tolist(), np.zeros(shape, int).tolist()]]

    @pytest.mark.parametrize(
        ("steps", "unroll", "lengths"),
        [(1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (6, 2, [2, 2, 2]), (5, 1, [1] * 5)],
    )
    def test_the_length_is_that_without_zeros(self, graph, steps, unroll, lengths):
        batch, put = batch_of({"x": tf.ones([steps])}, num_unroll=unroll)
        found = pieces(batch, put, [batch.length, batch.total_length], len(lengths))
        assert [length.tolist() for length, _ in found] == [[part] for part in lengths]
        assert {int(total[0]) for _, total in found} == {steps}

    def test_a_given_length_may_be_shorter_than_the_steps(self, graph):
        batch, put = batch_of({"x": tf.ones([5])}, input_length=3)
        found = pieces(batch, put, [batch.length, batch.total_length], 3)
        assert [[int(part[0]) for part in piece] for piece in found] == [[2, 3], [1, 3], [0, 3]]

    def test_lengths_that_differ_are_told(self, graph):
        other = tf.placeholder_with_default(np.zeros([4]), [None])
        _, put = batch_of({"x": tf.ones([5]), "y": other})
        with (
            tf.Session() as session,
            pytest.raises(tf.errors.InvalidArgumentError, match="All sequence lengths must match"),
        ):
            session.run(put)

    @pytest.mark.parametrize("sparse", [False, True])
    def test_without_padding_a_rest_is_told(self, graph, sparse):
        steps = tf.placeholder_with_default(np.zeros([3]), [None])
        if sparse:
            size = tf.placeholder_with_default([3], [1])
            steps = tf.SparseTensor([[0]], [1.0], tf.cast(size, tf.int64))
        _, put = batch_of({"x": steps}, input_length=3, pad=False)
        kind = "SparseTensor" if sparse else "Tensor"
        told = f"{kind} x first dimension should be a multiple of: 2, but saw value"
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match=told):
            session.run(put)

    def test_without_padding_whole_pieces_come_as_they_are(self, graph):
        sparse = tf.SparseTensor([[0, 0], [3, 0]], [1.0, 2.0], [4, 1])
        batch, put = batch_of({"x": tf.range(4), "s": sparse}, input_length=4, pad=False)
        found = pieces(batch, put, [batch.sequences["x"], batch.sequences["s"]], 2)
        assert [x.tolist() for x, _ in found] == [[[0, 1]], [[2, 3]]]
        assert [dense(s).tolist() for _, s in found] == [[[[1.0], [0.0]]], [[[0.0], [2.0]]]]


class TestSparse:
    SEQUENCE = np.array([[0, 1, 0], [2, 0, 0], [0, 0, 0], [0, 3, 4], [5, 0, 6]])

    def sequence(self):
        indices = np.argwhere(self.SEQUENCE)
        return indices.astype(np.int64), self.SEQUENCE[tuple(indices.T)]

    @pytest.mark.parametrize("as_value", [False, True])
    @pytest.mark.parametrize("beside_dense", [False, True])
    def test_steps_come_back_in_their_pieces(self, graph, as_value, beside_dense):
        indices, values = self.sequence()
        make = tf.SparseTensorValue if as_value else tf.SparseTensor
        sequences = {"s": make(indices, values, np.array([5, 3], np.int64))}
        if beside_dense:
            sequences["x"] = tf.range(5)
        batch, put = batch_of(sequences)
        found = pieces(batch, put, batch.sequences["s"], 3)
        expected = np.concatenate([self.SEQUENCE, np.zeros([1, 3], int)]).reshape(3, 1, 2, 3)
        assert [dense(part).tolist() for part in found] == expected.tolist()

    def test_examples_of_a_batch_keep_apart(self, graph):
        number = tf.get_variable("number", initializer=0, trainable=False)
        number = tf.cast(tf.identity(tf.assign_add(number, 1)), tf.int64)
        one = tf.SparseTensor([[0, 0], [1, 1]], tf.stack([number, -number]), [2, 2])
        batch, put = batch_of({"s": one}, input_key=tf.as_string(number), batch_size=3)
        (found,) = pieces(batch, put, batch.sequences["s"], 1, puts=3)
        expected = [[[k, 0], [0, -k]] for k in (1, 2, 3)]
        assert dense(found).tolist() == expected

    def test_a_sparse_context_goes_with_every_piece(self, graph):
        context = {"c": tf.SparseTensor([[1], [2]], [7, 8], [4]), "d": tf.constant([5])}
        given = dict(context)
        batch, put = batch_of({"x": tf.range(5)}, context)
        # The dictionaries of the caller stay as they are.
        assert context == given
        assert sorted(batch.context) == ["c", "d"]
        assert sorted(batch.sequences) == ["x"]
        found = pieces(batch, put, batch.context, 3)
        assert [dense(part["c"]).tolist() for part in found] == [[[0, 7, 8, 0]]] * 3
        assert [part["d"].tolist() for part in found] == [[[5]]] * 3

    def test_an_empty_context_stays_empty(self, graph):
        empty = tf.SparseTensor(np.zeros([0, 1], np.int64), np.zeros([0], np.int32), [4])
        batch, put = batch_of({"x": tf.range(3)}, {"c": empty})
        found = pieces(batch, put, batch.context["c"], 2)
        assert [dense(part).tolist() for part in found] == [[[0, 0, 0, 0]]] * 2


class TestShapes:
    @pytest.mark.parametrize(
        ("small", "size", "known"), [(True, 3, None), (False, 3, 3), (False, None, None)]
    )
    def test_what_is_known_when_the_graph_is_built(self, graph, small, size, known):
        asked = tf.placeholder_with_default(3, []) if size is None else size
        batch, _ = batch_of(
            {"x": tf.placeholder(tf.float32, [None, 4])},
            {"c": tf.zeros([2, 5])},
            batch_size=asked,
            allow_small_batch=small,
        )
        assert batch.sequences["x"].shape.as_list() == [known, 2, 4]
        assert batch.context["c"].shape.as_list() == [known, 2, 5]
        assert batch.state("h").shape.as_list() == [known, 1]
        for part in (batch.key, batch.length, batch.sequence_count, batch.insertion_index):
            assert part.shape.as_list() == [known]

    def test_dtypes_are_those_of_1_15(self, graph):
        batch, _ = batch_of({"x": tf.range(3)})
        integers = (batch.length, batch.total_length, batch.sequence, batch.sequence_count)
        assert {part.dtype for part in (*integers, batch.batch_size)} == {tf.int32}
        assert {batch.key.dtype, batch.next_key.dtype} == {tf.string}
        assert batch.insertion_index.dtype == tf.int64

    def test_runner_and_summary_have_their_names(self, graph):
        batch_of({"x": tf.range(3)}, num_threads=4, name="mine")
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        assert runner.name == "mine/InputQueueingStateSaver/"
        assert len(runner.enqueue_ops) == 4
        (summary,) = tf.get_collection(tf.GraphKeys.SUMMARIES)
        assert summary.op.name.startswith("mine/queue/mine/InputQueueingStateSaver/barrier")

    @pytest.mark.parametrize(
        ("sequences", "context", "unroll", "error", "message"),
        [
            ([1.0], {}, 2, TypeError, "expected dict"),
            ({"x": [1.0]}, [1.0], 2, TypeError, "context must be a dict"),
            ({3: [1.0]}, {}, 2, TypeError, "key expected string, got: 3"),
            ({"x": [1.0]}, {}, 2.0, ValueError, "num_unroll expected int, got: 2.0"),
            ({}, {}, 2, ValueError, "must have at least one sequence tensor"),
        ],
    )
    def test_what_cannot_be_cut_is_refused(self, graph, sequences, context, unroll, error, message):
        with pytest.raises(error, match=message):
            batch_of(sequences, context, num_unroll=unroll)


class TestKeys:
    def test_a_number_makes_equal_keys_differ(self, graph):
        batch, put = batch_of({"x": tf.range(2)}, batch_size=8, make_keys_unique=True)
        (keys,) = pieces(batch, put, batch.key, 1, puts=8)
        assert len(set(keys)) == 8
        assert all(key.startswith(b"00000_of_00001:k") for key in keys)


def test_readers_fill_it_by_threads(graph):
    """Every example of a reader comes once, whole and in order, whichever thread put it in."""
    sizes = np.array([5, 2, 7, 1, 4, 3], np.int32)
    (size,) = tf.train.slice_input_producer([sizes], num_epochs=1, shuffle=False)
    batch, _ = batch_of({"x": tf.range(size) + 10 * size}, input_key=tf.as_string(size))
    save = batch.save_state("h", batch.state("h"))
    found = {}
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coordinator)
        for _ in range(sum(-(-int(number) // 2) for number in sizes)):
            key, x, length, _ = session.run([batch.key, batch.sequences["x"], batch.length, save])
            found.setdefault(int(key[0].split(b":")[1]), []).extend(x[0, : length[0]])
        coordinator.request_stop()
        coordinator.join(threads, stop_grace_period_secs=60)
    assert found == {n: [10 * n + step for step in range(n)] for n in sizes.tolist()}

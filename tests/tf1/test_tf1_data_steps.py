"""The steps of contrib.data that today's tf.data writes otherwise."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

data = tf.contrib.data


def plain(value):
    return np.asarray(value).tolist()


def elements(dataset):
    following = tf.data.make_one_shot_iterator(dataset).get_next()
    found = []
    with tf.Session() as session:
        try:
            while True:
                found.append(tf.nest.map_structure(plain, session.run(following)))
        except tf.errors.OutOfRangeError:
            return found


class TestDataSteps:
    def test_batches_that_are_not_full_are_left_out(self, graph):
        step = data.batch_and_drop_remainder(3)
        made = tf.data.Dataset.range(7).apply(step)
        assert tf.data.get_output_shapes(made).as_list() == [3]
        assert elements(made) == [[0, 1, 2], [3, 4, 5]]

    def test_padded_batches_that_are_not_full_are_left_out(self, graph):
        ragged = tf.data.Dataset.range(5).map(lambda n: tf.fill([n % 3], n))
        step = data.padded_batch_and_drop_remainder(2, [None], tf.constant(-1, tf.int64))
        assert elements(ragged.apply(step)) == [[[-1], [1]], [[2, 2], [-1, -1]]]

    @pytest.mark.parametrize(
        ("size", "options", "expected"),
        [
            (2, {}, [[0, 1], [1, 2], [2, 3], [3, 4]]),
            (2, {"stride": 3}, [[0, 1], [3, 4]]),
            (2, {"window_shift": 2}, [[0, 1], [2, 3]]),
            (2, {"window_stride": 2}, [[0, 2], [1, 3], [2, 4]]),
            (5, {}, [[0, 1, 2, 3, 4]]),
            (6, {}, []),
        ],
    )
    def test_windows_slide(self, graph, size, options, expected):
        step = data.sliding_window_batch(size, **options)
        assert elements(tf.data.Dataset.range(5).apply(step)) == expected

    def test_a_window_moves_by_one_number(self):
        with pytest.raises(ValueError, match="Cannot specify both `stride` and `window_shift`"):
            data.sliding_window_batch(2, stride=1, window_shift=1)

    def test_windows_of_pairs(self, graph):
        pairs = tf.data.Dataset.range(3).map(lambda n: (n, n * 10))
        found = elements(pairs.apply(data.sliding_window_batch(2)))
        assert found == [([0, 1], [0, 10]), ([1, 2], [10, 20])]

    def test_the_shape_of_elements_is_checked(self, graph):
        numbers = tf.data.Dataset.range(4)
        shaped = numbers.map(lambda n: tf.fill([tf.where(n < 2, 2, 3)], n))
        checked = shaped.apply(data.assert_element_shape([2]))
        following = tf.data.make_one_shot_iterator(checked).get_next()
        assert following.shape.as_list() == [2]
        with tf.Session() as session:
            assert [session.run(following).tolist() for _ in range(2)] == [[0, 0], [1, 1]]
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(following)

    def test_shapes_that_are_not_known_are_not_checked(self, graph):
        ragged = tf.data.Dataset.range(3).map(lambda n: (n, tf.fill([n], n)))
        found = elements(ragged.apply(data.assert_element_shape(([], [None]))))
        assert found == [(0, []), (1, [1]), (2, [2, 2])]

    def test_data_sets_are_folded(self, graph):
        numbers = tf.data.Dataset.range(4)
        reducer = data.Reducer(
            lambda key: key, lambda total, n: total + n, lambda total: total * 100
        )
        with tf.Session() as session:
            assert session.run(data.reduce_dataset(numbers, reducer)) == 6

    def test_only_data_sets_are_folded(self, graph):
        reducer = data.Reducer(lambda key: key, lambda total, n: total + n, lambda total: total)
        with pytest.raises(TypeError, match=r"`dataset` must be a `tf\.data\.Dataset` object; got"):
            data.reduce_dataset([1, 2], reducer)

    def test_sloppy_data_sets_come_in_any_order(self, graph):
        def three(n):
            return tf.data.Dataset.from_tensors(n).repeat(3)

        made = tf.data.Dataset.range(3).apply(data.sloppy_interleave(three, 2, block_length=2))
        assert sorted(elements(made)) == [0, 0, 0, 1, 1, 1, 2, 2, 2]

    @pytest.mark.parametrize("randomly", [False, True])
    def test_batches_of_examples_are_read_and_parsed(self, graph, tmp_path, randomly):
        path = str(tmp_path / "a.tfrecord")
        with tf.python_io.TFRecordWriter(path) as writer:
            for number in range(4):
                example = tf.train.Example()
                example.features.feature["n"].int64_list.value.append(number)
                writer.write(example.SerializeToString())
        batch = data.read_batch_features(
            str(tmp_path / "*.tfrecord"),
            2,
            {"n": tf.FixedLenFeature([], tf.int64)},
            randomize_input=randomly,
            num_epochs=1,
        )
        found = []
        with tf.Session() as session:
            for _ in range(2):
                found += session.run(batch["n"]).tolist()
            with pytest.raises(tf.errors.OutOfRangeError):
                session.run(batch)
        assert sorted(found) == list(range(4))
        assert randomly or found == list(range(4))

    @pytest.mark.filterwarnings("ignore:To make it possible to preserve tf.data options")
    def test_a_pool_of_threads_leaves_elements_alone(self, graph):
        from graphkit.tf1.contrib.data.python.ops import threadpool

        pool = threadpool.PrivateThreadPool(3, display_name="mine", max_intra_op_parallelism=2)
        made = threadpool.override_threadpool(
            tf.data.Dataset.range(4).map(lambda n: n * n, num_parallel_calls=2), pool
        )
        options = made.options()
        assert options.threading.private_threadpool_size == 3
        assert options.threading.max_intra_op_parallelism == 2
        assert (pool.num_threads, pool.display_name) == (3, "mine")
        assert elements(made) == [0, 1, 4, 9]

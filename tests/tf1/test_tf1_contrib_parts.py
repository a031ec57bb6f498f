"""contrib.nn, kernel_methods, memory_stats, sparsemax, solvers, data: by hand, and their errors."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

nn = tf.contrib.nn
data = tf.contrib.data
LOGITS = np.array([[1.0, -0.5, 2.0], [0.0, 0.3, -1.0]], np.float32)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


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


class TestFlippedLosses:
    def test_softmax(self, session):
        labels = np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]], np.float32)
        made = nn.deprecated_flipped_softmax_cross_entropy_with_logits(LOGITS, labels, name="mine")
        expected = -(labels * np.log(softmax(LOGITS))).sum(1)
        assert made.name.startswith("mine")
        assert session.run(made) == pytest.approx(expected, rel=1e-5)

    def test_softmax_along_another_axis(self, session):
        labels = np.array([[0.2, 0.3, 1.0], [0.8, 0.7, 0.0]], np.float32)
        made = nn.deprecated_flipped_softmax_cross_entropy_with_logits(LOGITS, labels, dim=0)
        expected = -(labels * np.log(softmax(LOGITS.T).T)).sum(0)
        assert session.run(made) == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize("dtype", [tf.int32, tf.int64])
    def test_sparse_softmax(self, session, dtype):
        made = nn.deprecated_flipped_sparse_softmax_cross_entropy_with_logits(
            LOGITS, tf.constant([2, 1], dtype), name="mine"
        )
        expected = -np.log(softmax(LOGITS))[[0, 1], [2, 1]]
        assert made.name.startswith("mine")
        assert session.run(made) == pytest.approx(expected, rel=1e-5)

    def test_sigmoid(self, session):
        targets = np.array([[0.0, 1.0, 0.5], [1.0, 0.0, 0.25]], np.float32)
        made = nn.deprecated_flipped_sigmoid_cross_entropy_with_logits(LOGITS, targets, "mine")
        p = 1 / (1 + np.exp(-LOGITS))
        expected = -(targets * np.log(p) + (1 - targets) * np.log(1 - p))
        assert made.name.startswith("mine")
        assert session.run(made) == pytest.approx(expected, rel=1e-5)


class TestActivations:
    @pytest.mark.parametrize("keep", [0.0, -0.1, 1.5])
    def test_alpha_dropout_keeps_a_share(self, graph, keep):
        with pytest.raises(ValueError, match=f"above 0 and at most 1, not {keep}"):
            nn.alpha_dropout(tf.ones([3]), keep)

    @pytest.mark.parametrize("keep", [1, 1.0])
    def test_alpha_dropout_of_nothing_is_nothing(self, session, keep):
        assert session.run(nn.alpha_dropout(LOGITS, keep)).tolist() == LOGITS.tolist()

    def test_alpha_dropout_has_two_values(self, session):
        keep, saturated = 0.7, -1.7580993408473766
        found = session.run(nn.alpha_dropout(tf.ones([500]), keep, seed=3))
        a = (keep + keep * (1 - keep) * saturated**2) ** -0.5
        b = -a * saturated * (1 - keep)
        assert set(np.round(found, 4)) == {
            np.float32(np.round(a * 1 + b, 4)),
            np.float32(np.round(a * saturated + b, 4)),
        }
        assert (found > 0).mean() == pytest.approx(keep, abs=0.1)

    def test_alpha_dropout_drops_whole_rows(self, session):
        found = session.run(nn.alpha_dropout(tf.ones([40, 5]), 0.5, noise_shape=[40, 1], seed=1))
        assert (found == found[:, :1]).all()
        assert len(np.unique(found)) == 2

    def test_alpha_dropout_takes_a_tensor(self, graph):
        keep = tf.placeholder_with_default(1.0, [])
        made = nn.alpha_dropout(LOGITS, keep)
        with tf.Session() as session:
            assert session.run(made) == pytest.approx(LOGITS)
            assert (session.run(made, {keep: 0.5}) != LOGITS).any()
        with pytest.raises(ValueError, match="rank"):
            nn.alpha_dropout(LOGITS, tf.constant([0.5]))

    @pytest.mark.parametrize("alpha", [0.5, 1.0, 3.0])
    def test_scaled_softplus(self, session, alpha):
        found = session.run(nn.scaled_softplus(LOGITS, alpha))
        assert found == pytest.approx(alpha * np.log1p(np.exp(LOGITS / alpha)), rel=1e-5)

    def test_scaled_softplus_is_clipped(self, session):
        found = session.run(nn.scaled_softplus(LOGITS, 1.0, clip=1.0))
        assert found == pytest.approx(np.minimum(np.log1p(np.exp(LOGITS)), 1.0), rel=1e-5)

    def test_gradients_of_scaled_softplus(self, session):
        x, alpha = tf.constant(LOGITS), tf.constant(2.0)
        by_x, by_alpha = session.run(tf.gradients(nn.scaled_softplus(x, alpha), [x, alpha]))
        share = 1 / (1 + np.exp(-LOGITS / 2))
        assert by_x == pytest.approx(share, rel=1e-5)
        expected = np.log1p(np.exp(LOGITS / 2)) - share * LOGITS / 2
        assert by_alpha == pytest.approx(expected.sum(), rel=1e-5)


class TestSampledLosses:
    WEIGHTS = np.cos(np.arange(15.0)).reshape(5, 3).astype(np.float32)
    BIASES = np.sin(np.arange(5.0)).astype(np.float32)
    INPUTS = np.array([[0.2, -0.4, 0.6], [1.0, 0.5, -0.5]], np.float32)

    def ranked(self, **changes):
        given = {
            "weights": tf.constant(self.WEIGHTS),
            "biases": tf.constant(self.BIASES),
            "labels": tf.constant([[1], [3]], tf.int64),
            "inputs": tf.constant(self.INPUTS),
            "num_sampled": 4,
            "num_resampled": 2,
            "num_classes": 5,
            "num_true": 1,
            "sampled_values": None,
            "resampling_temperature": 1.0,
            "remove_accidental_hits": True,
            "partition_strategy": "mod",
        }
        return nn.rank_sampled_softmax_loss(**{**given, **changes})

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"num_sampled": 6}, r"num_sampled \(6\) cannot be greater than num_classes \(5\)"),
            ({"num_resampled": 4}, r"num_resampled \(4\) must be less than num_sampled \(4\)"),
            ({"partition_strategy": "row"}, r"unsupported partition_strategy \(row\)"),
        ],
    )
    def test_what_cannot_be_sampled_is_refused(self, graph, changes, message):
        with pytest.raises(ValueError, match=message):
            self.ranked(**changes)

    @pytest.mark.parametrize("temperature", [1.0, 0.25])
    def test_the_best_of_the_sampled_count(self, session, temperature):
        classes = np.array([0, 2, 4])
        sampled = (
            tf.constant(classes, tf.int64),
            tf.ones([2, 1]),
            tf.ones([3]),
        )
        made = self.ranked(
            num_sampled=3, sampled_values=sampled, resampling_temperature=temperature
        )
        cooled = self.WEIGHTS[classes] @ self.INPUTS.T / temperature
        scores = np.log(np.exp(cooled).sum(1)) + self.BIASES[classes] / temperature
        best = classes[np.argsort(scores)[-2:]]
        logits = self.INPUTS @ self.WEIGHTS.T + self.BIASES
        expected = [
            -np.log(softmax(logits[row, [true, *best]])[0]) for row, true in enumerate((1, 3))
        ]
        assert session.run(made) == pytest.approx(expected, rel=1e-4)

    def test_sparse_losses_by_hand(self, session):
        sampled = (tf.constant([0, 2], tf.int64), tf.ones([2, 1]), tf.ones([2]))
        made = nn.sampled_sparse_softmax_loss(
            self.WEIGHTS,
            self.BIASES,
            tf.constant([[1], [3]], tf.int64),
            tf.constant(self.INPUTS),
            num_sampled=2,
            num_classes=5,
            sampled_values=sampled,
        )
        logits = self.INPUTS @ self.WEIGHTS.T + self.BIASES
        expected = [
            -np.log(softmax(logits[row, [true, 0, 2]])[0]) for row, true in ((0, 1), (1, 3))
        ]
        assert session.run(made) == pytest.approx(expected, rel=1e-4)


class TestKernelMethods:
    def hinge(self, labels, logits=LOGITS, **options):
        return tf.contrib.kernel_methods.sparse_multiclass_hinge_loss(
            tf.convert_to_tensor(labels), tf.constant(logits), **options
        )

    @pytest.mark.parametrize(
        ("labels", "logits", "weights", "message"),
        [
            ([0, 1], np.zeros([2], np.float32), 1.0, r"logits should have rank \(2,\), not 1"),
            ([[[0]]], LOGITS, 1.0, r"labels should have rank \(1, 2\), not 3"),
            ([0, 1], LOGITS, [[[1.0]]], r"weights should have rank \(0, 1, 2\), not 3"),
            ([0.0, 1.0], LOGITS, 1.0, "labels should be int32 or int64, not .*float32"),
        ],
    )
    def test_other_ranks_and_dtypes_are_refused(self, graph, labels, logits, weights, message):
        with pytest.raises(ValueError, match=message):
            self.hinge(labels, logits, weights=weights)

    @pytest.mark.parametrize("labels", [[2, 0], [[2], [0]]])
    @pytest.mark.parametrize("weights", [None, [1.0, 3.0], [[1.0], [3.0]]])
    def test_the_true_class_is_to_win_by_one(self, session, labels, weights):
        margins = [max(0, 1 + 1.0 - 2.0), 1 + 0.3 - 0.0]
        options = {} if weights is None else {"weights": weights}
        expected = np.mean(margins) if weights is None else (margins[0] + 3 * margins[1]) / 2
        assert session.run(self.hinge(labels, **options)) == pytest.approx(expected, rel=1e-6)
        assert len(tf.losses.get_losses()) == 1

    def test_losses_need_not_be_summed(self, session):
        made = self.hinge([2, 0], reduction=tf.losses.Reduction.NONE, loss_collection=None)
        assert session.run(made) == pytest.approx([0.0, 1.3])
        assert tf.losses.get_losses() == []

    def test_classes_that_do_not_exist_are_told(self, session):
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(self.hinge(tf.placeholder_with_default([3, 0], [2])))

    def test_random_features_by_their_formula(self, session):
        mapper = tf.contrib.kernel_methods.RandomFourierFeatureMapper(3, 7, stddev=2.0, seed=5)
        found = session.run(mapper.map(tf.constant(LOGITS)))
        random = np.random.RandomState(5)
        omega, phase = random.normal(scale=0.5, size=[3, 7]), random.uniform(0, 2 * np.pi, 7)
        assert found == pytest.approx(np.sqrt(2 / 7) * np.cos(LOGITS @ omega + phase), abs=1e-5)

    def test_mappers_say_who_they_are(self):
        make = tf.contrib.kernel_methods.RandomFourierFeatureMapper
        mapper = make(3, 7, name="mine")
        assert (mapper.name, mapper.input_dim, mapper.output_dim) == ("mine", 3, 7)
        first, second = make(3, 7), make(3, 7)
        assert first.name != second.name

    @pytest.mark.parametrize("shape", [[3], [2, 4], [1, 2, 3]])
    def test_points_of_other_shapes_are_refused(self, graph, shape):
        mapper = tf.contrib.kernel_methods.RandomFourierFeatureMapper(3, 7)
        with pytest.raises(ValueError, match=r"of shape \[B, 3\]"):
            mapper.map(tf.zeros(shape))


class TestMemory:
    @pytest.mark.parametrize("name", ["BytesInUse", "MaxBytesInUse", "BytesLimit"])
    def test_bytes_are_a_number_in_the_graph(self, session, name):
        made = getattr(tf.contrib.memory_stats, name)()
        assert made.dtype == tf.int64
        assert made.shape.as_list() == []
        assert made.op.name == name
        assert session.run(made) > 10_000_000

    def test_what_is_used_is_within_the_limit(self, session):
        stats = tf.contrib.memory_stats
        used, most, limit = session.run(
            [stats.BytesInUse(), stats.MaxBytesInUse(), stats.BytesLimit()]
        )
        assert used <= most * 1.01
        assert most <= limit


class TestSparsemax:
    def projected(self, z):
        """The nearest probabilities, by the paper's algorithm."""
        ordered = np.sort(z)[::-1]
        support = max(k for k in range(1, len(z) + 1) if 1 + k * ordered[k - 1] > ordered[:k].sum())
        return np.maximum(z - (ordered[:support].sum() - 1) / support, 0)

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_rows_by_hand(self, session, dtype):
        rows = (3 * np.sin(np.arange(20.0) ** 2)).reshape(4, 5).astype(dtype)
        found = session.run(tf.contrib.sparsemax.sparsemax(rows))
        assert found.dtype == dtype
        assert found == pytest.approx(np.array([self.projected(row) for row in rows]), abs=1e-5)

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ([np.nan, 1.0], [np.nan, np.nan]),
            ([-np.inf, -np.inf], [np.nan, np.nan]),
            ([-np.inf, 2.0], [0.0, 1.0]),
            ([5.0, 5.0], [0.5, 0.5]),
        ],
    )
    def test_what_is_no_number(self, session, row, expected):
        found = session.run(tf.contrib.sparsemax.sparsemax(np.array([row], np.float32)))
        assert found[0] == pytest.approx(expected, nan_ok=True)

    def test_the_loss_by_its_formula(self, session):
        labels = np.array([[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]], np.float32)
        p = np.array([self.projected(row) for row in LOGITS])
        made = tf.contrib.sparsemax.sparsemax_loss(LOGITS, p.astype(np.float32), labels)
        expected = 0.5 * (labels**2 - p**2).sum(1) + ((p - labels) * LOGITS).sum(1)
        assert session.run(made) == pytest.approx(expected, abs=1e-6)


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

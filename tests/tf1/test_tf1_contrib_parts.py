"""contrib.kernel_methods, memory_stats and sparsemax: by hand, and their errors."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

LOGITS = np.array([[1.0, -0.5, 2.0], [0.0, 0.3, -1.0]], np.float32)


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

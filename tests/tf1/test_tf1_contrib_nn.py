"""contrib.nn's losses and activations: by hand, and their errors."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

nn = tf.contrib.nn
LOGITS = np.array([[1.0, -0.5, 2.0], [0.0, 0.3, -1.0]], np.float32)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


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

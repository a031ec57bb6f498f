"""contrib.losses by NumPy: what is averaged, weights, collections, and the losses of distances."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

losses = tf.contrib.losses
RANDOM = np.random.RandomState(3)
X = RANDOM.normal(size=[4, 3]).astype(np.float32)
Y = RANDOM.normal(size=[4, 3]).astype(np.float32)
P = RANDOM.uniform(0.1, 0.9, size=[4, 3]).astype(np.float32)
BITS = (RANDOM.uniform(size=[4, 3]) < 0.5).astype(np.float32)
CLASSES = np.array([0, 2, 1, 1])
HOT = np.eye(3, dtype=np.float32)[CLASSES]


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def crossed(probabilities, targets):
    return -(targets * np.log(probabilities) + (1 - targets) * np.log(1 - probabilities))


UNIT = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in (X, Y)]
# Name to arguments and what it is of every example (or every number) before the mean.
EACH = {
    "absolute_difference": ((X, Y), np.abs(X - Y)),
    "mean_squared_error": ((X, Y), (X - Y) ** 2),
    "log_loss": ((P, BITS), crossed(P + 1e-7, BITS)),
    "sigmoid_cross_entropy": ((X, BITS), crossed(sigmoid(X), BITS)),
    "softmax_cross_entropy": ((X, HOT), -np.log(softmax(X))[range(4), CLASSES]),
    "sparse_softmax_cross_entropy": ((X, CLASSES), -np.log(softmax(X))[range(4), CLASSES]),
    "cosine_distance": ((*UNIT, 1), 1 - (UNIT[0] * UNIT[1]).sum(1, keepdims=True)),
}


def constants(given):
    return [part if isinstance(part, int) else tf.constant(part) for part in given]


class TestMeans:
    @pytest.mark.parametrize("name", sorted(EACH))
    def test_of_everything(self, session, name):
        given, each = EACH[name]
        made = getattr(losses, name)(*constants(given))
        assert made.shape.as_list() == []
        assert session.run(made) == pytest.approx(each.mean(), rel=1e-4)

    @pytest.mark.parametrize("name", sorted(EACH))
    def test_times_a_number(self, session, name):
        given, each = EACH[name]
        made = getattr(losses, name)(*constants(given), weights=2.5)
        assert session.run(made) == pytest.approx(2.5 * each.mean(), rel=1e-4)

    @pytest.mark.parametrize("name", sorted(set(EACH) - {"cosine_distance"}))
    def test_weights_of_nothing_leave_examples_out(self, session, name):
        given, each = EACH[name]
        weights = np.array([1.0, 0.0, 2.0, 0.0], np.float32)
        made = getattr(losses, name)(*constants(given), weights=tf.constant(weights))
        by_row = each.reshape(4, -1)
        present = by_row[weights > 0].size
        assert session.run(made) == pytest.approx((by_row.T * weights).sum() / present, rel=1e-4)

    @pytest.mark.parametrize("name", sorted(EACH))
    def test_no_weight_at_all_is_no_loss(self, session, name):
        made = getattr(losses, name)(*constants(EACH[name][0]), weights=0.0)
        assert session.run(made) == 0

    def test_each_number_may_have_its_weight(self, session):
        made = losses.absolute_difference(tf.constant(X), tf.constant(Y), tf.constant(BITS))
        expected = (np.abs(X - Y) * BITS).sum() / BITS.sum()
        assert session.run(made) == pytest.approx(expected, rel=1e-5)

    def test_hinges(self, session):
        made = losses.hinge_loss(tf.constant(X), tf.constant(BITS))
        each = np.maximum(0, 1 - (2 * BITS - 1) * X)
        assert session.run(made) == pytest.approx(each, rel=1e-5)
        # It is neither averaged nor collected.
        assert losses.get_losses() == []

    def test_pairs_of_differences(self, session):
        made = losses.mean_pairwise_squared_error(tf.constant(X), tf.constant(Y))
        apart = X - Y
        each = [
            np.mean([(row[a] - row[b]) ** 2 for a in range(3) for b in range(3) if a != b])
            for row in apart
        ]
        # A sum over examples, and a mean over all 9 pairs, each number with itself included.
        assert session.run(made) == pytest.approx(np.sum(each) * 6 / 9, rel=1e-4)

    @pytest.mark.parametrize("smooth", [0.1, 0.4])
    def test_labels_may_be_smoothed(self, session, smooth):
        one = losses.sigmoid_cross_entropy(
            tf.constant(X), tf.constant(BITS), label_smoothing=smooth
        )
        many = losses.softmax_cross_entropy(
            tf.constant(X), tf.constant(HOT), label_smoothing=smooth
        )
        found = session.run([one, many])
        bits = BITS * (1 - smooth) + 0.5 * smooth
        hot = HOT * (1 - smooth) + smooth / 3
        assert found[0] == pytest.approx(crossed(sigmoid(X), bits).mean(), rel=1e-4)
        assert found[1] == pytest.approx(-(hot * np.log(softmax(X))).sum(1).mean(), rel=1e-4)

    @pytest.mark.parametrize("name", sorted(EACH))
    def test_gradients_by_differences(self, session, name):
        given, _ = EACH[name]
        x = tf.placeholder(tf.float32, given[0].shape)
        made = getattr(losses, name)(x, *constants(given[1:]))
        slope = session.run(tf.gradients(made, x)[0], {x: given[0]})
        for place in ((0, 0), (2, 1)):
            step = np.zeros_like(given[0])
            step[place] = 1e-2
            high, low = (session.run(made, {x: given[0] + by}) for by in (step, -step))
            assert slope[place] == pytest.approx((high - low) / 2e-2, abs=3e-3)


class TestCollections:
    def test_every_loss_is_collected(self, session):
        first = losses.absolute_difference(tf.constant(X), tf.constant(Y))
        second = losses.mean_squared_error(tf.constant(X), tf.constant(Y), scope="mine")
        assert losses.get_losses() == [first, second]
        assert losses.get_losses("mine") == [second]
        assert second.op.name.startswith("mine/")
        total, parts = session.run([losses.get_total_loss(), [first, second]])
        assert total == pytest.approx(sum(parts))

    def test_regularisation_is_part_of_the_total(self, session):
        loss = losses.mean_squared_error(tf.constant(X), tf.constant(Y))
        tf.get_variable(
            "w", initializer=[1.0, 2.0], regularizer=tf.contrib.layers.l2_regularizer(0.5)
        )
        session.run(tf.global_variables_initializer())
        without = losses.get_total_loss(add_regularization_losses=False)
        alone, bare, total = session.run([loss, without, losses.get_total_loss()])
        assert bare == pytest.approx(alone)
        assert total == pytest.approx(alone + 0.5 * 5 / 2)
        assert len(losses.get_regularization_losses()) == 1

    def test_own_losses_may_be_added(self, session):
        own = tf.constant(3.0)
        losses.add_loss(own)
        assert losses.get_losses() == [own]
        assert session.run(losses.get_total_loss()) == 3

    def test_there_has_to_be_one(self, graph):
        with pytest.raises(ValueError, match="at least one Tensor"):
            losses.get_total_loss()


class TestRefusals:
    @pytest.mark.parametrize(
        "name", ["absolute_difference", "mean_squared_error", "log_loss", "cosine_distance"]
    )
    def test_shapes_have_to_be_equal(self, graph, name):
        more = (1,) if name == "cosine_distance" else ()
        with pytest.raises(ValueError, match=r"[Ss]hapes .* (incompatible|not compatible)"):
            getattr(losses, name)(tf.ones([4, 3]), tf.ones([3, 4]), *more)

    @pytest.mark.parametrize("name", ["absolute_difference", "mean_squared_error", "log_loss"])
    def test_weights_are_needed(self, graph, name):
        with pytest.raises(ValueError, match="None"):
            getattr(losses, name)(tf.ones([2]), tf.ones([2]), weights=None)

    def test_cosines_need_an_axis(self, graph):
        with pytest.raises(ValueError, match=r"axis|dim"):
            losses.cosine_distance(tf.ones([2, 3]), tf.ones([2, 3]))


EMBEDDED = RANDOM.normal(size=[6, 4]).astype(np.float32)
KINDS = np.array([0, 1, 0, 2, 1, 0])


class TestDistances:
    def between(self):
        return np.sqrt(((EMBEDDED[:, None] - EMBEDDED[None]) ** 2).sum(-1))

    def test_contrasts(self, session):
        other = EMBEDDED[::-1]
        near = (KINDS == KINDS[::-1]).astype(np.float32)
        made = losses.metric_learning.contrastive_loss(
            tf.constant(near), tf.constant(EMBEDDED), tf.constant(other.copy()), margin=2.0
        )
        apart = np.sqrt(((EMBEDDED - other) ** 2).sum(1))
        each = near * apart**2 + (1 - near) * np.maximum(2.0 - apart, 0) ** 2
        assert session.run(made) == pytest.approx(each.mean(), rel=1e-4)

    def test_semi_hard_triplets(self, session):
        made = losses.metric_learning.triplet_semihard_loss(
            tf.constant(KINDS), tf.constant(EMBEDDED), margin=1.0
        )
        apart, total, count = self.between() ** 2, 0.0, 0
        for anchor in range(6):
            others = [k for k in range(6) if KINDS[k] != KINDS[anchor]]
            for positive in range(6):
                if positive == anchor or KINDS[positive] != KINDS[anchor]:
                    continue
                further = [k for k in others if apart[anchor, k] > apart[anchor, positive]]
                nearest = min(apart[anchor, further]) if further else max(apart[anchor, others])
                total += max(0.0, 1.0 + apart[anchor, positive] - nearest)
                count += 1
        assert session.run(made) == pytest.approx(total / count, rel=1e-4)

    def test_n_pairs(self, session):
        anchors, positives = EMBEDDED[:3], EMBEDDED[3:]
        labels = np.array([0, 1, 0])
        made = losses.metric_learning.npairs_loss(
            tf.constant(labels), tf.constant(anchors), tf.constant(positives), reg_lambda=0.02
        )
        same = (labels[:, None] == labels[None]).astype(np.float32)
        targets = same / same.sum(1, keepdims=True)
        logs = np.log(softmax(anchors @ positives.T))
        size = (anchors**2).sum(1).mean() + (positives**2).sum(1).mean()
        expected = -(targets * logs).sum(1).mean() + 0.25 * 0.02 * size
        assert session.run(made) == pytest.approx(expected, rel=1e-4)

    def test_lifted_structures(self, session):
        made = losses.metric_learning.lifted_struct_loss(
            tf.constant(KINDS), tf.constant(EMBEDDED), margin=1.0
        )
        apart, total, count = self.between(), 0.0, 0
        for a in range(6):
            for b in range(a + 1, 6):
                if KINDS[a] != KINDS[b]:
                    continue
                far = [np.exp(1.0 - apart[a, k]) for k in range(6) if KINDS[k] != KINDS[a]]
                far += [np.exp(1.0 - apart[b, k]) for k in range(6) if KINDS[k] != KINDS[b]]
                total += max(0.0, np.log(sum(far)) + apart[a, b]) ** 2
                count += 1
        assert session.run(made) == pytest.approx(total / (2 * count), rel=1e-3)

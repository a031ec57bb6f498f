"""contrib.metrics over several batches: the number of all batches at once, by NumPy."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

metrics = tf.contrib.metrics
RANDOM = np.random.RandomState(7)
BATCHES = 3
SIZE = 8
CLASSES = 4
TRUE = RANDOM.randint(0, CLASSES, size=[BATCHES, SIZE])
GUESS = np.where(RANDOM.uniform(size=TRUE.shape) < 0.5, TRUE, RANDOM.randint(0, 4, TRUE.shape))
X = RANDOM.uniform(0.05, 0.95, size=[BATCHES, SIZE])
Y = np.clip(X + RANDOM.normal(scale=0.2, size=X.shape), 0.01, 0.99)
WEIGHTS = RANDOM.uniform(0.2, 2.0, size=X.shape)
BITS = (TRUE % 2).astype(bool)
SCORES = RANDOM.uniform(size=[BATCHES, SIZE, CLASSES])


def streamed(session, make, *data, weighted=False):
    """The value before any batch, after each update, and at the end."""
    kinds = {np.dtype(np.float64): tf.float32}
    places = [tf.placeholder(kinds.get(part.dtype, part.dtype), part.shape[1:]) for part in data]
    given = {}
    if weighted:
        given["weights"] = tf.placeholder(tf.float32, WEIGHTS.shape[1:])
    value, update = make(*places, **given)
    session.run(tf.local_variables_initializer())
    updates = []
    for batch in range(BATCHES):
        feed = {place: part[batch] for place, part in zip(places, data, strict=True)}
        if weighted:
            feed[given["weights"]] = WEIGHTS[batch]
        updates.append(session.run(update, feed))
    return session.run(value, feed), updates


def mean(values, weights=None):
    return np.average(values, weights=weights)


def rate(top, bottom, weights=None):
    weights = np.ones_like(X) if weights is None else weights
    return (weights * (top & bottom)).sum() / (weights * bottom).sum()


GUESSED = GUESS % 2 == 1
# Name to the data it takes, and what it is of data and weights.
PAIRS = {
    "streaming_mean": ((X,), lambda w: mean(X, w)),
    "streaming_accuracy": ((GUESS, TRUE), lambda w: mean(GUESS == TRUE, w)),
    "streaming_mean_absolute_error": ((X, Y), lambda w: mean(np.abs(X - Y), w)),
    "streaming_mean_squared_error": ((X, Y), lambda w: mean((X - Y) ** 2, w)),
    "streaming_root_mean_squared_error": ((X, Y), lambda w: np.sqrt(mean((X - Y) ** 2, w))),
    "streaming_precision": ((GUESSED, BITS), lambda w: rate(BITS, GUESSED, w)),
    "streaming_recall": ((GUESSED, BITS), lambda w: rate(GUESSED, BITS, w)),
    "streaming_false_positive_rate": ((GUESSED, BITS), lambda w: rate(GUESSED, ~BITS, w)),
    "streaming_false_negative_rate": ((GUESSED, BITS), lambda w: rate(~GUESSED, BITS, w)),
    "streaming_true_positives": (
        (GUESSED, BITS),
        lambda w: (np.ones_like(X) if w is None else w)[GUESSED & BITS].sum(),
    ),
    "streaming_false_positives": (
        (GUESSED, BITS),
        lambda w: (np.ones_like(X) if w is None else w)[GUESSED & ~BITS].sum(),
    ),
    "streaming_true_negatives": (
        (GUESSED, BITS),
        lambda w: (np.ones_like(X) if w is None else w)[~GUESSED & ~BITS].sum(),
    ),
    "streaming_false_negatives": (
        (GUESSED, BITS),
        lambda w: (np.ones_like(X) if w is None else w)[~GUESSED & BITS].sum(),
    ),
    "streaming_covariance": (
        (X, Y),
        lambda w: np.cov(X.ravel(), Y.ravel(), aweights=None if w is None else w.ravel())[0, 1],
    ),
    "streaming_pearson_correlation": (
        (X, Y),
        lambda w: correlation(X.ravel(), Y.ravel(), w),
    ),
}
# Weighted covariance divides by another number than NumPy does; see the test of its own.
BY_WEIGHTS = sorted(set(PAIRS) - {"streaming_covariance"})


def correlation(x, y, weights):
    weights = np.ones_like(x) if weights is None else weights.ravel()
    apart = [values - np.average(values, weights=weights) for values in (x, y)]
    joint, one, other = (
        np.average(a * b, weights=weights)
        for a, b in ((apart[0], apart[1]), (apart[0], apart[0]), (apart[1], apart[1]))
    )
    return joint / np.sqrt(one * other)


class TestOverBatches:
    @pytest.mark.parametrize("name", sorted(PAIRS))
    def test_without_weights(self, session, name):
        data, known = PAIRS[name]
        value, updates = streamed(session, getattr(metrics, name), *data)
        assert value == pytest.approx(known(None), rel=1e-5)
        assert updates[-1] == pytest.approx(value)

    @pytest.mark.parametrize("name", BY_WEIGHTS)
    def test_with_weights(self, session, name):
        data, known = PAIRS[name]
        value, _ = streamed(session, getattr(metrics, name), *data, weighted=True)
        assert value == pytest.approx(known(WEIGHTS), rel=1e-5)

    def test_weighted_covariance_divides_by_one_less_than_the_weights(self, session):
        value, _ = streamed(session, metrics.streaming_covariance, X, Y, weighted=True)
        apart = [part - np.average(part, weights=WEIGHTS) for part in (X, Y)]
        total = (WEIGHTS * apart[0] * apart[1]).sum()
        assert value == pytest.approx(total / (WEIGHTS.sum() - 1), rel=1e-4)

    def test_every_update_tells_of_all_so_far(self, session):
        _, updates = streamed(session, metrics.streaming_mean, X)
        assert updates == pytest.approx([X[: count + 1].mean() for count in range(BATCHES)])

    @pytest.mark.parametrize("shape", [[], [1], [SIZE]])
    def test_weights_are_broadcast(self, session, shape):
        weights = np.full(shape, 0.5, np.float32)
        _, update = metrics.streaming_mean(tf.constant(X[0], tf.float32), weights)
        session.run(tf.local_variables_initializer())
        assert session.run(update) == pytest.approx(X[0].mean(), rel=1e-5)

    @pytest.mark.parametrize("shape", [[3], [SIZE, 2]])
    def test_other_weights_are_refused(self, graph, shape):
        with pytest.raises(ValueError, match=r"weights can not be broadcast|Can not squeeze"):
            metrics.streaming_mean(tf.constant(X[0], tf.float32), tf.ones(shape))

    def test_means_of_every_place(self, session):
        value, _ = streamed(session, metrics.streaming_mean_tensor, X, weighted=True)
        assert value == pytest.approx((X * WEIGHTS).sum(0) / WEIGHTS.sum(0), rel=1e-5)

    def test_counts(self, session):
        value, _ = streamed(session, metrics.count, X)
        assert value == X.size
        value, _ = streamed(session, metrics.count, X, weighted=True)
        assert value == pytest.approx(WEIGHTS.sum(), rel=1e-5)

    @pytest.mark.parametrize("threshold", [0.2, 0.5])
    def test_share_below(self, session, threshold):
        value, _ = streamed(session, lambda x: metrics.streaming_percentage_less(x, threshold), X)
        assert value == pytest.approx((threshold > X).mean())

    def test_relative_errors(self, session):
        value, _ = streamed(
            session, lambda x, y: metrics.streaming_mean_relative_error(x, y, y), X, Y
        )
        assert value == pytest.approx((np.abs(X - Y) / Y).mean(), rel=1e-5)

    def test_cosine_distances(self, session):
        value, _ = streamed(
            session,
            lambda x: metrics.streaming_mean_cosine_distance(
                tf.nn.l2_normalize(x, 1), tf.nn.l2_normalize(tf.ones_like(x), 1), 1
            ),
            SCORES,
        )
        cosines = SCORES.sum(-1) / np.linalg.norm(SCORES, axis=-1) / np.sqrt(CLASSES)
        assert value == pytest.approx(1 - cosines.mean(), rel=1e-4)

    def test_overlaps_of_classes(self, session):
        value, _ = streamed(
            session, lambda a, b: metrics.streaming_mean_iou(a, b, CLASSES), GUESS, TRUE
        )
        each = [
            ((GUESS == number) & (TRUE == number)).sum()
            / ((GUESS == number) | (TRUE == number)).sum()
            for number in range(CLASSES)
        ]
        assert value == pytest.approx(np.mean(each))

    def test_agreement_beyond_chance(self, session):
        value, _ = streamed(session, lambda a, b: metrics.cohen_kappa(b, a, CLASSES), GUESS, TRUE)
        agreed = (GUESS == TRUE).mean()
        chance = sum(
            (number == GUESS).mean() * (number == TRUE).mean() for number in range(CLASSES)
        )
        assert value == pytest.approx((agreed - chance) / (1 - chance))


class TestThresholds:
    CUTS = (0.2, 0.5, 0.8)

    def shares(self, cut, weights=None):
        weights = np.ones_like(X) if weights is None else weights
        above = cut < X
        return {
            "true_positives": (weights * (above & BITS)).sum(),
            "false_positives": (weights * (above & ~BITS)).sum(),
            "true_negatives": (weights * (~above & ~BITS)).sum(),
            "false_negatives": (weights * (~above & BITS)).sum(),
        }

    @pytest.mark.parametrize("weighted", [False, True])
    @pytest.mark.parametrize(
        "kind", ["true_positives", "false_positives", "true_negatives", "false_negatives"]
    )
    def test_counts_at_every_cut(self, session, kind, weighted):
        make = getattr(metrics, f"streaming_{kind}_at_thresholds")
        value, _ = streamed(
            session,
            lambda x, y, **given: make(x, y, self.CUTS, **given),
            X,
            BITS,
            weighted=weighted,
        )
        weights = WEIGHTS if weighted else None
        expected = [self.shares(cut, weights)[kind] for cut in self.CUTS]
        assert value == pytest.approx(expected, rel=1e-5)

    @pytest.mark.parametrize(
        ("name", "top", "other"),
        [
            ("precision", "true_positives", "false_positives"),
            ("recall", "true_positives", "false_negatives"),
            ("false_positive_rate", "false_positives", "true_negatives"),
            ("false_negative_rate", "false_negatives", "true_positives"),
        ],
    )
    def test_rates_at_every_cut(self, session, name, top, other):
        make = getattr(metrics, f"streaming_{name}_at_thresholds")
        value, _ = streamed(session, lambda x, y: make(x, y, self.CUTS), X, BITS)
        shares = [self.shares(cut) for cut in self.CUTS]
        expected = [share[top] / (share[top] + share[other]) for share in shares]
        assert value == pytest.approx(expected, rel=1e-4)

    def test_area_under_the_curve(self, session):
        value, _ = streamed(
            session, lambda x, y: metrics.streaming_auc(x, y, num_thresholds=2000), X, BITS
        )
        better = X[BITS][:, None] > X[~BITS][None]
        assert value == pytest.approx(better.mean(), abs=2e-3)

    def test_exact_area(self, session):
        value, _ = streamed(
            session, lambda x, y: metrics.streaming_dynamic_auc(tf.cast(y, tf.int32), x), X, BITS
        )
        assert value == pytest.approx((X[BITS][:, None] > X[~BITS][None]).mean(), rel=1e-5)


class TestRankings:
    @pytest.mark.parametrize("k", [1, 2, 3])
    def test_true_class_among_the_best(self, session, k):
        value, _ = streamed(
            session, lambda s, t: metrics.streaming_recall_at_k(s, t, k), SCORES, TRUE
        )
        best = np.argsort(-SCORES, axis=-1)[..., :k]
        assert value == pytest.approx((best == TRUE[..., None]).any(-1).mean())

    @pytest.mark.parametrize("k", [1, 2])
    @pytest.mark.parametrize(("kind", "divided"), [("recall", 1), ("precision", None)])
    def test_sparse_labels(self, session, k, kind, divided):
        make = getattr(metrics, f"streaming_sparse_{kind}_at_k")
        labels = TRUE[..., None].astype(np.int64)
        value, _ = streamed(session, lambda s, t: make(s, t, k), SCORES, labels)
        hit = (np.argsort(-SCORES, axis=-1)[..., :k] == labels).any(-1).mean()
        assert value == pytest.approx(hit / (divided or k), rel=1e-5)


class TestWhatIsMade:
    def test_variables_are_local_and_named(self, graph):
        metrics.streaming_mean(tf.constant(X[0]), name="loss")
        metrics.streaming_accuracy(tf.constant([1]), tf.constant([1]))
        names = [variable.op.name for variable in tf.local_variables()]
        assert names == ["loss/total", "loss/count", "accuracy/total", "accuracy/count"]
        assert tf.global_variables() == tf.trainable_variables() == []

    def test_collections_get_both_parts(self, graph):
        value, update = metrics.streaming_mean(
            tf.constant(X[0]), metrics_collections=["values"], updates_collections=["updates"]
        )
        assert tf.get_collection("values") == [value]
        assert tf.get_collection("updates") == [update]

    def test_maps_and_lists_of_metrics(self, session):
        made = {
            "mean": metrics.streaming_mean(tf.constant([1.0, 3.0])),
            "count": metrics.count(tf.constant([1.0, 3.0])),
        }
        values, updates = metrics.aggregate_metric_map(made)
        assert list(values) == list(updates) == ["mean", "count"]
        listed = metrics.aggregate_metrics(*made.values())
        session.run(tf.local_variables_initializer())
        assert session.run(updates) == {"mean": 2, "count": 2}
        assert session.run(listed[0]) == [2, 2]

    def test_values_are_joined(self, session):
        value, _ = streamed(session, metrics.streaming_concat, X)
        assert value == pytest.approx(X.ravel())
        short, _ = streamed(session, lambda x: metrics.streaming_concat(x, max_size=10), X)
        assert short == pytest.approx(X.ravel()[:10])

    @pytest.mark.parametrize(
        ("name", "given", "message"),
        [
            ("streaming_accuracy", ([1, 2], [1, 2, 3]), "incompatible|not compatible"),
            ("streaming_mean_squared_error", ([1.0], [[1.0, 2.0]]), "incompatible|not compatible"),
            ("streaming_percentage_less", ([1.0], 0.5, [[1.0, 2.0]]), "Can not squeeze"),
        ],
    )
    def test_shapes_have_to_fit(self, graph, name, given, message):
        with pytest.raises(ValueError, match=message):
            getattr(metrics, name)(*[tf.constant(part) for part in given])

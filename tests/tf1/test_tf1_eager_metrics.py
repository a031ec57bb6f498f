"""contrib.eager's metrics count what NumPy counts, batch by batch, with and without a graph."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import graphkit.tf1 as tf

metrics = tf.contrib.eager.metrics
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")

RANDOM = np.random.RandomState(0)
BATCHES = [RANDOM.randn(size, 3) for size in (4, 1, 6)]
WEIGHTS = [RANDOM.rand(size, 3) for size in (4, 1, 6)]
IDS = [RANDOM.randint(0, 3, size) for size in (4, 1, 6)]


class Measured:
    """A metric that is called and read in one of the two ways."""

    def __init__(self, metric, in_graph):
        self.metric = metric
        self._in_graph = in_graph

    def count(self, *batch, **more):
        counted = self.metric(*batch, **more)
        if self._in_graph:
            session = tf.get_default_session()
            if not session.run(tf.is_variable_initialized(self.metric.variables[0])):
                session.run(self.metric.init_variables())
            session.run(counted)

    def restart(self):
        made = self.metric.init_variables()
        if self._in_graph:
            tf.get_default_session().run(made)

    def result(self):
        found = self.metric.result()
        return tf.get_default_session().run(found) if self._in_graph else found.numpy()


@pytest.fixture(params=["eager", "graph"])
def measured(request):
    in_graph = request.param == "graph"
    with contextlib.ExitStack() as stack:
        if in_graph:
            stack.enter_context(tf.Graph().as_default())
            stack.enter_context(tf.Session())
        yield lambda kind, *args, **more: Measured(kind(*args, **more), in_graph)


def test_the_mean_is_of_all_batches(measured):
    mean = measured(metrics.Mean)
    for number, batch in enumerate(BATCHES):
        mean.count(batch)
        together = np.concatenate(BATCHES[: number + 1])
        np.testing.assert_allclose(mean.result(), together.mean())


def test_the_mean_weighs_values(measured):
    mean = measured(metrics.Mean)
    for batch, weights in zip(BATCHES, WEIGHTS, strict=True):
        mean.count(batch, weights)
    values, weights = np.concatenate(BATCHES), np.concatenate(WEIGHTS)
    np.testing.assert_allclose(mean.result(), np.average(values, weights=weights))


def test_a_metric_starts_again(measured):
    mean = measured(metrics.Mean)
    mean.count(BATCHES[0])
    mean.restart()
    mean.count(BATCHES[1])
    np.testing.assert_allclose(mean.result(), BATCHES[1].mean())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_metric_counts_in_its_dtype(measured, dtype):
    mean = measured(metrics.Mean, dtype=getattr(tf, dtype))
    mean.count(np.arange(4))
    assert mean.result().dtype == dtype
    assert mean.result() == 1.5
    assert [variable.dtype.name for variable in mean.metric.variables] == [dtype] * 2


def test_accuracy_is_the_share_of_equal_values(measured):
    accuracy = measured(metrics.Accuracy)
    wanted = [ids % 2 for ids in IDS]
    for labels, predictions in zip(wanted, IDS, strict=True):
        accuracy.count(labels, predictions)
    expected = np.mean(np.concatenate(wanted) == np.concatenate(IDS))
    np.testing.assert_allclose(accuracy.result(), expected)


@pytest.mark.parametrize("threshold", [-0.5, 0.0, 0.7])
def test_binary_accuracy_has_a_threshold(measured, threshold):
    accuracy = measured(metrics.BinaryAccuracy, threshold)
    for batch in BATCHES:
        accuracy.count((batch > 0.2).astype(np.int32), batch)
    values = np.concatenate(BATCHES)
    expected = np.mean((values > 0.2) == (values > threshold))
    np.testing.assert_allclose(accuracy.result(), expected)


@pytest.mark.parametrize("sparse", [False, True])
def test_the_largest_score_is_the_predicted_class(measured, sparse):
    accuracy = measured(metrics.SparseAccuracy if sparse else metrics.CategoricalAccuracy)
    for ids, scores in zip(IDS, BATCHES, strict=True):
        accuracy.count(ids if sparse else np.eye(3)[ids], scores)
    expected = np.mean(np.concatenate(IDS) == np.concatenate(BATCHES).argmax(1))
    np.testing.assert_allclose(accuracy.result(), expected)


def test_matches_are_weighted(measured):
    accuracy = measured(metrics.SparseAccuracy)
    weights = [each[:, 0] for each in WEIGHTS]
    for batch in zip(IDS, BATCHES, weights, strict=True):
        accuracy.count(*batch)
    matches = np.concatenate(IDS) == np.concatenate(BATCHES).argmax(1)
    expected = np.average(matches, weights=np.concatenate(weights))
    np.testing.assert_allclose(accuracy.result(), expected)


@pytest.mark.parametrize(
    ("kind", "arguments", "labels"),
    [
        (metrics.Accuracy, (), np.zeros([3, 1])),
        (metrics.BinaryAccuracy, (0.5,), np.zeros([2])),
        (metrics.CategoricalAccuracy, (), np.zeros([2, 3])),
        (metrics.SparseAccuracy, (), np.zeros([2])),
    ],
)
def test_labels_of_another_shape_are_refused(kind, arguments, labels):
    metric = kind(*arguments)
    with pytest.raises(tf.errors.InvalidArgumentError, match="labels and predictions are unequal"):
        metric(labels, np.zeros([3, 3]))


def test_counts_of_several_metrics_are_added():
    parts = []
    for batch, weights in zip(BATCHES, WEIGHTS, strict=True):
        part = metrics.Mean("part")
        part(batch, weights)
        parts.append(part)
    first, *others = parts
    first.aggregate(others)
    values, weights = np.concatenate(BATCHES), np.concatenate(WEIGHTS)
    np.testing.assert_allclose(first.result().numpy(), np.average(values, weights=weights))


def test_metrics_of_other_kinds_are_not_added():
    with pytest.raises(TypeError, match="All metrics must be the same type"):
        metrics.Mean().aggregate([metrics.Accuracy()])


def test_what_is_counted_is_given_back():
    assert float(metrics.Mean()([1.0, 2.0])) == 3
    weighted, weights = metrics.Mean()([1.0, 2.0], [0.5, 2.0])
    assert weighted.numpy().tolist() == [0.5, 4]
    assert weights.numpy().tolist() == [0.5, 2]
    labels, predictions = metrics.Accuracy()([1, 2], [1, 3])
    assert (labels.numpy().tolist(), predictions.numpy().tolist()) == ([1, 2], [1, 3])


@pytest.mark.parametrize("use_global", [False, True])
def test_variables_of_a_graph_are_in_their_collections(graph, use_global):
    metrics.Mean("loss", use_global_variables=use_global)(tf.constant([1.0]))
    names = ["loss/denom", "loss/numer"]
    kept, other = tf.global_variables(), tf.local_variables()
    if not use_global:
        kept, other = other, kept
    assert sorted(variable.op.name for variable in kept) == names
    assert other == []
    in_metrics = tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)
    assert sorted(variable.op.name for variable in in_metrics) == names
    assert tf.trainable_variables() == []


def test_a_metric_of_ones_own_counts_what_it_likes(measured):
    class Largest(metrics.Metric):
        def build(self, *args, **more):
            self.most = self.add_variable("most", (), tf.float64, tf.constant_initializer(-9.0))

        def call(self, values):
            return self.most.assign(tf.maximum(self.most, tf.reduce_max(values)))

        def result(self):
            return self.most.read_value()

    largest = measured(Largest)
    for batch in BATCHES:
        largest.count(batch)
    assert largest.result() == np.concatenate(BATCHES).max()
    with pytest.raises(RuntimeError, match=r"Can't call add_variable\(\) except in build"):
        largest.metric.add_variable("late", ())

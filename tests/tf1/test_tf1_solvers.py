"""contrib's solvers, sparsemax, resampler, splines, kernels, autograph, checkpoints, testing."""

from __future__ import annotations

import numpy as np
import pytest
from graphkit.tf1.contrib.solvers import lanczos, least_squares, linear_equations, util

import graphkit.tf1 as tf


def matrix(rows, columns):
    return np.cos(0.7 * np.arange(rows * columns) ** 2).reshape(rows, columns).astype(np.float32)


class TestSolvers:
    def test_conjugate_gradient_solves_the_system(self, session):
        a = matrix(5, 5)
        a = a @ a.T + 2 * np.eye(5, dtype=np.float32)
        rhs = np.arange(5, dtype=np.float32)
        operator = util.create_operator(tf.constant(a))
        found = linear_equations.conjugate_gradient(operator, tf.constant(rhs), tol=1e-6)
        x, steps, residual = session.run([found.x, found.i, found.r])
        assert x == pytest.approx(np.linalg.solve(a, rhs), abs=1e-4)
        assert steps <= 7
        assert np.linalg.norm(residual) <= 1e-5 * np.linalg.norm(rhs)

    def test_a_good_start_needs_no_step(self, session):
        operator = util.identity_operator(tf.eye(3))
        rhs = tf.constant([1.0, 2.0, 3.0])
        found = linear_equations.conjugate_gradient(operator, rhs, x=rhs)
        assert session.run(found.i) == 0
        assert session.run(found.x).tolist() == [1.0, 2.0, 3.0]

    def test_least_squares_are_those_of_numpy(self, session):
        a, rhs = matrix(7, 3), np.arange(7, dtype=np.float32)
        found = least_squares.cgls(util.create_operator(tf.constant(a)), tf.constant(rhs))
        expected = np.linalg.lstsq(a, rhs, rcond=None)[0]
        assert session.run(found.x) == pytest.approx(expected, abs=1e-3)

    def test_shapes_may_be_known_at_run_time_only(self, session):
        fed = tf.placeholder(tf.float32, [None, 3])
        operator = util.create_operator(fed)
        found = least_squares.cgls(operator, tf.ones([4]), max_iter=5)
        made = lanczos.lanczos_bidiag(operator, 2)
        a = matrix(4, 3)
        x, rows, us = session.run([found.x, operator.shape, made.u], {fed: a})
        expected = np.linalg.lstsq(a, np.ones(4), rcond=None)[0]
        assert x == pytest.approx(expected, abs=1e-3)
        assert rows.tolist() == [4, 3]
        assert us.shape == (4, 3)

    def test_lanczos_gives_columns_at_right_angles(self, session):
        a = matrix(6, 5)
        made = lanczos.lanczos_bidiag(util.create_operator(tf.constant(a)), 4)
        right = lanczos.bidiag_matmul(made.u, made.alpha, made.beta)
        u, v, product = session.run([made.u, made.v, right])
        assert u.T @ u == pytest.approx(np.eye(5), abs=1e-4)
        assert v.T @ v == pytest.approx(np.eye(4), abs=1e-4)
        assert a @ v == pytest.approx(product, abs=1e-4)

    def test_products_conjugate_the_first(self, session):
        x = tf.constant([1j, 2.0], tf.complex64)
        assert session.run(util.dot(x, x)) == pytest.approx(5.0)


class TestSparsemax:
    def test_probabilities_add_up_and_some_are_zero(self, session):
        logits = tf.constant([[1.0, 0.8, -1.0], [5.0, 0.0, 0.0], [0.1, 0.1, 0.1]])
        made = session.run(tf.contrib.sparsemax.sparsemax(logits))
        assert made[0] == pytest.approx([0.6, 0.4, 0.0])
        assert made[1].tolist() == [1.0, 0.0, 0.0]
        assert made[2] == pytest.approx([1 / 3] * 3)

    def test_the_loss_is_zero_for_what_was_wanted(self, session):
        logits = tf.constant([[9.0, 0.0, 0.0]])
        made = tf.contrib.sparsemax.sparsemax(logits)
        loss = tf.contrib.sparsemax.sparsemax_loss(logits, made, [[1.0, 0.0, 0.0]])
        assert session.run(loss) == pytest.approx([0.0])

    def test_the_gradient_is_the_difference(self, session):
        logits = tf.constant([[1.0, 0.8, -1.0]])
        made = tf.contrib.sparsemax.sparsemax(logits)
        wanted = tf.constant([[0.0, 0.0, 1.0]])
        fixed = tf.stop_gradient(made)
        loss = tf.contrib.sparsemax.sparsemax_loss(logits, fixed, wanted)
        gradient = session.run(tf.gradients(loss, logits)[0])
        assert gradient == pytest.approx(session.run(made - wanted))


class TestResampler:
    def test_places_on_pixels_are_the_pixels(self, session):
        data = np.arange(12, dtype=np.float64).reshape(1, 3, 4, 1)
        warp = np.array([[[0.0, 0.0], [3.0, 2.0], [1.0, 1.0]]])
        made = session.run(tf.contrib.resampler.resampler(data, warp))
        assert made.ravel().tolist() == [0.0, 11.0, 5.0]

    def test_places_between_are_weighted_and_outside_is_zero(self, session):
        data = np.array([[[[4.0], [8.0]]]], np.float32)
        warp = np.array(
            [[[0.25, 0.0], [-0.5, 0.0], [1.5, 0.0], [0.0, 0.5], [9.0, 0.0]]], np.float32
        )
        made = session.run(tf.contrib.resampler.resampler(data, warp))
        assert made.ravel().tolist() == [5.0, 2.0, 4.0, 2.0, 0.0]


class TestSplines:
    def test_a_spline_goes_through_its_points(self, session):
        points, values = matrix(6, 2)[np.newaxis] * 3, matrix(6, 1)[np.newaxis]
        made = tf.contrib.image.interpolate_spline(points, values, points, order=2)
        assert session.run(made) == pytest.approx(values, abs=1e-3)

    def test_a_plane_stays_a_plane(self, session):
        points = matrix(6, 2)[np.newaxis] * 3
        values = points @ [[2.0], [-1.0]] + 0.5
        where = np.array([[[0.3, 0.7], [5.0, -4.0]]], np.float32)
        made = tf.contrib.image.interpolate_spline(
            points, values.astype(np.float32), where, order=3
        )
        assert session.run(made).ravel() == pytest.approx([0.4, 14.5], abs=1e-2)

    def test_values_of_unknown_width_are_refused(self, graph):
        with pytest.raises(ValueError, match=r"output values \(k\) must be statically"):
            tf.contrib.image.interpolate_spline(
                tf.ones([1, 3, 2]), tf.placeholder(tf.float32, [1, 3, None]), tf.ones([1, 1, 2]), 2
            )

    def test_points_that_stay_bend_nothing(self, session):
        picture = matrix(5, 6).reshape(1, 5, 6, 1)
        points = np.array([[[1.0, 1.0], [3.0, 4.0], [2.0, 3.0]]], np.float32)
        made, flow = tf.contrib.image.sparse_image_warp(
            picture, points, points, num_boundary_points=1
        )
        found, moved = session.run([made, flow])
        assert found == pytest.approx(picture, abs=1e-4)
        assert moved == pytest.approx(np.zeros([1, 5, 6, 2]), abs=1e-4)

    def test_joined_maps_do_what_one_after_the_other_does(self, session):
        image = tf.contrib.image
        picture = tf.constant(np.arange(25, dtype=np.float32).reshape(5, 5))
        right = image.translations_to_projective_transforms([1.0, 0.0])
        down = image.translations_to_projective_transforms([0.0, 2.0])
        joined = image.transform(picture, image.compose_transforms(right, down))
        apart = image.transform(image.transform(picture, right), down)
        first, second = session.run([joined, apart])
        assert (first == second).all()


def test_random_features_are_about_a_gaussian_kernel(session):
    mapper = tf.contrib.kernel_methods.RandomFourierFeatureMapper(2, 20000, stddev=1.0)
    points = np.array([[0.0, 0.0], [1.0, 0.5]], np.float32)
    features = session.run(mapper.map(tf.constant(points)))
    kernel = np.exp(-0.5 * np.sum((points[0] - points[1]) ** 2))
    assert features[0] @ features[1] == pytest.approx(kernel, abs=0.02)
    assert mapper.name == str(id(mapper))


def test_hinge_loss_by_hand(session):
    loss = tf.contrib.kernel_methods.sparse_multiclass_hinge_loss
    made = loss(tf.constant([0, 1]), tf.constant([[2.0, 1.5, 0.0], [3.0, 1.0, 0.0]]))
    # The first misses its margin by a half, the second by three; their mean counts.
    assert session.run(made) == pytest.approx((0.5 + 3.0) / 2)
    with pytest.raises(tf.errors.InvalidArgumentError):
        session.run(loss(tf.placeholder_with_default([7], [1]), tf.ones([1, 3])))


class TestMemory:
    def test_the_limit_is_what_there_is(self, session):
        stats = tf.contrib.memory_stats
        limit, used = session.run([stats.BytesLimit(), stats.BytesInUse()])
        assert limit > used > 0
        assert stats.BytesLimit().dtype == tf.int64


class TestTesting:
    testing = tf.contrib.testing

    def summaries(self, folder):
        writer = tf.summary.FileWriter(str(folder))
        for step, loss in ((1, 3.0), (5, 0.5), (3, 2.0)):
            value = tf.Summary.Value(tag="loss", simple_value=loss)
            writer.add_summary(tf.Summary(value=[value]), step)
        writer.close()

    def test_the_last_numbers_are_found(self, tmp_path, graph):
        self.summaries(tmp_path)
        found = self.testing.latest_summaries(str(tmp_path))
        assert len(found) == 3
        events = self.testing.latest_events(str(tmp_path))
        assert self.testing.simple_values_from_events(events, ["loss"]) == {"loss": 0.5}
        assert self.testing.simple_values_from_events(events, ["other"]) == {}

    def test_an_empty_folder_has_no_events(self, tmp_path):
        assert self.testing.latest_event_file(str(tmp_path)) is None
        assert self.testing.latest_events(str(tmp_path)) == []

    def test_what_is_no_number_is_told(self):
        value = tf.Summary.Value(tag="picture", image=tf.Summary.Image(height=1))
        event = tf.Event(summary=tf.Summary(value=[value]))
        with pytest.raises(ValueError, match="picture is not a simple_value"):
            self.testing.simple_values_from_events([event], ["picture"])

    def test_tags_and_numbers_are_required(self, graph, session):
        made = tf.summary.scalar("loss", tf.constant(0.251))
        summary = self.testing.to_summary_proto(session.run(made))
        self.testing.assert_summary(["loss"], {"loss": 0.25}, summary)
        with pytest.raises(ValueError, match="Expected tags"):
            self.testing.assert_summary(["other"], {}, summary)
        with pytest.raises(AssertionError, match="loss"):
            self.testing.assert_summary(["loss"], {"loss": 0.5}, summary)


def test_autograph_turns_python_into_a_graph(graph, session):
    def halved(x):
        while x > 1:
            x = x // 2
        return x

    assert session.run(tf.contrib.autograph.to_graph(halved)(tf.constant(13))) == 1
    assert "while_" in tf.contrib.autograph.to_code(halved)


def test_checkpoints_of_objects_are_those_of_today(graph):
    root = tf.contrib.checkpoint.Checkpointable()
    root.part = tf.contrib.checkpoint.List([])
    assert isinstance(root, tf.contrib.checkpoint.CheckpointableBase)
    assert root.part in tf.contrib.checkpoint.list_objects(root)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("cloud", "tf.io.gfile"),
        ("constrained_optimization", "tensorflow-constrained-optimization"),
        ("labeled_tensor", "xarray"),
        ("model_pruning", "tensorflow-model-optimization"),
        ("specs", "contrib.slim"),
    ],
)
def test_modules_that_do_not_come_back_say_what_to_use(name, advice):
    with pytest.raises(AttributeError, match=advice):
        getattr(tf.contrib, name)

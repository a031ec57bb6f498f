"""contrib.image and contrib.resampler by hand and NumPy: maps, bends, gradients, errors."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

image = tf.contrib.image
FULL = np.arange(20.0, dtype=np.float32).reshape(4, 5)
KEEP = [1.0, 0, 0, 0, 1, 0, 0, 0]


def batch(picture=FULL, copies=1):
    return np.stack([picture] * copies)[..., np.newaxis]


def mapped(picture, flat):
    """Every output pixel from the input pixel its map points at, the nearest one."""
    a0, a1, a2, b0, b1, b2, c0, c1 = flat
    made = np.zeros_like(picture)
    for y, x in np.ndindex(*picture.shape):
        k = c0 * x + c1 * y + 1
        column, row = (a0 * x + a1 * y + a2) / k, (b0 * x + b1 * y + b2) / k
        column, row = int(np.floor(column + 0.5)), int(np.floor(row + 0.5))
        if 0 <= row < picture.shape[0] and 0 <= column < picture.shape[1]:
            made[y, x] = picture[row, column]
    return made


@pytest.mark.parametrize(
    "flat",
    [
        KEEP,
        [1, 0, 1, 0, 1, 0, 0, 0],
        [1, 0, -1, 0, 1, 2, 0, 0],
        [0, 1, 0, 1, 0, 0, 0, 0],
        [-1, 0, 4, 0, -1, 3, 0, 0],
        [2, 0, 0, 0, 2, 0, 0, 0],
        [1, 0.31, 0.13, 0.23, 1, -0.41, 0.011, 0.029],
    ],
)
def test_a_map_goes_from_output_to_input(session, flat):
    found = session.run(image.transform(tf.constant(FULL), [float(part) for part in flat]))
    assert found.tolist() == mapped(FULL, flat).tolist()


@pytest.mark.parametrize("rank", [2, 3, 4])
def test_pictures_keep_their_rank(session, rank):
    picture = {2: FULL, 3: FULL[..., np.newaxis], 4: batch()}[rank]
    for made in (
        image.transform(picture, KEEP),
        image.rotate(picture, 0.0),
        image.translate(picture, [0.0, 0.0]),
    ):
        assert session.run(made).tolist() == picture.tolist()


@pytest.mark.parametrize("shape", [[5], [1, 1, 2, 2, 1]])
def test_other_ranks_are_refused(graph, shape):
    with pytest.raises(TypeError, match="Images should have rank between 2 and 4"):
        image.transform(tf.zeros(shape), KEEP)


@pytest.mark.parametrize("written", ["nearest", "NEAREST", "bilinear", "BILINEAR"])
def test_the_kind_of_interpolation_may_be_written_small(session, written):
    half = session.run(image.translate(FULL, [-0.25, 0.0], written))
    if written.lower() == "nearest":
        assert half.tolist() == FULL.tolist()
    else:
        assert half[:, :4] == pytest.approx(FULL[:, :4] + 0.25)


def test_each_picture_may_have_its_map(session):
    maps = [KEEP, [1.0, 0, 1, 0, 1, 0, 0, 0]]
    found = session.run(image.transform(batch(copies=2), maps))
    assert found[0, ..., 0].tolist() == FULL.tolist()
    assert found[1, ..., 0].tolist() == mapped(FULL, maps[1]).tolist()


def test_the_output_may_have_another_size(session):
    made = image.transform(batch(), KEEP, output_shape=[2, 7])
    found = session.run(made)[0, ..., 0]
    assert found.shape == (2, 7)
    assert found[:, :5].tolist() == FULL[:2].tolist()
    assert found[:, 5:].tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize("turns", range(4))
def test_a_quarter_turn_is_that_of_numpy(session, turns):
    square = np.arange(9.0, dtype=np.float32).reshape(3, 3)
    found = session.run(image.rotate(square, turns * np.pi / 2))
    assert found.tolist() == np.rot90(square, turns).tolist()


def test_each_picture_may_have_its_angle(session):
    square = np.arange(9.0, dtype=np.float32).reshape(3, 3)
    found = session.run(image.rotate(batch(square, 2), [0.0, np.pi]))
    assert found[0, ..., 0].tolist() == square.tolist()
    assert found[1, ..., 0].tolist() == square[::-1, ::-1].tolist()


def test_angles_become_maps_about_the_centre(session):
    (found,) = session.run(image.angles_to_projective_transforms(0.5, 5.0, 9.0))
    cos, sin = np.cos(0.5), np.sin(0.5)
    about = np.array([[1, 0, 4], [0, 1, 2], [0, 0, 1]])
    turned = about @ np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ np.linalg.inv(about)
    assert found == pytest.approx(turned.ravel()[:8], abs=1e-5)


def test_the_static_shape_of_a_turned_picture_is_kept(graph):
    picture = tf.placeholder(tf.float32, [None, 4, 5, 2])
    assert image.rotate(picture, 0.1).shape.as_list() == [None, 4, 5, 2]


@pytest.mark.parametrize("move", [(1, 0), (0, 1), (-2, 0), (0, -3), (2, 1)])
def test_moving_right_and_down(session, move):
    right, down = move
    expected = np.zeros_like(FULL)
    for y, x in np.ndindex(*FULL.shape):
        if 0 <= y - down < 4 and 0 <= x - right < 5:
            expected[y, x] = FULL[y - down, x - right]
    found = session.run(image.translate(FULL, [float(right), float(down)]))
    assert found.tolist() == expected.tolist()


def test_moves_become_maps(session):
    found = session.run(image.translations_to_projective_transforms([[2.0, -1.0], [0.5, 0.0]]))
    assert found.tolist() == [[1, 0, -2, 0, 1, 1, 0, 0], [1, 0, -0.5, 0, 1, 0, 0, 0]]


@pytest.mark.parametrize("dtype", [tf.uint8, tf.int32, tf.int64, tf.float16, tf.float64])
def test_pictures_keep_their_dtype(session, dtype):
    made = image.translate(tf.cast(FULL, dtype), [1.0, 0.0])
    assert made.dtype == dtype
    assert session.run(made)[:, 1:].tolist() == FULL[:, :4].tolist()


class TestMatrices:
    def test_a_map_is_a_matrix_whose_last_number_is_one(self, session):
        flat = np.arange(8.0, dtype=np.float32)
        found = session.run(image.compose_transforms(flat))
        assert found.tolist() == [flat.tolist()]
        from graphkit.tf1.contrib.image.python.ops import image_ops

        (matrix,) = session.run(image_ops.flat_transforms_to_matrices(flat))
        assert matrix.ravel().tolist() == [*flat.tolist(), 1.0]

    def test_a_matrix_is_divided_by_its_last_number(self, session):
        from graphkit.tf1.contrib.image.python.ops import image_ops

        matrix = np.arange(1.0, 10.0, dtype=np.float32).reshape(3, 3)
        found = session.run(image_ops.matrices_to_flat_transforms(matrix))
        assert found == pytest.approx(np.arange(1.0, 9.0)[np.newaxis] / 9.0)

    @pytest.mark.parametrize("shape", [[], [1, 1, 8]])
    def test_maps_of_other_ranks_are_refused(self, graph, shape):
        from graphkit.tf1.contrib.image.python.ops import image_ops

        with pytest.raises(ValueError, match="Transforms should be 1D or 2D, got"):
            image_ops.flat_transforms_to_matrices(tf.zeros(shape))

    @pytest.mark.parametrize("shape", [[9], [1, 1, 3, 3]])
    def test_matrices_of_other_ranks_are_refused(self, graph, shape):
        from graphkit.tf1.contrib.image.python.ops import image_ops

        with pytest.raises(ValueError, match="Matrices should be 2D or 3D, got"):
            image_ops.matrices_to_flat_transforms(tf.zeros(shape))

    def test_nothing_cannot_be_joined(self, graph):
        with pytest.raises(AssertionError, match="transforms cannot be empty"):
            image.compose_transforms()

    def test_joined_maps_are_the_product_of_matrices(self, session):
        maps = [np.array([1, 0.2, 3, 0.1, 1, -2, 0.01, 0.02], np.float32) * k for k in (1, 0.5)]
        matrices = [np.append(flat, 1).reshape(3, 3) for flat in maps]
        product = matrices[0] @ matrices[1]
        expected = product.ravel()[:8] / product[2, 2]
        (found,) = session.run(image.compose_transforms(*maps))
        assert found == pytest.approx(expected, rel=1e-5)


class TestBending:
    def test_a_flow_says_where_pixels_come_from(self, session):
        flow = np.zeros([1, 4, 5, 2], np.float32)
        flow[..., 0] = 1
        found = session.run(image.dense_image_warp(batch(), flow))[0, ..., 0]
        assert found[1:].tolist() == FULL[:-1].tolist()
        # Beyond the edge there is the edge.
        assert found[0].tolist() == FULL[0].tolist()

    def test_pixels_between_are_weighted(self, session):
        flow = np.zeros([1, 4, 5, 2], np.float32)
        flow[..., 1] = -0.25
        found = session.run(image.dense_image_warp(batch(), flow))[0, ..., 0]
        assert found[:, :4] == pytest.approx(FULL[:, :4] + 0.25)
        assert found[:, 4] == pytest.approx(FULL[:, 4])

    def test_a_spline_of_unknown_points_is_refused(self, graph):
        points = tf.placeholder(tf.float32, [1, 3, None])
        with pytest.raises(ValueError, match=r"input points \(d\) must be statically-inferrable"):
            image.interpolate_spline(points, tf.zeros([1, 3, 1]), tf.zeros([1, 2, 2]), 1)

    @pytest.mark.parametrize("order", [1, 2, 3, 4, 6])
    def test_splines_of_every_order_go_through_their_points(self, session, order):
        points = np.array([[[0.0, 0], [1, 0], [0, 1], [2, 3], [3, 1]]])
        values = np.array([[[1.0], [2], [-1], [0.5], [4]]])
        found = session.run(image.interpolate_spline(points, values, points, order))
        assert found == pytest.approx(values, abs=1e-5)

    def test_a_spline_of_order_one_by_hand(self, session):
        # Between two points on a line the spline of order one is the line.
        points, values = np.array([[[0.0], [4.0]]]), np.array([[[1.0], [3.0]]])
        found = session.run(image.interpolate_spline(points, values, np.array([[[1.0], [2.0]]]), 1))
        assert found.ravel() == pytest.approx([1.5, 2.0], abs=1e-4)

    def test_smoother_splines_miss_their_points(self, session):
        points = np.array([[[0.0], [1.0], [2.0]]])
        values = np.array([[[0.0], [1.0], [0.0]]])
        exact = image.interpolate_spline(points, values, points, 1)
        smooth = image.interpolate_spline(points, values, points, 1, regularization_weight=10.0)
        exact, smooth = session.run([exact, smooth])
        assert exact == pytest.approx(values, abs=1e-5)
        assert np.abs(smooth - values).max() > 0.1
        assert np.ptp(smooth) < np.ptp(exact)

    @pytest.mark.parametrize("boundary", [0, 1, 3])
    def test_points_come_where_they_are_sent(self, session, boundary):
        source, target = [[[1.0, 1.0]]], [[[2.0, 3.0]]]
        if not boundary:
            source, target = [[*source[0], [0, 0], [3, 0]]], [[*target[0], [0, 0], [3, 0]]]
        warped, flow = image.sparse_image_warp(
            batch(), source, target, num_boundary_points=boundary
        )
        warped, flow = session.run([warped, flow])
        assert flow[0, 2, 3] == pytest.approx([1.0, 2.0], abs=1e-4)
        assert warped[0, 2, 3, 0] == pytest.approx(FULL[1, 1], abs=1e-3)
        if boundary:
            assert flow[0, 0, 0] == pytest.approx([0.0, 0.0], abs=1e-4)
            assert flow[0, 3, 4] == pytest.approx([0.0, 0.0], abs=1e-4)


class TestResampler:
    def by_hand(self, data, x, y):
        """Bilinear, with zeros around the picture."""
        padded = np.pad(data, [(1, 1), (1, 1), (0, 0)])
        if not (-1 < x < data.shape[1] and -1 < y < data.shape[0]):
            return np.zeros(data.shape[2])
        left, top = int(np.floor(x)), int(np.floor(y))
        a, b = x - left, y - top
        corner = padded[top + 1 : top + 3, left + 1 : left + 3]
        upper = (1 - a) * corner[0, 0] + a * corner[0, 1]
        lower = (1 - a) * corner[1, 0] + a * corner[1, 1]
        return (1 - b) * upper + b * lower

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_any_place_by_hand(self, session, dtype):
        data = np.sin(np.arange(24.0)).reshape(1, 3, 4, 2).astype(dtype)
        places = np.array(
            [[0.5, 0.5], [2.9, 1.1], [-0.5, 0.0], [3.5, 2.5], [-1.0, 1.0], [9.0, 1.0], [1.0, 2.0]]
        ).astype(dtype)
        found = session.run(tf.contrib.resampler.resampler(data, places[np.newaxis]))
        expected = [self.by_hand(data[0], *place) for place in places]
        assert found.dtype == dtype
        assert found[0] == pytest.approx(np.array(expected), abs=1e-6)

    def test_places_may_have_any_rank(self, session):
        data = np.ones([2, 3, 4, 5], np.float32)
        for shape in ([2, 2], [2, 6, 2], [2, 3, 7, 2]):
            made = tf.contrib.resampler.resampler(data, np.ones(shape, np.float32))
            assert made.shape.as_list() == [*shape[:-1], 5]
            assert (session.run(made) == 1).all()

    def test_gradients_reach_pixels_and_places(self, session):
        data = tf.constant(np.array([[[[1.0], [3.0]], [[5.0], [9.0]]]], np.float32))
        warp = tf.constant([[[0.25, 0.5]]])
        made = tf.contrib.resampler.resampler(data, warp)
        pixels, places = session.run(tf.gradients(made, [data, warp]))
        assert pixels.ravel() == pytest.approx([0.375, 0.125, 0.375, 0.125])
        # Along x: the mean of 3 - 1 and 9 - 5; along y: 5 - 1 and 9 - 3, three to one.
        assert places.ravel() == pytest.approx([3.0, 4.5])

"""contrib.image: what hangs together, and who is paired with whom, against plain loops."""

from __future__ import annotations

import numpy as np
import pytest

import graphkit.tf1 as tf

image = tf.contrib.image


def flooded(picture):
    """Each component filled from its first pixel on."""
    labels, count = np.zeros(picture.shape, int), 0
    for start in np.ndindex(*picture.shape):
        if not picture[start] or labels[start]:
            continue
        count += 1
        waiting = [start]
        while waiting:
            row, column = place = waiting.pop()
            inside = 0 <= row < picture.shape[0] and 0 <= column < picture.shape[1]
            if not inside or labels[place] or picture[place] != picture[start]:
                continue
            labels[place] = count
            waiting += [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
    return labels


def snake(size):
    """One component as long as can be: a way through the whole picture."""
    picture = np.zeros([size, size], bool)
    picture[::2] = True
    for number, row in enumerate(range(1, size, 2)):
        picture[row, 0 if number % 2 else -1] = True
    return picture


class TestComponents:
    @pytest.mark.parametrize("share", [0.2, 0.5, 0.7])
    def test_noise_like_filling_it(self, session, share):
        picture = np.random.RandomState(int(share * 10)).uniform(size=[17, 23]) < share
        found = session.run(image.connected_components(picture))
        assert found.dtype == np.int32
        assert found.tolist() == flooded(picture).tolist()

    def test_values_that_differ_are_apart(self, session):
        picture = np.random.RandomState(3).randint(0, 3, size=[12, 15])
        found = session.run(image.connected_components(picture))
        assert found.tolist() == flooded(picture).tolist()

    @pytest.mark.parametrize("size", [1, 2, 15])
    def test_long_ways_are_one(self, session, size):
        picture = snake(size)
        found = session.run(image.connected_components(picture))
        assert found.tolist() == picture.astype(int).tolist()

    def test_numbers_go_on_over_pictures(self, session):
        pictures = np.random.RandomState(5).uniform(size=[3, 6, 7]) < 0.5
        found = session.run(image.connected_components(pictures))
        expected, before = [], 0
        for picture in pictures:
            labels = flooded(picture)
            expected.append(np.where(labels > 0, labels + before, 0).tolist())
            before += labels.max()
        assert found.tolist() == expected

    @pytest.mark.parametrize("dtype", [tf.bool, tf.uint8, tf.int64, tf.float32, tf.float64])
    def test_dtypes(self, session, dtype):
        picture = tf.cast([[1, 0], [1, 1]], dtype)
        assert session.run(image.connected_components(picture)).tolist() == [[1, 0], [1, 1]]

    def test_shapes_known_and_unknown(self, session):
        known = image.connected_components(tf.zeros([3, 4, 5], tf.bool))
        assert known.shape.as_list() == [3, 4, 5]
        picture = tf.placeholder(tf.bool, [None, None])
        made = image.connected_components(picture)
        assert made.shape.as_list() == [None, None]
        assert session.run(made, {picture: snake(5)}).tolist() == snake(5).astype(int).tolist()

    @pytest.mark.parametrize("shape", [[4], [1, 2, 3, 4]])
    def test_other_ranks_are_refused(self, graph, shape):
        with pytest.raises(TypeError, match=r"images should have rank 2 \(HW\) or 3 \(NHW\)"):
            image.connected_components(tf.zeros(shape))


def greedy(distances, valid, wanted):
    """Nearest pairs first, each row and column once."""
    rows, columns = distances.shape
    by_row, by_column = np.full(rows, -1), np.full(columns, -1)
    order = np.argsort(distances[:valid], axis=None, kind="stable")
    for number in order:
        row, column = divmod(int(number), columns)
        if (by_row >= 0).sum() < wanted and by_row[row] < 0 and by_column[column] < 0:
            by_row[row], by_column[column] = column, row
    return by_row.tolist(), by_column.tolist()


class TestPairs:
    @pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3), (1, 1)])
    @pytest.mark.parametrize(("valid", "top"), [(-1, -1), (2, -1), (-1, 2), (0, -1), (-1, 0)])
    def test_nearest_first(self, session, shape, valid, top):
        distances = np.random.RandomState(sum(shape)).uniform(size=shape).astype(np.float32)
        made = image.bipartite_match(distances, float(valid), top)
        taking_part = shape[0] if valid < 0 else min(valid, shape[0])
        wanted = top if top > 0 else 99
        found = [part.tolist() for part in session.run(made)]
        assert found == list(greedy(distances, taking_part, wanted))

    def test_a_pair_may_cost_the_others(self, session):
        # The nearest pair is taken although the sum would be less without it.
        made = image.bipartite_match(tf.constant([[0.1, 0.2], [0.2, 9.0]]), -1.0)
        assert session.run(made.row_to_col_match_indices).tolist() == [0, 1]

    def test_shapes_and_names(self, session):
        distances = tf.placeholder(tf.float32, [3, None])
        made = image.bipartite_match(distances, [2.0])
        assert made._fields == ("row_to_col_match_indices", "col_to_row_match_indices")
        assert [part.shape.as_list() for part in made] == [[3], [None]]
        rows, columns = session.run(made, {distances: np.eye(3, 5)})
        assert rows.tolist() == [1, 0, -1]
        assert columns.tolist() == [1, 0, -1, -1, -1]

    def test_distances_are_a_matrix(self, graph):
        with pytest.raises(ValueError, match="rank 2"):
            image.bipartite_match(tf.zeros([3]), -1.0)


class TestStereograms:
    @pytest.mark.parametrize("dtype", ["uint8", "float16", "bool"])
    def test_other_kinds_of_depths_are_refused(self, graph, dtype):
        with pytest.raises(TypeError, match="'depth_values' has DataType " + dtype):
            image.single_image_random_dot_stereograms(np.zeros([2, 2], dtype))

    def test_depths_are_a_matrix(self, graph):
        with pytest.raises(ValueError, match="must have rank 2"):
            image.single_image_random_dot_stereograms([1.0, 2.0])

    @pytest.mark.parametrize(
        "option", [{"output_image_shape": [64, 32]}, {"output_data_window": [None, 9]}]
    )
    def test_sizes_are_known(self, graph, option):
        with pytest.raises(ValueError, match=next(iter(option))):
            image.single_image_random_dot_stereograms([[1.0]], **option)

    def test_a_flat_picture_repeats_at_the_distance_of_its_depth(self, session):
        picture = session.run(
            image.single_image_random_dot_stereograms(
                np.zeros([2, 2]),
                dots_per_inch=8,
                normalize=False,
                convergence_dots_size=0,
                output_image_shape=[50, 4, 1],
                output_data_window=[50, 4],
            )
        )
        apart = 10  # half the distance of the eyes, 2.5 inches of 8 dots
        assert picture[:, apart:].tolist() == picture[:, :-apart].tolist()
        assert len(np.unique(picture[:, :apart])) > apart

    def test_each_run_draws_other_dots(self, session):
        picture = image.single_image_random_dot_stereograms(
            [[0.0, 1.0]], output_image_shape=[40, 4, 1], output_data_window=[40, 4]
        )
        assert (session.run(picture) != session.run(picture)).any()

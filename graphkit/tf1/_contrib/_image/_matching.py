"""contrib.image: the rows and columns of a matrix paired off, the nearest first."""

from __future__ import annotations

from typing import Any, NamedTuple

from graphkit._tf import Tensor, tf

__all__ = ["BipartiteMatch", "bipartite_match"]


class BipartiteMatch(NamedTuple):
    """Who is paired with whom.

    Args:
        row_to_col_match_indices: The column of each row, int32 `[R]`; -1 where it has none.
        col_to_row_match_indices: The row of each column, int32 `[C]`; -1 where it has none.
    """

    row_to_col_match_indices: Tensor
    col_to_row_match_indices: Tensor


def bipartite_match(
    distance_mat: Any, num_valid_rows: Any, top_k: int = -1, name: str = "bipartite_match"
) -> BipartiteMatch:
    """Pairs rows with columns: the nearest pair first, then the nearest of what is left.

    Args:
        distance_mat: The distances, float32 `[R, C]`.
        num_valid_rows: How many of the first rows take part; all unless 0 or more.
        top_k: How many pairs are wanted; as many as there can be unless above 0.
        name: The name scope.

    Returns:
        The two directions.

    Raises:
        ValueError: The distances are no matrix.
    """
    with tf.name_scope(name, "BipartiteMatch"):
        distances = tf.convert_to_tensor(distance_mat, tf.float32, name="distance_mat")
        distances.shape.assert_has_rank(2)
        rows, columns = tf.unstack(tf.shape(distances))
        given = tf.reshape(tf.cast(num_valid_rows, tf.int32), [])
        valid = tf.where_v2(given < 0, rows, tf.minimum(given, rows))
        most = tf.minimum(valid, columns)
        wanted = most if top_k <= 0 else tf.minimum(most, top_k)
        barred = tf.fill([rows, columns], float("inf"))
        takes_part = tf.range(rows)[:, tf.newaxis] < valid
        left = tf.where_v2(takes_part, distances, barred)

        def step(count: Tensor, left: Tensor, by_row: Tensor, by_column: Tensor) -> list[Tensor]:
            nearest = tf.argmin(tf.reshape(left, [-1]), output_type=tf.int32)
            row, column = nearest // columns, nearest % columns
            of_row, of_column = tf.equal(tf.range(rows), row), tf.equal(tf.range(columns), column)
            gone = of_row[:, tf.newaxis] | of_column
            after = [
                count + 1,
                tf.where_v2(gone, barred, left),
                tf.where_v2(of_row, column, by_row),
                tf.where_v2(of_column, row, by_column),
            ]
            for new, old in zip(after, (count, left, by_row, by_column), strict=True):
                new.set_shape(old.shape)
            return after

        nobody = [tf.fill([rows], -1), tf.fill([columns], -1)]
        _, _, by_row, by_column = tf.while_loop(
            lambda count, *_: count < wanted,
            step,
            [tf.constant(0), left, *nobody],
            back_prop=False,
        )
        by_row.set_shape(distances.shape[:1])
        by_column.set_shape(distances.shape[1:])
        return BipartiteMatch(by_row, by_column)

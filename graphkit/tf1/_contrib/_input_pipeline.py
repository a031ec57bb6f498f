"""contrib.input_pipeline: a list of strings that several workers go through together."""

from __future__ import annotations

import random

from graphkit._tf import Tensor, tf

__all__ = ["obtain_next", "seek_next"]


def obtain_next(string_list_tensor: Tensor, counter: tf.Variable) -> Tensor:
    """Gives the next of some strings, the first again after the last.

    Args:
        string_list_tensor: The strings `[N]`.
        counter: An int64 scalar, the place of the last one given; it goes on counting, where 1.15
            began anew at 0.

    Returns:
        A string, a scalar.
    """
    # Counting is the one op that reads and changes a variable at once, whoever else does.
    given = counter.count_up_to(tf.int64.max)
    return tf.gather(
        string_list_tensor, tf.floormod(given + 1, tf.size(string_list_tensor, out_type=tf.int64))
    )


def _in_turn(strings: list[str], shuffle: bool, seed: int | None, epochs: int | None) -> list[str]:
    if shuffle and seed:
        random.seed(seed)
    turns = []
    for _ in range(epochs or 1):
        if shuffle:
            random.shuffle(strings)
        turns += strings
    return turns


def seek_next(
    string_list: list[str],
    shuffle: bool = False,
    seed: int | None = None,
    num_epochs: int | None = None,
) -> Tensor:
    """Gives one string after the other, counted in variables that workers share.

    Args:
        string_list: The strings; shuffled in place.
        shuffle: Whether each epoch has another order.
        seed: Python's random numbers start from it.
        num_epochs: How many epochs there are; no end unless given.

    Returns:
        A string, a scalar.

    Raises:
        OutOfRangeError: When it runs, and all epochs are over.
    """
    turns = _in_turn(string_list, shuffle, seed, num_epochs)

    def count(name: str, start: int) -> tf.Variable:
        start_at = tf.constant(start, tf.int64)
        return tf.get_variable(name, initializer=start_at, trainable=False)

    with tf.variable_scope("obtain_next"):
        counter = count("obtain_next_counter", -1)
        with tf.colocate_with(counter):
            strings = tf.get_variable(
                "obtain_next_expanded_list", initializer=tf.constant(turns), trainable=False
            )
        if not num_epochs:
            return obtain_next(strings, counter)
        left = count("obtain_next_filename_counter", 0).count_up_to(len(turns))
        with tf.control_dependencies([left]):
            return obtain_next(strings, counter)

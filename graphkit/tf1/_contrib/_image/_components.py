"""contrib.image: which pixels of a picture hang together."""

from __future__ import annotations

from typing import Any

from graphkit._tf import Tensor, tf

__all__ = ["connected_components"]


def connected_components(images: Any) -> Tensor:
    """Numbers what hangs together: pixels of one value, each beside, above or below another.

    Args:
        images: One picture `[H, W]` or several `[N, H, W]`, of any dtype that can be compared.

    Returns:
        For each pixel 0 where the picture is 0, false or empty, and else the number of its
        component; components count from 1 in the order of their first pixels, over all pictures.

    Raises:
        TypeError: The rank is another.
    """
    with tf.name_scope("connected_components"):
        given = tf.convert_to_tensor(images, name="images")
        if given.shape.ndims not in (2, 3):
            raise TypeError(
                f"images should have rank 2 (HW) or 3 (NHW). Static shape is {given.shape}"
            )
        pictures = given[tf.newaxis] if given.shape.ndims == 2 else given
        made = tf.reshape(_numbered(_first_pixels(pictures)), tf.shape(given))
        made.set_shape(given.shape)
        return made


def _first_pixels(pictures: Tensor) -> Tensor:
    """For each pixel the place of its component's first, and a place beyond all where it is 0."""
    shape, size = tf.shape(pictures), tf.size(pictures)
    filled = tf.logical_not(tf.equal(pictures, tf.zeros_like(pictures)))
    own = tf.reshape(tf.range(size), shape)
    start = tf.where_v2(filled, own, size)
    joined = [tf.equal(pictures[:, 1:], pictures[:, :-1]) & filled[:, 1:]]
    joined.append(tf.equal(pictures[:, :, 1:], pictures[:, :, :-1]) & filled[:, :, 1:])

    def step(_: Tensor, places: Tensor) -> tuple[Tensor, Tensor]:
        lower = _down(places, joined[0], 1, size)
        lower = _down(lower, joined[1], 2, size)
        # What a pixel points at may point further: that halves the way in long components.
        flat = tf.concat([tf.reshape(lower, [-1]), [size]], 0)
        further = tf.reshape(tf.gather(flat, flat[:-1]), shape)
        return tf.reduce_any(tf.not_equal(further, places)), further

    _, places = tf.while_loop(
        lambda changed, _: changed, step, [tf.constant(True), start], back_prop=False
    )
    return places


def _down(places: Tensor, joined: Tensor, axis: int, beyond: Tensor) -> Tensor:
    """The least place of each pixel and of those it is joined with along an axis."""
    whole = (slice(None),) * axis
    ahead, behind = (*whole, slice(None, -1)), (*whole, slice(1, None))
    for part, pad in ((places[ahead], [1, 0]), (places[behind], [0, 1])):
        around = [pad if number == axis else [0, 0] for number in range(3)]
        neighbour = tf.pad(tf.where_v2(joined, part, beyond) - beyond, around) + beyond
        places = tf.minimum(places, neighbour)
    return places


def _numbered(places: Tensor) -> Tensor:
    flat = tf.reshape(places, [-1])
    size = tf.size(flat)
    first = tf.equal(flat, tf.range(size))
    numbers = tf.concat([tf.cumsum(tf.cast(first, tf.int32)), [0]], 0)
    found = tf.gather(numbers, tf.minimum(flat, size))
    return tf.where_v2(tf.equal(flat, size), 0, found)

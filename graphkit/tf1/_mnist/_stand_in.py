"""The handwritten digits that come with graphkit, in the sizes of MNIST.

1,797 digits of 8 by 8 are drawn at 24 by 24 in every place of a 28 by 28 image, until there are
60,000 and 10,000; no digit is in both parts.
"""

from __future__ import annotations

import numpy as np

from graphkit import records
from graphkit.tf1._mnist._data_set import Array

__all__ = ["stand_in_for_mnist"]

_TEST_DIGITS = 360
_PLACES = 5


def _drawn(digits: Array, count: int) -> Array:
    large = np.kron(digits, np.ones((1, 3, 3), np.uint8))
    images = np.zeros((count, 28, 28, 1), np.uint8)
    number = np.arange(count)
    place = number // len(digits) % _PLACES**2
    # The middle place comes first, so a short look at the data shows centred digits.
    place = (place + _PLACES**2 // 2) % _PLACES**2
    for offset in range(_PLACES**2):
        chosen = number[place == offset]
        row, column = divmod(offset, _PLACES)
        images[chosen, row : row + 24, column : column + 24, 0] = large[chosen % len(digits)]
    return images


def stand_in_for_mnist() -> tuple[Array, Array, Array, Array]:
    """Makes the stand-in.

    Returns:
        Training images `[60000, 28, 28, 1]`, their labels `[60000]`, and 10,000 of both for tests,
        all uint8.
    """
    digits = records.load_digits()
    ink = np.minimum(digits.images.astype(np.uint16) * 16, 255).astype(np.uint8)
    labels = digits.labels.astype(np.uint8)
    parts: list[Array] = []
    for chosen, count in ((slice(_TEST_DIGITS, None), 60000), (slice(_TEST_DIGITS), 10000)):
        own = labels[chosen]
        parts += [_drawn(ink[chosen], count), own[np.arange(count) % len(own)]]
    train_images, train_labels, test_images, test_labels = parts
    return train_images, train_labels, test_images, test_labels

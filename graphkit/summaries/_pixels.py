"""Images in event files are PNG strings; this is where arrays become PNG and come back.

TensorFlow's own codecs do the work, in a graph of their own that is never seen outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from graphkit._tf import tf

__all__ = ["decode_image", "encode_png"]


def encode_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Encodes pixels losslessly.

    Args:
        pixels: uint8, shape `[H, W, C]` with C 1, 3 or 4.

    Returns:
        The bytes of a PNG file.
    """
    return bytes(_compute(lambda: tf.io.encode_png(pixels)))


def decode_image(encoded: bytes) -> npt.NDArray[np.uint8]:
    """Decodes a PNG, JPEG, BMP or the first frame of a GIF.

    Args:
        encoded: The bytes of an image file.

    Returns:
        uint8, shape `[H, W, C]`.

    Raises:
        tf.errors.InvalidArgumentError: The bytes are no image.
    """
    decoded = _compute(lambda: tf.io.decode_image(tf.constant(encoded), expand_animations=False))
    return np.asarray(decoded, np.uint8)


def _compute(build: Callable[[], Any]) -> Any:
    """Runs one op on the CPU; a GPU of this machine is not touched, its memory not taken."""
    config = tf.ConfigProto(device_count={"GPU": 0})
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        return session.run(build())

"""What layers of `tf.keras` were called in 1.15 by the names of their classes."""

from __future__ import annotations

import re

__all__ = ["to_snake_case"]


def to_snake_case(name: str) -> str:
    """Makes a class's name one of a layer: `ConvLSTM2D` becomes `conv_lst_m2d`, as in 1.15.

    Digits end a word there, and are no small letters today, which makes it `conv_lstm2d`.

    Args:
        name: The name of the class.

    Returns:
        The name in small letters; "private" comes before an underscore, which opens no scope.
    """
    words = re.sub("(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    found = re.sub("([a-z])([A-Z])", r"\1_\2", words).lower()
    return f"private{found}" if found.startswith("_") else found

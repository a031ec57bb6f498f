"""Makes this process one of TensorFlow 1, for programs that ask for it and for `graphkit run`."""

from __future__ import annotations

from graphkit._tf import tf
from graphkit.tf1._core._dimensions import accept_old_sizes
from graphkit.tf1._core._error_texts import word_errors_as_before
from graphkit.tf1._core._moved_names import find_moved_names

__all__ = ["disable_v2_behavior"]


def disable_v2_behavior() -> None:
    """Switches eager execution and TensorFlow 2's variables, shapes and control flow off.

    Besides, shapes take whole floats for sizes, and ops are found by the names that 1.15 gave
    them, and errors have the texts of 1.15. It holds for the whole process.
    """
    tf.disable_v2_behavior()
    accept_old_sizes()
    find_moved_names()
    word_errors_as_before()

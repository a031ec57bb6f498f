"""Errors of TensorFlow that quote bytes which are no text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graphkit._tf import tf

__all__ = ["readable_errors"]


@contextmanager
def readable_errors() -> Iterator[None]:
    r"""Makes an error of an op of what TensorFlow cannot tell.

    Where an op quotes what it was given (an Example that is none, the name of a file) and that is
    no UTF-8, Python cannot read the message, and all that comes is a `UnicodeDecodeError`. It holds
    the message, but not which error it was: what is quoted is an argument that does not do.

        with readable_errors():
            session.run(...)

    Raises:
        tf.errors.InvalidArgumentError: With the message, `\xff` for what is no text.
    """
    try:
        yield
    except UnicodeDecodeError as error:
        message = error.object.decode("utf-8", "backslashreplace")
        raise tf.errors.InvalidArgumentError(None, None, message) from error

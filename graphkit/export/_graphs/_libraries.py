"""Libraries of custom ops. Loading one runs its code, so only what a user names is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from graphkit._tf import tf
from graphkit.errors import ArgumentTypeError, CorruptFileError, MissingFileError

__all__ = ["Libraries", "load_libraries"]

Libraries = Iterable[str | PathLike[str]]


def load_libraries(where: str, libraries: Libraries) -> tuple[str, ...]:
    """Loads libraries of ops into this process; one that is loaded already stays as it is.

    TF1: `tf.load_op_library`.

    Args:
        where: The function that was called.
        libraries: Their files.

    Returns:
        Their absolute paths, each once.

    Raises:
        ArgumentTypeError: `libraries` is one path instead of several.
        MissingFileError: There is no such file.
        CorruptFileError: It is no library, or not for this machine and this TensorFlow.
    """
    if isinstance(libraries, (str, PathLike)):
        raise ArgumentTypeError(where, "libraries", repr(libraries), "a list of paths")
    paths = tuple(dict.fromkeys(str(Path(library).absolute()) for library in libraries))
    for path in paths:
        if not Path(path).is_file():
            raise MissingFileError(path)
        try:
            tf.load_op_library(path)
        except (tf.errors.OpError, RuntimeError) as exc:
            reason = str(getattr(exc, "message", exc)).removeprefix(f"{path}: ")
            raise CorruptFileError(
                path, f"is no library of ops for this TensorFlow: {reason}"
            ) from exc
    return paths

"""Netron, the viewer of models in the browser, on a file: where it is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from graphkit.errors import ArgumentError, MissingFileError
from graphkit.export._optional import optional_package

__all__ = ["NetronView", "view_model"]

_HOST = "localhost"
_PORTS = range(65536)


@dataclass(frozen=True)
class NetronView:
    """A model that Netron shows.

    Attributes:
        url: Where it is to be seen, from this machine only.
        wait: Waits until Ctrl-C.
    """

    url: str
    wait: Callable[[], None]


@contextmanager
def view_model(
    path: str | PathLike[str], *, port: int = 0, browse: bool = True
) -> Iterator[NetronView]:
    """Serves a model to Netron's page until the block ends.

    Args:
        path: The model.
        port: The port to listen on; 0 takes any that is free.
        browse: Whether to open the browser.

    Yields:
        Where it is to be seen.

    Raises:
        ArgumentError: There is no such port.
        MissingFileError: There is no such file.
        UsageError: Netron is not installed.
    """
    if port not in _PORTS:
        raise ArgumentError("view_model", "port", port, "from 0 to 65535")
    file = Path(path)
    if not file.exists():
        raise MissingFileError(file)
    without = "`graphkit inspect FILE --html PAGE.html` draws a graph without"
    netron = optional_package("netron", f"`graphkit view` ({without})")
    host, port = netron.start(str(file), address=(_HOST, port) if port else None, browse=browse)
    try:
        yield NetronView(f"http://{host}:{port}", netron.wait)
    finally:
        netron.stop((host, port))

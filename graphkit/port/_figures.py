"""A Matplotlib backend whose windows are numbered picture files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from graphkit.port._display import PictureFolder

__all__ = ["FigureCanvas", "FigureManager", "set_pictures"]

_PICTURES: list[PictureFolder] = []


def set_pictures(pictures: PictureFolder) -> None:
    """Says where figures go.

    Args:
        pictures: Writes them.
    """
    _PICTURES[:] = [pictures]


class FigureManager(FigureManagerBase):
    """One figure that would have a window."""

    _shown: bytes = b""

    def show(self) -> None:
        """Writes the figure, unless it looks as it did when last shown."""
        canvas = self.canvas
        if not isinstance(canvas, FigureCanvasAgg) or not _PICTURES:
            return
        draw: Callable[[], None] = canvas.draw
        draw()
        read: Callable[[], memoryview] = canvas.buffer_rgba
        pixels = bytes(read())
        if pixels != self._shown:
            self._shown = pixels
            _PICTURES[0].write("plt.show()", canvas.print_png)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Writes every open figure; the windows of a blocking call are closed again.

        Args:
            block: Whether the call would have waited; as `plt.show()` if not given.
        """
        from matplotlib import pyplot
        from matplotlib._pylab_helpers import Gcf

        for manager in Gcf.get_all_fig_managers():
            manager.show()
        if block or (block is None and not pyplot.isinteractive()):
            pyplot.close("all")


class FigureCanvas(FigureCanvasAgg):
    """A canvas nobody sits before: nothing is waited for."""

    manager_class = FigureManager

    def start_event_loop(self, timeout: float = 0) -> None:
        """Returns at once: no event will come.

        Args:
            timeout: Seconds, unused.
        """

    def flush_events(self) -> Any:
        """Does nothing: there are no events."""

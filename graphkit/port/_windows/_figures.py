"""A Matplotlib backend whose windows are numbered picture files.

Figures of a backend that never had windows (Agg, PDF, …) are shown the same way, and not waited on,
but stay open as they did.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.backend_bases import FigureCanvasBase, FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from graphkit.port._windows._display import PictureFolder

__all__ = ["FigureCanvas", "FigureManager", "set_pictures"]

_PICTURES: list[PictureFolder] = []
_SHOWN = "_graphkit_shown"  # a manager's last picture


def set_pictures(pictures: PictureFolder) -> None:
    """Says where figures go.

    Args:
        pictures: Writes them.
    """
    _PICTURES[:] = [pictures]
    bases: tuple[Any, Any] = (FigureManagerBase, FigureCanvasBase)
    bases[0].show = _show
    bases[1].start_event_loop = _return_at_once


def _show(manager: FigureManagerBase) -> None:
    """Writes a figure, unless it looks as it did when last shown."""
    if not _PICTURES:
        return
    drawn = BytesIO()
    manager.canvas.print_figure(drawn, format="png")
    picture = drawn.getvalue()
    if picture != vars(manager).get(_SHOWN):
        vars(manager)[_SHOWN] = picture
        _PICTURES[0].write("plt.show()", lambda path: Path(path).write_bytes(picture))


def _return_at_once(_canvas: FigureCanvasBase, timeout: float = 0) -> None:
    """Waits for nothing: no event will come."""


class FigureManager(FigureManagerBase):
    """One figure that would have a window."""

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

    def flush_events(self) -> Any:
        """Does nothing: there are no events."""

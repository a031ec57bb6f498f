"""Without a display, what would open a window writes numbered pictures and says where.

`plt.show()` and `cv2.imshow()` either crash on a server or wait for a key that nobody presses.
"""

from __future__ import annotations

import importlib
import itertools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["BACKEND", "PictureFolder", "has_display", "welcome_window_library"]

BACKEND = "module://graphkit.port._windows._figures"
_MOST_PICTURES = 200
_KEYS = (27, ord("q"), 13, ord(" "))
_PATIENCE = 3  # how often the same picture is waited on before a key is pressed


def has_display() -> bool:
    """Says whether a window can be opened."""
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class PictureFolder:
    """Gives out numbered file names and says once per picture where it was written.

    Args:
        folder: Where pictures go; made when the first is written.
        stem: How their names begin.
        say: Told one line per picture.
    """

    def __init__(self, folder: Path, stem: str, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._stem = stem
        self._say = say
        self._count = itertools.count(1)

    def write(self, call: str, save: Callable[[str], Any]) -> None:
        """Writes one picture.

        Args:
            call: What would have shown it, for the message.
            save: Writes the picture to a path.
        """
        number = next(self._count)
        if number > _MOST_PICTURES:
            if number == _MOST_PICTURES + 1:
                self._say(f"{call}: {_MOST_PICTURES} pictures written, later ones are left out")
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{self._stem}-{number:03d}.png"
        save(str(path))
        self._say(f"no display: {call} wrote {path}")


class Windows:
    """Stands in for OpenCV's windows.

    Args:
        cv2: The module.
        pictures: Where pictures go.
    """

    def __init__(self, cv2: Any, pictures: PictureFolder) -> None:
        self._write = cv2.imwrite
        self._pictures = pictures
        self._last: dict[str, bytes] = {}
        self._trackbars: dict[tuple[str, str], int] = {}
        self._unchanged = 0
        self._keys = itertools.cycle(_KEYS)

    def show(self, winname: str, mat: Any) -> None:
        """Writes a picture, unless the window shows it already."""
        numpy = importlib.import_module("numpy")
        pixels = numpy.asarray(mat)
        if pixels.dtype.kind == "f":
            pixels = (pixels * 255).clip(0, 255).astype("uint8")
        elif pixels.dtype == numpy.uint16:
            pixels = (pixels // 256).astype("uint8")
        digest = pixels.tobytes()
        if self._last.get(winname) == digest:
            return
        self._last[winname] = digest
        self._unchanged = 0
        self._pictures.write(f"cv2.imshow({winname!r})", lambda path: self._write(path, pixels))

    def wait_key(self, delay: int = 0) -> int:
        """Presses a key where the program waits for ever, or for a change that does not come."""
        self._unchanged += 1
        if delay > 0 and self._unchanged <= _PATIENCE:
            return -1
        return next(self._keys)

    def make_trackbar(self, name: str, window: str, value: Any, *_rest: Any) -> None:
        """Remembers where a slider stands."""
        self._trackbars[name, window] = int(value or 0)

    def trackbar(self, name: str, window: str) -> int:
        """Says where a slider stands."""
        return self._trackbars.get((name, window), 0)

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Lists OpenCV's functions by name, with what stands in for each."""

        def nothing(*_args: Any, **_kwargs: Any) -> None:
            """Windows that do not exist need no care."""

        return {
            "createTrackbar": self.make_trackbar,
            "destroyAllWindows": nothing,
            "destroyWindow": nothing,
            "getTrackbarPos": self.trackbar,
            "getWindowProperty": lambda *_: -1.0,
            "imshow": self.show,
            "moveWindow": nothing,
            "namedWindow": nothing,
            "resizeWindow": nothing,
            "setMouseCallback": nothing,
            "setTrackbarPos": self.make_trackbar,
            "setWindowProperty": nothing,
            "setWindowTitle": nothing,
            "startWindowThread": lambda: 0,
            "waitKey": self.wait_key,
            "waitKeyEx": self.wait_key,
        }


def _guard_backends(matplotlib: Any) -> None:
    """Chooses the backend that writes pictures, also for `matplotlib.use("TkAgg")`."""
    real = matplotlib.use
    if not os.environ.get("MPLBACKEND"):
        real(BACKEND)
    windowed = {name.lower() for name in _windowed_backends(matplotlib)}

    def use(backend: str, *args: Any, **kwargs: Any) -> None:
        real(BACKEND if backend.lower() in windowed else backend, *args, **kwargs)

    matplotlib.use = use


def _windowed_backends(matplotlib: Any) -> list[str]:
    try:
        registry = importlib.import_module("matplotlib.backends").backend_registry
    except AttributeError:  # before Matplotlib 3.9
        return list(matplotlib.rcsetup.interactive_bk)
    kinds = importlib.import_module("matplotlib.backends").BackendFilter
    return [*registry.list_builtin(kinds.INTERACTIVE), "inline", "notebook"]


def welcome_window_library(name: str, pictures: PictureFolder) -> None:
    """Changes a library that opens windows, once the program has imported it.

    Args:
        name: The module's name.
        pictures: Where pictures go.
    """
    top = name.partition(".")[0]
    module = sys.modules.get(top)
    if module is None or getattr(module, "_without_display", False):
        return
    if top == "cv2":
        vars(module).update(Windows(module, pictures).functions())
    elif top == "matplotlib":
        _guard_backends(module)
    elif top == "PIL" and "PIL.Image" in sys.modules:
        image = sys.modules["PIL.Image"].Image
        image.show = lambda shown, *_, **__: pictures.write("Image.show()", shown.save)
    else:
        return
    vars(module)["_without_display"] = True

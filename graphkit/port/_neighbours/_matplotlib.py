"""What Matplotlib took away between 2.0 and 3.9: names, and keyword arguments of its functions."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from typing import Any

__all__ = [
    "MATPLOTLIB_NAMES",
    "MATPLOTLIB_WRAPPERS",
    "MLAB_NAMES",
    "PYPLOT_NAMES",
    "pyplot_wrappers",
]

_Provider = Callable[[Any], Any]


def _color_map(matplotlib: Any) -> Callable[..., Any]:
    def get_cmap(name: Any = None, lut: int | None = None) -> Any:
        if not isinstance(name, str | None):
            return name
        found = matplotlib.colormaps[name or matplotlib.rcParams["image.cmap"]]
        return found if lut is None else found.resampled(lut)

    return get_cmap


def _renamed_map(name: Any) -> Any:
    """What a colour map of Matplotlib 1.5 to 2.1 is called today, "_r" kept."""
    if not isinstance(name, str):
        return name
    today = re.sub("^Vega", "tab", name)
    return re.sub("^spectral(?=$|_r$)", "nipy_spectral", today)


def _by_old_name(method: str) -> _Provider:
    def provide(matplotlib: Any) -> Callable[..., Any]:
        real = getattr(matplotlib.cm.ColormapRegistry, method)
        return lambda registry, name: real(registry, _renamed_map(name))

    return provide


MATPLOTLIB_WRAPPERS: dict[str, _Provider] = {
    f"cm.ColormapRegistry.{method}": _by_old_name(method)
    for method in ("__contains__", "__getitem__")
}
MATPLOTLIB_NAMES: dict[str, _Provider] = {
    "cm.cmap_d": lambda matplotlib: dict(matplotlib.colormaps),
    **{
        f"cm.{name}": functools.partial(lambda name, mpl: mpl.colormaps[_renamed_map(name)], name)
        for name in ("spectral", "spectral_r", "Vega10", "Vega20", "Vega20b", "Vega20c")
    },
    "cm.get_cmap": _color_map,
}


def _normal_density(_mlab: Any) -> Callable[..., Any]:
    def normpdf(x: Any, mu: float, sigma: float) -> Any:
        from numpy import asarray, exp

        scaled = (asarray(x) - mu) / sigma
        return exp(-0.5 * scaled**2) / (sigma * math.sqrt(2 * math.pi))

    return normpdf


def _normal_density_of_two(_mlab: Any) -> Callable[..., Any]:
    def bivariate_normal(
        X: Any,
        Y: Any,
        sigmax: float = 1.0,
        sigmay: float = 1.0,
        mux: float = 0.0,
        muy: float = 0.0,
        sigmaxy: float = 0.0,
    ) -> Any:
        from numpy import exp

        x, y, both = X - mux, Y - muy, sigmax * sigmay
        correlation = sigmaxy / both
        rest = 1 - correlation**2
        z = x**2 / sigmax**2 + y**2 / sigmay**2 - 2 * correlation * x * y / both
        return exp(-z / (2 * rest)) / (2 * math.pi * both * math.sqrt(rest))

    return bivariate_normal


MLAB_NAMES: dict[str, _Provider] = {
    "bivariate_normal": _normal_density_of_two,
    "normpdf": _normal_density,
}


def _pixels(canvas: Any) -> bytes:
    from numpy import asarray

    return asarray(canvas.buffer_rgba())[..., :3].tobytes()


def _set_title(canvas: Any, title: str) -> None:
    if canvas.manager is not None:
        canvas.manager.set_window_title(title)


def _get_title(canvas: Any) -> Any:
    return None if canvas.manager is None else canvas.manager.get_window_title()


def _constant(value: Any) -> _Provider:
    return lambda _module: value


def _nothing(*_: Any, **__: Any) -> None:
    """Stands in for `hold`: drawing into what is there is what Matplotlib does today."""


PYPLOT_NAMES: dict[str, _Provider] = {
    "hold": _constant(_nothing),
    "Axes.hold": _constant(_nothing),
    "Axes.set_color_cycle": _constant(lambda axes, clist: axes.set_prop_cycle(color=clist)),
    "Artist.get_axes": _constant(lambda artist: artist.axes),
    "Figure.hold": _constant(_nothing),
    "Axes.get_axis_bgcolor": lambda plt: plt.Axes.get_facecolor,
    "Axes.set_axis_bgcolor": lambda plt: plt.Axes.set_facecolor,
    "FigureCanvasBase.get_window_title": _constant(_get_title),
    "FigureCanvasBase.set_window_title": _constant(_set_title),
    "FigureCanvasBase.tostring_rgb": _constant(_pixels),
    "matplotlib.legend.Legend.legendHandles": _constant(
        property(lambda legend: legend.legend_handles)
    ),
}


def _with_old_keyword(path: str, old: str, new: str) -> _Provider:
    """Accepts a keyword argument by its old name."""

    def provide(plt: Any) -> Any:
        holder, _, name = path.rpartition(".")
        real = getattr(functools.reduce(getattr, holder.split("."), plt), name)

        @functools.wraps(real)
        def call(*arguments: Any, **options: Any) -> Any:
            if old in options:
                options[new] = options.pop(old)
            return real(*arguments, **options)

        return call

    return provide


def _current_axes(plt: Any) -> Callable[..., Any]:
    """Makes the axes `gca(projection="3d")` asks for."""
    real = plt.gca

    def gca(**options: Any) -> Any:
        return plt.gcf().gca(**options) if options else real()

    return gca


def _axes_of_figure(plt: Any) -> Callable[..., Any]:
    real = plt.Figure.gca

    def gca(figure: Any, **options: Any) -> Any:
        if not options:
            return real(figure)
        wanted = options.get("projection")
        for axes in reversed(figure.axes):
            if wanted is None or axes.name == wanted:
                figure.sca(axes)
                return axes
        return figure.add_subplot(**options)

    return gca


def _style_user(plt: Any) -> Callable[..., Any]:
    """Finds the styles of seaborn by the names they had."""
    real = plt.style.use

    def today(style: Any) -> Any:
        if isinstance(style, str) and style.partition("-")[0] == "seaborn":
            renamed = style.replace("seaborn", "seaborn-v0_8", 1)
            return renamed if renamed in plt.style.available else style
        return style

    def use(style: Any) -> None:
        real([today(part) for part in style] if isinstance(style, list | tuple) else today(style))

    return use


def _pyplot_map(plt: Any) -> Callable[..., Any]:
    real = plt.get_cmap
    return lambda name=None, lut=None: real(_renamed_map(name), lut)


def pyplot_wrappers() -> dict[str, _Provider]:
    """Lists the functions whose arguments changed, each with what accepts the old ones too."""
    return {
        "Axes.grid": _with_old_keyword("Axes.grid", "b", "visible"),
        "Axes.hist": _with_old_keyword("Axes.hist", "normed", "density"),
        "Figure.gca": _axes_of_figure,
        "gca": _current_axes,
        "get_cmap": _pyplot_map,
        "style.use": _style_user,
    }

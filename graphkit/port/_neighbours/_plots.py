"""What Matplotlib and scikit-image took away since 2016."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Mapping
from typing import Any

from graphkit.port._neighbours._rows import (
    Neighbour,
    constants,
    provided_by,
    renamed,
    with_keywords,
)

__all__ = ["PLOT_ROWS"]


def _set_parameter(matplotlib: Any) -> Callable[..., Any]:
    """Leaves out settings that are gone instead of refusing them."""
    real = matplotlib.RcParams.__setitem__

    @functools.wraps(real)
    def set_item(parameters: Any, key: str, value: Any) -> None:
        if key == "axes.color_cycle":
            key, value = "axes.prop_cycle", importlib.import_module("cycler").cycler(color=value)
        if key.endswith(".preamble") and isinstance(value, list | tuple):
            value = "\n".join(value)  # one text since Matplotlib 3.3
        try:
            real(parameters, key, value)
        except KeyError:
            return

    return set_item


def _find(condition: Any) -> Any:
    np = importlib.import_module("numpy")
    return np.nonzero(np.ravel(condition))[0]


_AXES_COLOR = {"axisbg": "facecolor"}
_DRAWS = [
    f"Axes.{name}"
    for name in (
        "bar barh contour contourf errorbar fill_between hist imshow loglog pcolor plot quiver "
        "scatter semilogx semilogy step"
    ).split()
]


def _scales(axis: str) -> dict[str, str]:
    today = {"base": "base", "subs": "subs", "nonpos": "nonpositive"}
    return {then + axis: now for then, now in today.items()}


_MATPLOTLIB_ROWS: tuple[Neighbour, ...] = (
    Neighbour(
        "matplotlib",
        "a keyword argument removed in Matplotlib 3.3; settings removed since 2.0",
        {**with_keywords("use", "warn"), "RcParams.__setitem__": _set_parameter},
        wraps=True,
    ),
    Neighbour(
        "matplotlib.pyplot",
        "removed in Matplotlib 3.0 to 3.11",
        {
            **constants(ishold=lambda: True),
            "register_cmap": lambda plt: (
                lambda name=None, cmap=None, **_: plt.matplotlib.colormaps.register(cmap, name=name)
            ),
            "plot_date": lambda plt: lambda x, y, fmt="o", **o: plt.plot(x, y, fmt, **o),
        },
    ),
    Neighbour(
        "matplotlib.pyplot",
        "keyword arguments removed or renamed in Matplotlib 2.2 to 3.5",
        {
            **with_keywords("Axes.set_xscale", **_scales("x")),
            **with_keywords("Axes.set_yscale", **_scales("y")),
            **with_keywords("Axes.semilogx", **_scales("x")),
            **with_keywords("Axes.semilogy", **_scales("y")),
            **with_keywords("Axes.loglog", **_scales("x"), **_scales("y")),
            **with_keywords("Axes.hist2d", normed="density"),
            **with_keywords("Figure.add_subplot", **_AXES_COLOR),
            **with_keywords("Figure.add_axes", **_AXES_COLOR),
            **with_keywords("Figure.savefig", "frameon"),
            **with_keywords("Axes.boxplot", labels="tick_labels"),
            **with_keywords("boxplot", labels="tick_labels"),
            **with_keywords("Axes.stem", "use_line_collection"),
            **with_keywords("stem", "use_line_collection"),
        },
        wraps=True,
    ),
    Neighbour(
        "matplotlib.pyplot",
        "whether to hold what was drawn, an argument of everything that draws until Matplotlib 3.0",
        {path: provide for name in _DRAWS for path, provide in with_keywords(name, "hold").items()},
        wraps=True,
    ),
    Neighbour("matplotlib.mlab", "removed in Matplotlib 3.1", constants(find=_find)),
)


def _channels(multichannel: Any) -> Mapping[str, Any]:
    """Since scikit-image 0.19 the place of the channels is named."""
    return {"channel_axis": -1} if multichannel else {}


def _disk(draw: Any) -> Callable[..., Any]:
    return lambda r, c, radius, shape=None: draw.disk((r, c), radius, shape=shape)


def _similarity(metrics: Any) -> Callable[..., Any]:
    real = metrics.structural_similarity

    @functools.wraps(real)
    def structural_similarity(im1: Any, im2: Any, **options: Any) -> Any:
        if "multichannel" in options:
            options.update(_channels(options.pop("multichannel")))
        # Until 0.16 floats were taken to lie between -1 and 1; today it has to be said.
        if "data_range" not in options and im1.dtype.kind == "f":
            options["data_range"] = 2.0
        return real(im1, im2, **options)

    return structural_similarity


_SKIMAGE_ROWS: tuple[Neighbour, ...] = (
    Neighbour(
        "skimage.color",
        "renamed in scikit-image 0.16",
        renamed(grey2rgb="gray2rgb", rgb2grey="rgb2gray"),
    ),
    Neighbour(
        "skimage.metrics",
        "keyword argument renamed in scikit-image 0.19",
        {"structural_similarity": _similarity},
        wraps=True,
    ),
    Neighbour(
        "skimage.measure",
        "moved to skimage.metrics in scikit-image 0.16; renamed in 0.19",
        {
            "compare_ssim": lambda _: _similarity(importlib.import_module("skimage.metrics")),
            "compare_psnr": lambda _: (
                importlib.import_module("skimage.metrics").peak_signal_noise_ratio
            ),
            "compare_mse": lambda _: importlib.import_module("skimage.metrics").mean_squared_error,
            "compare_nrmse": lambda _: (
                importlib.import_module("skimage.metrics").normalized_root_mse
            ),
            **renamed(marching_cubes_lewiner="marching_cubes"),
        },
    ),
    Neighbour(
        "skimage.feature",
        "renamed in scikit-image 0.19",
        renamed(greycomatrix="graycomatrix", greycoprops="graycoprops"),
    ),
    Neighbour(
        "skimage.morphology",
        "moved in scikit-image 0.19",
        provided_by("skimage.segmentation", "watershed"),
    ),
    Neighbour("skimage.util", "removed in scikit-image 0.19", provided_by("numpy", "pad")),
    Neighbour("skimage.draw", "renamed in scikit-image 0.19", {"circle": _disk}),
    Neighbour(
        "skimage.io",
        "renamed in scikit-image 0.16",
        with_keywords("imread", as_grey="as_gray"),
        wraps=True,
    ),
    Neighbour(
        "skimage.transform",
        "keyword argument renamed in scikit-image 0.19",
        {
            **with_keywords("rescale", multichannel=_channels),
            **with_keywords("pyramid_reduce", multichannel=_channels),
            **with_keywords("pyramid_expand", multichannel=_channels),
        },
        wraps=True,
    ),
)

PLOT_ROWS = (*_MATPLOTLIB_ROWS, *_SKIMAGE_ROWS)

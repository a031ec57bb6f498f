"""Programs written for Matplotlib 2 draw with today's."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest

from graphkit.port._neighbours._put_back import Neighbours

pytest.importorskip("matplotlib")


@pytest.fixture
def plt():
    """Pyplot as an old program finds it, drawing nowhere; everything is taken back afterwards."""
    import matplotlib
    from matplotlib import pyplot

    neighbours = Neighbours()
    settings = matplotlib.rcParams.copy()
    backend = matplotlib.get_backend()
    pyplot.switch_backend("Agg")
    for name in ("matplotlib.pyplot", "matplotlib.mlab"):
        importlib.import_module(name)
        neighbours.welcome(name)
    pyplot.figure(figsize=(2, 1), dpi=50)
    yield pyplot
    pyplot.close("all")
    neighbours.farewell()
    pyplot.switch_backend(backend)
    matplotlib.rcParams.update(settings)


def test_everything_is_taken_back(plt):
    hist, neighbours = plt.Axes.hist, Neighbours()
    neighbours.welcome("matplotlib.pyplot")
    assert plt.Axes.hist is not hist
    neighbours.farewell()
    assert plt.Axes.hist is hist


@pytest.mark.filterwarnings("ignore:.*get_cmap")  # Matplotlib 3.9 still has it, and warns
def test_colour_maps_are_got_by_name(plt):
    assert plt.cm.get_cmap("jet", 4).N == 4
    assert plt.cm.get_cmap("gray")(1.0) == (1.0, 1.0, 1.0, 1.0)
    assert plt.cm.get_cmap().name == plt.rcParams["image.cmap"]
    assert plt.cm.get_cmap(plt.cm.jet) is plt.cm.jet
    assert plt.cm.spectral(0.3) == plt.cm.nipy_spectral(0.3)


@pytest.mark.filterwarnings("ignore:.*get_cmap")  # Matplotlib 3.9 still has it, and warns
def test_a_colour_map_that_does_not_exist_is_refused(plt):
    with pytest.raises((KeyError, ValueError), match="no_such_map"):
        plt.cm.get_cmap("no_such_map")


def test_a_histogram_is_normed(plt):
    heights, _edges, _bars = plt.hist([1, 2, 2, 3], bins=[1, 2, 4], normed=True)
    assert heights.tolist() == [0.25, 0.375]
    heights, _edges, _bars = plt.hist([1, 2, 2, 3], bins=[1, 2, 4])
    assert heights.tolist() == [1, 3]


@pytest.mark.parametrize("shown", [True, False])
def test_a_grid_is_switched_by_b(plt, shown):
    plt.grid(b=shown)
    lines = plt.gca().get_xgridlines()
    assert [line.get_visible() for line in lines] == [shown] * len(lines)


def test_hold_is_accepted(plt):
    plt.hold(True)
    plt.gca().hold(False)
    assert plt.plot([1, 2])


def test_axes_have_a_background(plt):
    axes = plt.gca()
    axes.set_axis_bgcolor("red")
    assert axes.get_axis_bgcolor() == axes.get_facecolor() == (1.0, 0.0, 0.0, 1.0)


def test_axes_are_asked_for_by_projection(plt):
    axes = plt.gcf().gca(projection="polar")
    assert (axes.name, plt.gca(projection="polar"), plt.gca()) == ("polar", axes, axes)
    other = plt.gca(projection="rectilinear")
    assert (other.name, plt.gcf().axes) == ("rectilinear", [axes, other])
    assert plt.gcf().gca() is other
    assert plt.gca(projection="polar") is axes is plt.gca()


def test_the_pixels_of_a_figure_are_bytes(plt):
    canvas = plt.gcf().canvas
    plt.gcf().set_facecolor((0.0, 0.0, 1.0))
    canvas.draw()
    width, height = canvas.get_width_height()
    pixels = np.frombuffer(canvas.tostring_rgb(), np.uint8).reshape(height, width, 3)
    assert pixels.shape == (50, 100, 3)
    assert pixels[0, 0].tolist() == [0, 0, 255]


def test_the_window_has_a_title(plt):
    canvas = plt.gcf().canvas
    canvas.set_window_title("loss")
    assert canvas.get_window_title() == canvas.manager.get_window_title()
    canvas.manager = None
    canvas.set_window_title("no window, no title")
    assert canvas.get_window_title() is None


def test_a_legend_has_its_handles(plt):
    line = plt.plot([1, 2], label="a")
    assert len(plt.legend(handles=line).legendHandles) == 1


@pytest.mark.parametrize("style", ["seaborn", "seaborn-darkgrid", ["ggplot", "seaborn-white"]])
def test_styles_of_seaborn_have_their_old_names(plt, style):
    plt.style.use(style)
    assert plt.rcParams["font.family"] == ["sans-serif"]


def test_other_styles_are_as_they_are(plt):
    plt.style.use({"lines.linewidth": 7.0})
    assert plt.rcParams["lines.linewidth"] == 7.0
    with pytest.raises(OSError, match="seaborn-nowhere"):
        plt.style.use("seaborn-nowhere")


def test_normal_densities(plt):
    mlab = plt.mlab
    found = mlab.normpdf([0.0, 3.0], 1.0, 2.0)
    height = 1 / (2 * math.sqrt(2 * math.pi))
    assert found.tolist() == pytest.approx([height * math.exp(-0.125), height * math.exp(-0.5)])
    x = np.array([[0.0, 1.0]])
    top = 1 / (2 * math.pi * 2)
    assert mlab.bivariate_normal(x, x, 1.0, 2.0)[0].tolist() == pytest.approx(
        [top, top * math.exp(-(1 + 0.25) / 2)]
    )
    covariance = np.array([[1.0, 0.5], [0.5, 4.0]])
    exponent = -0.5 * np.array([1.0, 2.0]) @ np.linalg.inv(covariance) @ np.array([1.0, 2.0])
    wanted = math.exp(exponent) / (2 * math.pi * math.sqrt(np.linalg.det(covariance)))
    assert mlab.bivariate_normal(2.0, 3.0, 1.0, 2.0, 1.0, 1.0, 0.5) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("then", "now"),
    [("spectral", "nipy_spectral"), ("spectral_r", "nipy_spectral_r"), ("Vega20b", "tab20b")],
)
def test_colour_maps_have_their_old_names(plt, then, now):
    assert getattr(plt.cm, then)(0.3) == plt.get_cmap(then)(0.3) == plt.get_cmap(now)(0.3)
    assert plt.imshow(np.eye(3), cmap=then).get_cmap()(0.3) == plt.get_cmap(now)(0.3)
    assert plt.get_cmap("Spectral").name == "Spectral"


def test_colour_maps_are_listed(plt):
    assert {"jet", "jet_r", "gray"} <= set(plt.cm.cmap_d)


@pytest.mark.parametrize("name", ["plot", "scatter", "bar", "errorbar", "fill_between"])
def test_what_draws_may_be_told_to_hold(plt, name):
    getattr(plt, name)([1, 2], [3, 4], hold=True)
    getattr(plt.gca(), name)([1, 2], [3, 4], hold=False)
    assert len(plt.gca().get_children()) > 2


@pytest.mark.parametrize(
    ("draw", "base"), [("semilogx", "basex"), ("semilogy", "basey"), ("loglog", "basey")]
)
def test_a_scale_has_the_base_it_is_given(plt, draw, base):
    getattr(plt, draw)([1, 2, 4], [1, 2, 4], **{base: 2})
    axis = plt.gca().xaxis if base == "basex" else plt.gca().yaxis
    assert axis.get_transform().base == 2


def test_a_box_is_labelled(plt):
    plt.boxplot([[1, 2, 3]], labels=["net"])
    assert [text.get_text() for text in plt.gca().get_xticklabels()] == ["net"]


def test_colours_are_taken_in_turn(plt):
    plt.gca().set_color_cycle(["r", "g"])
    lines = [plt.plot([1, 2])[0] for _ in range(3)]
    assert [line.get_color() for line in lines] == ["r", "g", "r"]
    assert lines[0].get_axes() is plt.gca()


def test_a_histogram_of_two_is_normed(plt):
    counts = plt.hist2d([0, 0, 1], [0, 0, 1], bins=2, normed=True)[0]
    assert math.isclose(counts.sum() * 0.25, 1.0)


def test_stems_are_lines_in_any_case(plt):
    assert len(plt.stem([1, 2], use_line_collection=True)) == 3

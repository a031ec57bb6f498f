"""Lost names are put back where they are missing, and only there; Pillow and h5py."""

from __future__ import annotations

import collections
import importlib
import sys
import types

import numpy as np
import pytest

from graphkit.port._neighbours._lost_names import NEIGHBOURS
from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._rows import Neighbour

# Pillow 9 and Matplotlib 3.9 still have some of the old names, and warn.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_name_that_is_there_is_left_alone():
    module = types.ModuleType("fake_neighbour")
    module.here = "today"
    sys.modules["fake_neighbour"] = module
    row = Neighbour("fake_neighbour", "gone", {"here": lambda _: "old", "Class.gone": lambda _: 1})
    try:
        Neighbours((row,)).welcome("fake_neighbour.below")
        assert module.here == "today"
    finally:
        del sys.modules["fake_neighbour"]


def test_a_name_nothing_stands_in_for_stays_gone():
    module = types.ModuleType("fake_neighbour")
    sys.modules["fake_neighbour"] = module
    row = Neighbour("fake_neighbour", "gone", {"a": lambda m: m.no_such})
    try:
        Neighbours((row,)).welcome("fake_neighbour")
        assert not hasattr(module, "a")
    finally:
        del sys.modules["fake_neighbour"]


def test_every_row_says_what_broke():
    assert all(row.broke and row.names for row in NEIGHBOURS)
    assert collections.Counter(row.module for row in NEIGHBOURS)["numpy"] == 3


@pytest.mark.parametrize(
    ("old", "new"), [("ANTIALIAS", "LANCZOS"), ("LINEAR", "BILINEAR"), ("CUBIC", "BICUBIC")]
)
def test_filters_of_pillow_have_their_old_names(welcome, old, new):
    welcome("PIL.Image")
    image = importlib.import_module("PIL.Image")
    assert getattr(image, old) == getattr(image, new)
    picture = image.new("RGB", (8, 8), (255, 0, 0)).resize((2, 2), getattr(image, old))
    assert picture.getpixel((1, 1)) == (255, 0, 0)


@pytest.fixture
def drawing(welcome):
    """A drawing and a font whose sizes Pillow 9.5 was asked for."""
    pytest.importorskip("matplotlib")
    for name in ("PIL.ImageDraw", "PIL.ImageFont"):
        welcome(name)
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    # The basic layout: the other one is there only where the system has its library.
    path, layout = f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", ImageFont.Layout.BASIC
    font = ImageFont.truetype(path, 20, layout_engine=layout)
    return ImageDraw.Draw(Image.new("RGB", (100, 60))), font


def test_a_line_of_text_has_the_size_it_had(drawing):
    draw, font = drawing
    assert font.getsize("Hello") == (51, 19)
    assert draw.textsize("Ag", font=font) == (27, 23)
    assert draw.textsize("jj", font) == font.getsize("jj") == (13, 23)


def test_lines_of_text_have_the_size_they_had(drawing):
    draw, font = drawing
    assert draw.textsize("Hello\nyou", font=font) == (51, 42)
    assert draw.multiline_textsize("a\nbcd\ne", font=font, spacing=6) == (37, 69)


def test_text_without_a_font_is_measured_in_the_drawings_own(drawing):
    draw, _font = drawing
    assert draw.textsize("Hello") == draw.getfont().getsize("Hello")


def test_pyplot_hold_does_nothing(welcome):
    pytest.importorskip("matplotlib")
    welcome("matplotlib.pyplot")
    plt = importlib.import_module("matplotlib.pyplot")
    assert plt.hold(True) is None
    assert plt.Axes.hold(None, True) is None


def test_hdf5_datasets_have_their_value(welcome, tmp_path):
    h5py = pytest.importorskip("h5py")
    welcome("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["numbers"] = np.array([1, 2])
        file["words"] = np.array([b"a", b"b"])
        file["text"] = "word"
        assert file["numbers"].value.tolist() == [1, 2]
        assert file["words"].value.tolist() == [b"a", b"b"]
        assert file["text"].value == "word"

"""What scikit-image renamed: each row on a module made by hand, and on the real one where it is."""

from __future__ import annotations

import importlib
import sys
import types

import numpy as np
import pytest

from graphkit.port._neighbours._plots import PLOT_ROWS
from graphkit.port._neighbours._put_back import Neighbours

ROWS = tuple(row for row in PLOT_ROWS if row.module.startswith("skimage"))


@pytest.fixture
def welcome(monkeypatch):
    """Makes modules of a scikit-image that keeps what it was called with, and welcomes them."""

    def make(**modules):
        made = {"skimage": types.ModuleType("skimage")}
        for name, contents in modules.items():
            made[f"skimage.{name}"] = types.ModuleType(f"skimage.{name}")
            vars(made[f"skimage.{name}"]).update(contents)
        for name, module in made.items():
            monkeypatch.setitem(sys.modules, name, module)
        Neighbours(ROWS).welcome("skimage")
        return [made[f"skimage.{name}"] for name in modules]

    return make


def kept(*arguments, **options):
    return arguments, options


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("color", "grey2rgb", "gray2rgb"),
        ("color", "rgb2grey", "rgb2gray"),
        ("feature", "greycomatrix", "graycomatrix"),
        ("feature", "greycoprops", "graycoprops"),
        ("measure", "marching_cubes_lewiner", "marching_cubes"),
    ],
)
def test_grey_is_spelt_gray_today(welcome, module, old, new):
    (found,) = welcome(**{module: {new: kept}})
    assert getattr(found, old) is kept


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("compare_psnr", "peak_signal_noise_ratio"),
        ("compare_mse", "mean_squared_error"),
        ("compare_nrmse", "normalized_root_mse"),
    ],
)
def test_measures_of_pictures_have_a_module_of_their_own(welcome, old, new):
    measure, _ = welcome(measure={}, metrics={new: kept, "structural_similarity": kept})
    assert getattr(measure, old) is kept


def similarity(im1, im2, *, data_range=None, channel_axis=None, win_size=7):
    return data_range, channel_axis, win_size


BYTES, FLOATS = np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8, 3), np.float32)


@pytest.mark.parametrize(
    ("picture", "options", "expected"),
    [
        (BYTES, {}, (None, None, 7)),
        (BYTES, {"multichannel": True}, (None, -1, 7)),
        (BYTES, {"multichannel": False}, (None, None, 7)),
        (FLOATS, {}, (2.0, None, 7)),
        (FLOATS, {"data_range": 1.0, "multichannel": True}, (1.0, -1, 7)),
        (FLOATS, {"win_size": 3, "channel_axis": 0}, (2.0, 0, 3)),
    ],
)
def test_similarity_takes_its_old_arguments(welcome, picture, options, expected):
    measure, metrics = welcome(measure={}, metrics={"structural_similarity": similarity})
    assert measure.compare_ssim(picture, picture, **options) == expected
    assert metrics.structural_similarity(picture, picture, **options) == expected


def scaled(image, scale=1, *, channel_axis=None):
    return channel_axis


@pytest.mark.parametrize("name", ["rescale", "pyramid_reduce", "pyramid_expand"])
@pytest.mark.parametrize(("multichannel", "axis"), [(True, -1), (False, None)])
def test_pictures_of_several_channels_are_scaled(welcome, name, multichannel, axis):
    functions = dict.fromkeys(("rescale", "pyramid_reduce", "pyramid_expand"), scaled)
    (transform,) = welcome(transform=functions)
    assert getattr(transform, name)(BYTES, 2, multichannel=multichannel) == axis
    assert getattr(transform, name)(BYTES, channel_axis=1) == 1


def test_a_disk_is_drawn_by_its_centre(welcome):
    (draw,) = welcome(draw={"disk": kept})
    assert draw.circle(3, 4, 2) == (((3, 4), 2), {"shape": None})
    assert draw.circle(3, 4, 2, (9, 9)) == (((3, 4), 2), {"shape": (9, 9)})


def read(path, as_gray=False, plugin=None):
    return path, as_gray, plugin


def test_pictures_are_read_as_grey(welcome):
    (found,) = welcome(io={"imread": read})
    assert found.imread("a.png", as_grey=True) == ("a.png", True, None)
    assert found.imread("a.png", True, plugin="pil") == ("a.png", True, "pil")
    with pytest.raises(TypeError, match="as_blue"):
        found.imread("a.png", as_blue=True)


def test_padding_is_numpys(welcome):
    (util,) = welcome(util={})
    assert util.pad([1], 1, mode="constant").tolist() == [0, 1, 0]


def test_watersheds_moved_to_segmentation(welcome):
    morphology, _ = welcome(morphology={}, segmentation={"watershed": kept})
    assert morphology.watershed is kept


def test_names_that_are_there_stay(welcome):
    color, draw = welcome(color={"rgb2grey": "own", "rgb2gray": kept}, draw={"circle": "own"})
    assert (color.rgb2grey, draw.circle) == ("own", "own")


@pytest.fixture
def real():
    """A module of the installed scikit-image; everything is taken back."""
    pytest.importorskip("skimage")
    neighbours = Neighbours(ROWS)

    def welcome_module(name):
        module = importlib.import_module(f"skimage.{name}")
        neighbours.welcome("skimage")
        return module

    yield welcome_module
    neighbours.farewell()


@pytest.mark.filterwarnings("ignore")
def test_the_installed_release_computes_by_the_old_names(real):
    picture = np.random.RandomState(0).uniform(size=(16, 16, 3))
    grey = real("color").rgb2grey(picture)
    assert grey.shape == (16, 16)
    assert real("color").grey2rgb(grey).shape == (16, 16, 3)
    assert real("measure").compare_mse(picture, picture + 0.5) == pytest.approx(0.25)
    assert real("measure").compare_psnr(picture, picture + 0.5, data_range=1.0) == pytest.approx(
        10 * np.log10(1 / 0.25)
    )
    assert real("measure").compare_ssim(picture, picture, multichannel=True) == pytest.approx(1.0)
    assert real("transform").rescale(picture, 0.5, multichannel=True).shape == (8, 8, 3)


@pytest.mark.filterwarnings("ignore")
def test_the_installed_release_draws_and_counts_by_the_old_names(real):
    rows, columns = real("draw").circle(2, 2, 1.5, shape=(5, 5))
    assert sorted(zip(rows.tolist(), columns.tolist(), strict=True))[0] == (1, 1)
    matrix = real("feature").greycomatrix(np.array([[0, 1], [0, 1]], np.uint8), [1], [0], levels=2)
    assert matrix[:, :, 0, 0].tolist() == [[0, 2], [0, 0]]
    assert real("feature").greycoprops(matrix, "contrast").tolist() == [[1.0]]

"""The image functions of `scipy.misc` compute what SciPy 1.1 did (tests/golden/scipy_misc.json)."""

from __future__ import annotations

import builtins
import json
from pathlib import Path

import numpy as np
import pytest

from graphkit.port._neighbours._pictures import PICTURE_FUNCTIONS

pytest.importorskip("PIL")
RECORDED = json.loads((Path(__file__).parents[1] / "golden" / "scipy_misc.json").read_text())


def picture(name):
    recorded = RECORDED["pictures"][name]
    return np.array(recorded["values"], recorded["dtype"])


def named(case):
    function, name, options, _result = case
    return f"{function}-{name}-" + "-".join(f"{key}={value}" for key, value in options.items())


def compute(function, given, options, folder):
    if function != "imread":
        return PICTURE_FUNCTIONS[function](given, **options)
    PICTURE_FUNCTIONS["imsave"](folder / "a.png", given)
    return PICTURE_FUNCTIONS["imread"](folder / "a.png", **options)


def tolerance(function, options):
    """How far Pillow itself has moved since: most where filters clip between two passes."""
    if function == "imresize" and options["interp"] != "nearest":
        return 2 if options["interp"] == "bilinear" else 6
    return 1 if function == "imread" and options else 1e-6


@pytest.mark.parametrize("case", RECORDED["cases"], ids=named)
def test_it_computes_what_scipy_computed(case, tmp_path):
    function, name, options, recorded = case
    options = {key: tuple(v) if isinstance(v, list) else v for key, v in options.items()}
    if "error" in recorded:
        with pytest.raises(getattr(builtins, recorded["error"])):
            compute(function, picture(name), options, tmp_path)
        return
    found = compute(function, picture(name), options, tmp_path)
    wanted = np.array(recorded["values"])
    if "mode" in recorded:
        assert (found.mode, list(found.size)) == (recorded["mode"], recorded["size"])
    else:
        assert str(found.dtype) == recorded["dtype"]
    found = np.asarray(found)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.astype(float), wanted, atol=tolerance(function, options))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"low": 9, "high": 3}, "bytes in this order, got 9 and 3"),
        ({"high": 256}, "bytes in this order, got 0 and 256"),
        ({"low": -1}, "bytes in this order, got -1 and 255"),
        ({"cmin": 9, "cmax": 3}, "`cmax` should be larger than `cmin`"),
    ],
)
def test_a_scale_that_is_none_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        PICTURE_FUNCTIONS["bytescale"](np.arange(3.0), **options)


@pytest.mark.parametrize(
    ("shape", "mode", "message"),
    [
        ((2, 5, 7), None, "does not have a suitable array shape"),
        ((2, 3, 4, 5), None, "does not have a suitable array shape"),
        ((4, 5), "RGB", "does not have a suitable array shape"),
        ((4, 5, 3), "RGBA", "mode 'RGBA' does not fit 3 channels"),
        ((5, 5, 4), "RGB", "mode 'RGB' does not fit 4 channels"),
    ],
)
def test_a_mode_that_does_not_fit_is_refused(shape, mode, message):
    with pytest.raises(ValueError, match=message):
        PICTURE_FUNCTIONS["toimage"](np.zeros(shape), mode=mode)


@pytest.mark.parametrize(
    ("mode", "pixels"),
    [("P", [0, 255]), ("L", [0, 255]), ("1", [False, False]), ("I", [0, 255]), ("F", [0, 1])],
)
def test_modes_of_one_channel(mode, pixels):
    image = PICTURE_FUNCTIONS["toimage"](np.array([[0, 1]]), mode=mode)
    assert image.mode == mode
    assert np.asarray(image).astype(int).tolist() == [[int(pixel) for pixel in pixels]]


def test_a_palette_gives_its_colours():
    palette = np.stack([np.arange(256), np.zeros(256), 255 - np.arange(256)], axis=1)
    image = PICTURE_FUNCTIONS["toimage"](np.array([[0, 200]], np.uint8), pal=palette)
    assert PICTURE_FUNCTIONS["fromimage"](image).tolist() == [[[0, 0, 255], [200, 0, 55]]]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_channels_may_be_named(axis):
    colours = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    image = PICTURE_FUNCTIONS["toimage"](colours, channel_axis=axis)
    assert np.asarray(image).tolist() == np.moveaxis(colours, axis, 2).tolist()

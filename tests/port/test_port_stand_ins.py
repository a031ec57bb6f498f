"""Modules that are gone have stand-ins; the builtins of Python 2 do what they did."""

from __future__ import annotations

import importlib
import io
import pickle
import sys

import numpy as np
import pytest

from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._files import load_pickle, python2_open
from graphkit.port._neighbours._pictures import PICTURE_FUNCTIONS
from graphkit.port._neighbours._stand_ins import (
    IF_MISSING,
    PYTHON2,
    install_stand_ins,
    replaced_modules,
)


@pytest.fixture
def stand_in():
    loaded = set(sys.modules)
    install_stand_ins("v1")

    def find(name):
        return importlib.import_module({**IF_MISSING, **PYTHON2, **replaced_modules("v1")}[name])

    yield find
    for name in set(sys.modules) - loaded:
        if name.startswith("graphkit.port.old."):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("module", "name", "real"),
    [
        ("urllib2", "urlparse", "urllib.parse"),
        ("urllib2", "urlopen", "graphkit.port._neighbours._bytes._addresses"),
        ("urllib2", "URLError", "urllib.error"),
        ("urllib", "urlencode", "urllib.parse"),
        ("Queue", "Queue", "queue"),
        ("ConfigParser", "ConfigParser", "configparser"),
        ("imp", "reload", "importlib"),
        ("scipy.sparse.linalg.eigen.arpack", "eigsh", "scipy.sparse.linalg"),
        ("scipy.ndimage.filters", "gaussian_filter", "scipy.ndimage"),
    ],
)
def test_names_are_found_where_they_are_today(stand_in, module, name, real):
    pytest.importorskip(real)
    found = getattr(stand_in(module), name)
    assert found is getattr(importlib.import_module(real), name)


def test_submodules_of_today_are_reached_through_a_stand_in(stand_in):
    assert stand_in("urllib").request is importlib.import_module("urllib.request")


def test_an_unknown_name_is_told_by_the_old_module(stand_in):
    with pytest.raises(AttributeError, match="module 'cPickle' has no attribute 'nothing'"):
        _ = stand_in("cPickle").nothing
    assert not hasattr(stand_in("cPickle"), "__wrapped__")


def test_pickles_of_python_2_are_read_and_written(stand_in, tmp_path):
    old = stand_in("cPickle")
    with open(tmp_path / "x.pkl", "w") as file:
        old.dump({"a": 1}, file)
    with open(tmp_path / "x.pkl", encoding="latin-1") as file:
        assert old.load(file) == {"a": 1}
    assert old.loads("I3\n.") == 3
    assert old.loads(pickle.dumps("é")) == "é"
    assert load_pickle(io.BytesIO(b"\x80\x02U\x02\xe9b.")) == "éb"


def test_commands_give_status_and_output(stand_in):
    assert stand_in("commands").getstatusoutput("echo hi") == (0, "hi")


def test_a_module_is_loaded_from_its_file(stand_in, tmp_path):
    (tmp_path / "extra.py").write_text("x = 3")
    try:
        assert stand_in("imp").load_source("extra_for_test", str(tmp_path / "extra.py")).x == 3
    finally:
        del sys.modules["extra_for_test"]
    with pytest.raises(ImportError, match="no loader for"):
        stand_in("imp").load_source("extra_for_test", str(tmp_path / "extra.xyz"))


def test_keras_is_tf_keras():
    assert replaced_modules("v1")["keras"] == "tf_keras.api._v1.keras"
    assert replaced_modules("v1")["tensorflow"] == "graphkit.tf1"
    assert replaced_modules("v2")["keras"] == "tf_keras"
    assert "tensorflow" not in replaced_modules("v2")


def test_old_keras_modules_hold_todays_names(stand_in):
    assert stand_in("keras.layers.core").Dense is stand_in("keras").layers.Dense
    assert callable(stand_in("keras.utils.np_utils").to_categorical)


old = PYTHON2_NAMES


def test_builtins_return_lists():
    assert old["range"](3) == [0, 1, 2]
    assert old["map"](str, [1, 2]) == ["1", "2"]
    assert old["map"](None, [1, 2]) == [1, 2]
    assert old["map"](None, [1], [2]) == [(1, 2)]
    assert old["zip"]([1, 2], [3]) == [(1, 3)]
    assert old["filter"](None, [0, 1]) == [1]
    assert old["filter"](None, (0, 1)) == (1,)
    assert old["filter"](str.isdigit, "a1") == "1"
    assert list(old["xrange"](2.0)) == [0, 1]


def test_sorting_by_comparison():
    compare = old["cmp"]
    assert (compare(1, 2), compare(2, 2), compare(3, 2)) == (-1, 0, 1)
    assert old["sorted"]([1, 3, 2], cmp=lambda a, b: compare(b, a)) == [3, 2, 1]
    assert old["sorted"](["aa", "b"], cmp=compare, key=len) == ["b", "aa"]
    assert old["sorted"]([1, 2], reverse=True) == [2, 1]


def test_halves_are_rounded_away_from_zero():
    assert old["round"](0.5) == 1.0
    assert old["round"](-2.5) == -3.0
    assert old["round"](1.25, 1) == 1.3
    assert old["round"](np.float32(1.26), 1) == np.float32(1.3)


def test_functions_that_call_others():
    assert old["apply"](divmod, (7, 2)) == (3, 1)
    assert old["apply"](dict, (), {"a": 1}) == {"a": 1}
    assert old["reduce"](lambda a, b: a + b, [1, 2, 3]) == 6
    module = importlib.import_module("colorsys")
    assert old["reload"](module) is module


def test_input_is_evaluated_where_it_was_called(monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: "here + 1")
    here = 4
    assert old["input"]("? ") == here + 1


def test_text_files_keep_bytes_that_are_no_text(tmp_path):
    (tmp_path / "x").write_bytes(b"a\xff\n")
    with python2_open(tmp_path / "x") as file:
        text = file.read()
    with python2_open(tmp_path / "y", "w") as file:
        file.write(text)
    assert (tmp_path / "y").read_bytes() == b"a\xff\n"
    with python2_open(tmp_path / "x", "rb") as file:
        assert file.read() == b"a\xff\n"


misc = PICTURE_FUNCTIONS


def test_pictures_are_written_and_read(tmp_path):
    pytest.importorskip("PIL")
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    misc["imsave"](tmp_path / "x.png", picture)
    assert (misc["imread"](tmp_path / "x.png") == picture).all()
    assert misc["imread"](tmp_path / "x.png", mode="L").shape == (4, 4)
    grey = misc["imread"](tmp_path / "x.png", flatten=True)
    assert grey.dtype == np.float32
    misc["imsave"](tmp_path / "g.png", picture[..., 0])
    assert misc["imread"](tmp_path / "g.png").shape == (4, 4)


def test_pictures_are_scaled_to_bytes():
    assert misc["bytescale"](np.array([0.0, 0.5, 1.0])).tolist() == [0, 128, 255]
    assert misc["bytescale"](np.array([3, 3])).tolist() == [0, 0]
    assert misc["bytescale"](np.array([7], np.uint8)).tolist() == [7]
    assert misc["bytescale"](np.array([0.0, 2.0]), cmin=0, cmax=4, high=100).tolist() == [0, 50]


@pytest.mark.parametrize(
    ("size", "shape"), [(50, (2, 3, 3)), (0.5, (2, 3, 3)), ((8, 2), (8, 2, 3))]
)
def test_pictures_are_resized(size, shape):
    pytest.importorskip("PIL")
    picture = np.zeros((4, 6, 3), np.uint8)
    assert misc["imresize"](picture, size).shape == shape
    assert misc["imresize"](picture, size, interp="nearest").dtype == np.uint8


def test_pictures_are_turned():
    pytest.importorskip("PIL")
    turned = misc["imrotate"](np.array([[10, 20], [30, 40]], np.uint8), 90, "nearest")
    assert turned.tolist() == [[20, 40], [10, 30]]


def test_channels_may_come_first():
    pytest.importorskip("PIL")
    assert misc["toimage"](np.zeros((3, 5, 7))).size == (7, 5)
    assert misc["toimage"](np.zeros((5, 7, 4), np.uint8)).mode == "RGBA"
    assert misc["toimage"](np.zeros((5, 7)), mode="F").mode == "F"
    palette = misc["toimage"](np.zeros((2, 2), np.uint8), pal=np.zeros((256, 3)))
    assert misc["fromimage"](palette).shape == (2, 2, 3)
    assert misc["fromimage"](palette.convert("1")).dtype == np.uint8


def test_a_shape_of_no_picture_is_refused():
    with pytest.raises(ValueError, match="suitable array shape"):
        misc["toimage"](np.zeros((2, 2, 2)))


def test_a_picture_is_shown_by_pillow(monkeypatch):
    image = pytest.importorskip("PIL.Image")
    shown = []
    monkeypatch.setattr(image.Image, "show", lambda picture: shown.append(picture))
    misc["imshow"](np.zeros((2, 2)))
    assert shown[0].size == (2, 2)


def test_missing_pillow_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        misc["imread"]("x.png")


def test_files_of_bytes_take_text_in_python_2(tmp_path):
    path = tmp_path / "a.bin"
    with python2_open(path, "wb") as file:
        assert file.write("a\xff") == 2
        file.writelines(["b", b"c"])
    assert path.read_bytes() == b"a\xffbc"
    with python2_open(path, "r+b") as file:
        assert list(file) == [b"a\xffbc"]
        assert file.tell() == 4
    with python2_open(path, "rb") as file:
        assert file.read() == b"a\xffbc"

"""Without a display, windows become numbered pictures."""

from __future__ import annotations

import importlib
import sys
import types

import cv2
import numpy as np
import pytest

from graphkit.port._windows._display import (
    BACKEND,
    PictureFolder,
    Windows,
    has_display,
    welcome_window_library,
)


@pytest.fixture
def lines():
    return []


@pytest.fixture
def pictures(tmp_path, lines):
    return PictureFolder(tmp_path / "logs", "train", lines.append)


@pytest.fixture
def windows(pictures):
    return Windows(cv2, pictures)


@pytest.mark.parametrize(
    ("platform", "variables", "there"),
    [
        ("darwin", {}, True),
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
    ],
)
def test_a_display_is_told_from_the_environment(monkeypatch, platform, variables, there):
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert has_display() is there


@pytest.mark.parametrize(
    ("picture", "first"),
    [
        (np.full((2, 2, 3), 7, np.uint8), 7),
        (np.full((2, 2), 0.5), 127),
        (np.full((2, 2), 512, np.uint16), 2),
    ],
)
def test_a_shown_picture_is_written_and_named(windows, tmp_path, lines, picture, first):
    windows.show("image", picture)
    assert cv2.imread(str(tmp_path / "logs" / "train-001.png")).flat[0] == first
    assert lines == [f"no display: cv2.imshow('image') wrote {tmp_path / 'logs' / 'train-001.png'}"]


def test_the_same_picture_is_written_once(windows, lines):
    for value in (1, 1, 2):
        windows.show("image", np.full((2, 2), value, np.uint8))
    assert len(lines) == 2


def test_waiting_for_ever_is_answered_by_a_key(windows):
    assert windows.wait_key() == 27
    assert windows.wait_key(0) == ord("q")


def test_a_loop_that_waits_for_a_key_ends(windows):
    image = np.zeros((2, 2), np.uint8)
    for _round in range(100):
        windows.show("image", image)
        if windows.wait_key(1) & 0xFF == ord("q"):
            break
    else:
        pytest.fail("the loop did not end")


def test_a_running_animation_gets_no_key(windows):
    for value in range(20):
        windows.show("image", np.full((2, 2), value, np.uint8))
        assert windows.wait_key(30) == -1


def test_after_many_pictures_the_rest_is_left_out(pictures, lines):
    for _number in range(203):
        pictures.write("plt.show()", lambda path: None)
    assert len(lines) == 201
    assert lines[-1] == "plt.show(): 200 pictures written, later ones are left out"


def test_sliders_stand_where_they_were_put(windows):
    functions = windows.functions()
    functions["createTrackbar"]("speed", "image", 3, 10, print)
    assert functions["getTrackbarPos"]("speed", "image") == 3
    functions["setTrackbarPos"]("speed", "image", 4)
    assert functions["getTrackbarPos"]("speed", "image") == 4
    assert functions["getTrackbarPos"]("other", "image") == 0


def test_windows_need_no_care(windows):
    functions = windows.functions()
    assert functions["namedWindow"]("image", 1) is None
    assert functions["startWindowThread"]() == 0
    assert functions["getWindowProperty"]("image", 0) == -1


@pytest.fixture
def fake_module(monkeypatch):
    def make(name, **contents):
        module = types.ModuleType(name)
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    return make


def test_opencv_is_changed_once(fake_module, pictures):
    module = fake_module("cv2", imwrite=cv2.imwrite)
    welcome_window_library("cv2", pictures)
    show = module.imshow
    welcome_window_library("cv2", pictures)
    assert module.imshow == show


def test_pillow_pictures_are_written(fake_module, pictures, lines, monkeypatch):
    monkeypatch.delitem(sys.modules, "PIL.Image", raising=False)

    class Image:
        def save(self, path):
            self.path = path

    fake_module("PIL")
    welcome_window_library("PIL", pictures)
    fake_module("PIL.Image", Image=Image)
    welcome_window_library("PIL.Image", pictures)
    Image().show("title")
    assert lines[0].startswith("no display: Image.show() wrote")


def test_other_libraries_are_left_alone(fake_module, pictures):
    module = fake_module("no_windows")
    welcome_window_library("no_windows", pictures)
    welcome_window_library("not_loaded_at_all", pictures)
    assert not hasattr(module, "_without_display")


@pytest.fixture
def matplotlib(monkeypatch, pictures):
    module = pytest.importorskip("matplotlib")
    monkeypatch.delenv("MPLBACKEND", raising=False)
    importlib.import_module("matplotlib.pyplot").close("all")  # figures of tests before
    backend, use = module.get_backend(), module.use
    bases = importlib.import_module("matplotlib.backend_bases")
    for owner, name in (
        (bases.FigureManagerBase, "show"),
        (bases.FigureCanvasBase, "start_event_loop"),
    ):  # put back after the test
        monkeypatch.setattr(owner, name, getattr(owner, name))
    importlib.import_module("graphkit.port._windows._figures").set_pictures(pictures)
    welcome_window_library("matplotlib", pictures)
    yield module
    importlib.import_module("matplotlib.pyplot").close("all")
    module.use = use
    del module._without_display
    use(backend)


def test_figures_are_written(matplotlib, lines):
    plt = importlib.import_module("matplotlib.pyplot")
    plt.plot([1, 2])
    plt.pause(100)
    plt.pause(100)
    assert plt.waitforbuttonpress() is None
    plt.show()
    assert len(lines) == 1
    assert plt.get_fignums() == []
    plt.show()
    assert len(lines) == 1


def test_interactive_figures_stay_open(matplotlib, lines):
    plt = importlib.import_module("matplotlib.pyplot")
    with plt.ion():
        plt.plot([1, 2])
        plt.show()
        plt.gcf().canvas.flush_events()
        assert plt.get_fignums() == [1]


def test_a_backend_with_windows_is_not_taken(matplotlib):
    matplotlib.use("TkAgg")
    assert matplotlib.get_backend() == BACKEND
    matplotlib.use("Agg")
    assert matplotlib.get_backend().lower() == "agg"


@pytest.mark.parametrize("backend", ["Agg", "pdf", "ps", "svg"])
def test_figures_of_a_backend_without_windows_are_written_and_stay_open(
    matplotlib, backend, lines, tmp_path
):
    plt = importlib.import_module("matplotlib.pyplot")
    matplotlib.use(backend)
    assert matplotlib.get_backend().lower() == backend.lower()
    plt.plot([1, 2])
    plt.show()
    plt.pause(100)
    assert plt.waitforbuttonpress() is None
    assert plt.ginput() == []
    assert lines[0] == f"no display: plt.show() wrote {tmp_path / 'logs' / 'train-001.png'}"
    shown = len(lines)  # Matplotlib before 3.10 shows a figure again in `pause`
    written = cv2.imread(str(tmp_path / "logs" / "train-001.png"))
    assert written.min() < 255
    assert plt.get_fignums() == [1]
    plt.plot([2, 1])
    plt.gcf().show()
    assert len(lines) == shown + 1


def test_a_backend_named_by_the_environment_stays(monkeypatch, pictures):
    module = pytest.importorskip("matplotlib")
    used = []
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setattr(module, "use", used.append)
    monkeypatch.setattr(module, "_without_display", False, raising=False)
    welcome_window_library("matplotlib", pictures)
    assert used == []
    module.use("svg")
    assert used == ["svg"]


def test_figures_without_a_folder_show_nothing(matplotlib, lines, monkeypatch):
    figures = importlib.import_module("graphkit.port._windows._figures")
    monkeypatch.setattr(figures, "_PICTURES", [])
    plt = importlib.import_module("matplotlib.pyplot")
    plt.plot([1])
    plt.show()
    assert lines == []

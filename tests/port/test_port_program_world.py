"""What a program finds around it: NumPy, pictures instead of windows, MNIST."""

from __future__ import annotations

import sys

import pytest

from graphkit.errors import ArgumentError
from graphkit.port import RunOptions
from graphkit.port._world import _keep_text_as_objects
from graphkit.tf1._mnist import _input_data


@pytest.mark.parametrize("target", ["v1", "v2", "auto"])
def test_numbers_are_printed_as_they_were(run, capsys, target):
    import numpy as np

    with np.printoptions():
        run("import numpy as np\nprint([np.float32(1.5)], np.float)", options=RunOptions(target))
    assert capsys.readouterr().out == "[1.5] <class 'float'>\n"


def test_objects_are_unpickled_only_when_allowed(run, capsys, tmp_path):
    import numpy as np

    real = np.load
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object))
    source = "import numpy as np\nprint(np.load('x.npy'))"
    with np.printoptions():
        with pytest.raises(SystemExit, match="1"):
            run(source)
        assert "--allow-pickle" in capsys.readouterr().err
        run(source, options=RunOptions(allow_pickle=True))
    np.load = real
    assert capsys.readouterr().out == "[{}]\n"


def test_pictures_go_to_logs(run, tmp_path):
    pytest.importorskip("matplotlib")
    run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert run.lines == ["no display: plt.show() wrote logs/train-001.png"]
    assert (tmp_path / "logs" / "train-001.png").exists()


def test_a_display_is_used_where_there_is_one(run, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    run("import cv2")
    import cv2

    assert not hasattr(cv2, "_without_display")


@pytest.fixture
def network_of_digits(keras_as_it_was):
    """Keras's MNIST and TensorFlow's, as they were afterwards."""
    before = {
        name: module.load_data
        for name, module in sys.modules.items()
        if name.startswith("tf_keras.") and name.endswith("datasets.mnist")
    }
    yield
    _input_data.use_bundled_digits(False)
    for name, function in before.items():
        sys.modules[name].load_data = function


@pytest.mark.parametrize("options", [RunOptions("v2", bundled_digits=True)])
def test_the_bundled_digits_are_mnist(run, network_of_digits, options, tmp_path):
    space = run(
        "import json\n"
        "from keras.datasets import mnist\n"
        "(x, y), (x_test, y_test) = mnist.load_data()\n",
        options=options,
    )
    assert (space["x"].shape, space["x"].dtype) == ((60000, 28, 28), "uint8")
    assert (space["x_test"].shape, space["y_test"].shape) == ((10000, 28, 28), (10000,))
    data = _input_data.read_data_sets(tmp_path / "none", reshape=False)
    assert ((data.validation.images[0, ..., 0] * 255).round() == space["x"][0]).all()


@pytest.mark.parametrize("module", ["Queue", "urllib2", "cPickle"])
def test_tensorflow_is_not_loaded_for_what_stands_in_for_a_module(run, monkeypatch, module):
    switched = []
    monkeypatch.setattr("graphkit.port._world.World._switch", lambda _world: switched.append(True))
    run(f"import {module}\nprint {module}.__name__ != ''")
    assert switched == []


@pytest.mark.parametrize("module", ["keras", "keras.layers.core", "tensorflow.python.keras"])
def test_tensorflow_is_switched_before_keras_is_loaded(run, monkeypatch, keras_as_it_was, module):
    switched = []
    monkeypatch.setattr("graphkit.port._world.World._switch", lambda _world: switched.append(True))
    run(f"import {module}", options=RunOptions("v2"))
    assert switched


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"mode": "v3"}, "mode"),
        ({"engine": "threads"}, "engine"),
        ({"inter_op_threads": -2}, "inter_op_threads must be 1 or more, 0 for .*, got -2"),
    ],
)
def test_an_option_that_does_not_exist_is_refused(options, wanted):
    with pytest.raises(ArgumentError, match=wanted):
        RunOptions(**options)


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        (RunOptions(), ["--mode", "v1"]),
        (
            RunOptions(old_libraries=("tflearn", "edward"), engine="tf.data"),
            "--mode v1 --old-library tflearn --old-library edward --engine tf.data".split(),
        ),
        (RunOptions(verbose=True), ["--mode", "v1", "--verbose"]),
        (RunOptions(inter_op_threads=-1), ["--mode", "v1", "--inter-op-threads", "-1"]),
        (
            RunOptions(traceback=True, bundled_digits=True, allow_pickle=True),
            ["--mode", "v1", "--traceback", "--allow-pickle", "--bundled-digits"],
        ),
    ],
)
def test_options_are_spelled_for_children(options, arguments):
    assert options.arguments("v1") == arguments


class _Pandas:
    """A release of pandas that knows some options."""

    def __init__(self, **options):
        self.options = options

    def set_option(self, name, value):
        if name not in self.options:
            raise KeyError(f"No such keys(s): {name!r}")
        self.options[name] = value


@pytest.mark.parametrize("known", [{"future.infer_string": True}, {}])
def test_text_stays_an_object_in_every_pandas(known):
    pandas = _Pandas(**known)
    _keep_text_as_objects(pandas)
    assert pandas.options == dict.fromkeys(known, False)

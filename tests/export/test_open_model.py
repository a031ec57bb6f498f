"""`open_model`: every format runs, and gives what NumPy worked out."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from model_files import (
    PICTURES,
    WEIGHTS,
    features,
    scores,
    write_frozen_and_saved_model,
    write_keras,
)

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    MissingFileError,
    UnknownNameError,
    UsageError,
)
from graphkit.export import Model, TensorInfo, engines_for, open_model
from graphkit.session import SessionConfig

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:tf_keras", "ignore:.*HDF5 file.*")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of `model_files`, in a folder with a space."""
    folder = tmp_path_factory.mktemp("models") / "of all kinds"
    folder.mkdir()
    write_frozen_and_saved_model(folder)
    write_keras(folder)
    return folder


BIAS = np.float32([1, -2, 0.5, 4])

# The file, the engine asked for and the one that ran it, its input, its output `scores`.
RUNS = [
    ("net.pb", None, "tensorflow", "pictures", "scores"),
    ("net.pb", "tensorflow", "tensorflow", "pictures", "scores"),
    ("net.pb", "opencv", "opencv", "pictures", "scores"),
    ("net.pbtxt", None, "tensorflow", "pictures", "scores"),
    ("saved", None, "tensorflow", "in", "out"),
    ("saved/saved_model.pb", None, "tensorflow", "in", "out"),
    ("saved2", None, "tensorflow", "pictures", "scores"),
    ("net.h5", None, "tensorflow", "pictures", "scores"),
    ("net.keras", None, "tensorflow", "pictures", "scores"),
    ("net.tflite", None, "tflite", "serving_default_pictures", None),
]


@pytest.mark.parametrize(("name", "asked", "engine", "source", "result"), RUNS)
def test_every_format_computes_the_same(folder, name, asked, engine, source, result):
    with open_model(folder / name, engine=asked) as model:
        assert isinstance(model, Model)
        assert (model.engine, model.path) == (engine, folder / name)
        assert model.inputs == [TensorInfo(source, "float32", (None, 6, 8, 3))]
        for pictures in (PICTURES, PICTURES[:1]):
            found = model.run({source: pictures}, result)
            value = found[result] if result else next(v for v in found.values() if v.ndim == 2)
            np.testing.assert_allclose(value, scores(pictures), atol=1e-5)
            assert value.dtype == np.float32


@pytest.mark.parametrize("name", ["net.pb", "net.h5", "net.keras", "saved2", "net.tflite"])
def test_all_outputs_are_given_unless_named(folder, name):
    with open_model(folder / name) as model:
        found = model.run({model.inputs[0].name: PICTURES})
        assert list(found) == [info.name for info in model.outputs]
        for value in found.values():
            wanted = features(PICTURES) if value.ndim == 4 else scores(PICTURES)
            np.testing.assert_allclose(value, wanted, atol=1e-5)


def test_opencv_gives_pictures_as_the_file_lays_them_out(folder):
    with open_model(folder / "net.pb", engine="opencv") as model:
        assert [info.name for info in model.outputs] == ["features", "scores"]
        found = model.run({"pictures": PICTURES})
    assert found["features"].shape == (2, 3, 4, 4)
    np.testing.assert_allclose(found["features"], features(PICTURES), atol=1e-5)


@pytest.mark.parametrize("end", [tf.identity, tf.nn.relu, lambda x, name: tf.add(x, BIAS, name)])
def test_opencv_finds_the_end_it_merged_with_another_op(tmp_path, end):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        end(tf.matmul(x, WEIGHTS.T), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    batch = {"x": np.float32([[1, 2, 3], [0, 1, -1]])}
    with open_model(tmp_path / "m.pb") as one, open_model(one.path, engine="opencv") as other:
        np.testing.assert_allclose(one.run(batch)["y"], other.run(batch)["y"], atol=1e-5)


@pytest.mark.parametrize("name", ["net.pb", "saved", "net.h5", "net.tflite"])
def test_mistakes_in_feeds_are_named(folder, name):
    with open_model(folder / name) as model:
        (source,) = (info.name for info in model.inputs)
        with pytest.raises(ArgumentError, match=f"feeds must be values for '{source}' too"):
            model.run({})
        with pytest.raises(ArgumentError, match=r"must be of shape .*6, 8, 3.*\[2, 6, 8\]"):
            model.run({source: PICTURES[..., 0]})
        with pytest.raises(ArgumentError, match="of dtype float32, got 'complex64'"):
            model.run({source: PICTURES.astype(np.complex64)})
        with pytest.raises(UnknownNameError, match=f"no input named 'x'; there is '{source}'"):
            model.run({source: PICTURES, "x": 1})
        with pytest.raises(ArgumentTypeError, match="a dict of arrays by input name"):
            model.run([PICTURES])


@pytest.mark.parametrize("name", ["net.pb", "saved", "net.keras", "net.tflite"])
def test_an_unknown_output_is_named(folder, name):
    with open_model(folder / name) as model, pytest.raises(UnknownNameError, match="'nothing'"):
        model.run({model.inputs[0].name: PICTURES}, "nothing")


@pytest.mark.parametrize("name", ["saved", "net.h5"])
def test_numbers_of_another_width_are_brought_to_the_dtype(folder, name):
    with open_model(folder / name) as model:
        found = model.run({f"{model.inputs[0].name}:0": PICTURES.astype(np.float64)})
    value = next(v for v in found.values() if v.ndim == 2)
    np.testing.assert_allclose(value, scores(PICTURES), atol=1e-5)


@pytest.mark.parametrize("name", ["net.pb", "saved", "net.h5", "net.tflite"])
def test_a_closed_model_does_not_run(folder, name):
    model = open_model(folder / name)
    model.close()
    model.close()
    with pytest.raises(UsageError, match="is closed"):
        model.run({model.inputs[0].name: PICTURES})


def test_a_frozen_graph_also_gives_what_is_inside(folder):
    with open_model(folder / "net.pb") as model:
        assert model.run({"pictures": PICTURES}, "Mean")["Mean"].shape == (2, 4)


def test_the_session_may_use_what_the_config_says(folder):
    with open_model(folder / "net.tflite", config=SessionConfig(intra_op_threads=1)) as model:
        found = model.run({"serving_default_pictures": PICTURES})
    assert sorted(value.ndim for value in found.values()) == [2, 4]


@pytest.mark.parametrize(
    ("name", "engines"),
    [
        ("net.pb", ["tensorflow", "opencv"]),
        ("saved", ["tensorflow"]),
        ("net.keras", ["tensorflow"]),
        ("net.tflite", ["tflite"]),
    ],
)
def test_engines_of_a_file(folder, name, engines):
    assert engines_for(folder / name) == engines
    with pytest.raises(ArgumentError, match=f"engine must be one that runs a .*: '{engines[0]}'"):
        open_model(folder / name, engine="caffe")


def test_what_is_no_model_is_refused(folder, tmp_path):
    with pytest.raises(MissingFileError, match="pb: does not exist"):
        open_model(tmp_path / "absent.pb")
    with pytest.raises(MissingFileError, match="is a folder"):
        open_model(tmp_path)
    (tmp_path / "words.pb").write_bytes(b"plain words, no graph")
    for engine in ("tensorflow", "opencv"):
        with pytest.raises(CorruptFileError, match="holds no graph"):
            open_model(tmp_path / "words.pb", engine=engine)
    with pytest.raises(ArgumentTypeError, match="a collection of op types"):
        open_model(folder / "net.pb", allow="ReadFile")


@pytest.mark.parametrize("name", ["net.h5", "net.keras", "net.tflite", "saved/saved_model.pb"])
def test_a_file_cut_short_is_refused(folder, tmp_path, name):
    (tmp_path / "variables").mkdir()
    cut = tmp_path / name.split("/")[-1]
    data = (folder / name).read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    with pytest.raises(CorruptFileError):
        open_model(cut)


def test_tensorflow_is_not_imported_where_opencv_runs(folder):
    code = (
        "import sys, numpy; from graphkit.export import open_model\n"
        "model = open_model(sys.argv[1], engine='opencv')\n"
        "model.run({'pictures': numpy.zeros((1, 6, 8, 3), 'float32')})\n"
        "print('tensorflow' in sys.modules)"
    )
    command = [sys.executable, "-c", code, folder / "net.pb"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "False\n"

"""ONNX models, written field by field, in OpenCV and in ONNX Runtime where it is installed."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np
import pytest
from test_inspect_onnx import FLOAT, WEIGHT, graph, model, node, tensor, value

from graphkit.errors import (
    ArgumentError,
    CorruptFileError,
    MissingFileError,
    UnsafeFileError,
    UsageError,
)
from graphkit.export import TensorInfo, engines_for, open_model

BATCH = np.float32([[1, -2, 3], [0, 1, 0]])
HAS_RUNTIME = importlib.util.find_spec("onnxruntime") is not None
RUNTIME = pytest.param(
    "onnxruntime", marks=pytest.mark.skipif(not HAS_RUNTIME, reason="needs onnxruntime")
)


def dense(*, location=""):
    """`relu(x w)` for any number of rows."""
    return model(
        graph(
            node("MatMul", ["x", "w"], ["h"]),
            node("Relu", ["h"], ["y"]),
            weights=[tensor("w", WEIGHT, location=location)],
            inputs=[value("x", FLOAT, ["rows", 3])],
            outputs=[value("y", FLOAT, ["rows", 2])],
        ),
        opsets=(("", 13),),
    )


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(dense())
    return path


@pytest.mark.parametrize("engine", ["opencv", RUNTIME])
def test_a_network_computes(path, engine):
    with open_model(path, engine=engine) as opened:
        assert (opened.engine, opened.path) == (engine, path)
        assert opened.inputs == [TensorInfo("x", "float32", (None, 3))]
        assert opened.outputs == [TensorInfo("y", "float32", (None, 2))]
        for batch in (BATCH, BATCH[:1]):
            found = opened.run({"x": batch})["y"]
            np.testing.assert_allclose(found, np.maximum(batch @ WEIGHT, 0), rtol=1e-5)


@pytest.mark.parametrize("engine", ["opencv", RUNTIME])
def test_mistakes_are_named(path, engine):
    with open_model(path, engine=engine) as opened:
        with pytest.raises(ArgumentError, match=r"must be of shape \[\?, 3\], got \[2, 2\]"):
            opened.run({"x": BATCH[:, :2]})
        with pytest.raises(LookupError, match="no output named 'z'; there is 'y'"):
            opened.run({"x": BATCH}, "z")
    with pytest.raises(UsageError, match="is closed"):
        opened.run({"x": BATCH})


def test_onnx_runtime_comes_first_and_says_how_to_get_it(path, monkeypatch):
    assert engines_for(path) == ["onnxruntime", "opencv"]
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match="`pip install onnxruntime` brings it"):
        open_model(path)


@pytest.mark.parametrize("engine", ["opencv", RUNTIME])
@pytest.mark.parametrize("location", ["../weights.bin", "/etc/hosts"])
def test_weights_outside_the_folder_are_refused(tmp_path, engine, location):
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "weights.bin").write_bytes(WEIGHT.tobytes())
    (folder / "net.onnx").write_bytes(dense(location=location))
    with pytest.raises(UnsafeFileError, match=f"it would read '{location}', which lies outside"):
        open_model(folder / "net.onnx", engine=engine)


def test_a_file_beside_whose_name_no_folder_can_hold_is_refused(tmp_path):
    (tmp_path / "net.onnx").write_bytes(dense(location="d" * 5000))
    with pytest.raises(UnsafeFileError, match=r"net\.onnx: it names a part 'ddd"):
        open_model(tmp_path / "net.onnx")


@pytest.mark.parametrize("engine", ["opencv", RUNTIME])
def test_weights_that_are_gone_are_named(tmp_path, engine):
    (tmp_path / "net.onnx").write_bytes(dense(location="weights.bin"))
    with pytest.raises(MissingFileError, match=r"its part 'weights\.bin' does not exist"):
        open_model(tmp_path / "net.onnx", engine=engine)


@pytest.mark.parametrize("engine", ["opencv", RUNTIME])
def test_an_op_that_nobody_has_is_refused(tmp_path, engine):
    unknown = graph(
        node("Nonsense", ["x"], ["y"]),
        inputs=[value("x", FLOAT, [1, 3])],
        outputs=[value("y", FLOAT, [1, 3])],
    )
    (tmp_path / "net.onnx").write_bytes(model(unknown))
    with pytest.raises(CorruptFileError, match="refuses it"):
        open_model(tmp_path / "net.onnx", engine=engine)

"""Graphs whose ops come from a library: it is loaded where the user names it, and only there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from graphkit._tf import tf
from graphkit.cli._app import app
from graphkit.errors import (
    ArgumentError,
    ArgumentTypeError,
    CorruptFileError,
    MissingFileError,
)
from graphkit.export import (
    convert,
    freeze,
    freeze_checkpoint,
    freeze_session,
    inspect_file,
    load_graph,
    open_model,
    transform,
)

SOURCE = Path(__file__).with_name("triple_op.cc")
ROWS = np.float32([[1, 2], [-3, 0.5]])
TRIPLES = np.float32([[3, 6], [-9, 1.5]])
RUN = "import sys; from graphkit.cli import main; sys.argv[0] = 'graphkit'; main()"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The file of `GraphkitTriple`, compiled for this TensorFlow."""
    compiler = shutil.which("g++")
    framework = Path(tf.sysconfig.get_lib())
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no g++ to compile a custom op with")
    file = tmp_path_factory.mktemp("custom ops") / "triple.so"
    headers = f"-I{tf.sysconfig.get_include()}"
    links = (f"-L{framework}", "-l:libtensorflow_framework.so.2")
    command = [compiler, "-shared", "-fPIC", "-o", str(file), str(SOURCE), headers, *links]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        pytest.skip(f"the custom op does not compile here: {made.stderr[-300:]}")
    return file


@pytest.fixture(scope="module")
def trained(library, tmp_path_factory):
    """A checkpoint of `y = triple(x) * w`, `w` being one."""
    prefix = tmp_path_factory.mktemp("trained") / "net.ckpt"
    op = tf.load_op_library(str(library))
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        weight = tf.get_variable("w", initializer=np.float32(1))
        tf.multiply(op.graphkit_triple(x, name="triple"), weight, name="y")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(prefix))
    assert graph.get_operation_by_name("triple").type == "GraphkitTriple"
    return prefix


@pytest.fixture(scope="module")
def frozen(library, trained):
    """The file frozen of it."""
    path = trained.with_name("frozen.pb")
    report = freeze(trained, path, outputs="y", libraries=[library])
    assert report.max_abs_diff == 0
    return path


def command(*arguments):
    """Runs the command in a process of its own, which no library was loaded into."""
    line = [sys.executable, "-c", RUN, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_a_frozen_file_computes_by_the_library(frozen):
    with load_graph(frozen) as graph:
        np.testing.assert_array_equal(graph.run({"x": ROWS})["y"], TRIPLES)


def test_without_it_the_op_and_the_option_are_named(trained, tmp_path):
    with pytest.raises(ArgumentError, match=r"'GraphkitTriple'.*--library FILE, libraries="):
        freeze(trained, tmp_path / "m.pb", outputs="y")
    assert not list(tmp_path.iterdir())


def test_what_one_file_had_loaded_proves_no_other(frozen, trained, tmp_path):
    """The process that read the file of the fixture back knows the op; another one is asked."""
    with pytest.raises(ArgumentError, match="GraphkitTriple"):
        freeze_checkpoint(trained, tmp_path / "m.pb", outputs="y")


def test_a_session_and_a_checkpoint_are_frozen_with_it(library, trained, tmp_path):
    report = freeze_checkpoint(trained, tmp_path / "c.pb", outputs="y", libraries=[library])
    assert report.batches_checked > 1
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(f"{trained}.meta").restore(session, str(trained))
        path = tmp_path / "s.pb"
        given = {"x": ROWS}
        report = freeze_session(session, path, outputs="y", feeds=given, libraries=[library])
    assert (report.batches_checked, report.parameters) == (1, 1)


def test_it_is_converted_with_it(library, trained, frozen, tmp_path):
    made = convert(trained, tmp_path / "saved", outputs="y", libraries=[library])
    assert made.differences == {"y": 0}
    again = convert(frozen, tmp_path / "again.pbtxt", libraries=[str(library), library])
    assert again.differences == {"y": 0}
    assert "GraphkitTriple" in (tmp_path / "again.pbtxt").read_text()


def test_it_is_transformed_with_it(library, frozen, tmp_path):
    steps = ["strip_unused", "fold_constants"]
    report = transform(frozen, tmp_path / "t.pb", steps, libraries=[library])
    assert report.max_abs_diff == 0


@pytest.mark.parametrize("write", [transform, freeze])
def test_what_it_computes_of_constants_is_folded_with_it(library, tmp_path, write):
    op = tf.load_op_library(str(library))
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        tf.multiply(x, op.graphkit_triple(tf.constant([1.0, 2.0]), name="triple"), name="y")
    (tmp_path / "m.pb").write_bytes(graph.as_graph_def().SerializeToString())
    given = {"steps" if write is transform else "transforms": ["fold_constants"]}
    write(tmp_path / "m.pb", tmp_path / "folded.pb", outputs="y", libraries=[library], **given)
    with load_graph(tmp_path / "folded.pb") as folded:
        assert folded.graph.get_operation_by_name("triple").type == "Const"
        np.testing.assert_array_equal(folded.run({"x": ROWS})["y"], ROWS * [3, 6])


def test_a_model_is_opened_with_it(library, frozen):
    with open_model(frozen, libraries=[library]) as model:
        np.testing.assert_array_equal(model.run({"x": ROWS})["y"], TRIPLES)


def test_other_engines_take_no_library(library, frozen):
    with pytest.raises(ArgumentError, match=r"libraries .*left out for opencv"):
        open_model(frozen, engine="opencv", libraries=[library])


def test_infer_runs_it_where_the_library_is_named(library, frozen, tmp_path):
    np.save(tmp_path / "x.npy", ROWS)
    line = ("infer", frozen, "--feed", f"x={tmp_path / 'x.npy'}", "--json")
    ran = command(*line, "--library", library)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["y"] == TRIPLES.tolist()


def test_a_model_whose_op_nobody_has_names_the_option(tmp_path):
    graph_def = tf.GraphDef()
    graph_def.node.add(name="y", op="GraphkitNowhere")
    path = tmp_path / "m.pb"
    path.write_bytes(graph_def.SerializeToString())
    with pytest.raises(CorruptFileError, match=r"'GraphkitNowhere'.*--library FILE"):
        open_model(path)


@pytest.mark.parametrize("name", ["freeze", "convert", "transform", "infer"])
def test_the_command_has_the_option(name):
    assert "--library" in [option for one in app.commands[name].params for option in one.opts]


def test_inspect_needs_no_library(frozen):
    assert inspect_file(frozen).details.ops["GraphkitTriple"] == 1


@pytest.mark.parametrize(
    ("libraries", "error", "said"),
    [
        (["nowhere.so"], MissingFileError, "nowhere.so: does not exist"),
        (["text.so"], CorruptFileError, "text.so: is no library of ops for this TensorFlow: .*ELF"),
        ("text.so", ArgumentTypeError, "libraries must be a list of paths, got 'text.so'"),
        (Path("text.so"), ArgumentTypeError, "must be a list of paths"),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="says ELF on Linux alone")
def test_what_is_no_library_is_told(tmp_path, monkeypatch, libraries, error, said):
    monkeypatch.chdir(tmp_path)
    Path("text.so").write_text("no library " * 20)
    with pytest.raises(error, match=said):
        freeze("any.pb", "m.pb", libraries=libraries)

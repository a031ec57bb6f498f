"""Ops of a graph file that touch files are found and not run unless they are allowed."""

from __future__ import annotations

import pytest
from frozen_files import add_one, write_graph

from graphkit._tf import tf
from graphkit.errors import (
    ArgumentTypeError,
    UnknownNameError,
    UnsafeFileError,
)
from graphkit.export import load_graph


@pytest.mark.parametrize("kind", ["ReadFile", "WriteFile"])
def test_an_op_that_touches_files_is_not_run_unless_allowed(tmp_path, kind):
    target = tmp_path / "there"
    target.write_text("before")

    def build():
        if kind == "ReadFile":
            tf.identity(tf.io.read_file(str(target)), name="y")
        else:
            with tf.control_dependencies([tf.io.write_file(str(target), "after")]):
                tf.identity(tf.constant(b"done"), name="y")

    path = write_graph(tmp_path / "m.pb", build)
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match=f"{kind}.* was not run"):
        loaded.run({}, "y")
    assert target.read_text() == "before"
    with load_graph(path, allow={kind}) as loaded:
        assert loaded.run({}, "y")["y"] in (b"before", b"done")
    assert target.read_text() == ("before" if kind == "ReadFile" else "after")


@pytest.mark.parametrize(
    ("allow", "told"),
    [
        ({"Readfile"}, "no op type named 'Readfile'; did you mean 'ReadFile'"),
        (["ReadFile", "WholeFileRaeder"], "did you mean 'WholeFileReader'"),
        ({"Adds"}, "no op type named 'Adds'; did you mean 'Add"),
    ],
)
def test_a_misspelt_permission_is_refused_with_the_nearest_op(tmp_path, allow, told):
    path = write_graph(tmp_path / "m.pb", add_one)
    with pytest.raises(UnknownNameError, match=told):
        load_graph(path, allow=allow)


@pytest.mark.parametrize("allow", ["ReadFile", [tf.raw_ops.ReadFile], {1}])
def test_permissions_are_a_collection_of_names(tmp_path, allow):
    path = write_graph(tmp_path / "m.pb", add_one)
    with pytest.raises(ArgumentTypeError, match=r"load_graph: allow must be a collection of op ty"):
        load_graph(path, allow=allow)


def test_an_op_the_file_does_not_hold_may_be_allowed_all_the_same(tmp_path):
    with load_graph(write_graph(tmp_path / "m.pb", add_one), allow={"WriteFile"}) as loaded:
        assert loaded.run({"x": [1.0]})["y"].tolist() == [2.0]


def test_unsafe_ops_inside_functions_are_found(tmp_path):
    def build():
        x = tf.placeholder(tf.bool, [], name="x")
        contents = tf.cond(x, lambda: tf.io.read_file("/etc/hostname"), lambda: tf.constant(b""))
        tf.identity(contents, name="y")

    path = write_graph(tmp_path / "m.pb", build)
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match="ReadFile"):
        loaded.run({"x": False})


def test_every_version_of_an_unsafe_op_is_found(tmp_path):
    def build():
        queue = tf.FIFOQueue(1, tf.string)
        tf.identity(tf.TextLineReader().read(queue).value, name="y")

    path = write_graph(tmp_path / "m.pb", build)
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match="TextLineReaderV2"):
        loaded.run({}, "y")


def test_the_rest_of_a_graph_with_an_unsafe_op_runs(tmp_path):
    def build():
        add_one()
        tf.io.read_file("secret", name="read")

    with load_graph(write_graph(tmp_path / "m.pb", build)) as loaded:
        assert loaded.run({"x": [1.0]}, "y")["y"].tolist() == [2.0]

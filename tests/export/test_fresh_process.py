"""The process that files are proven in: what it knows, what it hands over, how it ends."""

from __future__ import annotations

import os
import signal
import sys

import numpy as np
import pytest
from frozen_files import add_one, write_graph

from graphkit._tf import tf
from graphkit.errors import RunError
from graphkit.export import freeze_session
from graphkit.export._freezing._fresh import _process
from graphkit.export._freezing._fresh._process import FreshProcess, fresh_process

DIES = "import sys; sys.stderr.write('the last\\nword'); sys.exit(3)"
SILENT = "import sys; sys.stdin.read()"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def plus_one(tmp_path_factory):
    """The file of `y = x + 1`."""
    return write_graph(tmp_path_factory.mktemp("fresh") / "plus one.pb", add_one)


@pytest.fixture
def child():
    """Starts a process of another command."""
    opened = []

    def start(command):
        opened.append(FreshProcess(command))
        return opened[-1]

    yield start
    for process in opened:
        process.close()


def test_a_file_is_run_on_several_batches(plus_one):
    batches = [{"x": np.float32([1, 2])}, {"x": np.float32([])}]
    first, second = fresh_process().run(plus_one, ["y:0", "x:0"], batches)
    np.testing.assert_array_equal(first[0], [2, 3])
    np.testing.assert_array_equal(first[1], [1, 2])
    assert (second[0].shape, second[0].dtype) == ((0,), np.float32)


@pytest.mark.parametrize(
    "dtype",
    [
        *(tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.complex64, tf.complex128),
        *(tf.bool, tf.int8, tf.uint16, tf.int32, tf.uint64, tf.int64),
    ],
    ids=lambda dtype: dtype.name,
)
def test_every_dtype_comes_back_as_it_went(tmp_path, dtype):
    path = write_graph(
        tmp_path / "m.pb", lambda: tf.identity(tf.placeholder(dtype, [None, 2], name="x"), "y")
    )
    given = np.array([[1, 0], [0, 1]]).astype(dtype.as_numpy_dtype)
    [[found]] = fresh_process().run(path, ["y:0"], [{"x": given}])
    assert (found.dtype, found.shape) == (given.dtype, given.shape)
    assert found.tobytes() == given.tobytes()


@pytest.mark.parametrize(
    "given",
    [
        np.array([b"a\0b", b"", "ü".encode(), b"\xff\n"], object),
        np.array([["one", "ü"]]),
        np.array(b"scalar", object),
        np.empty((0, 3), object),
    ],
)
def test_strings_come_back_as_bytes(tmp_path, given):
    path = write_graph(
        tmp_path / "m.pb", lambda: tf.identity(tf.placeholder(tf.string, name="x"), "y")
    )
    [[found]] = fresh_process().run(path, ["y:0"], [{"x": given}])
    wanted = [v.encode() if isinstance(v, str) else v for v in given.ravel().tolist()]
    assert found.shape == given.shape
    assert found.ravel().tolist() == wanted


def test_what_tensorflow_refuses_is_told_and_the_process_lives_on(plus_one, tmp_path):
    process = fresh_process()
    (tmp_path / "broken.pb").write_bytes(b"no graph")
    with pytest.raises(ValueError, match="holds no graph"):
        process.run(tmp_path / "broken.pb", ["y:0"], [{}])
    with pytest.raises(ValueError, match="x"):
        process.run(plus_one, ["y:0"], [{}])
    with pytest.raises(ValueError, match="nowhere"):
        process.run(plus_one, ["nowhere:0"], [{}])
    assert fresh_process() is process


def test_one_process_serves_all_files(dense, tmp_path):
    freeze_session(dense, tmp_path / "a.pb", outputs="y")
    first = fresh_process().id
    freeze_session(dense, tmp_path / "b.pb", outputs="logits")
    assert fresh_process().id == first != os.getpid()


def test_what_this_process_registered_is_not_known_there(graph, session, tmp_path):
    """A function that lives in this process alone cannot make a file agree."""
    x = tf.placeholder(tf.float32, [None], name="x")
    tf.identity(tf.raw_ops.PyFunc(input=[x], token="here", Tout=[tf.float32])[0], name="y")
    path = tmp_path / "m.pb"
    path.write_bytes(graph.as_graph_def().SerializeToString())
    with pytest.raises(ValueError, match="here"):
        fresh_process().run(path, ["y:0"], [{"x": np.float32([1])}])


def test_the_last_words_of_a_process_that_died_are_told(child, plus_one):
    with pytest.raises(
        RunError, match=r"could not run .*plus one.pb: it ended with exit code 3; .*the last; word"
    ):
        child(DIES).run(plus_one, ["y:0"], [{"x": np.float32([1])}])


@POSIX
def test_a_process_the_system_killed_is_told(child, plus_one):
    process = child(SILENT)
    os.kill(process.id, signal.SIGKILL)
    with pytest.raises(RunError, match=r"ended by SIGKILL, as .* memory runs out; it said nothing"):
        process.run(plus_one, ["y:0"], [{"x": np.float32([1])}])
    assert not process.alive


def test_a_process_that_does_not_answer_is_ended(child, plus_one):
    process = child(SILENT)
    with pytest.raises(RunError, match=r"did not run .* within 0 s, and was ended"):
        process.run(plus_one, ["y:0"], [{"x": np.float32([1])}], patience=0.0)
    assert not process.alive


def test_a_process_has_as_much_time_as_there_are_batches(plus_one):
    """To start TensorFlow alone takes more than is waited for one."""
    process = FreshProcess()
    batches = [{"x": np.float32([1])}] * 200
    try:
        assert process.run(plus_one, ["y:0"], batches, patience=0.3)[-1] == [2]
    finally:
        process.close()


def test_a_process_that_is_gone_is_replaced(monkeypatch, child):
    gone = child(SILENT)
    gone.close()
    gone.close()
    monkeypatch.setattr(_process, "_shared", {(): gone})
    monkeypatch.setattr(_process, "_COMMAND", SILENT)
    monkeypatch.setattr(_process, "FreshProcess", lambda libraries: child(SILENT))
    assert fresh_process() is not gone
    assert fresh_process().alive


def test_it_ends_when_nobody_can_ask_any_more(child):
    process = child(_process._COMMAND)
    process._child.stdin.close()
    assert process._child.wait(timeout=120) == 0


@pytest.mark.parametrize("folder", ["numpy", "json"])
def test_the_working_folder_is_not_searched_for_modules(monkeypatch, child, tmp_path, folder):
    (tmp_path / f"{folder}.py").write_text("raise SystemExit('taken from the folder')")
    monkeypatch.chdir(tmp_path)
    process = child(f"{_process._COMMAND.partition('from graphkit')[0]}import {folder}")
    assert process._child.wait(timeout=120) == 0


def test_without_an_interpreter_it_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(RunError, match=r"sys.executable does not name a Python interpreter"):
        FreshProcess()

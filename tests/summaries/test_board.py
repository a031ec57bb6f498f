"""A real TensorBoard, asked over HTTP on this machine only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path

import numpy as np
import pytest

from graphkit import summaries
from graphkit._tf import tf
from graphkit.errors import ArgumentError, GraphkitError, MissingFileError
from graphkit.summaries import _board, _board_server

ROOT = Path(summaries.__file__).parents[2]


@pytest.fixture(scope="module")
def log_dir(tmp_path_factory):
    """Logs of one run: every kind of value."""
    folder = tmp_path_factory.mktemp("my logs")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        doubled = tf.constant(1.0, name="one") * 2.0
        metadata = tf.RunMetadata()
        traced = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        session.run(doubled, options=traced, run_metadata=metadata)
    with summaries.SummaryWriter(folder / "first", graph=graph) as writer:
        writer.add_scalar("loss", 0.5, 1)
        writer.add_scalar("loss", 0.25, 2)
        writer.add_histogram("weights", [1.0, 2.0], 1)
        writer.add_image("picture", np.zeros([2, 2, 3], np.uint8), 1)
        writer.add_text("note", "hello", 1)
        writer.add_run_metadata(metadata, "step 2", 2)
    return folder


@pytest.fixture(scope="module")
def board(log_dir, tmp_path_factory):
    """A board that finds no pkg_resources, as setuptools 82 has none; gone when it is stopped."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "sitecustomize.py").write_text(
        "from importlib.machinery import PathFinder\n"
        "find = PathFinder.find_spec\n"
        "PathFinder.find_spec = staticmethod(\n"
        "    lambda name, *more: None if name == 'pkg_resources' else find(name, *more))\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        running = summaries.start_board(log_dir, port=0)
    yield running
    running.stop()
    running.stop()
    running.wait()
    with pytest.raises(OSError, match="refused"):
        _get(running.url)


def _get(url):
    """Asks without a proxy, which could not reach this machine."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=60) as answer:
        return answer.read()


def _ask(board, path):
    return json.loads(_get(board.url + "data/" + path))


def test_the_board_listens_on_this_machine_only(board):
    assert board.url.startswith("http://localhost:")


def test_the_first_page_is_served(board):
    assert b"<html" in _get(board.url).lower()


def test_the_run_is_listed(board):
    assert _ask(board, "runs") == ["first"]


@pytest.mark.parametrize(
    ("plugin", "tag"),
    [("scalars", "loss"), ("histograms", "weights"), ("images", "picture")],
)
def test_the_tags_are_listed(board, plugin, tag):
    assert list(_ask(board, f"plugin/{plugin}/tags")["first"]) == [tag]


def test_the_scalars_are_served(board):
    points = _ask(board, "plugin/scalars/scalars?run=first&tag=loss")
    assert [(step, value) for _, step, value in points] == [(1, 0.5), (2, 0.25)]


def test_the_texts_are_served(board):
    assert _ask(board, "plugin/text/tags") == {"first": ["note"]}


def test_the_graph_is_served(board):
    info = _ask(board, "plugin/graphs/info")["first"]
    assert info["run_graph"] is True
    assert list(info["tags"]) == ["step 2"]
    shown = _get(board.url + "data/plugin/graphs/graph?run=first&conceptual=false")
    assert b'name: "one"' in shown


def test_time_and_memory_per_op_are_served(board):
    shown = _get(board.url + "data/plugin/graphs/run_metadata?run=first&tag=step+2")
    assert b"all_start_micros" in shown


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ArgumentError, match=f"port must be free.*--port 0.*got {port}"):
            summaries.start_board(tmp_path, port=port)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_out_of_range_is_refused(tmp_path, port):
    with pytest.raises(ArgumentError, match=f"between 0 and 65535, got {port}"):
        summaries.start_board(tmp_path, port=port)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(MissingFileError, match="absent: does not exist"):
        summaries.start_board(tmp_path / "absent")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "tfevents").touch()
    with pytest.raises(MissingFileError, match="tfevents: is a file; name its folder"):
        summaries.start_board(tmp_path / "tfevents")


def test_a_host_that_is_not_here_is_an_error(tmp_path):
    with pytest.raises(
        GraphkitError, match=r"(?s)did not start on 203[.]0[.]113[.]1 port 0: .*address"
    ):
        summaries.start_board(tmp_path, port=0, host="203.0.113.1")


def test_a_child_that_dies_is_an_error_with_its_last_words(tmp_path, monkeypatch):
    script = tmp_path / "dies.py"
    script.write_text("import sys; sys.exit('out of luck')")
    monkeypatch.setattr(_board, "_SERVER", script)
    with pytest.raises(
        GraphkitError, match=r"did not start on .*: its process ended\nout of luck$"
    ):
        summaries.start_board(tmp_path, port=0)


def test_a_child_that_never_answers_is_ended(tmp_path, monkeypatch):
    script = tmp_path / "hangs.py"
    script.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(_board, "_SERVER", script)
    monkeypatch.setattr(_board, "_STARTUP_SECS", 0.1)
    monkeypatch.setattr(_board, "_STOP_SECS", 0.1)
    with pytest.raises(GraphkitError, match=r"no answer within 0.1 s$"):
        summaries.start_board(tmp_path, port=0)


def test_the_board_ends_with_its_parent_even_if_that_is_killed(tmp_path):
    code = (
        "import sys; from graphkit.summaries import start_board\n"
        "board = start_board(sys.argv[1], port=0)\n"
        "print(board.url, flush=True); board.wait()"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with parent:
        url = parent.stdout.readline().strip()
        assert b"<html" in _get(url).lower()
        parent.send_signal(signal.SIGKILL)
    with pytest.raises((OSError, HTTPException)):
        while True:  # or until the test's own time limit
            _get(url)
            time.sleep(0.1)


def test_pkg_resources_is_stood_in_for_where_setuptools_has_none_left():
    module = _board_server.pkg_resources()
    assert list(module.iter_entry_points("tensorboard_plugins")) == []
    assert module.parse_version("0.7.2") >= module.parse_version("0.7.0")

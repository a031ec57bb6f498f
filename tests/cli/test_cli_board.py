"""`graphkit board`: says where TensorBoard is, and ends with it on Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from graphkit import summaries
from graphkit._tf import tf
from graphkit.export import inspect_file

ROOT = Path(__file__).parents[2]
MISTAKES = ROOT / "tests" / "golden" / "mistakes"


def test_board_serves_until_ctrl_c(tmp_path):
    with summaries.SummaryWriter(tmp_path / "my logs") as writer:
        writer.add_scalar("loss", 0.5, 1)
    with subprocess.Popen(
        [sys.executable, "-m", "graphkit", "board", "my logs", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("TensorBoard shows my logs at http://localhost:")
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            tags = line.split()[5] + "data/plugin/scalars/tags"
            with direct.open(tags, timeout=60) as answer:
                assert b"loss" in answer.read()
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        finally:
            process.kill()
    assert (process.returncode, said) == (0, "")


def test_a_taken_port_is_named(graphkit, tmp_path):
    (tmp_path / "logs").mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        outcome = graphkit("board", "--port", port)
    assert outcome.code == 2
    assert str(port) in outcome.err
    assert "--port 0" in outcome.err


class _StoppedBoard:
    """A board whose user presses Ctrl-C at once."""

    url = "http://localhost:1234/"

    def __enter__(self):
        self.open = True
        return self

    def __exit__(self, *_):
        self.open = False

    def wait(self):
        raise KeyboardInterrupt


def test_a_graph_file_is_shown_for_as_long_as_it_is_looked_at(graphkit, monkeypatch, tmp_path):
    with tf.Graph().as_default() as graph:
        tf.placeholder(tf.float32, [None, 3], name="pixels")
    (tmp_path / "model.pb").write_bytes(graph.as_graph_def().SerializeToString())
    shown = {}

    def start_board(log_dir, **_):
        (file,) = Path(log_dir).iterdir()
        shown[Path(log_dir)] = inspect_file(file)
        return _StoppedBoard()

    monkeypatch.setattr(summaries, "start_board", start_board)
    outcome = graphkit("board", "model.pb")
    ((folder, report),) = shown.items()
    assert outcome.out.startswith("TensorBoard shows model.pb at ")
    assert (report.kind, report.details.graphs) == ("event file", [1])
    assert not folder.exists()


def test_other_files_are_refused(graphkit, tmp_path):
    with summaries.SummaryWriter(tmp_path) as writer:
        writer.add_scalar("loss", 0.5, 1)
    (tmp_path / "notes.txt").write_text("nothing")
    outcome = graphkit("board", writer.path)
    assert (outcome.code, "is a file; name its folder" in outcome.err) == (2, True)
    outcome = graphkit("board", tmp_path / "notes.txt")
    assert (outcome.code, "is damaged, or not a frozen graph" in outcome.err) == (1, True)


def test_ctrl_c_ends_the_board_without_an_error(graphkit, monkeypatch):
    board, asked = _StoppedBoard(), []

    def start_board(log_dir, **options):
        asked.append((str(log_dir), options))
        return board

    monkeypatch.setattr(summaries, "start_board", start_board)
    outcome = graphkit("board", "some logs", "--host", "0.0.0.0")
    assert (outcome.code, outcome.err) == (0, "")
    first = outcome.out.splitlines()[0]
    assert first == "TensorBoard shows some logs at http://localhost:1234/ (Ctrl-C ends it)"
    assert asked == [("some logs", {"port": 6006, "host": "0.0.0.0"})]
    assert not board.open


@pytest.mark.parametrize(
    ("logs", "told"),
    [
        ("no_graph", "  event files: 1; tags: 1; graphs: 0, which tf.summary.FileWriter(LOG_DIR, "),
        ("grown_graph", "  event files: 1; tags: 1; graphs: 2\n"),
        (".", "  event files: 2; tags: 2; graphs: 2\n"),
        ("empty", "  it holds no event files (*tfevents*) yet; tf.summary.FileWriter(LOG_DIR, gr"),
        ("damaged", "  event files: 1; tags: 0; graphs: 0, which"),
    ],
)
def test_what_there_is_to_see_is_told(graphkit, monkeypatch, tmp_path, logs, told):
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "events.out.tfevents.1.x").write_bytes(b"no event")
    folder = (MISTAKES if (MISTAKES / logs).exists() else tmp_path) / logs
    monkeypatch.setattr(summaries, "start_board", lambda *_, **__: _StoppedBoard())
    outcome = graphkit("board", folder)
    assert outcome.code == 0, outcome.err
    assert told in outcome.out

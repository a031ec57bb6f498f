"""The child behind `start_board`, in this process: one line of answer on standard output."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sys

import pytest

from graphkit.summaries import _board_server


@pytest.fixture
def _as_child(monkeypatch):
    """Puts back what the child changes for good: modules, standard output, what Ctrl-C does."""
    handler, output = signal.getsignal(signal.SIGINT), os.dup(1)
    had = "pkg_resources" in sys.modules
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))  # the parent has gone
    yield
    if not had:
        sys.modules.pop("pkg_resources", None)
    os.dup2(output, 1)
    os.close(output)
    signal.signal(signal.SIGINT, handler)


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.mark.usefixtures("_as_child")
def test_the_answer_is_the_address_and_nothing_else(capfd, monkeypatch):
    def launch(log_dir, host, port):
        os.write(1, b"a library speaks\n")
        return f"http://{host}:{port + 1}/{log_dir}"

    monkeypatch.setattr(_board_server, "launch", launch)
    assert _board_server.main("logs", "localhost", "6006") == 0
    out, err = capfd.readouterr()
    assert json.loads(out) == {"url": "http://localhost:6007/logs"}
    assert err == "a library speaks\n"


@pytest.mark.usefixtures("_as_child")
def test_ctrl_c_is_left_to_the_parent(monkeypatch):
    monkeypatch.setattr(_board_server, "launch", lambda *_: "http://localhost:1/")
    _board_server.main("logs", "localhost", "0")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("_as_child")
def test_a_port_that_is_taken_is_the_answer(capfd, tmp_path, taken_port):
    assert _board_server.main(str(tmp_path), "127.0.0.1", str(taken_port)) == 1
    answer = json.loads(capfd.readouterr().out)
    assert list(answer) == ["error"]
    assert str(taken_port) in answer["error"]


@pytest.mark.usefixtures("_as_child")
@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (SystemExit(2), "SystemExit: 2"),
        (ImportError("no module"), "no module"),
        (OSError(), "OSError: "),
    ],
)
def test_whatever_ends_the_launch_is_the_answer(capfd, monkeypatch, raised, told):
    def launch(*_):
        raise raised

    monkeypatch.setattr(_board_server, "launch", launch)
    assert _board_server.main("logs", "localhost", "0") == 1
    assert json.loads(capfd.readouterr().out) == {"error": told}


def test_the_stand_in_has_what_tensorboard_uses_of_pkg_resources():
    module = _board_server.pkg_resources()
    assert list(module.iter_entry_points("tensorboard_plugins")) == []
    assert module.parse_version("2.10.1") == ("2", "10", "1")

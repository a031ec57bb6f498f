"""`graphkit view`: Netron, in whose place a small module stands here."""

from __future__ import annotations

import sys

import pytest

from graphkit.errors import ArgumentError, MissingFileError, UsageError
from graphkit.export import view_model

FAKE = """
calls = []


def start(file, address=None, browse=True):
    calls.append(("start", file, address, browse))
    return address or ("localhost", 8123)


def wait():
    calls.append("wait")
    raise KeyboardInterrupt


def stop(address):
    calls.append(("stop", address))
"""


@pytest.fixture
def netron(tmp_path, monkeypatch):
    """A module of Netron's name that writes down what it is asked for."""
    folder = tmp_path / "packages"
    folder.mkdir()
    (folder / "netron.py").write_text(FAKE)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "netron", raising=False)
    yield lambda: sys.modules["netron"].calls
    sys.modules.pop("netron", None)


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setitem(sys.modules, "netron", None)


@pytest.fixture
def model(tmp_path):
    (tmp_path / "m.pb").write_bytes(b"model")
    return tmp_path / "m.pb"


def test_a_model_is_shown_until_it_is_interrupted(graphkit, netron, model):
    outcome = graphkit("view", model)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"Netron shows {model} at http://localhost:8123 (Ctrl-C ends it)\n"
    shown = ("start", str(model), None, True)
    assert netron() == [shown, "wait", ("stop", ("localhost", 8123))]


def test_a_port_and_no_browser(graphkit, netron, model):
    assert "http://localhost:9000 " in graphkit("view", model, "--port", 9000, "--no-browser").out
    assert netron()[0] == ("start", str(model), ("localhost", 9000), False)


def test_netron_stops_when_something_goes_wrong(netron, model):
    with pytest.raises(RuntimeError, match="mine"), view_model(model):
        raise RuntimeError("mine")
    assert netron()[-1] == ("stop", ("localhost", 8123))


def test_without_netron_two_ways_are_named(graphkit, absent, model):
    outcome = graphkit("view", model)
    assert (outcome.code, outcome.out) == (2, "")
    assert "`pip install netron` brings it" in outcome.err
    assert "`graphkit inspect FILE --html PAGE.html` draws a graph without" in outcome.err
    with pytest.raises(UsageError, match="needs the package netron"), view_model(model):
        pass


def test_a_file_that_is_not_there_is_named_first(graphkit, absent):
    outcome = graphkit("view", "absent.pb")
    assert outcome.code != 0
    assert "absent.pb" in outcome.err
    with pytest.raises(MissingFileError, match=r"absent\.pb"), view_model("absent.pb"):
        pass


@pytest.mark.parametrize("port", [-1, 65536])
def test_ports_that_cannot_be_are_refused(graphkit, netron, model, port):
    assert graphkit("view", model, "--port", port).code == 2
    with pytest.raises(ArgumentError, match="port must be from 0 to 65535"):
        view_model(model, port=port).__enter__()

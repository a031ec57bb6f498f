"""Running the command line in this process: its exit code and what it printed."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from graphkit.cli import main


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def graphkit(capfd, tmp_path, monkeypatch):
    """Calls `graphkit ARGUMENTS…` in an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Outcome(ended.value.code, out, err)

    return call


def pytest_make_parametrize_id(config, val, argname):
    return (
        " ".join(val) if isinstance(val, tuple) and all(isinstance(v, str) for v in val) else None
    )

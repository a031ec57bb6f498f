"""The environment of TensorFlow 1.15.5 is found or made; when it cannot be, one line says why."""

from __future__ import annotations

import pytest

from benchmarks._tf115 import REQUIREMENTS, Unavailable, find_or_make, probe


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine of our own: an empty home, and a PATH with the shell and nothing of Python."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin:/usr/bin")
    return tmp_path


def script(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return path


def python37(path, *lines):
    """A stand-in for Python 3.7: it answers the probe and makes an environment of `lines`."""
    inside = "\\n".join(["#!/bin/sh", *lines]) + "\\n"
    return script(
        path,
        'if [ "$1" = -c ]; then exit 0; fi',
        'mkdir -p "$4/bin"',
        f"printf '{inside}' > \"$4/bin/python\"",
        'chmod +x "$4/bin/python"',
    )


def test_a_shim_that_does_not_run_is_no_python(machine):
    script(machine / "bin" / "python3.7", "exit 127")
    with pytest.raises(Unavailable, match=r"no Python 3\.7 that runs \(looked for python3\.7 on"):
        find_or_make(machine / "env", say=print)


def test_the_environment_is_made_once(machine, capsys):
    python37(machine / ".pyenv/versions/3.7.16/bin/python3.7", "echo 1.15.5")
    script(machine / "bin" / "python3.7", "exit 127")
    first = find_or_make(machine / "env")
    assert first == machine / "env/bin/python"
    assert "installing TensorFlow 1.15.5" in capsys.readouterr().out
    assert find_or_make(machine / "env") == first
    assert capsys.readouterr().out == ""


def test_an_environment_of_other_requirements_is_made_again(machine, capsys):
    python37(machine / "bin" / "python3.7", "echo 1.15.5")
    find_or_make(machine / "env")
    mark = machine / "env" / ".complete"
    assert mark.read_text().splitlines() == list(REQUIREMENTS)
    mark.write_text("tensorflow==1.14")
    capsys.readouterr()
    find_or_make(machine / "env")
    assert "installing" in capsys.readouterr().out


def test_a_failed_installation_says_why_and_leaves_no_mark(machine):
    python37(machine / "bin" / "python3.7", "echo no network >&2", "exit 1")
    with pytest.raises(Unavailable, match=r"-m pip install \.\.\.` failed: no network"):
        find_or_make(machine / "env", say=lambda line: None)
    assert not (machine / "env" / ".complete").exists()


def test_a_python_without_tensorflow_115_is_refused(tmp_path):
    with pytest.raises(Unavailable, match=r"has TensorFlow 2\.16\.2, not 1\.15"):
        probe(script(tmp_path / "python", "echo 2.16.2"))


def test_a_python_that_is_not_there_is_named(tmp_path):
    with pytest.raises(Unavailable, match="nowhere"):
        probe(tmp_path / "nowhere")

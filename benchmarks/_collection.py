"""A collection of programs: where they come from, what they are given, as a manifest says."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["Program", "Repository", "Unusable", "laid_out", "read_manifest"]

_SECONDS = 120.0


class Unusable(Exception):
    """The manifest, or what it names, cannot be used; the message says what and why."""


@dataclass(frozen=True)
class Repository:
    """Where programs come from: a folder, or a commit of a repository.

    Attributes:
        path: The folder, or the repository (bare or not).
        commit: The commit to take; None for the folder as it is.
    """

    path: Path
    commit: str | None


@dataclass(frozen=True)
class Program:
    """A program and what it is given.

    Attributes:
        name: How the table calls it.
        repository: Where it comes from.
        script: Its path there.
        arguments: Its arguments.
        data: Pairs of a path in the data folder and the path, from the program's folder, it is
            copied to.
        replaced: By file of the repository, pairs of a regular expression and what is put in its
            place: fewer steps of training, say, the same for every interpreter.
        seconds: How long it may run.
    """

    name: str
    repository: Repository
    script: str
    arguments: tuple[str, ...] = ()
    data: tuple[tuple[str, str], ...] = ()
    replaced: dict[str, list[list[str]]] = field(default_factory=dict)
    seconds: float = _SECONDS


def read_manifest(path: Path, mirror: Path | None = None) -> list[Program]:
    """Reads a manifest: `{"repos": {NAME: …}, "scripts": [{…}, …]}`.

    A repository is `{"path": FOLDER}`, from the manifest's own folder, or `{"github": "OWNER/NAME",
    "commit": …}`, looked for as `OWNER+NAME` in `mirror`. A script has an "id", a "repo" and a
    "path", and may have "args", "data", "subs" (what is replaced) and "timeout".

    Raises:
        Unusable: It cannot be read, or lacks something.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        found = {name: _repository(path, mirror, entry) for name, entry in content["repos"].items()}
        return [_program(entry, found) for entry in content["scripts"]]
    except OSError as failure:
        raise Unusable(f"{path}: {failure.strerror}") from failure
    except ValueError as failure:
        raise Unusable(f"{path}: is no JSON ({failure})") from failure
    except (AttributeError, KeyError, TypeError) as failure:
        raise Unusable(f"{path}: is no manifest ({failure!r})") from failure


def _repository(manifest: Path, mirror: Path | None, entry: dict[str, str]) -> Repository:
    if "path" in entry:
        return Repository(manifest.parent / entry["path"], None)
    if mirror is None:
        raise Unusable(f"{manifest}: {entry['github']}: say with --mirror where repositories lie")
    return Repository(mirror / entry["github"].replace("/", "+"), entry["commit"])


def _program(entry: dict[str, Any], repositories: dict[str, Repository]) -> Program:
    return Program(
        entry["id"],
        repositories[entry["repo"]],
        entry["path"],
        tuple(entry.get("args", ())),
        tuple((source, target) for source, target in entry.get("data", ())),
        entry.get("subs", {}),
        float(entry.get("timeout", _SECONDS)),
    )


def laid_out(program: Program, folder: Path, data: Path | None) -> Path:
    """Copies what a program needs into an empty folder.

    Returns:
        The program's file.

    Raises:
        Unusable: The repository, the commit, a file or the data is not there.
    """
    _copy(program.repository, folder)
    script = _inside(folder, folder / program.script)
    if not script.is_file():
        raise Unusable(f"{program.name}: {program.repository.path} holds no {program.script}")
    for name, pairs in program.replaced.items():
        _replace(program.name, _inside(folder, folder / name), pairs)
    for source, target in program.data:
        if data is None or not (data / source).exists():
            raise Unusable(f"{program.name}: {source} is not in the data folder (--data)")
        _place(data / source, _inside(folder, script.parent / target))
    return script


def _copy(repository: Repository, folder: Path) -> None:
    if repository.commit is None:
        if not repository.path.is_dir():
            raise Unusable(f"{repository.path}: no such folder")
        shutil.copytree(repository.path, folder, dirs_exist_ok=True)
        return
    command = ["git", "-C", str(repository.path), "archive", "--format=zip", repository.commit]
    try:
        done = subprocess.run(command, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        told = getattr(failure, "stderr", b"").decode(errors="replace").strip() or failure
        raise Unusable(f"{repository.path}: {told}") from failure
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder)  # keeps every name inside, on every Python; links become files


def _replace(name: str, path: Path, pairs: list[list[str]]) -> None:
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    for pattern, new in pairs:
        text, count = re.subn(pattern, new, text)
        if not count:
            raise Unusable(f"{name}: nothing in {path.name} matches {pattern!r}")
    path.write_text(text, encoding="utf-8", errors="surrogateescape")


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def _inside(folder: Path, path: Path) -> Path:
    """Refuses a path that leaves the folder."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Unusable(f"{path}: is outside the program's folder")
    return path

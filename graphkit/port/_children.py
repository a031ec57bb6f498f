"""Gives processes the program starts the same treatment.

A folder with a `sitecustomize` module of graphkit's is put before `PYTHONPATH`, for children of
`graphkit run` only. A child of the same interpreter that runs a file of the program becomes
`graphkit run FILE`, in the same process; one started by multiprocessing loads the program's main
module as graphkit does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graphkit.port._ownership import is_own

__all__ = ["ENVIRONMENT", "HOOK_FOLDER", "hand_on", "handed_on", "rerun_command", "split_flags"]

ENVIRONMENT = "GRAPHKIT_RUN"
HOOK_FOLDER = str(Path(__file__).parent / "site_hook")
_OPTIONS_WITH_VALUE = ("-W", "-X", "--check-hash-based-pycs")


def hand_on(options: Sequence[str]) -> None:
    """Prepares the environment that children inherit.

    Args:
        options: Options of `graphkit run` for them.
    """
    os.environ[ENVIRONMENT] = json.dumps({"python": sys.executable, "options": list(options)})
    entries = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    if HOOK_FOLDER not in entries:
        # graphkit itself may be on the path only because of the folder it was started in.
        entries = [HOOK_FOLDER, *entries]
    package = str(Path(__file__).parents[2])
    if package in sys.path and package not in entries and is_own(package):
        entries.append(package)
    os.environ["PYTHONPATH"] = os.pathsep.join(entries)


def handed_on() -> list[str] | None:
    """Reads the options a parent handed on.

    Returns:
        The options, or None if this is no child of `graphkit run` with the same interpreter.
    """
    try:
        note: dict[str, Any] = json.loads(os.environ.get(ENVIRONMENT, ""))
    except ValueError:
        return None
    same = os.path.realpath(note["python"]) == os.path.realpath(sys.executable)
    return list(note["options"]) if same else None


def rerun_command(arguments: Sequence[str], options: Sequence[str]) -> list[str] | None:
    """Says how a child has to be started instead.

    Args:
        arguments: Its command line as the interpreter got it (`sys.orig_argv`).
        options: Options of `graphkit run`.

    Returns:
        The command line, or None if the child runs no file of the program.
    """
    flags, rest = split_flags(list(arguments[1:]))
    if not rest:
        return None
    run = [sys.executable, *flags, str(Path(HOOK_FOLDER) / "start.py"), "run", *options]
    if rest[0] == "-m":
        own = len(rest) > 1 and _is_own_module(rest[1])
        return [*run, *rest] if own else None
    if rest[0].startswith("-") or not is_own(rest[0]) or not os.path.isfile(rest[0]):
        return None
    return [*run, *rest]


def split_flags(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Splits the interpreter's own flags from what it runs.

    Args:
        arguments: Its command line without its own name.

    Returns:
        The flags, and what it runs with that program's arguments; nothing for standard input.
    """
    for place, argument in enumerate(arguments):
        before = arguments[place - 1] if place else ""
        if before in _OPTIONS_WITH_VALUE:
            continue
        if argument == "-" or not argument.startswith("-") or argument in ("-m", "-c"):
            return arguments[:place], arguments[place:]
    return arguments, []


def _is_own_module(name: str) -> bool:
    top = name.partition(".")[0]
    return any(
        os.path.exists(os.path.join(folder, top + suffix)) and is_own(os.path.join(folder, top))
        for folder in ["", *sys.path]
        for suffix in (".py", os.sep)
    )

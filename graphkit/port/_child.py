"""What a child of `graphkit run` does at its start."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from graphkit.port._children import handed_on, rerun_command, split_flags
from graphkit.port._language._source import SourceCompiler
from graphkit.port._quiet import quieten, quieten_session_end
from graphkit.port._world import RunOptions, World

__all__ = ["continue_in_child"]

_WORKER = re.compile(r"(?:joblib\.externals\.)?loky\.backend\.popen_loky_\w+")
_PICKLERS = ("cloudpickle.cloudpickle", "joblib.externals.cloudpickle.cloudpickle")
_SPAWNED = re.compile(r"\bfrom ([\w.]+)\.(?:spawn|forkserver) import ")


def continue_in_child(arguments: Sequence[str]) -> None:
    """Continues a program in a process it started.

    A child that runs a file of the program is replaced by `graphkit run FILE`. In any other child
    of the same interpreter, multiprocessing's among them, the program's modules are loaded as in
    the parent.

    Args:
        arguments: The interpreter's own command line, `sys.orig_argv`.
    """
    options = handed_on()
    if options is None:
        return
    command = rerun_command(arguments, options)
    if command is not None:
        os.execv(command[0], command)
    if _is_command(arguments):
        _join(options, _spawning_package(arguments))
    elif _is_worker(arguments):
        _teach_picklers(_join(options, "multiprocessing"))


def _is_command(arguments: Sequence[str]) -> bool:
    """Says whether the child runs code from its command line or its standard input."""
    _flags, rest = split_flags(list(arguments[1:]))
    return not rest or rest[0] in ("-", "-c")


def _is_worker(arguments: Sequence[str]) -> bool:
    """Says whether the child is one of loky's, joblib's own processes, and gets pickled code."""
    _flags, rest = split_flags(list(arguments[1:]))
    return len(rest) > 1 and rest[0] == "-m" and _WORKER.fullmatch(rest[1]) is not None


def _spawning_package(arguments: Sequence[str]) -> str:
    """Names the package that started a child: multiprocessing, or one made after its pattern."""
    found = _SPAWNED.search(" ".join(arguments))
    return found[1] if found else "multiprocessing"


def _join(options: Sequence[str], package: str) -> World:
    given = {flag: value for flag, value in pairwise(options) if flag.startswith("--")}
    mode = given["--mode"]
    run_options = RunOptions(
        mode=mode,
        verbose="--verbose" in options,
        traceback="--traceback" in options,
        allow_pickle="--allow-pickle" in options,
        bundled_digits="--bundled-digits" in options,
        old_libraries=tuple(name for flag, name in pairwise(options) if flag == "--old-library"),
        engine=given.get("--engine", "auto"),
        patient="--patient" in options,
        inter_op_threads=int(given.get("--inter-op-threads", 0)),
    )
    if not run_options.verbose:
        quieten()
    quieten_session_end()
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    compiler = SourceCompiler(lambda _line: None)
    world = World(run_options, compiler, "child", _say)
    world.imports.install()
    world.choose(mode)
    world.imports.prepare(vars(sys.modules["__main__"]), python2=False)
    _teach_multiprocessing(world, compiler, package)
    return world


def _teach_picklers(world: World) -> None:
    """Gives functions that come pickled by their code the builtins they had in the parent."""
    for name in _PICKLERS:
        if importlib.util.find_spec(name.partition(".")[0]) is not None:
            with contextlib.suppress(ModuleNotFoundError):
                pickler = importlib.import_module(name)
                world.imports.prepare(vars(pickler), python2=False)


def _teach_multiprocessing(world: World, compiler: SourceCompiler, package: str) -> None:
    """Loads the parent's main module as graphkit does, where multiprocessing would use runpy."""
    spawn: Any = importlib.import_module(f"{package}.spawn")

    def load_main(path: str) -> None:
        spawn.old_main_modules.append(sys.modules["__main__"])
        module: Any = ModuleType("__mp_main__")
        module.__file__ = path
        sys.modules["__main__"] = sys.modules["__mp_main__"] = module
        compiled = compiler.compile(Path(path).read_bytes(), path)
        world.imports.prepare(vars(module), compiled.python2)
        exec(compiled.code, vars(module))

    vars(spawn)["_fixup_main_from_path"] = load_main


def _say(line: str) -> None:
    sys.stderr.write(f"graphkit: {line}\n")

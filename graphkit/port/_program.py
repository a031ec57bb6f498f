"""Runs a foreign program in this process as if it had been started by Python itself."""

from __future__ import annotations

import ast
import atexit
import importlib
import linecache
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from graphkit.port._children import hand_on
from graphkit.port._failure import describe_failure, thread_reporter
from graphkit.port._language._source import SourceCompiler, decode
from graphkit.port._language._text import end_line
from graphkit.port._mode import Choice, choose_mode, is_restored
from graphkit.port._modules import ImportWorld
from graphkit.port._name_report import NameReport
from graphkit.port._names_used import read_program
from graphkit.port._notebooks._notebook import (
    Cells,
    is_python2_notebook,
    notebook_names,
    show_figures,
)
from graphkit.port._ownership import own_entries
from graphkit.port._quiet import quieten, quieten_session_end
from graphkit.port._target import STANDARD_INPUT, locate, put_first, read_parts
from graphkit.port._world import RunOptions, World

__all__ = ["recognise", "report_failure", "run_part", "run_program"]

_FAILURE = 1
_UNTOLD = (
    "graphkit: nothing in the program tells which TensorFlow it was written for; it was run as\n"
    "          for TensorFlow 1, and --mode v2 runs it as for TensorFlow 2\n"
)
_INTERRUPTED = threading.Event()


def run_program(
    target: str,
    arguments: Sequence[str],
    options: RunOptions,
    *,
    as_module: bool = False,
    say: Callable[[str], None],
) -> None:
    """Runs a program to its end; it leaves by returning, `SystemExit` or a signal.

    Args:
        target: A script, a notebook (.ipynb), a folder with `__main__.py`, "-" for standard input,
            or a module's name.
        arguments: The program's own arguments.
        options: How it is run.
        as_module: Whether `target` is a module's name, as in `python -m`.
        say: Tells the user one line, apart from the program's output.

    Raises:
        MissingFileError: There is no such file.
        SystemExit: The program's own exit code; 1 when it failed.
    """
    path, place = locate(target, as_module)  # a program that is not there changes nothing
    atexit.register(_leave_by_interrupt)  # first to come, last to be called
    if options.verbose:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0")
    else:
        quieten()
    quieten_session_end()
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    put_first(str(place))
    sys.argv = [target if not as_module else str(path), *arguments]
    report = None if options.report is None else NameReport(options.report)
    compiler = SourceCompiler(say) if report is None else SourceCompiler(say, report.add)
    parts = read_parts(path)
    is_notebook = path.suffix == ".ipynb"
    if is_notebook and is_python2_notebook(path):
        compiler.python2 = True
        say(f"{target}: Python 2 (the notebook's kernel), translated in memory")
    world = World(options, compiler, path.stem, say, is_notebook=is_notebook)
    world.imports.install()
    choice = Choice(options.mode, "--mode")
    if options.mode == "auto":
        choice = recognise(parts, path, place, options.old_libraries)
    world.choose(choice.mode)
    hand_on(options.arguments(choice.mode))
    threading.excepthook = thread_reporter(_write, options.traceback)
    try:
        _execute(parts, path, target, world.imports, compiler, as_module)
    except SystemExit:
        raise
    except BaseException as error:
        report_failure(error, options.traceback, choice)
    finally:
        if report is not None:
            report.write(is_restored)


def recognise(
    parts: list[bytes], path: Path, place: Path, old_libraries: tuple[str, ...]
) -> Choice:
    """Tells which TensorFlow a program was written for."""
    silent = SourceCompiler(lambda _line: None)

    def parse(text: str, name: str) -> ast.Module:
        return silent.parse(text, name)[0]

    text = "\n".join(decode(part) for part in parts)
    folders = [place, *(Path(entry) for entry in own_entries())]
    try:
        return choose_mode(read_program(text, folders, parse, str(path)), old_libraries)
    except SyntaxError:
        return Choice("v1", "no syntax")  # the run itself tells about it


def _execute(
    parts: list[bytes],
    path: Path,
    target: str,
    imports: ImportWorld,
    compiler: SourceCompiler,
    as_module: bool,
) -> None:
    """Runs the parts one after the other in a fresh `__main__`."""
    main = ModuleType("__main__")
    sys.modules["__main__"] = main
    is_typed = target == STANDARD_INPUT and not as_module
    name = str(path) if as_module or is_typed or Path(target).is_dir() else target
    vars(main).update({"__cached__": None} if is_typed else {"__file__": name, "__cached__": None})
    if as_module:
        vars(main)["__package__"] = target.rpartition(".")[0]
        if path.name == "__main__.py":
            vars(main)["__package__"] = target
        if vars(main)["__package__"]:
            importlib.import_module(vars(main)["__package__"])
    cells = Cells() if path.suffix == ".ipynb" else None
    if cells is not None:
        vars(main).update(notebook_names(compiler.compile))
    try:
        for number, part in enumerate(parts, 1):
            label = f"<{name}, cell {number}>" if cells is not None else name
            run_part(part, label, main, imports, compiler, cells)
            if cells is not None:
                show_figures()
    finally:
        end_line()


def run_part(
    part: bytes,
    label: str,
    main: ModuleType,
    imports: ImportWorld,
    compiler: SourceCompiler,
    cells: Cells | None = None,
) -> None:
    """Runs one part of a program in its main module."""
    if label.startswith("<"):  # no file that a traceback could show lines of
        lines = decode(part).splitlines(keepends=True)
        linecache.cache[label] = (len(part), None, lines, label)
    if cells is None:
        compiled = compiler.compile(part, label)
    else:
        compiled = compiler.compile(part, label, cells.finish)
    imports.prepare(vars(main), compiled.python2)
    exec(compiled.code, vars(main))


def report_failure(error: BaseException, whole: bool, choice: Choice) -> None:
    """Tells what failed and leaves as Python does: code 1, or by the signal of Ctrl-C."""
    trace = error.__traceback__
    while trace is not None and not _runs_own_code(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    sys.stdout.flush()
    if sys.excepthook is sys.__excepthook__:
        _write(describe_failure(error, trace or error.__traceback__, whole=whole))
        if not choice.evidence:
            _write(_UNTOLD)
    else:
        sys.excepthook(type(error), error, trace)
    if isinstance(error, KeyboardInterrupt):
        _INTERRUPTED.set()
    sys.exit(_FAILURE)


def _runs_own_code(filename: str) -> bool:
    here = str(Path(__file__).parents[1])
    return not filename.startswith(here) and not filename.startswith("<frozen")


def _leave_by_interrupt() -> None:
    """Ends an interrupted program as Ctrl-C ends Python, so that a shell's loop ends as well."""
    if not _INTERRUPTED.is_set():
        return
    sys.stdout.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()

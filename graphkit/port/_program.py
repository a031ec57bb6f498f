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
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from graphkit.errors import ArgumentError, MissingFileError
from graphkit.port._children import hand_on
from graphkit.port._display import PictureFolder, has_display, welcome_window_library
from graphkit.port._failure import describe_failure, thread_reporter
from graphkit.port._mode import choose_mode, is_restored, read_program
from graphkit.port._modules import ImportWorld
from graphkit.port._name_report import NameReport
from graphkit.port._neighbours import Neighbours
from graphkit.port._notebook import NOTEBOOK_NAMES, read_notebook, show_last_value
from graphkit.port._old_builtins import PYTHON2_NAMES
from graphkit.port._old_operators import RUNTIME
from graphkit.port._quiet import quieten, quieten_session_end
from graphkit.port._source import SourceCompiler, decode
from graphkit.port._stand_ins import IF_MISSING, PYTHON2, install_stand_ins, replaced_modules
from graphkit.port._tensorflow import load_tensorflow
from graphkit.port._watch import SessionWatch

__all__ = ["MODES", "RunOptions", "World", "run_program"]

MODES = ("auto", "v1", "v2")
_FAILURE = 1


@dataclass(frozen=True)
class RunOptions:
    """How a program is run.

    Args:
        mode: "v1" for TensorFlow 1, "v2" for TensorFlow 2.0 to 2.15, "auto" to tell from the names
            it uses.
        verbose: Whether TensorFlow's start-up messages and deprecation notes are shown.
        traceback: Whether a failure shows every frame.
        allow_pickle: Whether `np.load` may unpickle objects, as before NumPy 1.16.3.
        report: Where to write which names of TensorFlow the program used; nowhere unless given.
    """

    mode: str = "auto"
    verbose: bool = False
    traceback: bool = False
    allow_pickle: bool = False
    report: Path | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ArgumentError("RunOptions", "mode", self.mode, f"one of {', '.join(MODES)}")

    def arguments(self, mode: str) -> list[str]:
        """Spells the options for the command line of a child, its mode decided."""
        flags = {
            "--verbose": self.verbose,
            "--traceback": self.traceback,
            "--allow-pickle": self.allow_pickle,
        }
        return ["--mode", mode, *(flag for flag, given in flags.items() if given)]


class World:
    """What a program finds around it: imports, neighbours, windows. One per process.

    Args:
        options: How it is run.
        compiler: Compiles its files.
        name: The program's name, for its pictures.
        say: Tells the user one line.
    """

    def __init__(
        self,
        options: RunOptions,
        compiler: SourceCompiler,
        name: str,
        say: Callable[[str], None],
    ) -> None:
        self._neighbours = Neighbours()
        self._pictures = None if has_display() else PictureFolder(Path("logs"), name, say)
        self._allow_pickle = options.allow_pickle
        self._say = say
        self._switched = True
        self.imports = ImportWorld(
            compiler.compile,
            if_missing=IF_MISSING,
            python2=PYTHON2,
            names=RUNTIME,
            names_python2=PYTHON2_NAMES,
            before_import=self._before_import,
            after_import=self._after_import,
        )

    def choose(self, mode: str) -> None:
        """Gives the program the TensorFlow it was written for.

        Args:
            mode: "v1" or "v2".
        """
        self._switched = mode == "v2"
        install_stand_ins(mode)
        self.imports.replace(replaced_modules(mode))

    def _before_import(self, name: str) -> None:
        if not self._switched and name.partition(".")[0] in ("graphkit", "tf_keras"):
            self._switched = True
            tensorflow = load_tensorflow()
            tensorflow.disable_v2_behavior()
            SessionWatch(tensorflow, self._say).start()

    def _after_import(self, name: str) -> None:
        self._neighbours.welcome(name)
        if self._pictures is not None:
            welcome_window_library(name, self._pictures)
            if name.startswith("matplotlib"):
                importlib.import_module("graphkit.port._figures").set_pictures(self._pictures)
        if name.partition(".")[0] == "numpy":
            self._welcome_numpy(sys.modules["numpy"])

    def _welcome_numpy(self, numpy: Any) -> None:
        """Prints numbers as NumPy did: `1.0`, not `np.float32(1.0)`, also in lists."""
        if not hasattr(self, "_numpy"):
            self._numpy = numpy
            numpy.set_printoptions(legacy="1.21")
            if self._allow_pickle:
                load = numpy.load
                numpy.load = lambda *args, **kwargs: load(*args, **{"allow_pickle": True, **kwargs})


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
        target: A script, a notebook (.ipynb), a folder with `__main__.py`, or a module's name.
        arguments: The program's own arguments.
        options: How it is run.
        as_module: Whether `target` is a module's name, as in `python -m`.
        say: Tells the user one line, apart from the program's output.

    Raises:
        MissingFileError: There is no such file.
        SystemExit: The program's own exit code; 1 when it failed.
    """
    if options.verbose:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "0")
    else:
        quieten()
    quieten_session_end()
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
    path, place = _locate(target, as_module)
    _put_first(str(place))
    sys.argv = [target if not as_module else str(path), *arguments]
    report = None if options.report is None else NameReport(options.report)
    compiler = SourceCompiler(say) if report is None else SourceCompiler(say, report.add)
    parts = _read_parts(path)
    world = World(options, compiler, path.stem, say)
    world.imports.install()
    mode = options.mode if options.mode != "auto" else _recognise(parts, path, place)
    world.choose(mode)
    hand_on(options.arguments(mode))
    threading.excepthook = thread_reporter(_write, options.traceback)
    try:
        _execute(parts, path, target, world.imports, compiler, as_module)
    except SystemExit:
        raise
    except BaseException as error:
        _report(error, options.traceback)
    finally:
        if report is not None:
            report.write(is_restored)


def _put_first(folder: str) -> None:
    """Puts the program's folder where Python has that of the script, here graphkit's own."""
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    sys.path.insert(0, folder)


def _locate(target: str, as_module: bool) -> tuple[Path, Path]:
    """Finds the file to run and what becomes `sys.path[0]`."""
    if as_module:
        return _locate_module(target), Path.cwd()
    path = Path(target)
    if path.is_dir():
        path = path / "__main__.py"
    if not path.is_file():
        raise MissingFileError(target)
    return path, path.resolve().parent


def _locate_module(name: str) -> Path:
    search: list[str] = [os.getcwd(), *sys.path]
    spec = None
    for part in name.split("."):
        spec = PathFinder.find_spec(part, search)
        if spec is None:
            raise MissingFileError(name, "is no module here or on PYTHONPATH")
        search = list(spec.submodule_search_locations or [])
    if search:
        spec = PathFinder.find_spec("__main__", search)
    if spec is None or spec.origin is None:
        raise MissingFileError(name, "is a package without __main__.py")
    return Path(spec.origin)


def _read_parts(path: Path) -> list[bytes]:
    """Reads the source: one part for a script, one for each cell of a notebook."""
    if path.suffix == ".ipynb":
        return [cell.encode() for cell in read_notebook(path)]
    return [path.read_bytes()]


def _recognise(parts: list[bytes], path: Path, place: Path) -> str:
    silent = SourceCompiler(lambda _line: None)

    def parse(text: str, name: str) -> ast.Module:
        return silent.parse(text, name)[0]

    text = "\n".join(decode(part) for part in parts)
    try:
        return choose_mode(read_program(text, place, parse, str(path)))
    except SyntaxError:
        return "v1"  # the run itself tells about it


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
    name = str(path) if as_module or Path(target).is_dir() else target
    vars(main).update(__file__=name, __cached__=None)
    if as_module:
        vars(main)["__package__"] = target.rpartition(".")[0]
        if path.name == "__main__.py":
            vars(main)["__package__"] = target
        if vars(main)["__package__"]:
            importlib.import_module(vars(main)["__package__"])
    is_notebook = path.suffix == ".ipynb"
    if is_notebook:
        vars(main).update(NOTEBOOK_NAMES)
    for number, part in enumerate(parts, 1):
        label = f"<{name}, cell {number}>" if is_notebook else name
        _run_part(part, label, main, imports, compiler, is_cell=is_notebook)


def _run_part(
    part: bytes,
    label: str,
    main: ModuleType,
    imports: ImportWorld,
    compiler: SourceCompiler,
    *,
    is_cell: bool,
) -> None:
    if is_cell:
        lines = decode(part).splitlines(keepends=True)
        linecache.cache[label] = (len(part), None, lines, label)
    if is_cell:
        compiled = compiler.compile(part, label, show_last_value)
    else:
        compiled = compiler.compile(part, label)
    imports.prepare(vars(main), compiled.python2)
    exec(compiled.code, vars(main))


def _report(error: BaseException, whole: bool) -> None:
    """Tells what failed and leaves as Python does: code 1, or by the signal of Ctrl-C."""
    trace = error.__traceback__
    while trace is not None and not _runs_own_code(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    sys.stdout.flush()
    if sys.excepthook is sys.__excepthook__:
        _write(describe_failure(error, trace or error.__traceback__, whole=whole))
    else:
        sys.excepthook(type(error), error, trace)
    if isinstance(error, KeyboardInterrupt):
        atexit.register(_leave_by_interrupt)
    sys.exit(_FAILURE)


def _runs_own_code(filename: str) -> bool:
    here = str(Path(__file__).parents[1])
    return not filename.startswith(here) and not filename.startswith("<frozen")


def _leave_by_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()

"""What a program finds around it: imports, neighbours, windows."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphkit.errors import ArgumentError
from graphkit.port._digits import use_bundled_digits
from graphkit.port._flags import find_flags_as_before, make_way_for_flags
from graphkit.port._interrupt import InterruptWatch
from graphkit.port._keras._layer_names import name_layers_as_before
from graphkit.port._keras._model_arguments import accept_keras_one, accept_standalone_keras
from graphkit.port._keras._modules import KERAS_ROOTS, work_as_before, work_as_standalone
from graphkit.port._language._builtins import PYTHON2_NAMES, source_functions
from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler
from graphkit.port._modules import ImportWorld
from graphkit.port._neighbours._lost_names import LOST_BY_LIBRARIES
from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._stand_ins import (
    IF_MISSING,
    PYTHON2,
    STAND_INS,
    install_stand_ins,
    replaced_modules,
)
from graphkit.port._ownership import adopt, is_installed_package
from graphkit.port._tensorflow import load_tensorflow
from graphkit.port._threads import set_inter_op_threads
from graphkit.port._watch import SessionWatch
from graphkit.port._windows._display import PictureFolder, has_display, welcome_window_library

__all__ = ["ENGINES", "MODES", "RunOptions", "World"]

MODES = ("auto", "v1", "v2")
_WITH_TENSORFLOW = frozenset({"graphkit", "keras", "tensorflow", "tf_keras"})
ENGINES = ("auto", "queues", "tf.data")
_CALLING_THREAD = -1


@dataclass(frozen=True)
class RunOptions:
    """How a program is run.

    Args:
        mode: "v1" for TensorFlow 1, "v2" for TensorFlow 2.0 to 2.15, "auto" to tell from the names
            it uses.
        verbose: Whether TensorFlow's start-up messages and deprecation notes are shown.
        traceback: Whether a failure shows every frame.
        allow_pickle: Whether `np.load` may unpickle objects, as before NumPy 1.16.3.
        bundled_digits: Whether MNIST is the digits that come with graphkit, with no file at all.
        old_libraries: Installed libraries written for TensorFlow 1, by the names they are imported
            by; they are treated as the program is.
        report: Where to write which names of TensorFlow the program used; nowhere unless given.
        engine: What serves the batchers of `tf.train`: "queues", "tf.data", or "auto" for tf.data
            where it can; see `readers.engine`.
        patient: Whether a session that waits on a queue that nobody can fill waits for ever, as in
            TensorFlow 1; it is an error else.
        inter_op_threads: Threads in which a session runs ops side by side unless the program says;
            0 leaves it to TensorFlow, -1 runs each op in the thread that calls `run`.
    """

    mode: str = "auto"
    verbose: bool = False
    traceback: bool = False
    allow_pickle: bool = False
    bundled_digits: bool = False
    old_libraries: tuple[str, ...] = ()
    report: Path | None = None
    engine: str = "auto"
    patient: bool = False
    inter_op_threads: int = 0

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ArgumentError("RunOptions", "mode", self.mode, f"one of {', '.join(MODES)}")
        if self.engine not in ENGINES:
            wanted = f"one of {', '.join(ENGINES)}"
            raise ArgumentError("RunOptions", "engine", self.engine, wanted)
        if self.inter_op_threads < _CALLING_THREAD:
            wanted = "1 or more, 0 for TensorFlow's choice, or -1 for the calling thread"
            raise ArgumentError("RunOptions", "inter_op_threads", self.inter_op_threads, wanted)

    def arguments(self, mode: str) -> list[str]:
        """Spells the options for the command line of a child, its mode decided."""
        flags = {
            "--verbose": self.verbose,
            "--traceback": self.traceback,
            "--allow-pickle": self.allow_pickle,
            "--bundled-digits": self.bundled_digits,
            "--patient": self.patient,
        }
        named = [part for name in self.old_libraries for part in ("--old-library", name)]
        if self.engine != "auto":
            named += ["--engine", self.engine]
        if self.inter_op_threads:
            named += ["--inter-op-threads", str(self.inter_op_threads)]
        return ["--mode", mode, *named, *(flag for flag, given in flags.items() if given)]


class World:
    """What a program finds around it: imports, neighbours, windows. One per process.

    Args:
        options: How it is run.
        compiler: Compiles its files.
        name: The program's name, for its pictures.
        say: Tells the user one line.
        is_notebook: Whether TensorFlow logs as at a prompt.
    """

    def __init__(
        self,
        options: RunOptions,
        compiler: SourceCompiler,
        name: str,
        say: Callable[[str], None],
        *,
        is_notebook: bool = False,
    ) -> None:
        for library in options.old_libraries:
            adopt(library)
        self._is_notebook = is_notebook
        self._neighbours = Neighbours()
        self._pictures = None if has_display() else PictureFolder(Path("logs"), name, say)
        self._allow_pickle = options.allow_pickle
        self._say = say
        self._greeted = False
        self._is_v1 = False
        self._mode = ""  # what TensorFlow still has to be switched to
        self._wants_digits = options.bundled_digits
        self._engine = options.engine
        self._patient = options.patient
        self._inter_op_threads = options.inter_op_threads
        self.imports = ImportWorld(
            compiler.compile,
            if_missing=IF_MISSING,
            python2=PYTHON2,
            names=RUNTIME,
            names_python2=PYTHON2_NAMES
            | source_functions(lambda data, path: compiler.compile(data, path).code),
            before_import=self._before_import,
            after_import=self._after_import,
        )

    def choose(self, mode: str) -> None:
        """Gives the program the TensorFlow it was written for.

        Args:
            mode: "v1" or "v2".
        """
        self._mode = mode
        self._is_v1 = mode == "v1"
        install_stand_ins(mode)
        self.imports.replace(replaced_modules(mode))

    def _before_import(self, name: str) -> None:
        # What stands in for Queue or urllib2 needs no TensorFlow, though it is graphkit's.
        top = name.removeprefix(STAND_INS).partition(".")[0]
        if top in _WITH_TENSORFLOW:
            self._switch()
        elif not self._greeted and is_installed_package(top):
            # An old library meets lost names while it is loaded, before the program touches them.
            self._greeted = True
            for module in LOST_BY_LIBRARIES:
                importlib.import_module(module)
                self._after_import(module)

    def _switch(self) -> None:
        mode, self._mode = self._mode, ""
        if not mode:
            return
        tensorflow = load_tensorflow()
        # graphkit's own level is higher; a program at a prompt heard more.
        levels = tensorflow.logging
        levels.set_verbosity(levels.INFO if self._is_notebook else levels.WARN)
        accept_keras_one()
        if self._inter_op_threads:
            set_inter_op_threads(tensorflow, self._inter_op_threads)
        if mode == "v1":
            name_layers_as_before()
            texts = importlib.import_module("graphkit.tf1._core._error_texts")
            texts.word_errors_as_before(runner=str(Path(__file__).with_name("_program.py")))
            importlib.import_module("graphkit.tf1._core._version_one").disable_v2_behavior()
            # `tf.keras` and `tf.test.TestCase` need no import of their own.
            self._neighbours.welcome(KERAS_ROOTS["v1"])
            self._neighbours.welcome("unittest")
            if self._engine != "auto":
                importlib.import_module("graphkit.readers").set_default_engine(self._engine)
            work_as_before()
            make_way_for_flags()
            find_flags_as_before(tensorflow.app.flags.FLAGS)
            watch = SessionWatch(tensorflow, self._say, gives_up=not self._patient)
            watch.start()
            InterruptWatch(watch, self._say).start()

    def _after_import(self, name: str) -> None:
        self._neighbours.welcome(name)
        if name.partition(".")[0] == "keras":
            accept_standalone_keras()
            if self._is_v1:
                work_as_standalone()
        if self._wants_digits:
            self._wants_digits = not use_bundled_digits(name)
        if self._pictures is not None:
            welcome_window_library(name, self._pictures)
            if name.startswith("matplotlib"):
                importlib.import_module("graphkit.port._windows._figures").set_pictures(
                    self._pictures
                )
        if name.partition(".")[0] == "pandas":
            _keep_text_as_objects(sys.modules["pandas"])
        if "numpy" in sys.modules:  # TensorFlow brings it, and numbers a program prints
            self._welcome_numpy(sys.modules["numpy"])

    def _welcome_numpy(self, numpy: Any) -> None:
        """Prints numbers as NumPy did: `1.0`, not `np.float32(1.0)`, also in lists."""
        if not hasattr(self, "_numpy"):
            self._numpy = numpy
            numpy.set_printoptions(legacy="1.21")
            if self._allow_pickle:
                load = numpy.load
                numpy.load = lambda *args, **kwargs: load(*args, **{"allow_pickle": True, **kwargs})


def _keep_text_as_objects(pandas: Any) -> None:
    """Gives columns of text the type they had before pandas 3.0: object."""
    try:
        pandas.set_option("future.infer_string", False)
    except KeyError:  # pandas before 2.1, which does so anyway
        return

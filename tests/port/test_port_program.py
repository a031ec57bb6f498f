"""A program runs as if Python itself had started it. Here without TensorFlow, in this process."""

from __future__ import annotations

import atexit
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import types
from pathlib import Path

import pytest

from graphkit.errors import ArgumentError, MissingFileError
from graphkit.port import RunOptions, _program, continue_in_child, run_program
from graphkit.port._children import ENVIRONMENT, HOOK_FOLDER, hand_on
from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._ownership import is_own
from graphkit.tf1._mnist import _input_data


@pytest.fixture
def process(monkeypatch, tmp_path):
    """Runs belong to a process of their own; this puts back what they change here."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TF_CPP_MIN_LOG_LEVEL", ENVIRONMENT, "PYTHONPATH"):
        monkeypatch.delenv(name, raising=False)
    environment = dict(os.environ)
    loaded = dict(sys.modules)
    monkeypatch.setattr(sys, "argv", list(sys.argv))
    monkeypatch.setattr(sys, "path", ["the folder of graphkit's command", *sys.path])
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(importlib, "import_module", importlib.import_module)
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    log = logging.getLogger("tensorflow")
    monkeypatch.setattr(log, "filters", list(log.filters))
    made = []

    class Recorded(Neighbours):
        def __init__(self):
            super().__init__()
            made.append(self)

    monkeypatch.setattr("graphkit.port._world.Neighbours", Recorded)
    yield
    for neighbours in reversed(made):  # the last welcome found what the one before had put there
        neighbours.farewell()
    for name in set(sys.modules) - set(loaded):
        if name.startswith(("graphkit.port.old.", "_own_")) or "/" in name:
            del sys.modules[name]
    sys.modules["__main__"] = loaded["__main__"]
    os.environ.clear()
    os.environ.update(environment)


@pytest.fixture
def run(process, tmp_path):
    lines = []

    def run_source(source, *arguments, name="train.py", options=None, **kwargs):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(source)
        run_program(name, arguments, options or RunOptions(), say=lines.append, **kwargs)
        return vars(sys.modules["__main__"])

    run_source.lines = lines
    return run_source


def test_the_script_sees_itself(run, tmp_path):
    space = run(
        "import sys, os\nx = (__name__, sys.argv, sys.path[0], os.getcwd(), __file__)", "--a", "b"
    )
    assert space["x"] == (
        "__main__",
        ["train.py", "--a", "b"],
        str(tmp_path),
        str(tmp_path),
        "train.py",
    )
    assert "the folder of graphkit's command" not in sys.path


def test_the_mode_is_told_to_children(run):
    run("x = 1", options=RunOptions("v2", True, True, True, True))
    note = json.loads(os.environ[ENVIRONMENT])
    assert note == {
        "python": sys.executable,
        "options": [
            "--mode",
            "v2",
            "--verbose",
            "--traceback",
            "--allow-pickle",
            "--bundled-digits",
        ],
    }
    assert os.environ["PYTHONPATH"].split(os.pathsep)[0] == HOOK_FOLDER


def test_the_engine_is_told_to_children(run):
    run("x = 1", options=RunOptions("v1", engine="tf.data"))
    note = json.loads(os.environ[ENVIRONMENT])
    assert note["options"] == ["--mode", "v1", "--engine", "tf.data"]


def test_an_unknown_engine_is_refused():
    with pytest.raises(ArgumentError, match=r"engine must be one of auto, queues, tf\.data, got"):
        RunOptions(engine="fast")


def test_an_unknown_mode_is_refused():
    with pytest.raises(ArgumentError, match=r"mode must be one of auto, v1, v2, got 'v3'"):
        RunOptions(mode="v3")


@pytest.mark.parametrize(
    ("source", "code"),
    [("import sys; sys.exit(7)", 7), ("raise SystemExit", None), ("exit('bye')", "bye")],
)
def test_the_exit_code_is_the_programs(run, source, code):
    with pytest.raises(SystemExit) as caught:
        run(source)
    assert caught.value.code == code


def test_a_failure_is_told_and_has_code_1(run, capsys):
    with pytest.raises(SystemExit) as caught:
        run("def f():\n    raise ValueError('boo')\nf()\n")
    assert caught.value.code == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.strip(" ~^")] == [  # Python 3.13 underlines more calls
        "Traceback (most recent call last):",
        '  File "train.py", line 3, in <module>',
        "    f()",
        '  File "train.py", line 2, in f',
        "    raise ValueError('boo')",
        "ValueError: boo",
    ]


def test_a_program_that_fails_untold_hears_of_the_mode(run, capsys):
    untold = "def f():\n    import tensorflow as tf\n    return tf.__version__\n1 / 0\n"
    note = "nothing in the program tells which TensorFlow it was written for"
    for source, options, said in [
        (untold, RunOptions(), True),
        (untold, RunOptions("v1"), False),
        (untold.replace("__version__", "Session()"), RunOptions(), False),
        (untold.replace("__version__", "square(3)"), RunOptions(), False),
        ("1 / 0", RunOptions(), False),
        ("1 / / 0", RunOptions(), False),
    ]:
        with pytest.raises(SystemExit, match="1"):
            run(source, options=options)
        text = capsys.readouterr().err
        assert (note in text) is said
        assert ("--mode v2" in text) is said


def test_a_syntax_error_is_told(run, capsys):
    with pytest.raises(SystemExit, match="1"):
        run("x = = 1\n")
    text = capsys.readouterr().err
    assert 'File "train.py", line 1' in text
    assert "SyntaxError: invalid syntax" in text


def test_the_programs_own_hook_tells_its_failure(run, capsys):
    with pytest.raises(SystemExit, match="1"):
        run("import sys\nsys.excepthook = lambda kind, error, trace: print('hook', error)\n1 / 0\n")
    assert capsys.readouterr().out == "hook division by zero\n"


def test_an_interrupt_leaves_by_its_signal(run, monkeypatch, capsys):
    later, sent = [], []
    monkeypatch.setattr(atexit, "register", later.append)
    monkeypatch.setattr(_program, "_INTERRUPTED", threading.Event())
    monkeypatch.setattr(os, "kill", lambda _process, number: sent.append(number))
    run("x = 1")
    later[0]()
    assert sent == []
    with pytest.raises(SystemExit, match="1"):
        run("raise KeyboardInterrupt")
    assert capsys.readouterr().err.endswith("\nKeyboardInterrupt\n")
    before = signal.getsignal(signal.SIGINT)
    try:
        later[0]()
    finally:
        signal.signal(signal.SIGINT, before)
    assert sent == [signal.SIGINT]


def test_python_2_runs_and_one_line_says_so(run, capsys):
    run("print 'half', 1 / 2, [x for x in xrange(2)]\n")
    assert capsys.readouterr().out == "half 0 [0, 1]\n"
    assert len(run.lines) == 1
    assert "translated in memory" in run.lines[0]


def test_the_file_on_disk_is_not_changed(run, tmp_path):
    run("print 1\n")
    assert (tmp_path / "train.py").read_text() == "print 1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["train.py"]


def test_a_folder_runs_its_main(run, tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text("import sys\nx = (sys.path[0], __file__)")
    run_program("app", [], RunOptions(), say=print)
    found = vars(sys.modules["__main__"])["x"]
    assert found == (str(tmp_path / "app"), str(Path("app") / "__main__.py"))


def test_a_module_runs_by_its_name(run, tmp_path):
    (tmp_path / "own_pkg").mkdir()
    (tmp_path / "own_pkg" / "__init__.py").write_text("")
    (tmp_path / "own_pkg" / "part.py").write_text("y = 5")
    (tmp_path / "own_pkg" / "__main__.py").write_text("from . import part\nx = part.y")
    run_program("own_pkg", [], RunOptions(), as_module=True, say=print)
    assert vars(sys.modules["__main__"])["x"] == 5
    (tmp_path / "own_pkg" / "train.py").write_text(
        "from .part import y as x\nimport sys\np=sys.argv"
    )
    run_program("own_pkg.train", ["a"], RunOptions(), as_module=True, say=print)
    space = vars(sys.modules["__main__"])
    assert (space["x"], space["p"]) == (5, [str(tmp_path / "own_pkg" / "train.py"), "a"])
    for name in [name for name in sys.modules if name.startswith("own_pkg")]:
        del sys.modules[name]


def test_a_module_at_the_top_has_no_package(run, tmp_path):
    (tmp_path / "top_module.py").write_text("x = __package__")
    run_program("top_module", [], RunOptions(), as_module=True, say=print)
    assert vars(sys.modules["__main__"])["x"] == ""


@pytest.mark.parametrize(
    ("target", "as_module", "message"),
    [
        ("gone.py", False, "gone.py: does not exist"),
        ("gone_module", True, "gone_module: is no module here or on PYTHONPATH"),
        ("no_main", True, "no_main: is a package without __main__.py"),
    ],
)
def test_what_cannot_be_found_is_refused(process, tmp_path, target, as_module, message):
    (tmp_path / "no_main").mkdir()
    (tmp_path / "no_main" / "__init__.py").write_text("")
    with pytest.raises(MissingFileError, match=message):
        run_program(target, [], RunOptions(), as_module=as_module, say=print)


def test_a_notebook_runs_cell_by_cell(run, capsys):
    cells = [{"cell_type": "code", "source": text} for text in ("x = 2", "print 'y'\nx + 1")]
    run(json.dumps({"cells": cells}), name="train.ipynb")
    assert capsys.readouterr().out == "y\n3\n"


def test_a_notebooks_failure_names_the_cell(run, capsys):
    cells = [{"cell_type": "code", "source": text} for text in ("x = 2", "1 / 0")]
    with pytest.raises(SystemExit, match="1"):
        run(json.dumps({"cells": cells}), name="train.ipynb")
    text = capsys.readouterr().err
    assert 'File "<train.ipynb, cell 2>", line 1, in <module>\n    1 / 0\n' in text


def notebook(*cells, **metadata):
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": metadata}
    )


def test_a_notebook_of_python_2_divides_as_its_kernel_did(run, capsys):
    source = notebook("7 / 2", "range(2)", kernelspec={"name": "python2"})
    run(source, name="train.ipynb")
    assert capsys.readouterr().out == "3\n[0, 1]\n"
    assert run.lines == ["train.ipynb: Python 2 (the notebook's kernel), translated in memory"]


def test_a_notebook_of_python_2_divides_as_a_cell_above_says(run, capsys):
    cells = ["import os\nfrom __future__ import division", "7 / 2\n"]
    run(notebook(*cells, language_info={"version": "2.7.6"}), name="train.ipynb")
    assert capsys.readouterr().out == "3.5\n"


@pytest.mark.parametrize("target", ["v1", "v2", "auto"])
def test_numbers_are_printed_as_they_were(run, capsys, target):
    import numpy as np

    with np.printoptions():
        run("import numpy as np\nprint([np.float32(1.5)], np.float)", options=RunOptions(target))
    assert capsys.readouterr().out == "[1.5] <class 'float'>\n"


def test_objects_are_unpickled_only_when_allowed(run, capsys, tmp_path):
    import numpy as np

    real = np.load
    np.save(tmp_path / "x.npy", np.array([{}], dtype=object))
    source = "import numpy as np\nprint(np.load('x.npy'))"
    with np.printoptions():
        with pytest.raises(SystemExit, match="1"):
            run(source)
        assert "--allow-pickle" in capsys.readouterr().err
        run(source, options=RunOptions(allow_pickle=True))
    np.load = real
    assert capsys.readouterr().out == "[{}]\n"


def test_pictures_go_to_logs(run, tmp_path):
    pytest.importorskip("matplotlib")
    run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
    assert run.lines == ["no display: plt.show() wrote logs/train-001.png"]
    assert (tmp_path / "logs" / "train-001.png").exists()


def test_a_display_is_used_where_there_is_one(run, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    run("import cv2")
    import cv2

    assert not hasattr(cv2, "_without_display")


def test_a_failing_thread_is_told(run, capsys):
    run("import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()")
    assert "Exception in thread Thread-" in capsys.readouterr().err


def test_deprecation_notes_are_dropped_unless_asked_for(run):
    run("import warnings\nwarnings.warn('old', DeprecationWarning)")
    log = logging.getLogger("tensorflow")

    def comes_through(message):
        return bool(log.filter(logging.makeLogRecord({"msg": message})))

    assert not comes_through("From x: the_name is deprecated")
    assert not comes_through("Exception in QueueRunner: Session has been closed.")
    assert comes_through("a real warning")


def test_a_report_is_written_even_when_the_program_fails(run, tmp_path):
    with pytest.raises(SystemExit, match="1"):
        run(
            "def f():\n    import tensorflow as tf\n1 / 0",
            options=RunOptions(report=tmp_path / "r"),
        )
    assert json.loads((tmp_path / "r").read_text()) == []


def test_everything_is_logged_when_asked_for(run):
    run("x = 1", options=RunOptions(verbose=True))
    assert os.environ["TF_CPP_MIN_LOG_LEVEL"] == "0"


@pytest.fixture
def network_of_digits(keras_as_it_was):
    """Keras's MNIST and TensorFlow's, as they were afterwards."""
    before = {
        name: module.load_data
        for name, module in sys.modules.items()
        if name.startswith("tf_keras.") and name.endswith("datasets.mnist")
    }
    yield
    _input_data.use_bundled_digits(False)
    for name, function in before.items():
        sys.modules[name].load_data = function


@pytest.mark.parametrize("options", [RunOptions("v2", bundled_digits=True)])
def test_the_bundled_digits_are_mnist(run, network_of_digits, options, tmp_path):
    space = run(
        "import json\n"
        "from keras.datasets import mnist\n"
        "(x, y), (x_test, y_test) = mnist.load_data()\n",
        options=options,
    )
    assert (space["x"].shape, space["x"].dtype) == ((60000, 28, 28), "uint8")
    assert (space["x_test"].shape, space["y_test"].shape) == ((10000, 28, 28), (10000,))
    data = _input_data.read_data_sets(tmp_path / "none", reshape=False)
    assert ((data.validation.images[0, ..., 0] * 255).round() == space["x"][0]).all()


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["--verbose", "--traceback", "--allow-pickle", "--bundled-digits"],
        ["--engine", "queues"],
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [["python", "-c", "from multiprocessing.spawn import spawn_main"], ["python", "-"], ["python"]],
)
def test_a_child_that_runs_no_file_joins_the_program(
    process, monkeypatch, tmp_path, flags, arguments
):
    from multiprocessing import spawn

    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    monkeypatch.setitem(sys.modules, "__mp_main__", None)
    monkeypatch.setattr(spawn, "_fixup_main_from_path", None)
    monkeypatch.setattr(spawn, "old_main_modules", [])
    (tmp_path / "main.py").write_text("x = __name__, 7 / 2\ndef f():\n    print 1\n")
    hand_on(["--mode", "v1", *flags])
    continue_in_child(arguments)
    space = vars(sys.modules["__main__"])
    assert space["__builtins__"]["__import__"] is not __import__
    spawn._fixup_main_from_path(str(tmp_path / "main.py"))
    assert sys.modules["__main__"] is sys.modules["__mp_main__"]
    assert vars(sys.modules["__mp_main__"])["x"] == ("__mp_main__", 3)


def test_a_child_of_a_package_like_multiprocessing_joins_the_program(
    process, monkeypatch, tmp_path
):
    (tmp_path / "othermp").mkdir()
    (tmp_path / "othermp" / "__init__.py").write_text("")
    (tmp_path / "othermp" / "spawn.py").write_text("old_main_modules = []\n")
    (tmp_path / "main.py").write_text("import sys\nx = __name__, sys.maxint > 7 / 2\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))
    monkeypatch.setitem(sys.modules, "__mp_main__", None)
    for name in ("othermp", "othermp.spawn"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
        del sys.modules[name]
    hand_on(["--mode", "v1"])
    continue_in_child(["python", "-c", "from othermp.spawn import spawn_main; spawn_main()"])
    sys.modules["othermp.spawn"]._fixup_main_from_path(str(tmp_path / "main.py"))
    assert vars(sys.modules["__mp_main__"])["x"] == ("__mp_main__", True)


def test_a_child_tells_the_user_with_its_name(capsys):
    from graphkit.port._child import _say

    _say("no display")
    assert capsys.readouterr().err == "graphkit: no display\n"


def test_an_old_library_finds_lost_names_before_the_program_imports_numpy(
    run, tmp_path, monkeypatch
):
    library = tmp_path / "site-packages"
    library.mkdir()
    (library / "oldlibrary.py").write_text(
        "import collections, inspect, time\n"
        "import numpy as np\n"
        "NUMBER = np.float\n"
        "SPEC = inspect.getargspec(lambda a, *rest: 0)\n"
        "FOUND = issubclass(dict, collections.Mapping), time.clock() >= 0\n"
    )
    monkeypatch.setattr(sys, "path", [*sys.path, str(library)])
    space = run("import oldlibrary as old\nx = old.NUMBER, old.SPEC.varargs, old.FOUND")
    del sys.modules["oldlibrary"]
    assert space["x"] == (float, "rest", (True, True))


@pytest.fixture
def old_library(tmp_path, monkeypatch):
    """An installed library in Python 2, and nothing adopted afterwards."""
    library = tmp_path / "site-packages" / "oldlibrary"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("import steps\nTOTAL = steps.TOTAL / 4\n")
    (library / "steps.py").write_text("TOTAL = sum(xrange(4))\nprint TOTAL\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(library.parent)])
    monkeypatch.setattr("graphkit.port._ownership._adopted", [])
    yield RunOptions(old_libraries=("oldlibrary",))
    is_own.cache_clear()
    for name in [name for name in sys.modules if name.startswith("oldlibrary")]:
        del sys.modules[name]


def test_an_old_library_is_treated_as_the_program_is(run, old_library, capsys):
    space = run("import oldlibrary\nfrom oldlibrary.steps import TOTAL", options=old_library)
    assert (space["oldlibrary"].TOTAL, space["TOTAL"], capsys.readouterr().out) == (1.5, 6, "6\n")
    assert "oldlibrary.steps" in sys.modules


def test_an_old_library_is_left_alone_unless_named(run, old_library, capsys):
    with pytest.raises(SystemExit, match="1"):
        run("import oldlibrary")
    assert "No module named 'steps'" in capsys.readouterr().err


def test_children_know_the_old_libraries(run, old_library):
    run("x = 1", options=old_library)
    note = json.loads(os.environ[ENVIRONMENT])
    assert note["options"][-2:] == ["--old-library", "oldlibrary"]


@pytest.mark.parametrize("name", ["nowhere_at_all", "math"])
def test_an_old_library_that_is_not_installed_is_refused(run, name):
    with pytest.raises(ArgumentError, match=f"import name of an installed library, got '{name}'"):
        run("x = 1", options=RunOptions(old_libraries=(name,)))


def test_numpy_is_not_loaded_for_a_program_that_stays_with_pythons_own(process, tmp_path):
    (tmp_path / "helper.py").write_text("import json, queue\n")
    (tmp_path / "plain.py").write_text(
        "import helper, sys\nprint(sorted({'numpy', 'tensorflow'} & set(sys.modules)))\n"
    )
    start = str(Path(HOOK_FOLDER) / "start.py")
    done = subprocess.run(
        [sys.executable, start, "run", "plain.py"],
        env={**os.environ, "PYTHONPATH": str(Path(HOOK_FOLDER).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")

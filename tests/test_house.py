"""The house itself: what importing pulls in, what each room offers, that its examples are true."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import get_origin

import pytest

import graphkit
from graphkit.errors import GraphkitError

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graphkit"
ROOMS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
PUBLIC = ["export", "graph", "readers", "records", "session", "summaries"]
# Without a last look at the half million objects that TensorFlow makes.
QUICK_END = "\nimport gc; gc.freeze()"
HEAVY = {"tensorflow", "tf_keras", "keras", "numpy", "cv2", "tensorboard"}


def modules_after(code):
    """The top-level modules a fresh interpreter holds after running `code`."""
    listing = (
        "; import sys; print(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code + listing],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import graphkit",
        "import graphkit.errors",
        "import graphkit.cli",
        "import graphkit.cli, contextlib, io\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        "    graphkit.cli.main(['--help'])\n"
        "pass",
    ],
)
def test_import_and_help_pull_in_nothing_heavy(code):
    assert not HEAVY & modules_after(code)


def test_records_room_never_imports_tensorflow():
    code = "import graphkit.records as r; [getattr(r, name) for name in r.__all__]"
    assert "tensorflow" not in modules_after(code)


def test_starting_a_board_needs_no_tensorflow_here():
    assert "tensorflow" not in modules_after("import graphkit; graphkit.summaries.start_board")


def test_touching_a_room_loads_it():
    assert graphkit.GraphBuilder is graphkit.graph.GraphBuilder
    assert "SessionRunner" in dir(graphkit)
    assert graphkit.__version__
    with pytest.raises(AttributeError, match="no_such_room"):
        _ = graphkit.no_such_room


def test_tensorflow_is_imported_quietly_and_nothing_global_is_switched():
    code = (
        "from graphkit import tf\n"
        "import tensorflow\n"
        "assert tf is tensorflow.compat.v1\n"
        "assert tensorflow.executing_eagerly()\n"
        "with tf.Graph().as_default(), tf.Session() as session:\n"
        "    session.run(tf.constant(1))\n"
        "import os\n"
        "assert 'TF_CPP_MIN_LOG_LEVEL' not in os.environ  # children are the user's affair\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_import_keeps_what_others_write_to_stderr(warm, tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import os, graphkit._tf as door\n"
        "with door.without_log_lines():\n"
        "    os.write(2, b'I0000 00:00:1 1 port.cc:153] oneDNN\\nplain words\\n')\n"
    )
    assert warm.run(program, folder=tmp_path).stderr == "plain words\n"


@pytest.mark.parametrize(
    "closing", ["import os; os.close(2)", "import sys; sys.stderr = None"], ids=["fd", "object"]
)
def test_tensorflow_is_imported_without_a_standard_error(closing):
    code = f"{closing}\nfrom graphkit import tf\nprint(tf.__name__){QUICK_END}"
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=120
    )
    assert (done.returncode, "compat.v1" in done.stdout) == (0, True)


@pytest.mark.parametrize("room", PUBLIC)
def test_room_lists_its_public_names_sorted_and_all_exist(room):
    module = importlib.import_module(f"graphkit.{room}")
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("stub", sorted(PACKAGE.rglob("*.pyi")), ids=lambda path: path.parent.name)
def test_names_type_checkers_see_are_the_names_that_load(stub):
    listed = next(
        ast.literal_eval(node.value)
        for node in ast.parse(stub.read_text()).body
        if isinstance(node, ast.Assign)
    )
    module = importlib.import_module(".".join(stub.parent.relative_to(ROOT).parts))
    assert listed == sorted(module.__all__)


@pytest.mark.parametrize("room", PUBLIC)
def test_every_public_function_and_class_is_documented(room):
    module = importlib.import_module(f"graphkit.{room}")
    for name in module.__all__:
        thing = getattr(module, name)
        is_alias = get_origin(thing) is not None  # which Python 3.10 takes for a class
        if not is_alias and (inspect.isclass(thing) or inspect.isfunction(thing)):
            assert inspect.getdoc(thing), f"graphkit.{room}.{name} has no docstring"


@pytest.mark.parametrize("room", ROOMS)
def test_files_beside_a_rooms_door_are_private(room):
    for path in (PACKAGE / room).glob("*.py"):
        assert path.name.startswith("_"), path


def test_every_file_says_why_it_exists():
    for path in PACKAGE.rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text())), path


def all_modules():
    found = pkgutil.walk_packages(graphkit.__path__, "graphkit.")
    return [module.name for module in found if module.name != "graphkit.__main__"]


def written_in(module, name):
    """Whether an example is a module's own; what wraps a function shows that function's."""
    leaf = name.removeprefix(module.__name__).lstrip(".").partition(".")[0]
    thing = inspect.unwrap(getattr(module, leaf, module))
    return getattr(thing, "__module__", module.__name__) == module.__name__


@pytest.mark.parametrize("name", all_modules())
def test_docstring_examples_are_true(name):
    module = importlib.import_module(name)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    for test in doctest.DocTestFinder().find(module, name):
        if written_in(module, test.name):
            runner.run(test)
    assert runner.summarize().failed == 0


def test_every_error_class_is_in_the_drawn_tree():
    from graphkit import errors

    for name in errors.__all__:
        assert issubclass(getattr(errors, name), GraphkitError)
        assert name in (errors.__doc__ or "")


def assigned_in(path):
    """The names a file's outermost statements assign."""
    statements = ast.parse(path.read_text()).body
    targets = [t for node in statements if isinstance(node, ast.Assign) for t in node.targets]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def test_every_recorder_of_programs_lists_them():
    recorders = sorted((ROOT / "tests" / "golden").glob("record_tf1_*.py"))
    assert recorders
    assert [path.name for path in recorders if "PROGRAMS" not in assigned_in(path)] == []


def test_version_is_the_newest_entry_of_the_changelog():
    changelog = (ROOT / "CHANGELOG.md").read_text()
    assert f"## [{graphkit.__version__}]" in changelog
    assert f'version = "{graphkit.__version__}"' in (ROOT / "pyproject.toml").read_text()

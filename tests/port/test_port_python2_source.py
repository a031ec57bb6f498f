"""Source that a Python 2 program runs itself is in Python 2 as well."""

from __future__ import annotations

import pytest

from graphkit.port._language._builtins import source_functions
from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler


@pytest.fixture
def functions():
    """`exec` and `execfile`, which translate what they run."""
    compiler = SourceCompiler(lambda _line: None)
    compiler.python2 = True
    return source_functions(lambda data, path: compiler.compile(data, path).code)


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "part.py"
    path.write_text("half = given / 2\nprint 'half', half\n")
    return str(path)


def test_a_file_is_executed_in_the_names_it_is_given(functions, part, capsys):
    space = {**RUNTIME, "given": 7}
    functions["execfile"](part, space)
    assert (space["half"], capsys.readouterr().out) == (3, "half 3\n")


def test_what_a_file_binds_goes_into_the_local_names(functions, part):
    space, local = {**RUNTIME, "given": 9}, {}
    functions["execfile"](part, space, local)
    assert local == {"half": 4}
    assert "half" not in space


def test_a_file_is_executed_in_the_callers_names(functions, part):
    space = {**RUNTIME, **functions, "given": 5, "part": part}
    exec("execfile(part)", space)
    assert space["half"] == 2


def test_text_is_executed_in_the_callers_names(functions, capsys):
    space = {**RUNTIME, **functions}
    exec("exec('made = 7 / 2\\nprint made')", space)
    assert (space["made"], capsys.readouterr().out) == (3, "3\n")


def test_text_sees_the_names_of_the_function_that_runs_it(functions):
    space = {**RUNTIME, **functions, "found": []}
    exec("def f(given):\n    exec('found.append(given / 2)')\nf(5)", space)
    assert space["found"] == [2]


def test_code_is_executed_as_it_was_compiled(functions):
    space = {}
    functions["exec"](compile("made = 7 / 2", "text", "exec"), space)
    assert space["made"] == 3.5


def test_an_error_names_the_line_of_the_file(functions, tmp_path):
    (tmp_path / "part.py").write_text("print 'first'\n\nraise ValueError, 'bad'\n")
    with pytest.raises(ValueError, match="bad") as caught:
        functions["execfile"](str(tmp_path / "part.py"), dict(RUNTIME))
    last = caught.traceback[-1]
    assert (last.path.name, last.lineno + 1) == ("part.py", 3)


def test_a_file_that_is_not_there_is_told(functions):
    with pytest.raises(FileNotFoundError, match=r"gone\.py"):
        functions["execfile"]("gone.py", {})

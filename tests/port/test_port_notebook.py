"""A notebook's cells become plain Python."""

from __future__ import annotations

import ast
import json
import re

import pytest

from graphkit.errors import CorruptFileError
from graphkit.port import _stopwatch
from graphkit.port._notebook import NOTEBOOK_NAMES, Cells, is_python2_notebook, read_notebook


@pytest.fixture
def write(tmp_path):
    def write_cells(*sources, **document):
        cells = [{"cell_type": "markdown", "source": "# title"}]
        cells += [{"cell_type": "code", "source": source} for source in sources]
        path = tmp_path / "train.ipynb"
        path.write_text(json.dumps({"cells": cells, "nbformat": 4, **document}))
        return path

    return write_cells


def run(path):
    space, cells = dict(NOTEBOOK_NAMES), Cells()
    for cell in read_notebook(path):
        tree = ast.parse(cell)
        cells.finish(tree, cell)
        code = compile(ast.fix_missing_locations(tree), "cell", "exec", dont_inherit=True)
        exec(code, space)
    return space


def test_cells_are_read_in_order(write):
    assert read_notebook(write(["x = 1\n", "y = 2"], "z = 3")) == ["x = 1\ny = 2", "z = 3"]


def test_format_3_is_read(tmp_path):
    path = tmp_path / "old.ipynb"
    cells = [{"cell_type": "code", "input": ["print 1"]}]
    path.write_text(json.dumps({"worksheets": [{"cells": cells}], "nbformat": 3}))
    assert read_notebook(path) == ["print 1"]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("x = 2\nx + 1", "3\n"),
        ("'é' + 'b'  # comment", "'éb'\n"),
        ("(1,\n 2)", "(1, 2)\n"),
        ("x = 2\nx;", ""),
        ("None", ""),
        ("x = 2", ""),
        ("", ""),
        ("display(4)", "4\n"),
    ],
)
def test_the_last_value_is_shown(write, capsys, cell, shown):
    run(write(cell))
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("%matplotlib inline", "pass  # %matplotlib inline"),
        ("if x:\n    %prun f()", "if x:\n    f()"),
        ("%%timeit -n 10\nx = 1", "#\nx = 1"),
        ("%%bash\nls", "# %%bash\n# ls"),
        ("tf.Session?", "pass  # tf.Session?"),
        ("?tf", "pass  # ?tf"),
        ("x = (", "x = ("),
    ],
)
def test_magics_become_python(write, cell, plain):
    assert read_notebook(write(cell)) == [plain]


_TIMES = (
    r"CPU times: user [\d.]+ (s|ms|µs|ns), sys: [\d.]+ (s|ms|µs|ns), "
    r"total: [\d.]+ (s|ms|µs|ns)\nWall time: [\d.]+ (s|ms|µs)\n"
)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("%%time\nx = 1\nx + 1", "2\n"),
        ("%%time\nx = 1\nx;", ""),
        ("%%time\nx = 1", ""),
        ("%%time  \nx = 1 # comment", ""),
        ("%time 1 + 1", "2\n"),
        ("%time x = 1", ""),
        ("if True:\n    %time x = 1", ""),
    ],
)
def test_times_are_told_before_the_value(write, capsys, cell, shown):
    run(write(cell))
    assert re.fullmatch(_TIMES + shown, capsys.readouterr().out)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 ns"),
        (2.5e-6, "2.5 µs"),
        (0.01234, "12.3 ms"),
        (3.14159, "3.14 s"),
        (125.0, "2min 5s"),
        (60.0, "1min 0s"),
    ],
)
def test_times_are_told_in_words(monkeypatch, capsys, seconds, words):
    moments = iter([(0.0, 0.0, 0.0), (seconds, 0.0, seconds)])
    monkeypatch.setattr(_stopwatch, "_now", lambda: next(moments))
    watch = _stopwatch.Stopwatch()
    watch.start()
    assert watch.tell("value") == "value"
    assert capsys.readouterr().out == (
        f"CPU times: user {words}, sys: 0 ns, total: {words}\nWall time: {words}\n"
    )


def test_shell_commands_run(write, capsys):
    space = run(write("!echo one\nlines = !echo two"))
    assert capsys.readouterr().out == "one\ntwo\n"
    assert space["lines"] == ["two"]


def test_nothing_is_installed(write, capsys):
    run(write("!pip install --no-such-option tensorflow==1.15"))
    assert capsys.readouterr().out == ""


def test_ipython_answers(write, capsys):
    run(write("ip = get_ipython()\nip.magic('matplotlib inline')\nip.system('echo three')"))
    assert capsys.readouterr().out == "three\n"


@pytest.mark.parametrize("text", ["{", "{}", "[1]", '{"cells": [{"source": "x"}]}'])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "x.ipynb").write_text(text)
    with pytest.raises(CorruptFileError, match=r"x\.ipynb: is not a notebook"):
        read_notebook(tmp_path / "x.ipynb")


def test_imports_from_the_future_may_stand_anywhere(write, capsys):
    run(write("x = 1\nfrom __future__ import print_function\nx", "from __future__ import division"))
    assert capsys.readouterr().out == "1\n"


def test_imports_from_the_future_hold_for_the_cells_below(write):
    space = run(
        write(
            "def before(x: int): pass",
            "from __future__ import annotations, division\nfrom __future__ import division",
            "def after(x: int): pass",
        )
    )
    assert space["before"].__annotations__ == {"x": int}
    assert space["after"].__annotations__ == {"x": "int"}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"language_info": {"version": "2.7.13"}}, True),
        ({"language_info": {"version": "3.5.2"}, "kernelspec": {"name": "python2"}}, False),
        ({"kernelspec": {"name": "python2"}}, True),
        ({"kernelspec": {"name": "python3"}}, False),
        ({"language_info": None}, False),
        ({}, False),
    ],
)
def test_the_kernel_tells_python_2(write, metadata, expected):
    assert is_python2_notebook(write("x = 1", metadata=metadata)) is expected


def test_a_notebook_without_metadata_is_not_python_2(write):
    assert not is_python2_notebook(write("x = 1"))

"""A notebook's cells become plain Python."""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import types

import pytest

from graphkit.errors import CorruptFileError
from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler
from graphkit.port._notebooks import _stopwatch
from graphkit.port._notebooks._ipython import DISPLAY_NAMES
from graphkit.port._notebooks._notebook import (
    Cells,
    is_python2_notebook,
    notebook_names,
    read_notebook,
    show_figures,
)
from graphkit.port._windows._display import BACKEND


@pytest.fixture
def write(tmp_path):
    def write_cells(*sources, **document):
        cells = [{"cell_type": "markdown", "source": "# title"}]
        cells += [{"cell_type": "code", "source": source} for source in sources]
        path = tmp_path / "train.ipynb"
        path.write_text(json.dumps({"cells": cells, "nbformat": 4, **document}))
        return path

    return write_cells


@pytest.fixture(autouse=True)
def main(monkeypatch, tmp_path):
    """A fresh `__main__` in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "__main__", types.ModuleType("__main__"))


def run(path):
    space, cells = sys.modules["__main__"].__dict__, Cells()
    space.update({**RUNTIME, **notebook_names(SourceCompiler(print).compile)})
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
        ("%%javascript\nls", "# %%javascript\n# ls"),
        ("%%html", "# %%html"),
        ("%timeit -n 2 -r 3 f(x)", "f(x)"),
        ("%timeit", "pass  # %timeit"),
        ("%autoreload 2", "pass  # %autoreload 2"),
        ("print('%d'\n      % 3)", "print('%d'\n      % 3)"),
        ("x = 7 \\\n% 4", "x = 7 \\\n% 4"),
        (
            's = """\n!no \'shell\n%no (magic\n"""\n?x',
            's = """\n!no \'shell\n%no (magic\n"""\npass  # ?x',
        ),
        ("a = ')' # (\n?x", "a = ')' # (\npass  # ?x"),
        ("x = y % z\nz = 3 %2", "x = y % z\nz = 3 %2"),
        ("x != y", "x != y"),
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
    assert capsys.readouterr().out == "one\n"
    assert space["lines"] == ["two"]


def test_nothing_is_installed(write, capsys):
    run(write("!pip install --no-such-option tensorflow==1.15"))
    assert capsys.readouterr().out == ""


def test_commands_take_the_programs_values(write, capsys, monkeypatch):
    monkeypatch.setenv("OF_THE_SHELL", "env")
    run(write("x = [4]\n!echo {x[0] + 1} $x $OF_THE_SHELL {nothing} $$x"))
    out = capsys.readouterr().out
    assert out.startswith("5 [4] env {nothing} ")
    run(write("def f(name):\n    !echo {name}\nf('inner')"))
    assert capsys.readouterr().out == "inner\n"


def test_folders_and_environment_are_changed(write, tmp_path, monkeypatch):
    monkeypatch.setenv("AN_OLD_ONE", "1")
    (tmp_path / "data").mkdir()
    space = run(
        write("%cd data\na = %pwd\n%env A_NEW_ONE=2\n%set_env AN_OLD_ONE 3\nb = %env A_NEW_ONE")
    )
    assert space["a"] == os.getcwd() == str(tmp_path / "data")
    assert (space["b"], os.environ["AN_OLD_ONE"]) == ("2", "3")
    monkeypatch.delenv("A_NEW_ONE")
    assert "A_NEW_ONE" not in run(write("e = %env"))["e"]


def test_folders_are_listed_and_made(write, tmp_path, capsys):
    run(write("%mkdir sub", "%cd sub", "%ls ..", "%sx echo five", "%system echo six"))
    assert capsys.readouterr().out == "sub\ntrain.ipynb\nfive\nsix\n"


def test_files_are_written_and_run(write, tmp_path, capsys):
    space = run(
        write(
            "%%writefile other.py\nimport sys\nprint sys.argv\nvalue = 3",
            "%%writefile -a other.py\nvalue += 1\n",
            "%run other.py one 'two three'",
            "value + 1",
        )
    )
    out = capsys.readouterr().out.splitlines()
    assert "Python 2" in out[0]
    assert out[1:] == ["['other.py', 'one', 'two three']", "5"]
    assert space["value"] == 4
    assert "other.py" not in sys.argv


def test_cells_of_the_shell_run(write, capsys):
    run(write("%%bash\nfor i in 1 2\ndo echo $i\ndone", "%%capture\n%%sh\necho 3"))
    assert capsys.readouterr().out == "1\n2\n3\n"


def test_pylab_brings_its_names(write):
    pytest.importorskip("matplotlib")
    space = run(write("%pylab inline\nx = zeros(2), np, plt"))
    assert space["x"][0].shape == (2,)


def test_figures_of_a_cell_are_shown(tmp_path, monkeypatch):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    shown = []
    monkeypatch.setattr(pyplot, "show", lambda: shown.append(True))
    monkeypatch.setattr(pyplot, "get_fignums", lambda: [1])
    monkeypatch.setattr(pyplot, "get_backend", lambda: "agg")
    show_figures()
    monkeypatch.setattr(pyplot, "get_backend", lambda: BACKEND)
    show_figures()
    assert shown == [True]
    monkeypatch.setattr(pyplot, "get_fignums", list)
    show_figures()
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot")
    show_figures()
    assert shown == [True]


def test_display_prints_everything(write, capsys):
    run(write("display(4, None, 'x', metadata={})"))
    assert capsys.readouterr().out == "4\n'x'\n"


def test_displays_of_ipython_print_what_they_are(capsys):
    DISPLAY_NAMES["clear_output"](wait=True)
    picture = DISPLAY_NAMES["Image"](filename="a.png", width=3)
    DISPLAY_NAMES["display"](picture, DISPLAY_NAMES["HTML"]("<b>"))
    assert (picture.filename, DISPLAY_NAMES["HTML"]("<b>").data) == ("a.png", "<b>")
    assert capsys.readouterr().out == (
        "<IPython.core.display.Image object>\n<IPython.core.display.HTML object>\n"
    )


def test_magics_can_be_called(write, tmp_path, capsys):
    run(
        write(
            "ip = get_ipython()\n"
            "ip.run_line_magic('sx', 'echo one')\n"
            "ip.run_cell_magic('bash', '', 'echo two')\n"
            "ip.run_cell_magic('html', '', '<b>')\n"
            "ip.run_cell_magic('writefile', 'a.txt', 'text')\n"
            "ip.magic('%unknown')\n"
        )
    )
    assert capsys.readouterr().out == "one\ntwo\n"
    assert (tmp_path / "a.txt").read_text() == "text\n"


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

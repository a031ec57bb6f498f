"""A notebook runs as a program does: cells in order, each with what IPython gave it."""

from __future__ import annotations

import json
import sys

import pytest

from graphkit.errors import CorruptFileError


def notebook(*cells, **metadata):
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "metadata": metadata}
    )


@pytest.fixture
def run_cells(run):
    def run_source(*cells, **metadata):
        return run(notebook(*cells, **metadata), name="lesson.ipynb")

    run_source.lines = run.lines
    return run_source


def test_a_notebook_runs_cell_by_cell(run_cells, capsys):
    run_cells("x = 2", "print 'y'\nx + 1")
    assert capsys.readouterr().out == "y\n3\n"


def test_a_notebooks_failure_names_the_cell(run_cells, capsys):
    with pytest.raises(SystemExit, match="1"):
        run_cells("x = 2", "1 / 0")
    text = capsys.readouterr().err
    assert 'File "<lesson.ipynb, cell 2>", line 1, in <module>\n    1 / 0\n' in text


def test_a_failure_in_a_function_of_another_cell_names_both(run_cells, capsys):
    with pytest.raises(SystemExit, match="1"):
        run_cells("def f(x):\n    # a comment\n    return 1 / x", "y = 1", "f(0)")
    text = capsys.readouterr().err
    assert 'File "<lesson.ipynb, cell 3>", line 1, in <module>\n    f(0)\n' in text
    assert 'File "<lesson.ipynb, cell 1>", line 3, in f\n    return 1 / x\n' in text


def test_a_cell_that_is_no_python_is_named_with_its_line(run_cells, capsys):
    with pytest.raises(SystemExit, match="1"):
        run_cells("x = 1", "y = 2\nz = = 3")
    text = capsys.readouterr().err
    assert 'File "<lesson.ipynb, cell 2>", line 2' in text
    assert "SyntaxError: invalid syntax" in text


def test_cells_before_a_failure_have_run(run_cells, capsys):
    with pytest.raises(SystemExit, match="1"):
        run_cells("print('first')", "raise KeyError('stop')", "print('never')")
    assert capsys.readouterr().out == "first\n"


def test_a_notebook_may_end_itself(run_cells, capsys):
    with pytest.raises(SystemExit) as caught:
        run_cells("import sys\nprint('a')\nsys.exit(4)", "print('b')")
    assert (caught.value.code, capsys.readouterr().out) == (4, "a\n")


def test_a_notebook_of_python_2_divides_as_its_kernel_did(run_cells, capsys):
    run_cells("7 / 2", "range(2)", kernelspec={"name": "python2"})
    assert capsys.readouterr().out == "3\n[0, 1]\n"
    assert run_cells.lines == [
        "lesson.ipynb: Python 2 (the notebook's kernel), translated in memory"
    ]


def test_a_notebook_of_python_2_divides_as_a_cell_above_says(run_cells, capsys):
    cells = ["import os\nfrom __future__ import division", "7 / 2\n"]
    run_cells(*cells, language_info={"version": "2.7.6"})
    assert capsys.readouterr().out == "3.5\n"


def test_a_notebook_of_python_2_prints_as_its_kernel_did(run_cells, capsys):
    cells = ["print 'a',\nprint 1 / 3.", "print('b', 2)", "for i in range(2):\n    print i,"]
    run_cells(*cells, kernelspec={"name": "python2"})
    assert capsys.readouterr().out == "a 0.333333333333\n('b', 2)\n0 1\n"


def test_what_a_notebook_printed_before_is_not_run(run, capsys):
    cell = {
        "cell_type": "code",
        "execution_count": 3,
        "metadata": {"collapsed": True},
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["old\n"]}],
        "source": ["print('new')"],
    }
    others = [
        {"cell_type": kind, "metadata": {}, "source": ["raise ValueError"]}
        for kind in ("markdown", "raw", "heading")
    ]
    document = {"cells": [others[0], cell, *others[1:]], "metadata": {}, "nbformat": 4}
    run(json.dumps(document), name="lesson.ipynb")
    assert capsys.readouterr().out == "new\n"


def test_worksheets_of_format_3_are_run_in_order(run, capsys):
    sheets = [
        {"cells": [{"cell_type": "code", "input": ["x = 1\n", "print x"], "outputs": []}]},
        {"cells": [{"cell_type": "heading", "source": "h"}, {"cell_type": "code", "input": "x+1"}]},
    ]
    run(json.dumps({"worksheets": sheets, "nbformat": 3, "metadata": {}}), name="lesson.ipynb")
    assert capsys.readouterr().out == "1\n2\n"


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '"text"', "null", '{"cells": 3}', '{"cells": [{"source": "x"}]}', "\xff"],
)
def test_a_broken_notebook_is_refused_by_its_name(run, text, capsys):
    with pytest.raises(CorruptFileError, match=r"^lesson\.ipynb: is not a notebook: "):
        run(text, name="lesson.ipynb")
    assert capsys.readouterr() == ("", "")


def test_an_empty_cell_does_nothing(run_cells, capsys):
    run_cells("", [], ["\n", "\n"], "# only a comment", "%matplotlib inline")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("cell", "out"),
    [
        ("!echo one; echo two", "one\ntwo\n"),
        ("files = !printf 'a\\nb\\n'\nfiles", "['a', 'b']\n"),
        ("if True:\n    !echo inner", "inner\n"),
        ("n = 3\n!echo $n {n * 2}", "3 6\n"),
        ("!exit 3\nprint('goes on')", "goes on\n"),
        ("for i in range(2):\n    !echo {i}\nprint('end')", "0\n1\nend\n"),
        ("%time x = 1;\n!true", None),
        ("%%bash\necho $((1 + 2))", "3\n"),
        ("%%script bash\necho via script", "via script\n"),
        ("%%html\n<b>bold</b>", ""),
        ("%load_ext autoreload\n%autoreload 2\n1", "1\n"),
        ("%config InlineBackend.figure_format = 'retina'\n2", "2\n"),
        ("%pwd;", ""),
        ("len?\n3", "3\n"),
        ("print('%d' % 5)", "5\n"),
        ("x = 7\nx %2", "1\n"),
        ("%pip install nothing", ""),
        ("!pip install nothing", ""),
        ("get_ipython().magic(u'matplotlib inline')\n4", "4\n"),
        ("get_ipython().run_line_magic('matplotlib', 'inline')", ""),
    ],
)
def test_what_is_ipythons_own_works_in_a_program(run_cells, cell, out, capfd):
    run_cells(cell)
    found = capfd.readouterr().out
    assert found == out if out is not None else "Wall time" in found


def test_a_script_is_run_in_the_names_of_the_notebook(run_cells, tmp_path, capsys):
    (tmp_path / "helper.py").write_text("import sys\nprint sys.argv[1:], given / 2\nmade = 5\n")
    space = run_cells("given = 7", "%run helper.py -x 1", "made + 1")
    assert capsys.readouterr().out.splitlines()[-2:] == ["['-x', '1'] 3", "6"]
    assert space["made"] == 5


def test_a_module_a_cell_wrote_is_imported_by_the_next(run_cells, capsys):
    run_cells("%%writefile written_by_a_cell.py\ny = 7 / 2", "import written_by_a_cell as w\nw.y")
    sys.modules.pop("written_by_a_cell", None)
    assert capsys.readouterr().out.splitlines()[-1] == "3.5"


def test_a_notebook_sees_itself_as_main(run_cells):
    space = run_cells("import sys\nx = __name__, sys.argv")
    assert space["x"] == ("__main__", ["lesson.ipynb"])

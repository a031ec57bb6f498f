"""A notebook runs as a program does."""

from __future__ import annotations

import json

import pytest


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

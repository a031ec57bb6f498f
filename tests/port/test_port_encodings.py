"""Source files as editors of ten years saved them: encodings, line ends, tabs, odd endings."""

from __future__ import annotations

import traceback

import pytest
from rewritten import run as run_text

from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler, decode


def run(data, python2=False):
    compiler = SourceCompiler(lambda _line: None)
    compiler.python2 = python2
    space = {**RUNTIME, **PYTHON2_NAMES}
    exec(compiler.compile(data, "train.py").code, space)
    return space


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\xef\xbb\xbfx = 'bom'", "bom"),
        (b"x = '\xc3\xa9'", "é"),
        (b"x = '\xe9'", "é"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "é"),
        (b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\nx = '\x80'", "€"),
        (b"# coding=gbk\nx = '\xc4\xe3'", "你"),
        (b"# coding: utf8\nx = '\xe4\xbd\xa0'", "你"),
        (b"# coding: no-such-codec\nx = 'a'", "a"),
        (b"# coding: utf-8\nx = '\xe9'", "é"),
        (b"# coding: ascii\nx = '\xe9'", "é"),
        (b"# coding: ascii\nx = '\xc3\xa9'", "é"),
        (b"\xef\xbb\xbf# coding: latin-1\nx = 'a'", "a"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_has(data, expected):
    assert run(data)["x"] == expected


@pytest.mark.parametrize(
    "data",
    [
        b"x = 1\r\nif x:\r\n    x = 2\r\n",
        b"x = 1\rif x:\r    x = 2\r",
        b"x = 1\nif x:\r\n    x = 2",
        b"x = 1\n\x0c\nif x:\n    x = 2\n",
        b"x = 1\nif x:\n    x = 2\n\n\n   \n",
        b"x = 1\nif x:\n    x = 2\n    ",
        b"x = 1\nif x:\n    x = 2\n# the end",
        b"x = 1\nif x: \\\n    x = 2",
    ],
)
def test_lines_may_end_in_every_way(data):
    assert run(data)["x"] == 2


@pytest.mark.parametrize(
    "end", [b"\n", b"\r\n", b"\r", b"", b"\n\n\t\n", b"\n    ", b"\\\n", b"\n\x0c\n"]
)
def test_python_2_may_end_in_every_way(end, capsys):
    run(b"if True:\n\tprint 'in'\nprint 'out'" + end)
    assert capsys.readouterr().out == "in\nout\n"


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n\tx = 1\n        y = 2\nprint x + y\n",
        "if True:\n        x = 1\n\ty = 2\nprint x + y\n",
        "if True:\n    if True:\n\tx, y = 1, 2\nprint x + y\n",
        "def f():\n\treturn 3\nprint f()\n",
        "class A:\n\tx = 3\n\n\tdef f(self):\n\t\treturn self.x\nprint A().f()\n",
        "x = (1 +\n\t2)\nprint x\n",
        "x = '''\n\ta'''\nprint len(x)\n",
    ],
)
def test_tabs_reach_to_the_next_eight_columns(source, capsys):
    run(source.encode())
    assert capsys.readouterr().out == "3\n"


def test_tabs_inside_text_stay():
    assert run(b"x = 'a\tb'\nprint 1\n")["x"] == "a\tb"


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"   \n", b"# only a comment", b"'''Only a docstring.'''", b"\xef\xbb\xbf"]
)
def test_a_file_may_hold_nothing(data):
    assert set(run(data)) - set(RUNTIME) - set(PYTHON2_NAMES) <= {"__builtins__", "__doc__"}


@pytest.mark.parametrize("data", [b"x = 1\0", "x = 1".encode("utf-16"), b"x = '\x00'"])
def test_what_is_no_text_is_refused_as_python_refuses_it(data):
    with pytest.raises((SyntaxError, ValueError), match="null byte"):
        run(data)


def test_no_byte_is_lost_where_no_encoding_fits():
    every = bytes(range(256)).replace(b"\r", b"").replace(b"\n", b"")
    assert decode(every) == every.decode("latin-1")


LONG = "\n".join(
    [
        "import os",
        "",
        "def load((name, size), rate=1L):",
        "    '''Loads",
        "    a thing.'''",
        "    try:",
        "        return open(name)",
        "    except IOError, (code, text):",
        "        print 'no', \\",
        "            text",
        "        raise ValueError, 'line 11'",
        "",
        "def sort(items):",
        "    items.sort(lambda a, b: cmp(a, b))",
        "    return items[10]",
        "",
        "class Net:",
        "    def run(self, (x, y)):",
        "        return x / (y - y)",
        "",
        "exec 'made = 1'",
        "print `made`, load.func_name",
    ]
)


def lines_of(error):
    return [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == "train.py"
    ]


@pytest.mark.parametrize(
    ("call", "error", "line"),
    [
        ("load(('gone', 1))", ValueError, 11),
        ("sort([2, 1])", IndexError, 15),
        ("Net().run((1, 2))", ZeroDivisionError, 19),
    ],
)
def test_a_failure_names_the_line_the_file_has(call, error, line, capsys):
    space = run(LONG.encode())
    assert capsys.readouterr().out == "1 load\n"
    with pytest.raises(error) as caught:
        eval(call, space)
    assert lines_of(caught.value) == [line]


def test_a_syntax_error_names_the_line_of_the_file():
    with pytest.raises(SyntaxError) as caught:
        run(b"x = 1\n\n\ny = = 2\n")
    assert (caught.value.filename, caught.value.lineno) == ("train.py", 4)


def test_rewritten_expressions_stand_where_they_stood():
    source = "x = np.zeros(3)\n\n\nx[0] = 1\n\nx[5] += (2 *\n    3)\n"
    with pytest.raises(IndexError) as caught:
        run_text(source)
    assert lines_of(caught.value) == [6]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("d = {}\n\nd['a']['b'] = 1\n", 3),
        ("d = {}\n\nd['a'] += 1\n", 3),
        ("x = None\n\nx.gone += 1\n", 3),
        ("x = []\n\nfloat(x)\n", 3),
        ("x = 3\n\n'%d %d' % x\n", 3),
        ("x = 3\n\nx.iteritems()\n", 3),
        ("x = 'a'\n\ny = (x +\n     3)\n", 3),
    ],
)
def test_a_rewritten_expression_that_fails_names_its_line(source, line):
    with pytest.raises((AttributeError, KeyError, TypeError)) as caught:
        run_text(source)
    assert lines_of(caught.value) == [line]

"""From bytes to code."""

from __future__ import annotations

import ast

import pytest

from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._source import SourceCompiler, decode


@pytest.fixture
def lines():
    return []


@pytest.fixture
def run(lines):
    def run_source(*sources):
        compiler = SourceCompiler(lines.append)
        space = dict(RUNTIME)
        for source in sources:
            exec(compiler.compile(source.encode(), "train.py").code, space)
        return space

    return run_source


def test_python_3_is_compiled_without_a_word(run, lines):
    assert run("x = 3 / 2")["x"] == 1.5
    assert lines == []


def test_python_2_is_translated_and_one_line_says_so(run, lines):
    assert run("x = 3 / 2\nprint x,")["x"] == 1
    assert len(lines) == 1
    assert lines[0].startswith("train.py: Python 2 (Missing parentheses in call to 'print'")
    assert lines[0].endswith("translated in memory")


def test_names_of_python_2_make_a_program_python_2(run, lines):
    assert run("x = 3 / 2\ndef f(): return xrange(3)")["x"] == 1
    assert lines == ["train.py: Python 2 (xrange), translated in memory"]


def test_one_file_in_python_2_makes_the_program_python_2(run):
    assert run("print 1", "y = 7 / 2")["y"] == 3


def test_division_from_the_future_is_true_division(run):
    assert run("from __future__ import division\nprint 1\nx = 3 / 2")["x"] == 1.5


def test_a_syntax_error_is_that_of_python_3():
    with pytest.raises(SyntaxError, match="invalid syntax"):
        SourceCompiler(print).compile(b"def (:\n", "train.py")


def test_a_broken_translation_is_reported_as_it_was_read():
    with pytest.raises(SyntaxError, match="Missing parentheses"):
        SourceCompiler(print).compile(b"print 1\nasync = 3\n", "train.py")


def test_tracebacks_name_the_file_and_its_line(run):
    with pytest.raises(ZeroDivisionError) as caught:
        run("print 1\n\nx = 1 / 0")
    assert caught.traceback[2].lineno + 1 == 3


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        ("é".encode("utf-8-sig"), "é"),
        (b"# -*- coding: latin-1 -*-\n# \xe9", "# -*- coding: latin-1 -*-\n# é"),
        (b"# \xe9\r\n", "# é\n"),
    ],
)
def test_bytes_become_text(data, text):
    assert decode(data) == text


def test_python_2_flag_is_told():
    compiler = SourceCompiler(lambda _line: None)
    assert not compiler.compile(b"x = 1", "a.py").python2
    assert compiler.compile(b"print 1", "b.py").python2
    assert isinstance(compiler.parse("x = 1", "c.py")[0], ast.Module)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("x\xa0=\xa01", 1),
        ("x = 1 \xa0\nif x:\n\u202f\u2007 \xa0x = 2", 2),
        ("\u200bx\u200c = \ufeff3", 3),
        ("x = 'a\xa0b'\ny\xa0= 1", "a\xa0b"),
        ("# \u200b\nx\xad = 4", 4),
    ],
)
def test_what_a_web_page_put_between_words_is_left_out(source, result):
    space = {}
    said = []
    exec(SourceCompiler(said.append).compile(source.encode(), "train.py").code, space)
    assert space["x"] == result
    assert said == []


@pytest.mark.parametrize("source", ["x = 1 \u20ac", "x = \u201ctext\u201d", "x = ("])
def test_other_characters_are_still_refused(source):
    with pytest.raises(SyntaxError):
        SourceCompiler(print).compile(source.encode(), "train.py")


def test_python_2_copied_from_a_web_page_is_translated():
    said = []
    compiled = SourceCompiler(said.append).compile("x = 1\n\xa0\nprint\xa0x".encode(), "train.py")
    assert compiled.python2
    assert len(said) == 1

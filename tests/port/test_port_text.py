"""Text as Python 2 wrote and changed it; the expected values are those of Python 2.7."""

from __future__ import annotations

import io

import pytest
from rewritten import run
from rewritten import value as value_of

from graphkit.port._language._source import SourceCompiler
from graphkit.port._language._text import (
    end_line,
    print_statement,
    recode,
    text_for,
    without_characters,
)


def value(expression, **names):
    return value_of(expression, python2=True, **names)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1 / 3, "0.333333333333"),
        (2.0, "2.0"),
        (-2.0, "-2.0"),
        (0.1 + 0.2, "0.3"),
        (1e10, "10000000000.0"),
        (1e11, "1e+11"),
        (-123456789012.0, "-1.23456789012e+11"),
        (1e12, "1e+12"),
        (123456789.123456, "123456789.123"),
        (1e-5, "1e-05"),
        (0.0001, "0.0001"),
        (-0.0, "-0.0"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
    ],
)
def test_a_float_has_twelve_digits(number, text):
    assert value("str(x)", x=number) == text
    assert value("'%s' % x", x=number) == text
    assert value("'{}'.format(x)", x=number) == text
    assert value("'%(x)s' % {'x': x}", x=number) == text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("repr(x)", "0.30000000000000004"),
        ("str([x])", "[0.30000000000000004]"),
        ("'%r' % x", "0.30000000000000004"),
        ("'%.17f' % x", "0.30000000000000004"),
        ("'%d %s' % (x, x)", "0 0.3"),
        ("'{0:.3f} {0}'.format(x)", "0.300 0.3"),
        ("'{x!r}'.format(x=x)", "0.30000000000000004"),
        ("'%s' % (x,)", "0.3"),
        ("'%s' % [x]", "[0.30000000000000004]"),
    ],
)
def test_only_what_is_written_as_text_is_shortened(expression, text):
    assert value(expression, x=0.1 + 0.2) == text


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("str(x)", "naïve"),
        ("'%s' % x", "naïve"),
        ("'%s %d' % (x, 1)", "naïve 1"),
        ("'{}'.format(x)", "naïve"),
        ("unicode(x, 'utf-8')", "naïve"),
        ("x.decode('utf-8')", "naïve"),
        ("unicode(x.decode('utf-8'), 'utf-8')", "naïve"),
        ("x == 'na\\xc3\\xafve'", True),
        ("'na' in x", True),
        ("'tea' not in x", True),
    ],
)
def test_bytes_are_the_text_they_hold(expression, text):
    assert value(expression, x="naïve".encode(), unicode=str) == text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x == '\\xe6\\x97\\xa5'", True),
        ("x == '日'", True),
        ("'日' == x, '月' != x", (True, True)),
        ("'日' in x + x, '月' in x", (True, False)),
        ("x == 'abc', x != 'abc'", (False, True)),
    ],
)
def test_bytes_compare_with_text_in_quotes(expression, expected):
    assert value(expression, x="日".encode()) == expected


def test_a_class_of_the_programs_own_may_be_called_str():
    source = "class str(object):\n    def __init__(self, x): self.x = x\nresult = str(0.1).x"
    assert run(source, True)["result"] == 0.1


def test_an_encoding_that_does_not_exist_is_refused_for_text_too():
    with pytest.raises(LookupError, match="unknown encoding: no-such"):
        text_for(str, "text", "no-such")
    assert text_for(str, "text", errors="ignore") == "text"
    assert text_for(str) == ""


def printed(*calls, file=None):
    file = io.StringIO() if file is None else file
    for values, options in calls:
        print_statement(*values, file=file, **options)
    return file.getvalue()


COMMA = {"end": " "}


@pytest.mark.parametrize(
    ("calls", "text"),
    [
        ([(("a", 1), {})], "a 1\n"),
        ([((), {})], "\n"),
        ([(("a",), COMMA), (("b",), {})], "a b\n"),
        ([(("a",), COMMA)], "a"),
        ([(("a\n",), COMMA), (("b\n",), COMMA)], "a\nb\n"),
        ([(("a\n", "b"), {})], "a\nb\n"),
        ([(("a\t", "b"), {})], "a\tb\n"),
        ([(("a ", "b"), {})], "a  b\n"),
        ([(("",), COMMA), (("b",), {})], " b\n"),
        ([(("a",), COMMA), ((), {}), (("b",), {})], "a\nb\n"),
        ([((b"a\n",), COMMA), ((0.1 + 0.2,), {})], "a\n0.3\n"),
    ],
)
def test_a_comma_leaves_its_space_to_the_next_statement(calls, text):
    assert printed(*calls) == text


def test_each_file_owes_its_own_space(capsys):
    one, other = io.StringIO(), io.StringIO()
    print_statement("a", end=" ", file=one)
    print_statement("b", file=other)
    print_statement("c", file=one)
    assert (one.getvalue(), other.getvalue()) == ("a c\n", "b\n")
    assert capsys.readouterr().out == ""


def test_an_open_line_is_ended_once(capsys):
    print_statement("working", end=" ")
    end_line()
    end_line()
    assert capsys.readouterr().out == "working\n"


class Pipe:
    """A file of the program's own, which nothing can keep a weak reference to."""

    __slots__ = ("parts",)

    def __init__(self):
        self.parts = []

    def write(self, text):
        self.parts.append(text)


def test_a_file_of_the_programs_own_is_written_to():
    pipe = Pipe()
    print_statement("a", end=" ", file=pipe)
    print_statement("b", file=pipe)
    assert pipe.parts == ["a", "b", "\n"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "from __future__ import print_function\nprint('a', 0.1 + 0.2, sep='-')\nxrange",
            "a-0.3\n",
        ),
        ("from __future__ import print_function\nprint('a', end=' ')\nprint('b')\nxrange", "a b\n"),
        ("print('a', 1)\nxrange", "('a', 1)\n"),
        ("print()\nxrange", "()\n"),
        ("print('a')\nxrange", "a\n"),
        ("print('%d of %d') % (1, 2)\n", "1 of 2\n"),
        ("print('a'), 'b'\n", "a b\n"),
        ("print('a {}').format(3)\n", "a 3\n"),
        ("print('ab')[0]\n", "a\n"),
        ("print('a') + 'b'\n", "ab\n"),
    ],
)
def test_prints_that_python_3_can_parse_print_what_they_printed(source, text, capsys):
    compiler = SourceCompiler(lambda _line: None)
    code = compiler.compile(source.encode(), "train.py")
    assert code.python2
    exec(code.code, run("", True) | {"xrange": range})
    assert capsys.readouterr().out == text


@pytest.mark.parametrize(
    "source", ["print('a', 1)", "x = [print(i) for i in ()]", "f = lambda: print(1)", "(1, print)"]
)
def test_prints_of_python_3_stay_functions(source):
    assert not SourceCompiler(print).compile(source.encode(), "train.py").python2


@pytest.mark.parametrize(
    ("text", "method", "codec", "result"),
    [
        ("hi", "encode", "hex", "6869"),
        ("6869", "decode", "hex", "hi"),
        (b"hi", "encode", "hex_codec", "6869"),
        ("hi", "encode", "base64", "aGk=\n"),
        ("aGk=\n", "decode", "base64", "hi"),
        ("hi", "encode", "rot13", "uv"),
        ("uv", "decode", "rot_13", "hi"),
        ("a\\nb", "decode", "string_escape", "a\nb"),
        ("a\nb", "encode", "string-escape", "a\\nb"),
        ("text", "decode", "utf-8", "text"),
        ("é", "encode", "utf-8", b"\xc3\xa9"),
        (b"\xc3\xa9", "decode", "utf-8", "é"),
    ],
)
def test_codecs_that_made_text_of_text(text, method, codec, result):
    assert recode(text, method, codec) == result


def test_compressed_text_comes_back():
    packed = recode("text " * 9, "encode", "zlib")
    assert len(packed) < 45
    assert recode(packed, "decode", "zlib") == "text " * 9


def test_what_is_no_text_encodes_itself():
    class Model:
        def encode(self, x, *rest):
            return "encoded", x, rest

    assert value("model.encode(3, 'more')", model=Model()) == ("encoded", 3, ("more",))
    with pytest.raises(AttributeError, match="'list' object has no attribute 'encode'"):
        recode([], "encode", "hex")


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("'a.b,c'.translate(None, '.,')", "abc"),
        ("'abc'.translate({97: 'x'}, 'b')", "xc"),
        ("'abc'.translate({97: 'x'})", "xbc"),
        ("b'a.b'.translate(None, b'.')", b"ab"),
    ],
)
def test_characters_are_left_out(expression, result):
    assert value(expression) == result


def test_an_empty_table_changes_nothing():
    assert without_characters("a-b", {}, "-") == "ab"

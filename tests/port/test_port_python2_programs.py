"""Whole pieces of Python 2 print what Python 2 printed; the outputs were worked out by hand."""

from __future__ import annotations

import ast

import pytest

from graphkit.port._language._builtins import PYTHON2_NAMES
from graphkit.port._language._operators import RUNTIME
from graphkit.port._language._python2 import find_python2_names
from graphkit.port._language._source import SourceCompiler


def run(source):
    said = []
    code = SourceCompiler(said.append).compile(source.encode(), "train.py").code
    exec(code, {**RUNTIME, **PYTHON2_NAMES, "__name__": "__main__"})
    assert len(said) == 1
    assert said[0].startswith("train.py: Python 2 (")


@pytest.mark.parametrize(
    ("source", "output"),
    [
        ("print 7 / 2, -7 / 2, 7 / 2.0, 7 // 2, 7 % 4\n", "3 -4 3.5 3 3\n"),
        ("x = 7\nx /= 2\nprint x\n", "3\n"),
        ("from __future__ import division\nprint 7 / 2, 7 // 2\n", "3.5 3\n"),
        ("print range(3), map(abs, [-1, 2]), filter(None, [0, 1])\n", "[0, 1, 2] [1, 2] [1]\n"),
        ("print zip([1, 2], 'ab')\n", "[(1, 'a'), (2, 'b')]\n"),
        ("for i in xrange(3): print i, i * i\n", "0 0\n1 1\n2 4\n"),
        ("print\nprint 'end'\n", "\nend\n"),
        ("print ('a', 1)\nprint 'b'\n", "('a', 1)\nb\n"),
        ("print ('a')\nprint 'b'\n", "a\nb\n"),
        ("print 'step %d of %d' % (1, 2), 'done'\n", "step 1 of 2 done\n"),
        ("print 'a' + \\\n    'b'\n", "ab\n"),
        ("d = {'a': 1}\nprint d.has_key('a'), d.keys(), d.items()\n", "True ['a'] [('a', 1)]\n"),
        ("d = {'a': 1}\nfor k, v in d.iteritems(): print k, v\n", "a 1\n"),
        ("d = {'a': 1}\nprint d.values()[0] + d.keys().count('a')\n", "2\n"),
        ("print sorted([1, 3, 2], cmp=lambda a, b: b - a)\n", "[3, 2, 1]\n"),
        ("print sorted([2, None, 1])\n", "[None, 1, 2]\n"),
        ("print reduce(lambda a, b: a * b, [1, 2, 3, 4])\n", "24\n"),
        ("print isinstance(1L, long), isinstance('a', basestring), unichr(97)\n", "True True a\n"),
        ("print 0777, 0xFFL, 10L ** 3\n", "511 255 1000\n"),
        ("print cmp(1, 2), cmp('b', 'a'), cmp(3, 3)\n", "-1 1 0\n"),
        ("print `1` + `'a'`\n", "1'a'\n"),
        ("print 1 <> 2, not 1 <> 1\n", "True True\n"),
        ("exec 'x = 3'\nprint x\n", "3\n"),
        ("space = {}\nexec 'x = 3' in space\nprint space['x']\n", "3\n"),
        (
            "try:\n    raise ValueError, 'bad'\nexcept (KeyError, ValueError), error:\n"
            "    print 'caught', error\n",
            "caught bad\n",
        ),
        (
            "class Counter:\n"
            "    def __init__(self): self.n = 0\n"
            "    def __iter__(self): return self\n"
            "    def next(self):\n"
            "        self.n += 1\n"
            "        if self.n > 2: raise StopIteration\n"
            "        return self.n\n"
            "print Counter().next()\n",
            "1\n",
        ),
        ("def distance((a, b), c): return a - b + c\nprint distance((5, 2), 1)\n", "4\n"),
        ("print (lambda (a, b): a * b)((3, 4))\n", "12\n"),
        ("print [x for x in 1, 2, 3]\n", "[1, 2, 3]\n"),
        ("if True:\n\tprint 'tab'\n        print 'spaces'\n", "tab\nspaces\n"),
        ("print apply(max, (1, 2))\n", "2\n"),
        ("print map(None, [1, 2]), map(lambda a, b: a + b, [1], [2])\n", "[1, 2] [3]\n"),
        ("x = 5; print x; print x + 1\n", "5\n6\n"),
        ("assert isinstance('x', str), 'text'\nprint 'ok'\n", "ok\n"),
    ],
)
def test_it_prints_what_it_printed(source, output, capsys):
    run(source)
    assert capsys.readouterr().out == output


def test_print_may_go_to_another_file(capsys):
    run("import sys\nprint >>sys.stderr, 'warning', 1\nprint >>sys.stderr\n")
    assert capsys.readouterr() == ("", "warning 1\n\n")


def test_an_error_keeps_the_line_it_had():
    source = "import sys\n\nprint 'a'\n\ndef f(a, b):\n    return b / a\n\nf(0, 1)\n"
    with pytest.raises(ZeroDivisionError) as caught:
        run(source)
    trace = caught.value.__traceback__
    lines = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "train.py":
            lines.append(trace.tb_lineno)
        trace = trace.tb_next
    assert lines == [8, 6]


def test_print_to_a_file_alone_tells_python_2(capsys):
    """Python 3 parses it, and fails only when it gets there: also where it is tried."""
    run("import sys\ntry:\n    print >>sys.stderr, 'a %d' % 1\nexcept IOError:\n    pass\n")
    assert capsys.readouterr().err == "a 1\n"


@pytest.mark.parametrize(
    "source", ["x = 8 >> 2", "write = print\nprint(1 >> 0, write)", "x = log.print >> 2"]
)
def test_other_shifts_do_not_tell_python_2(source):
    assert find_python2_names(ast.parse(source)) == []

"""Python 2 is recognised and its syntax translated line by line."""

from __future__ import annotations

import ast

import pytest

from graphkit.port._language._python2 import find_python2_names, translate_python2


def names(text):
    return find_python2_names(ast.parse(text))


@pytest.mark.parametrize(
    ("text", "translated"),
    [
        ("print 'a', 1\n", "print('a', 1)\n"),
        ("exec code in space\n", "exec(code, space)\n"),
        ("raise ValueError, 'bad'\n", "raise ValueError('bad')\n"),
        ("x = `y`\n", "x = repr(y)\n"),
        ("if a <> b: pass\n", "if a != b: pass\n"),
        ("x = 0777 + 10L\n", "x = 0o777 + 10\n"),
        (
            "try:\n  f()\nexcept E, e:\n  pass\n",
            "try:\n  f()\nexcept E as e:\n  pass\n",
        ),
        ("s = ur'x'\n", "s = r'x'\n"),
    ],
)
def test_syntax_is_translated(text, translated):
    assert translate_python2(text) == translated


def test_every_line_stays_where_it_was():
    text = "import os\n\ndef f(a, (b, c)):\n    print b, c\n\n    raise E, 'x'\n"
    lines = translate_python2(text).split("\n")
    assert "print" in lines[3] or "print" in lines[4]
    assert translate_python2("print 1\n\n\nprint 2\n").split("\n")[3] == "print(2)"


def test_tabs_reach_to_the_next_eight_columns():
    assert ast.parse(translate_python2("if x:\n\tprint 1\n        print 2\n"))


@pytest.mark.parametrize("text", ["def (:\n", "print 'a\n", "x = = 1\n", "if x:\n    a\n  b\n"])
def test_what_is_neither_is_not_translated(text):
    assert translate_python2(text) is None


def test_future_print_function_is_respected():
    text = "from __future__ import print_function\nprint('a', file=f)\nraise E, 'x'\n"
    assert "print('a', file=f)" in translate_python2(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for i in xrange(3): pass", ["xrange"]),
        ("x = unicode(y)", ["unicode"]),
        ("import cPickle", ["cPickle"]),
        ("from urllib2 import urlopen", ["urllib2"]),
        ("d.iteritems()", [".iteritems()"]),
    ],
)
def test_names_of_python_2_are_evidence(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    import cPickle\nexcept ImportError:\n    import pickle",
        "import sys\nif sys.version_info[0] < 3:\n    input = raw_input",
        "from six.moves import xrange\nxrange(3)",
        "xrange = range\nxrange(3)",
        "def f(xrange): return xrange",
        "def unicode(): pass\nunicode()",
        "import six\nsix.iteritems(d)",
        "from . import cPickle",
        "text = unicode(x) if six.PY2 else str(x)",
        "from __future__ import division",
    ],
)
def test_code_for_both_is_no_evidence(text):
    assert names(text) == []

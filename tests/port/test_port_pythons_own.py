"""What modules of Python itself lost is there again."""

from __future__ import annotations

import importlib
import sys

import pytest

# Python 3.10 still has some of the old names, and warns.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize(
    ("module", "expression", "expected"),
    [
        ("collections", "m.Mapping is m.abc.Mapping", True),
        ("time", "m.clock() <= m.clock()", True),
        ("fractions", "m.gcd(4, 6)", 2),
        ("os", "m.getcwdu() == m.getcwd()", True),
        ("os", "m.errno.ENOENT", 2),
        ("sys", "m.maxint == m.maxsize", True),
        ("sys", "m.setdefaultencoding('utf8')", None),
        ("string", "m.letters[:3], m.lowercase[:2]", ("abc", "ab")),
        ("string", "m.replace('aba', 'a', 'c')", "cbc"),
        ("string", "m.join(['a', 'b']), m.join(['a', 'b'], '-')", ("a b", "a-b")),
        ("string", "m.atoi('3')", 3),
        ("itertools", "list(m.izip([1], [2])), list(m.imap(str, [1]))", ([(1, 2)], ["1"])),
        ("itertools", "list(m.izip_longest([1], []))", [(1, None)]),
        ("types", "m.StringType, m.DictType", (str, dict)),
        ("base64", "m.encodestring(b'a')", b"YQ==\n"),
        ("html.parser", "m.HTMLParseError", ValueError),
        ("platform", "m.linux_distribution()", ("", "", "")),
        ("urllib", "m.quote('a b'), m.urlencode({'a': 1})", ("a%20b", "a=1")),
        ("random", "m.jumpahead(3)", None),
        ("platform", "m.dist(full_distribution_name=False)", ("", "", "")),
        ("sys", "m.setcheckinterval(5), m.getcheckinterval(), m.exc_clear()", (None, 100, None)),
        ("asyncio", "m.coroutine.__module__ in ('types', 'asyncio.coroutines')", True),
        ("inspect", "m.ArgSpec([], None, None, None).defaults", None),
    ],
)
def test_pythons_own_modules_are_as_they_were(welcome, module, expression, expected):
    welcome(module)
    assert eval(expression, {"m": sys.modules[module]}) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="the clock of Windows was another")
def test_the_clock_counts_the_processors_time(welcome):
    import time

    welcome("time")
    before = time.process_time()
    assert before <= time.clock() <= time.process_time()


def test_argspec_has_its_four_parts(welcome):
    import inspect

    welcome("inspect")

    def function(a, b=1, *c, **d):
        """Anything."""

    spec = inspect.getargspec(function)
    assert spec == (["a", "b"], "c", "d", (1,))
    assert spec.args == ["a", "b"]


@pytest.mark.filterwarnings("ignore:Please use")
def test_test_cases_have_their_old_assertions(welcome):
    unittest = importlib.import_module("unittest")
    welcome("unittest")
    case = unittest.TestCase()
    case.assertEquals(1, 1)
    case.assertItemsEqual([1, 2], [2, 1])
    case.failUnless(True)
    case.assertRegexpMatches("abc", "b")
    with case.assertRaisesRegexp(ValueError, "int"):
        int("x")
    for call, arguments in ((case.assertEquals, (1, 2)), (case.assertItemsEqual, ([1], [2]))):
        with pytest.raises(AssertionError, match="1"):
            call(*arguments)


def test_parsed_arguments_are_printed_by_name(welcome):
    argparse = importlib.import_module("argparse")
    welcome("argparse")
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", default=1)
    parser.add_argument("--batch", default=2)
    assert repr(parser.parse_args([])) == "Namespace(batch=2, seed=1)"

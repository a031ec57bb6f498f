"""Classes of Python 2 keep their special methods, by whatever name Python 3 calls them."""

from __future__ import annotations

import pytest
from rewritten import run

from graphkit.port._language._classes import old_class


def result(source, **names):
    return run(source, python2=True, **names)["result"]


SIZED = """
class Sized(object):
    def __init__(self, n): self.n = n
    def __cmp__(self, other): return self.n - other.n
a, b, c = Sized(1), Sized(2), Sized(1)
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a < b, a > b, a <= c, a >= b", (True, False, True, False)),
        ("a == c, a != c, a == b", (True, False, False)),
        ("[x.n for x in sorted([b, a])]", [1, 2]),
        ("max(a, b) is b, min([b, a]) is a", (True, True)),
        ("c in [b, a], [b, a].index(c)", (True, 1)),
        ("len({a: 1, c: 2})", 2),
    ],
)
def test_a_class_that_compares_itself_is_ordered(expression, expected):
    assert result(f"{SIZED}\nresult = {expression}") == expected


def test_what_a_class_defines_itself_stays():
    source = """
class Odd(object):
    def __cmp__(self, other): return 1
    def __eq__(self, other): return 'own'
    def __hash__(self): return 7
    def __nonzero__(self): return False
    def __bool__(self): return True
result = Odd() == 3, Odd() > 3, hash(Odd()), bool(Odd())
"""
    assert result(source) == ("own", True, 7, True)


def test_what_is_equal_by_itself_can_be_a_key():
    source = """
class Base(object):
    def __hash__(self): return 5
class Node(Base):
    def __eq__(self, other): return True
class Plain(object):
    def __eq__(self, other): return self is other
plain = Plain()
result = hash(Node()), {plain: 1}[plain], hash(plain) == object.__hash__(plain)
"""
    assert result(source) == (5, 1, True)


@pytest.mark.parametrize(
    ("method", "expression", "expected"),
    [
        ("__nonzero__(self): return False", "bool(x), not x", (False, True)),
        ("__div__(self, n): return 'div', n", "x / 2", ("div", 2)),
        ("__rdiv__(self, n): return 'rdiv', n", "2 / x", ("rdiv", 2)),
        ("__getslice__(self, i, j): return i, j", "x[2:5]", (2, 5)),
        ("__getslice__(self, i, j): return i, j > 10 ** 9", "x[:]", (0, True)),
        ("next(self): return 4", "next(x)", 4),
    ],
)
def test_methods_are_called_by_their_names_of_today(method, expression, expected):
    source = f"class Own(object):\n    def {method}\nx = Own()\nresult = {expression}"
    assert result(source) == expected


def test_a_quotient_in_place_is_the_classes_own():
    source = """
class Sum(object):
    def __init__(self, n): self.n = n
    def __idiv__(self, k):
        self.n /= k
        return self
kept = x = Sum(9)
x /= 2
result = x is kept, x.n
"""
    assert result(source) == (True, 4)


def test_a_method_bound_by_assignment_counts():
    source = """
class Empty(object):
    def __len__(self): return 3
    def is_full(self): return False
    __nonzero__ = is_full
result = bool(Empty())
"""
    assert result(source) is False


def test_items_with_a_step_go_to_the_method_for_items():
    source = """
class Row(object):
    def __getitem__(self, place): return 'item', place
    def __getslice__(self, i, j): return 'slice', i, j
    def __setslice__(self, i, j, value): self.set = i, j, value
    def __delslice__(self, i, j): self.deleted = i, j
row = Row()
row[1:2] = 'new'
del row[3:4]
result = row[5], row[1:3], row[1:3:2], row.set, row.deleted
"""
    assert result(source) == (
        ("item", 5),
        ("slice", 1, 3),
        ("item", slice(1, 3, 2)),
        (1, 2, "new"),
        (3, 4),
    )


def test_a_metaclass_makes_the_class():
    source = """
class Named(type):
    def __new__(cls, name, bases, space):
        space['called'] = name.lower()
        return type.__new__(cls, name, bases, space)
class Layer(object):
    __metaclass__ = Named
    size = 7 / 2
result = Layer.called, type(Layer) is Named, Layer.size
"""
    assert result(source) == ("layer", True, 3)


def test_classes_of_python_3_are_left_alone():
    source = "class Own:\n    def __nonzero__(self): return False\nresult = bool(Own())"
    assert run(source)["result"] is True


def test_a_class_without_old_methods_is_the_same():
    class Plain:
        size = 3

    before = dict(vars(Plain))
    assert old_class(Plain) is Plain
    assert dict(vars(Plain)) == before


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Net.run.im_func.func_name", "run"),
        ("Net().run.im_func.__name__", "run"),
        ("net.run.im_self is net", True),
        ("net.run.im_class is Net", True),
        ("Net.run.func_doc", "Runs."),
        ("Net.run.func_defaults", (3,)),
        ("Net.run.func_code.co_argcount", 2),
        ("Net.run.func_globals is globals()", True),
        ("Net.run.func_closure", None),
        ("Net.run.func_dict", {}),
    ],
)
def test_attributes_of_functions_have_their_old_names(expression, expected):
    source = "class Net(object):\n    def run(self, x=3):\n        'Runs.'\nnet = Net()\n"
    assert result(f"{source}result = {expression}") == expected

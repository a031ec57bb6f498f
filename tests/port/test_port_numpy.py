"""What NumPy lost is there again, and nothing else changes."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from graphkit.port._neighbours._put_back import Neighbours

# NumPy 1.26 still has some of the old names, and warns.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def old_np(welcome):
    welcome("numpy")
    return np


def test_everything_is_taken_back():
    before = {name: vars(np).get(name) for name in ("float", "array", "asscalar", "reshape")}
    neighbours = Neighbours()
    neighbours.welcome("numpy")
    assert np.float is float
    neighbours.farewell()
    assert {name: vars(np).get(name) for name in before} == before


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("np.float is float", True),
        ("np.int is int", True),
        ("np.object is object", True),
        ("np.float_ is np.float64", True),
        ("np.product([2, 3])", 6),
        ("np.NINF", -np.inf),
        ("np.PZERO, np.NZERO", (0.0, 0.0)),
        ("np.asscalar(np.array([3]))", 3),
        ("np.in1d([[1, 2], [3, 4]], [2]).tolist()", [False, True, False, False]),
        ("np.asfarray([1, 2], 'int').dtype", np.dtype("float64")),
        ("np.asfarray([1, 2], 'float32').dtype", np.dtype("float32")),
        ("np.find_common_type([np.int8], [np.float32])", np.dtype("float32")),
        ("np.msort([[2], [1]]).tolist()", [[1], [2]]),
        ("np.loads(b'I3\\n.')", 3),
        ("issubclass(np.VisibleDeprecationWarning, UserWarning)", True),
        ("issubclass(np.ComplexWarning, RuntimeWarning)", True),
        ("issubclass(np.AxisError, IndexError)", True),
        ("issubclass(np.RankWarning, Warning)", True),
        ("np.CLIP, np.WRAP, np.RAISE, np.MAXDIMS", (0, 1, 2, 32)),
        ("np.DataSource.__name__", "DataSource"),
        ("np.MachAr().eps == np.finfo(float).eps", True),
        ("np.alen([1, 2]), np.alen(3)", (2, 1)),
        ("np.math.factorial(4)", 24),
        ("np.deprecate(len)([1]), np.deprecate(old_name='a')(len)([1])", (1, 1)),
        ("np.deprecate_with_doc('note')(len)([1])", 1),
        ("np.issctype(np.int32), np.issctype(3), np.issctype(int)", (True, False, True)),
        ("np.issctype(object), np.issctype(str)", (False, True)),
        ("np.maximum_sctype(np.float32) is np.longdouble", True),
        ("np.maximum_sctype('int8') is np.int64", True),
        ("np.maximum_sctype('U1') is np.str_", True),
        ("np.npv(0.5, [1, 3, 9])", 7.0),
        ("np.compare_chararrays(['a'], ['a'], '==', True).tolist()", [True]),
        ("np.get_array_wrap([1])", None),
        ("np.ndfromtxt(['1 2']).tolist()", [1.0, 2.0]),
        ("np.mafromtxt(['1 2']).mask.tolist()", [False, False]),
        ("np.sys.maxsize == __import__('sys').maxsize", True),
        ("np.warnings.__name__", "warnings"),
        ("np.histogram2d([1, 2], [1, 2], bins=1, normed=True)[0].tolist()", [[1.0]]),
        ("np.histogramdd([[1], [2]], bins=1, normed=True)[0].tolist()", [[1.0]]),
        ("np.nanpercentile([1, 2], 50, interpolation='higher')", 2),
        ("np.unravel_index(3, dims=(2, 2)) == (1, 1)", True),
        ("np.dstack(x for x in [[1], [2]]).tolist()", [[[1, 2]]]),
        ("np.column_stack(x for x in [[1], [2]]).tolist()", [[1, 2]]),
        ("np.cast[np.int32]([1.5]).tolist()", [1]),
        ("np.nbytes[np.int32]", 4),
        ("np.sctype2char('int32')", "i"),
        ("np.obj2sctype('int32') is np.int32", True),
        ("np.issubclass_(bool, int), np.issubclass_(1, int)", (True, False)),
        ("np.sctypes['float'][0] is np.float16", True),
        ("np.fastCopyAndTranspose([[1, 2]]).tolist()", [[1], [2]]),
        ("np.reshape([1, 2], newshape=(2, 1)).tolist()", [[1], [2]]),
        ("np.reshape([1, 2], (2, 1)).tolist()", [[1], [2]]),
        ("np.percentile([1, 2], 50, interpolation='lower')", 1),
        ("np.array([[1], [2, 3]]).tolist()", [[1], [2, 3]]),
        ("np.asarray([[1], [2, 3]]).dtype", np.dtype("O")),
        ("np.array([1.5], copy=False).tolist()", [1.5]),
        ("np.fromstring(b'\\x01\\x02', np.uint8).tolist()", [1, 2]),
        ("np.fromstring('\\xff', np.uint8).tolist()", [255]),
        ("np.fromstring('1,2', sep=',').tolist()", [1, 2]),
        ("np.histogram([1, 2], bins=1, normed=True)[0].tolist()", [1.0]),
        ("np.histogram([1, 2], bins=1)[0].tolist()", [2]),
        ("np.vstack(x for x in [[1], [2]]).tolist()", [[1], [2]]),
        ("np.hstack([[1], [2]]).tolist()", [1, 2]),
        ("np.sum(x for x in [1, 2])", 3),
        ("np.sum([1, 2])", 3),
    ],
)
def test_numpy_is_as_it_was(old_np, expression, expected):
    assert eval(expression, {"np": old_np}) == expected


def test_ragged_rows_of_a_named_type_are_still_refused(old_np):
    with pytest.raises(ValueError, match="inhomogeneous"):
        old_np.array([[1], [2, 3]], dtype=np.float32)
    with pytest.raises(ValueError, match="could not convert"):
        old_np.asarray(["x"], dtype=np.float32)


def test_numpy_says_where_bytes_lie(old_np):
    low, high = old_np.byte_bounds(np.zeros(4, np.uint8))
    assert high - low == 4


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.lib.pad([1], 1, mode='constant')", [0, 1, 0]),
        ("np.lib.tile([1, 2], 2)", [1, 2, 1, 2]),
        ("np.lib.asfarray([1])", [1.0]),
        ("np.lib.stride_tricks.as_strided(np.arange(3), [2])", [0, 1]),
    ],
)
def test_functions_are_in_lib_again(old_np, call, expected):
    assert eval(call, {"np": old_np}).tolist() == expected


def test_lib_shows_nothing_that_it_never_had(old_np):
    for name in ("no_such_name", "float32", "__file_of_lib__"):
        with pytest.raises(AttributeError, match=name):
            getattr(old_np.lib, name)


def test_lib_is_taken_back():
    before = vars(np.lib).get("__getattr__")
    neighbours = Neighbours()
    neighbours.welcome("numpy")
    neighbours.farewell()
    assert vars(np.lib).get("__getattr__") is before


@pytest.mark.parametrize(
    ("module", "expression", "expected"),
    [
        ("numpy.lib", "m.kron([1, 2], [1]).tolist()", [1, 2]),
        ("numpy.lib", "m.asscalar(__import__('numpy').array([3]))", 3),
        ("numpy.lib.stride_tricks", "m.broadcast_to(1, (2,)).tolist()", [1, 1]),
        ("numpy.matlib", "m.product([2, 3])", 6),
    ],
)
def test_parts_of_numpy_have_its_names(welcome, module, expression, expected):
    welcome("numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        welcome(module)
    assert eval(expression, {"m": sys.modules[module]}) == expected


def test_a_module_of_tests_runs_itself(welcome, monkeypatch):
    import unittest

    ran = []
    monkeypatch.setattr(unittest, "main", lambda: ran.append(True))
    welcome("numpy.testing")
    np.testing.run_module_suite()
    assert ran == [True]

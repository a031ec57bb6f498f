"""What old neighbours lost is there again, and nothing else changes."""

from __future__ import annotations

import collections
import importlib
import sys
import types
import warnings

import numpy as np
import pytest

from graphkit.port._neighbours._lost_names import NEIGHBOURS
from graphkit.port._neighbours._put_back import Neighbours
from graphkit.port._neighbours._rows import Neighbour

# NumPy 1.26 still has some of the old names, and warns.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture
def welcome():
    """Welcomes modules; everything is taken back afterwards."""
    neighbours = Neighbours()

    def welcome_module(name):
        importlib.import_module(name)
        neighbours.welcome(name)

    yield welcome_module
    neighbours.farewell()


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


@pytest.mark.parametrize(
    ("old", "new"), [("ANTIALIAS", "LANCZOS"), ("LINEAR", "BILINEAR"), ("CUBIC", "BICUBIC")]
)
def test_filters_of_pillow_have_their_old_names(welcome, old, new):
    welcome("PIL.Image")
    image = importlib.import_module("PIL.Image")
    assert getattr(image, old) == getattr(image, new)
    picture = image.new("RGB", (8, 8), (255, 0, 0)).resize((2, 2), getattr(image, old))
    assert picture.getpixel((1, 1)) == (255, 0, 0)


@pytest.fixture
def drawing(welcome):
    """A drawing and a font whose sizes Pillow 9.5 was asked for."""
    pytest.importorskip("matplotlib")
    for name in ("PIL.ImageDraw", "PIL.ImageFont"):
        welcome(name)
    from matplotlib import get_data_path
    from PIL import Image, ImageDraw, ImageFont

    # The basic layout: the other one is there only where the system has its library.
    path, layout = f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", ImageFont.Layout.BASIC
    font = ImageFont.truetype(path, 20, layout_engine=layout)
    return ImageDraw.Draw(Image.new("RGB", (100, 60))), font


def test_a_line_of_text_has_the_size_it_had(drawing):
    draw, font = drawing
    assert font.getsize("Hello") == (51, 19)
    assert draw.textsize("Ag", font=font) == (27, 23)
    assert draw.textsize("jj", font) == font.getsize("jj") == (13, 23)


def test_lines_of_text_have_the_size_they_had(drawing):
    draw, font = drawing
    assert draw.textsize("Hello\nyou", font=font) == (51, 42)
    assert draw.multiline_textsize("a\nbcd\ne", font=font, spacing=6) == (37, 69)


def test_text_without_a_font_is_measured_in_the_drawings_own(drawing):
    draw, _font = drawing
    assert draw.textsize("Hello") == draw.getfont().getsize("Hello")


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


def test_a_name_that_is_there_is_left_alone():
    module = types.ModuleType("fake_neighbour")
    module.here = "today"
    sys.modules["fake_neighbour"] = module
    row = Neighbour("fake_neighbour", "gone", {"here": lambda _: "old", "Class.gone": lambda _: 1})
    try:
        Neighbours((row,)).welcome("fake_neighbour.below")
        assert module.here == "today"
    finally:
        del sys.modules["fake_neighbour"]


def test_a_name_nothing_stands_in_for_stays_gone():
    module = types.ModuleType("fake_neighbour")
    sys.modules["fake_neighbour"] = module
    row = Neighbour("fake_neighbour", "gone", {"a": lambda m: m.no_such})
    try:
        Neighbours((row,)).welcome("fake_neighbour")
        assert not hasattr(module, "a")
    finally:
        del sys.modules["fake_neighbour"]


def test_every_row_says_what_broke():
    assert all(row.broke and row.names for row in NEIGHBOURS)
    assert collections.Counter(row.module for row in NEIGHBOURS)["numpy"] == 3


@pytest.fixture
def pandas(welcome):
    module = pytest.importorskip("pandas")
    welcome("pandas")
    return module


def test_pandas_frames_are_as_they_were(pandas):
    frame = pandas.DataFrame({"a": [1, 2], "b": [3, 4]})
    assert frame.as_matrix().tolist() == [[1, 3], [2, 4]]
    assert frame.as_matrix(["b"]).tolist() == [[3], [4]]
    assert frame["a"].as_matrix().tolist() == [1, 2]
    assert [name for name, _ in frame.iteritems()] == ["a", "b"]
    assert frame.ix[0]["b"] == 3
    assert frame.ix[:, 1].tolist() == [3, 4]
    assert frame.get_value(1, "a") == 2
    assert frame.sort("a", ascending=False)["a"].tolist() == [2, 1]
    assert frame.sort().equals(frame)
    assert pandas.rolling_mean(frame["a"], 2).tolist()[1] == 1.5
    assert pandas.rolling_std(frame["a"], 2).notna().tolist() == [False, True]


def test_pandas_rows_are_appended(pandas):
    frame = pandas.DataFrame({"a": [1]})
    assert frame.append({"a": 2}, ignore_index=True)["a"].tolist() == [1, 2]
    assert frame.append(frame)["a"].tolist() == [1, 1]
    assert frame.append([frame, frame])["a"].tolist() == [1, 1, 1]
    assert frame["a"].append(pandas.Series([5])).tolist() == [1, 5]


def test_pandas_places_are_set_by_label_or_position(pandas):
    series = pandas.Series([1, 2], index=["x", "y"])
    series.ix["x"] = 5
    series.ix[1] = 6
    assert series.tolist() == [5, 6]


def test_pandas_reads_csv_by_its_old_name(pandas, tmp_path):
    (tmp_path / "a.csv").write_text("i,v\n0,7\n")
    assert pandas.DataFrame.from_csv(tmp_path / "a.csv")["v"].tolist() == [7]


def test_pyplot_hold_does_nothing(welcome):
    pytest.importorskip("matplotlib")
    welcome("matplotlib.pyplot")
    plt = importlib.import_module("matplotlib.pyplot")
    assert plt.hold(True) is None
    assert plt.Axes.hold(None, True) is None


def test_hdf5_datasets_have_their_value(welcome, tmp_path):
    h5py = pytest.importorskip("h5py")
    welcome("h5py")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["numbers"] = np.array([1, 2])
        file["words"] = np.array([b"a", b"b"])
        file["text"] = "word"
        assert file["numbers"].value.tolist() == [1, 2]
        assert file["words"].value.tolist() == [b"a", b"b"]
        assert file["text"].value == "word"


def test_pandas_methods_take_places_again(pandas):
    frame = pandas.DataFrame({"a": [1.0, None, 3.0], "b": [3, 2, 1]})
    assert list(frame.drop("a", 1)) == ["b"]
    assert list(frame.drop(columns="a")) == ["b"]
    assert frame.sort_values("b", 0, False)["b"].tolist() == [3, 2, 1]
    assert frame.dropna(0, "any").index.tolist() == [0, 2]
    assert frame.set_index("b", False)["b"].tolist() == [3, 2, 1]
    assert frame["b"].reset_index(0, True).tolist() == [3, 2, 1]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # pandas 2 still has it, and warns
def test_pandas_fills_by_method(pandas):
    frame = pandas.DataFrame({"a": [None, 1.0, None]})
    assert frame.fillna(method="ffill")["a"].tolist()[1:] == [1.0, 1.0]
    assert frame["a"].fillna(method="backfill").tolist()[:2] == [1.0, 1.0]
    assert frame.fillna(0)["a"].tolist() == [0.0, 1.0, 0.0]
    assert frame["a"].pad().tolist()[1:] == [1.0, 1.0]
    assert frame.backfill()["a"].tolist()[:2] == [1.0, 1.0]


@pytest.mark.filterwarnings("ignore::FutureWarning")  # pandas 2 still has some, and warns
def test_pandas_names_are_where_they_were(pandas):
    assert pandas.np is np
    assert pandas.datetime(2017, 1, 2).year == 2017
    assert pandas.Int64Index is pandas.Index
    assert pandas.value_counts([1, 1, 2]).to_dict() == {1: 2, 2: 1}
    assert pandas.scatter_matrix is pandas.plotting.scatter_matrix
    frame = pandas.DataFrame({"a": [1, 3], "b": ["x", "y"]})
    assert frame.applymap(str)["a"].tolist() == ["1", "3"]
    assert frame.lookup([1, 0], ["a", "b"]).tolist() == [3, "x"]
    assert frame["a"].is_monotonic
    assert frame[["a"]].mad()["a"] == frame["a"].mad() == 1.0
    assert frame["a"].reshape(2, 1).shape == (2, 1)
    assert frame["a"].ravel().tolist() == [1, 3]
    assert frame["a"].nonzero()[0].tolist() == [0, 1]
    assert frame["a"].order(ascending=False).tolist() == [3, 1]
    assert frame["a"].get_value(0) == 1
    assert frame.convert_objects(convert_numeric=True).equals(frame)
    assert pandas.get_dummies(frame["b"]).to_numpy().tolist() == [[1, 0], [0, 1]]


def test_pandas_reads_csv_with_its_old_arguments(pandas, tmp_path):
    (tmp_path / "a.txt").write_text("a  b\n1 2\n3 4 5 6\n7 8\n")
    table = pandas.read_csv(
        tmp_path / "a.txt", delim_whitespace=True, error_bad_lines=False, warn_bad_lines=False
    )
    assert table["b"].tolist() == [2, 8]
    (tmp_path / "b.txt").write_text("a\n1\n2\n")
    assert pandas.read_csv(tmp_path / "b.txt", squeeze=True).tolist() == [1, 2]
    assert pandas.concat([table, table], join_axes=None).shape == (4, 2)


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

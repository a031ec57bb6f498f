"""What pandas took away since 0.20 is there again."""

from __future__ import annotations

import numpy as np
import pytest

# pandas 2 still has some of the old names, and warns.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


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

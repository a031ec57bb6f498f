"""A report says which names of TensorFlow were used where."""

from __future__ import annotations

import ast
import json

import pytest

from graphkit.errors import ArgumentError
from graphkit.port._mode import is_restored
from graphkit.port._name_report import NameReport

SOURCE = "import tensorflow as tf\ntf.Session()\ntf.contrib.slim\ntf.Session()\n"


@pytest.fixture
def write(tmp_path):
    def write_report(name):
        report = NameReport(tmp_path / name)
        report.add(ast.parse(SOURCE), "train<1>.py")
        report.write(lambda name: name.startswith("contrib"))
        assert [path.name for path in tmp_path.iterdir()] == [name]
        return (tmp_path / name).read_text()

    return write_report


def test_json_lists_names_and_lines(write):
    assert json.loads(write("report.json")) == [
        {"name": "tf.Session", "restored": False, "used": ["train<1>.py:2", "train<1>.py:4"]},
        {"name": "tf.contrib.slim", "restored": True, "used": ["train<1>.py:3"]},
    ]


def test_a_page_shows_the_same(write):
    page = write("report.html")
    assert "<td>tf.contrib.slim<td>restored<td>train&lt;1&gt;.py:3" in page
    assert "<td>tf.Session<td><td>" in page


@pytest.mark.parametrize(
    ("name", "restored"),
    [
        ("Session", False),
        ("contrib.layers.flatten", True),
        ("mul", True),
        ("random.set_seed", False),
        ("python.framework.ops.reset_default_graph", False),
        ("python.no.such.module", True),
    ],
)
def test_a_restored_name_is_one_tensorflow_lacks(name, restored):
    assert is_restored(name) is restored


def test_a_report_into_no_folder_is_refused_before_the_program_starts(tmp_path):
    with pytest.raises(ArgumentError, match=r"a folder that exists, got .*gone/r\.html"):
        NameReport(tmp_path / "gone" / "r.html")


def test_what_a_program_imports_from_tensorflow_is_listed_where_it_is_used(tmp_path):
    source = (
        "from tensorflow import Session, contrib as c\n"
        "from tensorflow.contrib.layers import flatten\n"
        "Session()\n"
        "flatten(x)\n"
        "c.slim\n"
    )
    report = NameReport(tmp_path / "r.json")
    report.add(ast.parse(source), "train.py")
    report.write(lambda name: name.startswith("contrib"))
    rows = {row["name"]: row["used"] for row in json.loads((tmp_path / "r.json").read_text())}
    assert rows == {
        "tf.Session": ["train.py:1", "train.py:3"],
        "tf.contrib": ["train.py:1"],
        "tf.contrib.layers.flatten": ["train.py:2", "train.py:4"],
        "tf.contrib.slim": ["train.py:5"],
    }


def test_a_report_that_is_there_is_replaced(write, tmp_path):
    (tmp_path / "report.json").write_text("old")
    assert write("report.json").startswith("[")


def test_a_name_on_a_page_is_text(tmp_path):
    report = NameReport(tmp_path / "r.html")
    report.add(ast.parse("import tensorflow as tf\ntf.nn.relu"), "<b>&.py")
    report.write(lambda _name: False)
    page = (tmp_path / "r.html").read_text()
    assert "<td>&lt;b&gt;&amp;.py:2" in page
    assert "<b>" not in page

"""A report says which names of TensorFlow were used where."""

from __future__ import annotations

import ast
import json

import pytest

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

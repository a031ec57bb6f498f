"""`graphkit infer` on tables with columns for several inputs; values by hand."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest

from graphkit._tf import tf


def priced():
    """`total = price * sum(sizes) + extra`, with the length of a word; `extra` has a default."""
    price = tf.placeholder(tf.float32, [None], name="price")
    sizes = tf.placeholder(tf.int32, [None, 2], name="sizes")
    word = tf.placeholder(tf.string, [None, 1], name="word")
    extra = tf.placeholder_with_default(np.float32([0]), [None], name="extra")
    area = price * tf.cast(tf.reduce_sum(sizes * [1, 10], 1), tf.float32)
    tf.add(area, extra, name="total")
    tf.strings.length(word, name="length")


def pairs():
    """The product of two inputs, for batches of two."""
    first = tf.placeholder(tf.float32, [2], name="first")
    tf.multiply(first, tf.placeholder(tf.float32, [2], name="second"), name="y")


def chosen():
    """One of two numbers, by a switch for each example, times a factor for all."""
    x = tf.placeholder(tf.float32, [None], name="x")
    factor = tf.placeholder(tf.float32, [], name="factor")
    tf.where(tf.placeholder(tf.bool, [None], name="on"), x * factor, -x, name="y")


def halved():
    """Ten times the first number and the second, in float64, over a divisor that has a default."""
    x = tf.placeholder(tf.float64, [None, 2], name="x")
    divisor = tf.placeholder_with_default(np.float64([1]), [None], name="divisor")
    tf.divide(tf.linalg.matvec(x, tf.constant([10, 1], tf.float64)), divisor, name="y")


@pytest.fixture
def here(graphkit, tmp_path):
    """A folder with the graphs above."""
    for build in (priced, pairs, chosen, halved):
        with tf.Graph().as_default() as graph:
            build()
        path = tmp_path / f"{build.__name__}.pb"
        path.write_bytes(graph.as_graph_def().SerializeToString())
    return tmp_path


def outputs(outcome):
    assert outcome.code == 0, outcome.err
    return [json.loads(line)["outputs"] for line in outcome.out.splitlines()]


@pytest.mark.parametrize(
    "table",
    [
        "price,sizes[0],sizes[1],word\n2,3,1,abc\n0.5,2,0,z\n",
        "price,sizes,sizes,word\n2,3,1,abc\n0.5,2,0,z\n",
        "word, sizes[1], price:0, sizes[0]\nabc,1,2,3\n\nz,0,0.5,2\n",
    ],
)
@pytest.mark.parametrize("size", [1, 8])
def test_a_header_says_which_input_a_column_is_for(graphkit, here, table, size):
    (here / "rows.csv").write_text(table)
    found = outputs(graphkit("infer", "priced.pb", "rows.csv", "--batch-size", size, "--json"))
    assert found == [{"total": 26, "length": [3]}, {"total": 1, "length": [1]}]


def test_an_input_with_a_default_may_have_a_column(graphkit, here):
    (here / "rows.tsv").write_text("extra\tprice\tsizes\tsizes\tword\n5\t2\t3\t1\tabc\n")
    found = outputs(graphkit("infer", "priced.pb", "rows.tsv", "--json"))
    assert found == [{"total": 31, "length": [3]}]


def test_what_is_fed_needs_no_column(graphkit, here):
    (here / "rows.csv").write_text("x,on\n2,true\n3,False\n4,1\n")
    outcome = graphkit("infer", "chosen.pb", "rows.csv", "--feed", "factor=10", "--json")
    assert outputs(outcome) == [{"y": 20}, {"y": -3}, {"y": 40}]


def test_the_last_batch_of_a_fixed_size_is_filled_up(graphkit, here):
    (here / "rows.csv").write_text("second,first\n2,3\n4,5\n6,7\n")
    found = outputs(graphkit("infer", "pairs.pb", "rows.csv", "--json"))
    assert found == [{"y": 6}, {"y": 20}, {"y": 42}]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("x[0],x[1]\n1,2\n0.1,0\n", [12, 1]),
        ("x[1],x[0]\n1,2\n0.1,0\n", [21, 0.1]),
        ("divisor,x[1],x[0]\n2,1,2\n1,0,0.1\n", [10.5, 1]),
        ("width,height\n1,2\n0.1,0\n", [12, 1]),
        ("1,2\n0.1,0\n", [12, 1]),
    ],
)
def test_a_header_may_say_the_order_of_the_only_input(graphkit, here, table, expected):
    """As exact as the input is: 0.1 is not that of float32."""
    (here / "rows.csv").write_text(table)
    found = outputs(graphkit("infer", "halved.pb", "rows.csv", "--json"))
    assert [one["y"] for one in found] == expected


@pytest.mark.parametrize(
    ("table", "code", "message"),
    [
        (
            "price,size,word\n1,2,a\n",
            2,
            "header of rows.csv must be names of inputs, one over each",
        ),
        (
            "1,2,3\n4,5,6\n",
            2,
            "names of inputs, one over each column: 'price', 'sizes', 'word', 'e",
        ),
        (
            "price,word\n1,a\n",
            2,
            "a column for 'sizes' too, or its value for all (--feed sizes=VAL",
        ),
        ("price,sizes[0],sizes[2],word\n1,2,3,a\n", 2, "columns sizes[0] to sizes[1], each once"),
        ("price,sizes[0],sizes[0],word\n1,2,3,a\n", 2, "columns sizes[0] to sizes[1], each once"),
        ("price,sizes[" + "9" * 5000 + "],word\n1,2,a\n", 2, "must be names of inputs, one over"),
        ("price,sizes,word\n1,2,a\n", 2, "rows.csv[1] must be 2 values for 'sizes', got 1"),
        ("price,sizes,sizes,word\n1,2,3,a\n1,2\n", 1, "row 3 has 2 cells, and the header 4"),
        ("price,sizes,sizes,word\n1,2,b,a\n", 1, "row 2 is no int32 for 'sizes'"),
        ("price,sizes,sizes,word\n", 1, "rows.csv: is no table of numbers: it has no row"),
        ("", 2, "a column for 'price' too"),
    ],
)
def test_what_a_table_lacks_is_named(graphkit, here, table, code, message):
    (here / "rows.csv").write_text(table)
    outcome = graphkit("infer", "priced.pb", "rows.csv")
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
    assert len(outcome.err.splitlines()) == 1


@pytest.mark.parametrize(("model", "code"), [("pairs.pb", 2), ("halved.pb", 1)])
def test_a_pipe_that_is_called_a_table_is_refused(graphkit, here, model, code):
    """Whoever opens one waits for somebody to write into it."""
    os.mkfifo(here / "rows.csv")
    outcome = graphkit("infer", model, "*.csv")
    assert (outcome.code, outcome.out) == (code, "")
    assert "rows.csv: is not a regular file" in outcome.err


def test_other_files_are_for_one_input(graphkit, here):
    np.save(here / "rows.npy", np.ones((2, 2), np.float32))
    outcome = graphkit("infer", "pairs.pb", "rows.npy")
    assert outcome.code == 2
    assert "in the header of a .csv, or feed the others (--feed NAME=VALUE)" in outcome.err

"""What source and steps are compared on where no feeds are given: values that the graph is for."""

from __future__ import annotations

import numpy as np
import pytest
from small_networks import numbers

from graphkit._tf import tf
from graphkit.errors import VerificationError
from graphkit.export import freeze, load_graph, transform
from graphkit.export._transforms import _step
from graphkit.export._transforms._network import copied

WORDS = ["cat", "dog", "bird"]


@pytest.fixture
def write(tmp_path):
    """Writes the graph that a function makes."""

    def written(build):
        with tf.Graph().as_default() as graph:
            build()
        path = tmp_path / "source.pb"
        path.write_bytes(graph.as_graph_def().SerializeToString())
        return path

    return written


def look_up_words():
    """y = the place of each word, -1 of others."""
    source = tf.lookup.KeyValueTensorInitializer(WORDS, np.arange(3, dtype=np.int64))
    words = tf.placeholder(tf.string, [None, 4], name="words")
    tf.identity(tf.lookup.StaticHashTable(source, -1, name="table").lookup(words), name="y")


@pytest.mark.parametrize(
    "between", [lambda x: x, tf.identity, lambda x: tf.reshape(x, [-1])], ids=["", "copy", "rows"]
)
def test_floats_that_are_taken_for_indices_are_indices(write, tmp_path, between):
    """Of a table with two rows; any other number would be refused."""

    def build():
        places = tf.cast(between(tf.placeholder(tf.float32, [None, 3], name="x")), tf.int32)
        tf.gather(numbers(2, 4), places, name="y")

    report = transform(write(build), tmp_path / "out.pb", ["remove_nodes"])
    assert (report.max_abs_diff, report.batches_checked) == (0, 2)


def test_a_step_that_spoils_a_table_is_found_out(write, tmp_path, monkeypatch):
    def spoil(network):
        graph_def = copied(network.graph_def)
        (node,) = (n for n in graph_def.node if n.op == "Const" and "value" in n.name.lower())
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(np.int64([5, 6, 7])))
        return network.with_graph(graph_def)

    monkeypatch.setitem(_step._KINDS, "spoil", _step._Kind(spoil))
    frozen = tmp_path / "frozen.pb"
    freeze(write(look_up_words), frozen, outputs="y")
    with pytest.raises(VerificationError, match="the graph after spoil differs from its source"):
        transform(frozen, tmp_path / "out.pb", ["spoil"])
    assert not (tmp_path / "out.pb").exists()
    transform(frozen, tmp_path / "out.pb", ["remove_nodes"])
    with load_graph(tmp_path / "out.pb") as graph:
        asked = [[b"bird", b"cat", b"?", b"dog"]]
        assert graph.run({"words": asked})["y"].tolist() == [[2, 0, -1, 1]]


def test_an_input_that_a_step_adds_has_values_of_its_graph(write, tmp_path):
    """The file that is put behind takes indices as floats; those before are computed."""

    def behind():
        places = tf.cast(tf.placeholder(tf.float32, [None], name="at"), tf.int32)
        rows = tf.gather(numbers(2, 3), places)
        tf.add(rows, tf.placeholder(tf.float32, [None, 3], name="h"), name="z")

    write(behind).rename(tmp_path / "behind.pb")

    def before():
        tf.square(tf.placeholder(tf.float32, [None, 3], name="x"), name="y")

    step = f"merge:file={tmp_path / 'behind.pb'},connect=h=y"
    report = transform(write(before), tmp_path / "out.pb", [step])
    assert sorted(info.name for info in report.inputs) == ["at", "x"]

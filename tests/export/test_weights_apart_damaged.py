"""Weights that are not there, not whole or not this model's are told apart, and nothing runs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from apart_files import FEEDS, build, copied_to, frozen_apart, same
from frozen_files import frozen

from graphkit._marks import WEIGHTS_MARK
from graphkit._tf import tf
from graphkit.errors import (
    CorruptFileError,
    MissingFileError,
    UnsafeFileError,
    VerificationError,
)
from graphkit.export import (
    convert,
    freeze,
    freeze_session,
    inspect_file,
    load_graph,
    open_model,
)
from graphkit.export._freezing import _proven

DATA, INDEX = "m.pb.weights.data-00000-of-00001", "m.pb.weights.index"


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return frozen_apart(tmp_path_factory.mktemp("apart"))


@pytest.fixture
def path(model, tmp_path):
    """A copy of the model, to be damaged."""
    return copied_to(model, tmp_path)


def missing(folder, name):
    (folder / name).unlink()


def cut_short(folder, name):
    (folder / name).write_bytes((folder / name).read_bytes()[:100])


def of_another(folder, name):
    """The same graph with other values, as after more training."""
    other = folder / "other"
    other.mkdir()
    with tf.Graph().as_default(), tf.Session() as session:
        build()
        session.run(tf.global_variables_initializer())
        session.run(tf.trainable_variables()[0].assign(np.ones((30, 40), np.float32)))
        options = {"outputs": ["y", "table"], "feeds": FEEDS, "weights_apart": True}
        freeze(session, other / "m.pb", **options)
    for part in (DATA, INDEX):
        (folder / part).write_bytes((other / part).read_bytes())


DAMAGES = [
    (missing, DATA, MissingFileError, r"data-\S+: does not exist; the weights of .*m.pb lie there"),
    (missing, INDEX, MissingFileError, r"index: does not exist; the weights of .*m.pb lie there"),
    (
        cut_short,
        DATA,
        CorruptFileError,
        r"weights of .*m.pb, and is damaged: .* cut short: 100 bytes",
    ),
    (cut_short, INDEX, CorruptFileError, r"index: holds the weights of another model than .*m.pb"),
    (of_another, "", CorruptFileError, r"index: holds the weights of another model than .*m.pb"),
]
NAMES = [f"{damage.__name__} {name[13:18]}" for damage, name, *_ in DAMAGES]


@pytest.mark.parametrize(("damage", "name", "error", "told"), DAMAGES, ids=NAMES)
def test_each_is_told_by_whatever_opens_the_model(path, tmp_path, damage, name, error, told):
    damage(tmp_path, name)
    with pytest.raises(error, match=told):
        load_graph(path)
    with pytest.raises(error, match=told):
        open_model(path)
    with pytest.raises(error, match=told):
        freeze(path, tmp_path / "whole.pb")
    with pytest.raises(error, match=told):
        convert(path, tmp_path / "saved")
    assert re.search(told, inspect_file(path).details.weights_apart)
    assert not {"whole.pb", "saved"} & {file.name for file in tmp_path.iterdir()}


def test_a_value_that_changed_on_the_disk_is_noticed(path, tmp_path):
    data = bytearray((tmp_path / DATA).read_bytes())
    data[500] ^= 1
    (tmp_path / DATA).write_bytes(data)
    told = r"weights: holds the weights of .*m.pb, which cannot be restored: "
    with load_graph(path) as loaded, pytest.raises(CorruptFileError, match=told):
        loaded.run(FEEDS)


@pytest.mark.parametrize("kind", ["WriteFile", "PyFunc"])
def test_what_else_would_run_with_the_restoring_does_not(path, tmp_path, kind):
    graph_def = frozen(path)
    with tf.Graph().as_default() as graph:
        if kind == "WriteFile":
            tf.io.write_file(str(tmp_path / "written"), "by the model", name="more")
        else:
            tf.raw_ops.PyFunc(input=[], token="there", Tout=[tf.float32], name="more")
    graph_def.node.extend(graph.as_graph_def().node)
    next(node for node in graph_def.node if WEIGHTS_MARK in node.attr).input.append("^more")
    path.write_bytes(graph_def.SerializeToString())
    told = rf"its op 'more\S*', a {kind}, has no part in restoring its weights; nothing was run"
    with load_graph(path) as loaded, pytest.raises(UnsafeFileError, match=told):
        loaded.run(FEEDS)
    assert not (tmp_path / "written").exists()


def test_a_graph_cannot_have_another_file_read(path, model, tmp_path):
    """Whatever prefix it names, the weights beside it are what is read."""
    graph_def = frozen(path)
    for node in graph_def.node:
        if node.name == "restore_weights/file":
            secret = tf.make_tensor_proto(str(tmp_path / "secret"))
            node.attr["value"].tensor.CopyFrom(secret)
    path.write_bytes(graph_def.SerializeToString())
    with load_graph(path) as loaded:
        same(loaded.run(FEEDS), model.expected)


def test_a_model_that_differs_leaves_no_file(dense, tmp_path, monkeypatch):
    def differing(split, spoil=_proven.Split.take_constants):
        spoil(split)
        for name in split.values:
            split.values[name] = split.values[name] + np.float32(0.1)

    monkeypatch.setattr(_proven.Split, "take_constants", differing)
    with pytest.raises(VerificationError, match=r"'logits:0'.*nothing was written"):
        freeze_session(dense, tmp_path / "m.pb", outputs="logits", weights_apart=True)
    assert list(tmp_path.iterdir()) == []


class Drifting:
    """A session whose outputs are others than those of its variables."""

    def __init__(self, session):
        self.graph = session.graph
        self._run = session.run

    def run(self, fetches, feed_dict=None):
        values = self._run(fetches, feed_dict)
        return [value + np.float32(1) for value in values] if feed_dict else values


def test_a_good_model_of_that_name_stays_whole(path, model, dense):
    with pytest.raises(VerificationError, match=r"'y:0'.*nothing was written"):
        freeze_session(Drifting(dense), path, outputs="y", weights_apart=True)
    with load_graph(path) as loaded:
        same(loaded.run(FEEDS), model.expected)


def test_a_newer_model_takes_the_place_of_all_files(path, tmp_path, dense):
    before = {file.name for file in tmp_path.iterdir()}
    freeze(dense, path, outputs="y", weights_apart=True)
    assert {file.name for file in tmp_path.iterdir()} == before
    with load_graph(path) as loaded:
        assert loaded.run({"x": np.ones((1, 3), np.float32)})["y"].shape == (1, 2)

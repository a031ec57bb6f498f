"""What people get stuck with, in files of 1.15.5: each way that graphkit points to is gone here."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from graphkit.errors import ArgumentError, CorruptFileError, MissingFileError
from graphkit.export import (
    diff,
    freeze,
    import_into,
    inspect_file,
    load_graph,
    rename_checkpoint,
)
from graphkit.graph import GraphBuilder
from graphkit.session import SessionRunner

GOLDEN = Path(__file__).parents[1] / "golden"
MISTAKES = GOLDEN / "mistakes"
NET, RENAMED = MISTAKES / "net", MISTAKES / "renamed.meta"
WORDS = {f"net/{name}": f"model/{name}" for name in (
    "first/bias", "first/kernel", "last/bias", "last/kernel"
)}  # fmt: skip


def values(place, *shape):
    """What the recording script filled a variable with."""
    count = int(np.prod(shape))
    return np.cos(place + np.arange(count)).astype(np.float32).reshape(shape)


def probabilities(x):
    """The network of the fixtures, by NumPy."""
    hidden = np.maximum(x @ values(0, 5, 4) + values(1, 4), 0)
    scores = np.exp(hidden @ values(2, 4, 3) + values(3, 3))
    return scores / scores.sum(axis=1, keepdims=True)


X = values(9, 6, 5)


@pytest.mark.parametrize("checkpoint", ["net", "net_v1"])
def test_a_graph_with_other_names_is_compared_with_a_checkpoint(checkpoint):
    found = diff(MISTAKES / checkpoint, RENAMED)
    assert {rename.old: rename.new for rename in found.renamed} == WORDS
    assert (found.compared, found.added, found.removed, found.changed) == (4, [], [], [])
    assert "4 variables in both" in found.to_text()


def test_the_graph_may_come_first():
    found = diff(RENAMED, NET)
    assert {rename.new: rename.old for rename in found.renamed} == WORDS


def test_another_number_of_classes_is_told_with_both_shapes():
    found = diff(NET, MISTAKES / "wider.meta")
    assert [(change.name, change.what, change.words) for change in found.changed] == [
        ("net/last/bias", "shape", "float32 [3], then float32 [5]"),
        ("net/last/kernel", "shape", "float32 [4, 3], then float32 [4, 5]"),
    ]


def test_a_checkpoint_and_its_own_graph_do_not_differ():
    assert diff(NET, MISTAKES / "net.meta").same


def test_a_checkpoint_by_objects_is_compared_by_what_its_values_look_like():
    found = diff(MISTAKES / "objects", RENAMED)
    assert {rename.old: rename.new for rename in found.renamed} == {
        f"{name}/.ATTRIBUTES/VARIABLE_VALUE": f"model/first/{name}" for name in ("bias", "kernel")
    }


def test_a_graph_without_variables_asks_a_checkpoint_for_nothing(frozen):
    with pytest.raises(ArgumentError, match="must be a graph with variables"):
        diff(NET, frozen)


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """The checkpoint, renamed as `diff` said, and frozen by the graph that could not read it."""
    folder = tmp_path_factory.mktemp("frozen")
    rename_checkpoint(NET, folder / "copy", {r.old: r.new for r in diff(NET, RENAMED).renamed})
    freeze(folder / "copy", folder / "model.pb", graph=RENAMED)
    return folder / "model.pb"


def test_the_renamed_copy_freezes_by_the_other_graph(frozen):
    with load_graph(frozen) as graph:
        found = graph.run({"x": X})["model/prob"]
    np.testing.assert_allclose(found, probabilities(X), rtol=1e-5)


def test_what_was_frozen_goes_into_another_network(frozen):
    with GraphBuilder() as g:
        front = import_into(g.graph, frozen, prefix="old", outputs="model/prob")
    with SessionRunner(g) as runner:
        found = runner.run(front["old/model/prob"], {"old/x:0": X})
    np.testing.assert_allclose(found, probabilities(X), rtol=1e-5)


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ("renamed.meta", r"'model/first/bias' \(probably 'net/first/bias' there\)"),
        ("renamed.meta", "`graphkit checkpoint rename` gives its values the names"),
        ("wider.meta", r"'net/last/kernel' of shape \[4, 3\], the graph wants \(4, 5\)"),
    ],
)
def test_another_meta_is_a_graph_like_others_and_refused_for_its_names(tmp_path, graph, said):
    with pytest.raises(CorruptFileError, match=said):
        freeze(NET, tmp_path / "m.pb", graph=MISTAKES / graph)
    assert not list(tmp_path.iterdir())


def test_variables_that_the_saver_left_out_are_named(tmp_path):
    said = "partial: holds no value for .* net/last/kernel, net/last/bias, which the tf.train.Saver"
    with pytest.raises(CorruptFileError, match=said):
        freeze(MISTAKES / "partial", tmp_path / "m.pb")


def test_what_needs_none_of_them_freezes(tmp_path):
    freeze(MISTAKES / "partial", tmp_path / "m.pb", outputs="net/Relu")
    with load_graph(tmp_path / "m.pb") as graph:
        found = graph.run({"x": X})["net/Relu"]
    np.testing.assert_allclose(found, np.maximum(X @ values(0, 5, 4) + values(1, 4), 0), rtol=1e-5)


def test_ops_built_in_a_loop_are_told_from_others():
    before, after = MISTAKES / "grown-0.meta", MISTAKES / "grown-20.meta"
    for found in (diff(before, after), diff(after, before)):
        assert found.repeated == {"Assign": 20, "Mean": 20}
        told = found.to_text().splitlines()[-1]
        assert told.startswith("built again and again: Assign (20 times), Mean (20 times); if a lo")
        assert told.endswith("build ops once, before the loop")


@pytest.mark.parametrize("other", ["partial.meta", "renamed.meta", "wider.meta", "net.meta"])
def test_other_differences_are_no_loop(other):
    found = diff(MISTAKES / "net.meta", MISTAKES / other)
    assert found.repeated == {}
    assert "loop" not in found.to_text()


def test_logs_for_tensorboard_are_no_checkpoint(tmp_path):
    said = "holds no checkpoint .*; it holds logs for TensorBoard such as events.out.tfevents.1"
    with pytest.raises(MissingFileError, match=said):
        inspect_file(MISTAKES / "no_graph")
    shutil.copytree(MISTAKES / "no_graph", tmp_path / "logs")
    with pytest.raises(MissingFileError, match=said):
        freeze(tmp_path / "logs", tmp_path / "m.pb")
